/** OAuth clients and API keys. */
import { dialog, press, type State, see } from './state.ts'

const registering =
  (kind: RegExp, more = false): NonNullable<State['act']> =>
  async (page) => {
    await press(page, 'Register a client')
    await dialog(page).getByRole('radio', { name: kind }).check({ force: true })
    await dialog(page).getByLabel('Name', { exact: true }).fill('Lane booking')
    if (more) await dialog(page).getByText('More settings').click()
  }

export const programStates: readonly State[] = [
  {
    name: 'clients-list',
    path: '/console/clients',
    heading: 'OAuth clients',
    act: (page) => see(page, 'Members’ site'),
    always: true,
  },
  {
    name: 'clients-search-empty',
    path: '/console/clients?q=nothing+like+it',
    heading: 'OAuth clients',
    act: (page) => see(page, 'No client found'),
  },
  {
    name: 'clients-create-web',
    path: '/console/clients',
    heading: 'Register a client',
    act: registering(/Web app/),
  },
  {
    name: 'clients-create-public',
    path: '/console/clients',
    heading: 'Register a client',
    act: registering(/Single-page/),
  },
  {
    name: 'clients-create-service',
    path: '/console/clients',
    heading: 'Register a client',
    act: registering(/Service/),
  },
  {
    name: 'clients-create-more',
    path: '/console/clients',
    heading: 'Register a client',
    act: registering(/Web app/, true),
  },
  {
    name: 'clients-one',
    path: '/console/clients/members-site',
    heading: 'Members’ site',
    act: (page) => see(page, 'Scopes'),
    always: true,
  },
  {
    name: 'clients-one-long',
    path: '/console/clients/regional-federation-of-rowing-and-swimming-clubs',
    heading: /^Regional federation/,
  },
  {
    name: 'clients-own',
    path: '/console/clients/first-party',
    heading: /./,
    act: (page) => see(page, 'everything'),
  },
  {
    name: 'clients-one-change',
    path: '/console/clients/members-site',
    heading: /Change|Members/,
    act: (page) => press(page, 'Change'),
  },
  {
    name: 'clients-one-rotate',
    path: '/console/clients/members-site',
    heading: /new secret/,
    act: (page) => press(page, 'Rotate the secret'),
  },
  {
    name: 'clients-one-end',
    path: '/console/clients/members-site',
    heading: /for good/,
    act: async (page) => {
      await press(page, 'End')
      await see(dialog(page), 'With it end')
    },
  },
  {
    name: 'keys-list',
    path: '/console/keys',
    heading: 'API keys',
    act: (page) => see(page, 'booking in production'),
    always: true,
  },
  {
    name: 'keys-create',
    path: (scene) => `/console/programs/${scene.idOf('Booking API')}`,
    heading: 'Create a key',
    act: async (page) => {
      await press(page, 'Create a key')
      await dialog(page).getByLabel('What is it for?').fill('lane booking in the lobby')
      await dialog(page).getByRole('group', { name: 'audit' }).getByLabel('read').check({ force: true })
    },
  },
  {
    name: 'keys-shown-once',
    path: (scene) => `/console/programs/${scene.idOf('Booking API')}`,
    heading: 'Keep this secret now',
    act: async (page) => {
      await press(page, 'Create a key')
      await dialog(page).getByLabel('What is it for?').fill('lane booking in the lobby')
      await dialog(page).getByRole('group', { name: 'audit' }).getByLabel('read').check({ force: true })
      await press(dialog(page), 'Create')
      await page.getByRole('button', { name: 'I have kept it' }).waitFor()
    },
  },
  {
    name: 'keys-rotate',
    path: '/console/keys',
    heading: 'Rotate booking in production?',
    act: (page) => press(page, 'Rotate: booking in production'),
  },
  {
    name: 'keys-end',
    path: '/console/keys',
    heading: 'End booking in production?',
    act: (page) => press(page, 'End: booking in production'),
  },
]
