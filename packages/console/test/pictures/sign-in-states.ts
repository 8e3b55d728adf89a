/** Signing in, by the page that asks for a password. */
import { type House, SIGN_INS_PER_MINUTE } from './house.ts'
import type { Sequence, State } from './state.ts'
import { fillIn, holdForeignPasskey } from './steps.ts'

const heading = { en: 'Sign in', de: 'Anmelden' }
const WRONG = 'not this one at all'

const forAnApp: State = {
  name: 'sign-in',
  heading,
  sees: '#client-name',
  arrive: async ({ page, house }) => {
    await page.goto(house.apps.plain.begin())
  },
}

const forItself: State = {
  name: 'sign-in-own-pages',
  heading,
  sees: '#passkey-submit',
  arrive: async ({ page, house }) => {
    await page.goto(`${house.url}/sign-in`)
  },
}

const unchecked: State = {
  name: 'sign-in-unchecked-app',
  heading,
  sees: '#client-unchecked',
  arrive: async ({ page, house }) => {
    await page.goto(house.apps.unchecked.begin())
  },
}

const longName: State = {
  name: 'sign-in-long-name',
  heading,
  sees: '#client-name',
  arrive: async ({ page, house }) => {
    await page.goto(house.apps.rich.begin())
  },
}

const wrong: State = {
  name: 'sign-in-wrong',
  heading,
  sees: '#login-error',
  arrive: async ({ page, house }) => {
    await page.goto(house.apps.plain.begin())
    await fillIn(page, { email: house.address(), password: WRONG })
  },
}

const byProvider = (name: string, meet: (house: House) => Promise<void>): State => ({
  name,
  heading,
  sees: '#login-error:not(:empty)',
  arrive: async ({ page, house }) => {
    await meet(house)
    await page.goto(`${house.url}/sign-in`)
    await page.locator('#login-with-club').click()
    await page.locator('#login-error').waitFor()
    house.club.lies = {}
  },
})

const knownAddress: State = byProvider('sign-in-provider-known-address', async ({ club, person }) => {
  const { id, email } = await person()
  club.person = { sub: id, email, emailVerified: true }
})

const unverified: State = byProvider('sign-in-provider-unverified', async ({ club, address }) => {
  const email = address()
  club.person = { sub: email, email }
})

const denied: State = byProvider('sign-in-provider-denied', async ({ club }) => {
  club.lies = {
    answer: (fields) => {
      fields.delete('code')
      fields.set('error', 'access_denied')
    },
  }
})

const limited: State = {
  name: 'sign-in-limited',
  heading,
  sees: '#login-submit[data-wait][disabled]',
  arrive: async ({ page, house }) => {
    const email = house.address()
    await page.goto(house.apps.plain.begin())
    for (let tries = 0; tries <= SIGN_INS_PER_MINUTE; tries += 1) {
      await fillIn(page, { email, password: WRONG })
      await page.locator('#login-error').waitFor()
    }
  },
}

const closed: State = {
  name: 'sign-in-disabled-account',
  heading,
  sees: '#login-error',
  arrive: async ({ page, house }) => {
    const person = await house.person()
    await house.world.admin.accounts.change(person.id, { disabled: true })
    await page.goto(house.apps.plain.begin())
    await fillIn(page, person)
  },
}

const foreignPasskey: State = {
  name: 'sign-in-passkey-refused',
  heading,
  sees: '#login-error:not(:empty)',
  arrive: async ({ page, house }) => {
    await holdForeignPasskey(page)
    // The device gives what it has by itself, as soon as a page asks, and would do so again on the page that refuses it.
    let asked = 0
    await page.route('**/v1/sign-in/passkey/options', (route) => {
      asked += 1
      return asked === 1 ? route.continue() : route.abort()
    })
    await page.goto(house.apps.plain.begin())
  },
}

const stale: State = {
  name: 'sign-in-stale',
  heading,
  sees: '#login-error',
  arrive: async ({ page, house }) => {
    await page.goto(house.apps.plain.begin())
    await page.context().clearCookies()
    await fillIn(page, await house.person())
  },
}

const signedOut: State = {
  name: 'sign-in-signed-out',
  heading,
  sees: '#login-notice',
  arrive: async ({ page, house }) => {
    await page.goto(`${house.url}/sign-in?signed-out`)
  },
}

const again: State = {
  name: 'sign-in-asked-again',
  heading,
  sees: '#client-name',
  arrive: async ({ page, house }) => {
    const person = await house.person()
    await page.goto(house.apps.plain.begin())
    await fillIn(page, person)
    await page.locator('#consent-allow').click()
    await page.waitForURL(`${house.apps.plain.redirectUri}**`)
    await page.goto(house.apps.plain.begin({ prompt: 'login', login_hint: person.email }))
  },
}

export const signInStates: Sequence = {
  page: 'sign-in',
  states: [
    forAnApp,
    forItself,
    unchecked,
    longName,
    wrong,
    limited,
    closed,
    foreignPasskey,
    stale,
    signedOut,
    again,
    knownAddress,
    unverified,
    denied,
  ],
}
