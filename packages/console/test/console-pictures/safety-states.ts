/** The credential tree, explanations, risk. */

import { createClient } from '@countersign/client'
import type { Page } from 'playwright-core'
import type { Scene } from './scene.ts'
import { dialog, press, type State, see } from './state.ts'

const grace: State['path'] = (scene) => `/console/people/${scene.idOf('Grace Hopper')}`
const chooseSession = async (page: Page): Promise<void> => {
  await page
    .getByRole('button', { name: /Session/ })
    .first()
    .click()
  await see(page, 'Ending this would end')
}

async function chooseTokens(page: Page, { world, idOf }: Scene): Promise<void> {
  const key = await world.admin.apiKeys.create({
    name: 'webhooks by token',
    permissions: [],
    service_account_id: idOf('Payment webhooks'),
  })
  const program = createClient({ baseUrl: world.url, credential: { apiKey: key.secret } })
  for (let count = 0; count < 3; count += 1) await program.exchangeApiKey()
  // Each look from another side has made a key of its own.
  await page
    .getByRole('button', { name: /3 access tokens/ })
    .first()
    .click()
  await see(page, 'The last one ends by itself')
}

async function explainRefusal(page: Page, { world }: Scene): Promise<void> {
  const stranger = createClient({ baseUrl: world.url, credential: { sessionToken: 'nothing-good' } })
  const refusal = await stranger.me().catch((error: unknown) => error)
  const id = refusal instanceof Error && 'decisionId' in refusal ? String(refusal.decisionId) : ''
  await page.getByRole('textbox', { name: 'Decision id' }).fill(id)
  await press(page, 'Look')
  await see(page, 'How to mend it')
}

async function explainGood(page: Page, { world, idOf }: Scene): Promise<void> {
  const owner = idOf('Payment webhooks')
  const key = await world.admin.apiKeys.create({
    name: 'to be explained',
    permissions: ['invoices:read'],
    service_account_id: owner,
  })
  await page.getByRole('textbox', { name: 'Credential' }).fill(key.secret.reveal())
  await press(page, 'Run all checks')
  await see(page, 'It passes every check.')
}

async function explainUnknown(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Credential' }).fill('this is no credential at all')
  await see(page, 'The form is not right.')
}

const threshold = 'Ask for a second factor from'

export const safetyStates: readonly State[] = [
  { name: 'tree-node', path: grace, heading: 'Grace Hopper', act: chooseSession },
  {
    name: 'tree-tokens',
    path: (scene) => `/console/programs/${scene.idOf('Payment webhooks')}`,
    heading: 'Payment webhooks',
    act: chooseTokens,
  },
  {
    name: 'tree-revoke',
    path: grace,
    heading: /^Revoke /,
    act: async (page) => {
      await chooseSession(page)
      await press(page, 'Revoke')
      await dialog(page).getByLabel('Reason, for the audit log').fill('a lost laptop')
    },
  },
  {
    name: 'tree-revoke-waiting',
    path: grace,
    heading: 'Grace Hopper',
    act: async (page, { follower }) => {
      await chooseSession(page)
      follower.pause()
      await press(page, 'Revoke')
      await press(dialog(page), 'Revoke')
      await see(page, 'Waiting for the verifiers…')
      await see(page, '2 of 3 have acknowledged')
    },
  },
  {
    name: 'tree-revoke-confirmed',
    path: grace,
    heading: 'Grace Hopper',
    act: async (page, { follower }) => {
      follower.goOn()
      await chooseSession(page)
      await press(page, 'Revoke')
      await press(dialog(page), 'Revoke')
      await see(page, 'Confirmed: no verifier accepts it any more.')
    },
  },
  { name: 'explain-empty', path: '/console/explain', heading: 'Explain', always: true },
  { name: 'explain-refused', path: '/console/explain', heading: 'Explain', act: explainRefusal },
  { name: 'explain-good', path: '/console/explain', heading: 'Explain', act: explainGood },
  { name: 'explain-unknown', path: '/console/explain', heading: 'Explain', act: explainUnknown },
  {
    name: 'explain-gone',
    path: '/console/explain?decision=dec_01m738as40m92r0xmszamvzywc',
    heading: 'Explain',
    act: (page) => see(page, 'It is not remembered here any more'),
  },
  {
    name: 'risk-anomalies',
    path: '/console/risk',
    heading: 'Risk',
    act: (page) => see(page, 'sent by a program'),
    always: true,
  },
  {
    name: 'risk-policy',
    path: '/console/risk?view=policy',
    heading: 'Risk',
    act: (page) => see(page, /would have challenged/),
    always: true,
  },
  {
    name: 'risk-replay-changed',
    path: '/console/risk?view=policy',
    heading: 'Risk',
    act: async (page) => {
      await see(page, /would have challenged/)
      await page.getByLabel(threshold).fill('30')
      await see(page, /The one in force would have challenged/)
    },
  },
  {
    name: 'risk-policy-mistake',
    path: '/console/risk?view=policy',
    heading: 'Risk',
    act: async (page) => {
      await page.getByLabel(threshold).fill('5')
      await see(page, 'Thresholds must not descend.')
    },
  },
  {
    name: 'risk-none',
    path: '/console/risk?rule=burst',
    heading: 'Risk',
    act: (page) => see(page, 'Nothing of that kind'),
  },
]
