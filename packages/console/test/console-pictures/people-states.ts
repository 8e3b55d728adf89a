/** Overview, people, programs and roles. */
import { identities } from './company.ts'
import { answer, dialog, press, type State, see } from './state.ts'

const person =
  (name: string): State['path'] =>
  (scene) =>
    `/console/people/${scene.idOf(name)}`
const programPath =
  (name: string): State['path'] =>
  (scene) =>
    `/console/programs/${scene.idOf(name)}`

export const peopleStates: readonly State[] = [
  {
    name: 'overview-month',
    path: '/console?period=month',
    heading: 'Overview',
    act: (page) => see(page, 'this authority'),
    always: true,
  },
  { name: 'overview-day', path: '/console', heading: 'Overview', act: (page) => see(page, 'this authority') },
  {
    name: 'overview-numbers',
    path: '/console?period=week',
    heading: 'Overview',
    act: async (page) => {
      await page.getByText('The same as numbers').click()
      await page.getByRole('columnheader', { name: 'Refused tries' }).waitFor()
    },
  },
  { name: 'overview-de', path: '/console?period=week', heading: 'Überblick', language: 'de' },
  {
    name: 'people-list',
    path: '/console/people',
    heading: 'People',
    act: (page) => see(page, 'Hedy Lamarr'),
    always: true,
  },
  {
    name: 'people-search-empty',
    path: '/console/people?q=nobody+at+all',
    heading: 'People',
    act: (page) => see(page, 'Nobody found'),
  },
  {
    name: 'people-create',
    path: '/console/people',
    heading: 'Create an account',
    act: async (page) => {
      await press(page, 'Create an account')
      await dialog(page).getByLabel('E-mail address').fill('new.coach@riverside.example')
    },
  },
  {
    name: 'people-invite',
    path: '/console/people',
    heading: /invite/i,
    act: (page) => press(page, 'Invite'),
  },
  {
    name: 'people-bulk-chosen',
    path: '/console/people',
    heading: 'People',
    act: async (page) => {
      for (const name of ['Søren Ødegård', 'Yūki Tanaka'])
        await page.getByRole('checkbox', { name: `Choose ${name}` }).check()
      await see(page, '2 chosen')
    },
  },
  {
    name: 'people-bulk-dry-run',
    path: '/console/people',
    heading: /Disable/,
    act: async (page) => {
      for (const name of ['Grace Hopper', 'Yūki Tanaka'])
        await page.getByRole('checkbox', { name: `Choose ${name}` }).check()
      await press(page, 'Disable')
      await see(dialog(page), 'With them end')
    },
  },
  {
    name: 'people-one',
    path: person('Grace Hopper'),
    heading: 'Grace Hopper',
    act: (page) => see(page, 'Credential tree'),
    always: true,
  },
  {
    name: 'people-one-identities',
    path: person('Grace Hopper'),
    heading: 'Accounts elsewhere',
    meanwhile: answer('**/v1/accounts/*/identities', { items: identities, next_cursor: null }),
    act: (page) => see(page, 'Credential tree'),
  },
  {
    name: 'people-one-longest',
    path: person('Jean-Baptiste Emmanuel Zorg de la Rochefoucauld'),
    heading: /^Jean-Baptiste/,
  },
  {
    name: 'people-one-disabled',
    path: person('Zoë Quinn'),
    heading: 'Zoë Quinn',
    act: (page) => see(page, 'Enable'),
  },
  {
    name: 'people-one-change',
    path: person('Grace Hopper'),
    heading: 'Change: Grace Hopper',
    act: (page) => press(page, 'Change'),
  },
  {
    name: 'people-one-end',
    path: person('Grace Hopper'),
    heading: 'Delete Grace Hopper for good?',
    act: (page) => press(page, 'Delete'),
  },
  {
    name: 'people-one-gone',
    path: '/console/people/acc_01m5z6rky3thsjm7rcfmx04sse',
    heading: 'People',
    act: (page) => see(page, 'Nothing has this id'),
  },
  {
    name: 'programs-list',
    path: '/console/programs',
    heading: 'Service accounts',
    act: (page) => see(page, 'Booking API'),
  },
  {
    name: 'programs-create',
    path: '/console/programs',
    heading: 'Create a service account',
    act: (page) => press(page, 'Create a service account'),
  },
  {
    name: 'programs-one',
    path: programPath('Turnstile gateway'),
    heading: 'Turnstile gateway',
    act: (page) => see(page, 'staging'),
  },
  {
    name: 'roles-list',
    path: '/console/roles',
    heading: 'Roles',
    act: (page) => see(page, 'front-desk'),
    always: true,
  },
  {
    name: 'roles-change',
    path: '/console/roles',
    heading: 'Change: coach',
    act: async (page) => {
      await press(page, 'Change: coach')
      await see(dialog(page), 'A role with fewer does less harm')
    },
  },
  {
    name: 'roles-end',
    path: '/console/roles',
    heading: 'End the role coach?',
    act: (page) => press(page, 'End: coach'),
  },
]
