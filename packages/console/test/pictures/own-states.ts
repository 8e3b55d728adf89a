/** Pages for whoever runs the server or builds against it: set-up, the first page, errors explained, and mail that is kept. */
import type { Sequence } from './state.ts'
import { endedLink, follow, type } from './steps.ts'

const setup = { en: 'Set up Countersign', de: 'Countersign einrichten' }
/** The pages for developers are in English. */
const ENGLISH = ['en'] as const

export const setupStates: Sequence = {
  page: 'set-up',
  states: [
    {
      name: 'set-up',
      heading: setup,
      sees: '#link-submit',
      arrive: async ({ page, house }) => {
        await follow(page, endedLink(house.url, '/setup'))
      },
    },
    {
      name: 'set-up-ended-link',
      heading: setup,
      sees: '#link-error:not(:empty)',
      arrive: async ({ page, house }) => {
        await follow(page, endedLink(house.url, '/setup'))
        await type(page, '#link-email', house.address())
        await type(page, '#link-password')
        await page.locator('#link-submit').click()
      },
    },
  ],
}

const english = (text: string) => ({ en: text, de: text })

export const developerStates: readonly Sequence[] = [
  {
    page: 'start',
    states: [
      {
        name: 'start',
        heading: english('The authority is running'),
        sees: 'a[href="/account"]',
        languages: ENGLISH,
        arrive: async ({ page, house }) => {
          await page.goto(house.url)
        },
      },
    ],
  },
  {
    page: 'error-explained',
    states: [
      {
        name: 'error-explained',
        heading: english('Stronger sign-in required'),
        sees: 'code',
        languages: ENGLISH,
        arrive: async ({ page, house }) => {
          await page.goto(`${house.url}/docs/errors/insufficient_user_authentication`)
        },
      },
    ],
  },
  {
    page: 'mail',
    states: [
      {
        name: 'mail-list',
        heading: english('Mail'),
        sees: 'li a',
        languages: ENGLISH,
        arrive: async ({ page, house }) => {
          await house.world.admin.startPasswordReset((await house.person()).id)
          await page.goto(`${house.url}/dev/mail`)
        },
      },
      {
        name: 'mail-message',
        heading: english('Set a new password at Countersign'),
        sees: 'pre a',
        languages: ENGLISH,
        arrive: async ({ page, house }) => {
          const { id, email } = await house.person()
          await house.world.admin.startPasswordReset(id)
          await house.linkTo(email, '/reset-password')
          await page.goto(`${house.url}/dev/mail`)
          await page.getByRole('listitem').filter({ hasText: email }).getByRole('link').first().click()
        },
      },
    ],
  },
]
