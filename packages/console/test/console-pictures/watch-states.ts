/** Keys and secrets, and the audit log. */
import { answer, dialog, press, type State, see } from './state.ts'

export const watchStates: readonly State[] = [
  {
    name: 'secrets',
    path: '/console/signing-keys',
    heading: 'Keys and secrets',
    act: (page) => see(page, 'signs now'),
    always: true,
  },
  {
    name: 'secrets-rotate',
    path: '/console/signing-keys',
    heading: 'Rotate the signing keys?',
    act: (page) => press(page, 'Rotate'),
  },
  {
    name: 'secrets-remove',
    path: '/console/signing-keys',
    heading: /^Remove /,
    act: (page) => press(page, /^Remove: /),
  },
  {
    name: 'secrets-rotated',
    path: '/console/signing-keys',
    heading: 'Keys and secrets',
    act: async (page) => {
      await press(page, 'Rotate')
      await press(dialog(page), 'Rotate')
      await see(page, 'Every verifier has applied the change.')
    },
  },
  {
    name: 'audit',
    path: '/console/audit',
    heading: 'Audit log',
    act: (page) => see(page, 'Signed in'),
    always: true,
  },
  {
    name: 'audit-filtered',
    path: '/console/audit?type=role.created',
    heading: 'Audit log',
    act: (page) => see(page, 'role.created'),
  },
  {
    name: 'audit-empty',
    path: '/console/audit?type=nothing.like.it',
    heading: 'Audit log',
    act: (page) => see(page, 'Nothing found'),
  },
  {
    name: 'audit-exported',
    path: '/console/audit?type=role.created',
    heading: 'Audit log',
    act: async (page) => {
      await press(page, 'Export CSV')
      await see(page, /exported\./)
    },
  },
  {
    name: 'audit-intact',
    path: '/console/audit',
    heading: 'Audit log',
    act: async (page) => {
      await press(page, 'Check the chain')
      await see(page, /events were checked\./)
    },
  },
  {
    name: 'audit-broken',
    path: '/console/audit',
    heading: 'Audit log',
    meanwhile: answer('**/v1/audit/chain', { intact: false, broken_at: 12, cause: 'altered' }),
    act: async (page) => {
      await press(page, 'Check the chain')
      await see(page, 'The chain is broken at position 12')
    },
  },
]
