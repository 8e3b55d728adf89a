/** What went wrong, or was somebody else: mistakes of apps, outages, addresses where nothing is, and "This wasn't me". */
import type { Sequence, Visit } from './state.ts'
import { fillIn } from './steps.ts'

const mistake = { en: 'This request cannot be answered', de: 'Diese Anfrage kann nicht beantwortet werden' }

export const mistakeStates: Sequence = {
  page: 'mistake',
  states: [
    {
      name: 'mistake-redirect-uri',
      heading: mistake,
      sees: '#oauth-error code',
      arrive: async ({ page, house }) => {
        await page.goto(house.apps.plain.begin({ redirect_uri: 'https://evil.example/callback' }))
      },
    },
    {
      name: 'mistake-unknown-app',
      heading: mistake,
      sees: '#oauth-error code',
      arrive: async ({ page, house }) => {
        await page.goto(house.apps.plain.begin({ client_id: 'nobody' }))
      },
    },
    {
      name: 'mistake-sign-in-is-over',
      heading: mistake,
      sees: '#oauth-error',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/login?interaction=cut-off`)
      },
    },
    {
      name: 'mistake-sign-out-address',
      heading: mistake,
      sees: '#oauth-error code',
      arrive: async ({ page, house }) => {
        const query = new URLSearchParams({
          client_id: house.apps.plain.id,
          post_logout_redirect_uri: 'https://evil.example/',
        })
        await page.goto(`${house.url}/logout?${query}`)
      },
    },
  ],
}

export const outageStates: Sequence = {
  page: 'outage',
  states: [
    {
      name: 'outage',
      heading: { en: 'Not available right now', de: 'Gerade nicht verfügbar' },
      isOutage: true,
      sees: '#oauth-error',
      arrive: async ({ page, house }) => {
        const person = await house.person()
        await page.goto(house.apps.plain.begin())
        await house.whileLocked(async () => {
          await fillIn(page, person)
          await page.locator('#oauth-error').waitFor({ timeout: 60_000 })
        })
      },
    },
  ],
}

export const notFoundStates: Sequence = {
  page: 'not-found',
  states: [
    {
      name: 'not-found',
      heading: { en: 'Nothing is here', de: 'Hier ist nichts' },
      sees: '#not-found',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/no/such/page`)
      },
    },
  ],
}

async function atNotMe({ page, house }: Visit): Promise<void> {
  const person = await house.person()
  const send = await house.sessionOf(person)
  await send('/v1/me/email', { email: house.address() })
  await page.goto(await house.linkTo(person.email, '/not-me'))
}

export const notMeStates: Sequence = {
  page: 'not-me',
  states: [
    {
      name: 'not-me',
      heading: { en: 'Was this you?', de: 'Waren Sie das?' },
      sees: '#not-me-submit',
      arrive: atNotMe,
    },
    {
      name: 'not-me-done',
      heading: { en: 'It has ended', de: 'Beendet' },
      sees: '#not-me-done',
      arrive: async (visit) => {
        await atNotMe(visit)
        await visit.page.locator('#not-me-submit').click()
      },
    },
    {
      name: 'not-me-over',
      heading: { en: 'This link has ended', de: 'Dieser Link gilt nicht mehr' },
      sees: '#not-me-error',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/not-me?ticket=cut-off`)
      },
    },
  ],
}
