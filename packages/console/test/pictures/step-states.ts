/** What is asked for after the password: a second factor, a first one, or another password. */
import { codeOf } from '../authenticator.ts'
import { GUARDED, type House } from './house.ts'
import type { Sequence, Visit } from './state.ts'
import { fillIn, type, withApp, withPasskey } from './steps.ts'

const factor = { en: 'Second step', de: 'Zweiter Schritt' }
const enrol = { en: 'Add a second factor', de: 'Zweiten Faktor hinzufügen' }
const codes = { en: 'Your recovery codes', de: 'Ihre Wiederherstellungscodes' }
const another = { en: 'Choose another password', de: 'Anderes Passwort wählen' }

async function atSecondStep({ page, house }: Visit): Promise<void> {
  const person = await house.person()
  await withApp(house, person)
  await page.goto(house.apps.plain.begin())
  await fillIn(page, person)
  await page.locator('#login-code').waitFor()
}

export const factorStates: Sequence = {
  page: 'second-step',
  states: [
    { name: 'second-step', heading: factor, sees: '#login-trust', arrive: atSecondStep },
    {
      name: 'second-step-wrong-code',
      heading: factor,
      sees: '#login-error:not(:empty)',
      arrive: async (visit) => {
        await atSecondStep(visit)
        await type(visit.page, '#login-code', '000000')
        await visit.page.locator('#login-submit').click()
      },
    },
    {
      name: 'second-step-recovery-code-wrong',
      heading: factor,
      sees: '#login-error:not(:empty)',
      arrive: async (visit) => {
        await atSecondStep(visit)
        await type(visit.page, '#login-code', 'AAAA-BBBB-CCCC-DDDD')
        await visit.page.locator('#login-submit').click()
      },
    },
    {
      name: 'second-step-app-or-passkey',
      heading: factor,
      sees: '#passkey-submit',
      arrive: async ({ page, house }) => {
        const person = await house.person()
        await withPasskey(page, house, person, await withApp(house, person))
        await page.goto(house.apps.plain.begin())
        await fillIn(page, person)
      },
    },
    {
      name: 'second-step-passkey',
      heading: factor,
      sees: '#passkey-submit',
      arrive: async ({ page, house }) => {
        const person = await house.person()
        await withPasskey(page, house, person, null)
        await page.goto(house.apps.plain.begin())
        await fillIn(page, person)
      },
    },
  ],
}

async function enrolling(page: Visit['page'], house: House): Promise<void> {
  await page.goto(house.apps.plain.begin())
  await fillIn(page, await house.person({ roles: [GUARDED] }))
  await page.locator('#enrol-key').waitFor()
}

export const enrolStates: Sequence = {
  page: 'enrol',
  states: [
    {
      name: 'enrol',
      heading: enrol,
      sees: '#enrol-key',
      arrive: ({ page, house }) => enrolling(page, house),
    },
    {
      name: 'enrol-wrong-code',
      heading: enrol,
      sees: '#login-error:not(:empty)',
      arrive: async ({ page, house }) => {
        await enrolling(page, house)
        await type(page, '#login-code', '000000')
        await page.locator('#login-submit').click()
      },
    },
  ],
}

export const codesStates: Sequence = {
  page: 'recovery-codes',
  states: [
    {
      name: 'recovery-codes',
      heading: codes,
      sees: '#codes-kept',
      arrive: async ({ page, house }) => {
        await enrolling(page, house)
        const seed = await page.locator('#enrol-key').innerText()
        await type(page, '#login-code', codeOf(seed, 0))
        await page.locator('#login-submit').click()
      },
    },
  ],
}

async function forced({ page, house }: Visit): Promise<void> {
  await page.goto(house.apps.plain.begin())
  await fillIn(page, await house.person({ requirePasswordChange: true }))
  await page.locator('#new-password').waitFor()
}

export const newPasswordStates: Sequence = {
  page: 'another-password',
  states: [
    { name: 'another-password', heading: another, sees: '#new-password', arrive: forced },
    {
      name: 'another-password-weak',
      heading: another,
      sees: '#login-error:not(:empty)',
      arrive: async (visit) => {
        await forced(visit)
        await type(visit.page, '#new-password', 'password12345678')
        await visit.page.locator('#login-submit').click()
      },
    },
  ],
}
