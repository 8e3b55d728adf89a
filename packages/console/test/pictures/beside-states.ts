/** The pages beside sign-in: signing up, and a forgotten password. */
import type { Sequence } from './state.ts'
import { type } from './steps.ts'

const signUp = { en: 'Create your account', de: 'Konto anlegen' }
const forgot = { en: 'Forgot your password?', de: 'Passwort vergessen?' }
/** What the limit of links to one address allows. */
const LINKS_MAX = 5

export const signUpStates: Sequence = {
  page: 'sign-up',
  states: [
    {
      name: 'sign-up',
      heading: signUp,
      sees: '#sign-up-submit',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/sign-up`)
      },
    },
    {
      name: 'sign-up-weak-password',
      heading: signUp,
      sees: '#sign-up-error',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/sign-up`)
        await type(page, '#sign-up-identifier', house.address())
        await type(page, '#sign-up-name', 'Noor Haddad')
        await type(page, '#sign-up-password', 'password12345678')
        await page.locator('#sign-up-submit').click()
      },
    },
    {
      name: 'sign-up-sent',
      heading: signUp,
      sees: '#mail-sent',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/sign-up`)
        await type(page, '#sign-up-identifier', house.address())
        await type(page, '#sign-up-password')
        await page.locator('#sign-up-submit').click()
      },
    },
  ],
}

export const forgotStates: Sequence = {
  page: 'forgot',
  states: [
    {
      name: 'forgot',
      heading: forgot,
      sees: '#forgot-submit',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/forgot-password`)
      },
    },
    {
      name: 'forgot-sent',
      heading: forgot,
      sees: '#mail-sent',
      arrive: async ({ page, house }) => {
        await page.goto(`${house.url}/forgot-password`)
        await type(page, '#forgot-identifier', house.address())
        await page.locator('#forgot-submit').click()
      },
    },
    {
      name: 'forgot-too-often',
      heading: forgot,
      sees: '#forgot-error',
      arrive: async ({ page, house }) => {
        const email = house.address()
        for (let links = 0; links <= LINKS_MAX; links += 1) {
          await page.goto(`${house.url}/forgot-password`)
          await type(page, '#forgot-identifier', email)
          await page.locator('#forgot-submit').click()
          await page.locator('#mail-sent, #forgot-error:not(:empty)').waitFor()
        }
      },
    },
  ],
}
