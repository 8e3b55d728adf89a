/** The pages between an app and its user: the question, the way back, devices, and signing out. */
import { LOGO, RICH_SCOPE } from './apps.ts'
import type { Sequence, Visit } from './state.ts'
import { atDevices, beAsked, fillIn, type } from './steps.ts'

const consent = { en: 'Allow access?', de: 'Zugriff erlauben?' }
const device = { en: 'Connect a device', de: 'Gerät verbinden' }
const LOGO_PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 56 56"><rect width="56" height="56" fill="#0a7ea4"/><path d="M6 34q7-9 14 0t14 0t14 0" fill="none" stroke="#fff" stroke-width="5"/></svg>'

export const consentStates: Sequence = {
  page: 'consent',
  states: [
    {
      name: 'consent',
      heading: consent,
      sees: '#consent-allow',
      arrive: async ({ page, house }) => {
        await beAsked(page, house, house.apps.plain.begin())
      },
    },
    {
      name: 'consent-many-scopes-long-name',
      heading: consent,
      sees: '#client-logo',
      arrive: async ({ page, house }) => {
        await page.route(LOGO, (route) => route.fulfill({ contentType: 'image/svg+xml', body: LOGO_PICTURE }))
        await beAsked(page, house, house.apps.rich.begin({ scope: RICH_SCOPE }))
      },
    },
    {
      name: 'consent-unchecked-app',
      heading: consent,
      sees: '#consent-warning',
      arrive: async ({ page, house }) => {
        await beAsked(page, house, house.apps.unchecked.begin())
      },
    },
  ],
}

export const formPostStates: Sequence = {
  page: 'way-back',
  states: [
    {
      name: 'way-back-by-form',
      heading: { en: 'Going back to the app', de: 'Zurück zur App' },
      sees: '#form-post',
      arrive: async ({ page, house }) => {
        // As it stands there for whoever's browser runs no script.
        await page.route('**/assets/form-post.js', (route) =>
          route.fulfill({ contentType: 'text/javascript', body: '' }),
        )
        await beAsked(page, house, house.apps.plain.begin({ response_mode: 'form_post' }))
        await page.locator('#consent-allow').click()
      },
    },
  ],
}

async function atQuestion({ page, house }: Visit): Promise<void> {
  await atDevices(page, house, await house.userCode())
  await page.locator('#device-submit').click()
  await page.locator('#device-confirm-form').waitFor()
}

export const deviceStates: readonly Sequence[] = [
  {
    page: 'device',
    states: [
      {
        name: 'device',
        heading: device,
        sees: '#device-code',
        arrive: ({ page, house }) => atDevices(page, house),
      },
      {
        name: 'device-unknown-code',
        heading: device,
        sees: '#device-error:not(:empty)',
        arrive: async ({ page, house }) => {
          await atDevices(page, house)
          await type(page, '#device-code', 'BCDF-GHJK')
          await page.locator('#device-submit').click()
        },
      },
    ],
  },
  {
    page: 'device-question',
    states: [
      {
        name: 'device-question',
        heading: { en: 'Allow this device?', de: 'Dieses Gerät zulassen?' },
        sees: '#device-allow',
        arrive: atQuestion,
      },
    ],
  },
  {
    page: 'device-done',
    states: [
      {
        name: 'device-allowed',
        heading: { en: 'Device connected', de: 'Gerät verbunden' },
        sees: '#device-allowed',
        arrive: async (visit) => {
          await atQuestion(visit)
          await visit.page.locator('#device-allow').click()
        },
      },
      {
        name: 'device-denied',
        heading: { en: 'Denied', de: 'Abgelehnt' },
        sees: '#device-denied',
        arrive: async (visit) => {
          await atQuestion(visit)
          await visit.page.locator('#device-deny').click()
        },
      },
    ],
  },
]

async function atLogOut({ page, house }: Visit, query = ''): Promise<void> {
  await page.goto(`${house.url}/sign-in`)
  await fillIn(page, await house.person())
  await page.waitForURL(`${house.url}/account`)
  await page.goto(`${house.url}/logout${query}`)
}

export const logOutStates: Sequence = {
  page: 'sign-out',
  states: [
    {
      name: 'sign-out-for-app',
      heading: { en: 'Sign out?', de: 'Abmelden?' },
      sees: '#client-name',
      arrive: (visit) => atLogOut(visit, `?client_id=${visit.house.apps.rich.id}`),
    },
    {
      name: 'sign-out',
      heading: { en: 'Sign out?', de: 'Abmelden?' },
      sees: '#logout-confirm',
      arrive: (visit) => atLogOut(visit),
    },
    {
      name: 'signed-out',
      heading: { en: 'Signed out', de: 'Abgemeldet' },
      sees: '#logged-out',
      arrive: async (visit) => {
        await atLogOut(visit)
        await visit.page.locator('#logout-confirm').click()
      },
    },
  ],
}
