/** Advisor, settings, first steps; and what stands there when something is missing, slow or refused. */
import { dialog, keepWaiting, press, refuse, type State, see } from './state.ts'

const advisor = (query: string): string => `/console/advisor?${query}`

export const guideStates: readonly State[] = [
  {
    name: 'advisor-empty',
    path: '/console/advisor',
    heading: 'Advisor',
    act: (page) => see(page, 'Say who calls your API'),
    always: true,
  },
  {
    name: 'advisor-not-needed',
    path: advisor('callers=browser'),
    heading: 'Advisor',
    act: (page) => see(page, 'You may not need Countersign for this'),
  },
  {
    name: 'advisor-many',
    path: advisor('callers=browser,service,partner,device'),
    heading: 'Advisor',
    act: (page) => see(page, 'Why'),
  },
  {
    name: 'settings',
    path: '/console/settings',
    heading: 'Settings',
    act: (page) => see(page, 'All settings'),
    always: true,
  },
  {
    name: 'settings-here',
    path: '/console/settings?set=here',
    heading: 'Settings',
    act: (page) => see(page, 'COUNTERSIGN_BRAND_NAME'),
  },
  {
    name: 'settings-none',
    path: '/console/settings?q=nothing+like+it',
    heading: 'Settings',
    act: (page) => see(page, 'No setting found'),
  },
  {
    name: 'start',
    path: '/console/start',
    heading: 'First steps',
    act: (page) => see(page, 'Make the key'),
    always: true,
  },
  {
    name: 'start-key',
    path: '/console/start',
    heading: 'First steps',
    act: async (page) => {
      await press(page, 'Make the key')
      await see(page, 'Waiting for your first request…')
      await press(page, 'Make its key')
      await see(page, 'Waiting for your API to connect…')
    },
  },
  {
    name: 'state-loading',
    path: '/console/people',
    heading: 'People',
    meanwhile: keepWaiting('**/v1/accounts?*'),
    act: (page) => page.getByRole('status').filter({ hasText: 'Loading' }).waitFor(),
  },
  {
    name: 'state-503',
    isLoud: true,
    path: '/console/people',
    heading: 'People',
    meanwhile: refuse('**/v1/accounts?*', 503, 'store_unavailable'),
    act: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'state-503-overview',
    isLoud: true,
    path: '/console',
    heading: 'Overview',
    meanwhile: refuse('**/v1/overview*', 503, 'store_unavailable'),
    act: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'state-forbidden-action',
    path: '/console/roles',
    heading: 'End the role swimmer?',
    meanwhile: refuse('**/v1/roles/swimmer', 403, 'permission_denied'),
    act: async (page) => {
      await press(page, 'End: swimmer')
      await press(dialog(page), 'End')
      await see(page, 'You do not hold the permission')
    },
  },
  {
    name: 'state-no-console',
    who: 'ines',
    path: '/console',
    heading: 'Console',
    act: (page) => see(page, 'The console is for administrators'),
  },
  { name: 'state-reader', who: 'hedy', path: '/console', heading: 'Overview' },
  { name: 'state-not-found', path: '/console/nothing', heading: 'There is nothing at this address.' },
  {
    name: 'state-offline',
    path: '/console/roles',
    heading: 'Roles',
    act: async (page) => {
      await see(page, 'front-desk')
      await page.context().setOffline(true)
      await see(page, 'You are offline.')
    },
  },
  {
    name: 'menu-user',
    path: '/console',
    heading: 'Overview',
    width: 1440,
    act: async (page) => {
      await page.getByRole('button', { name: /^Menu of/ }).click()
      await see(page, 'Sign out')
    },
  },
  {
    name: 'menu-phone',
    path: '/console',
    heading: 'Overview',
    width: 360,
    act: async (page) => {
      await press(page, 'Open the menu')
      await page.getByRole('dialog').getByRole('link', { name: 'Audit log' }).waitFor()
    },
    always: true,
  },
]
