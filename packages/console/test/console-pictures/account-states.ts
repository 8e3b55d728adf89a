/** The account pages: of a coach with a month behind her, and of somebody who has just arrived. */
import type { Page } from 'playwright-core'
import { codeOf } from '../authenticator.ts'
import { giveDevice } from '../device.ts'
import { identities, providers } from './company.ts'
import { answer, dialog, press, refuse, type State, see } from './state.ts'

async function offerApp(page: Page): Promise<void> {
  await press(page, 'Add an app')
  await page.getByLabel('A name for it').fill('phone')
  await press(dialog(page), 'Continue')
  await page.getByRole('img', { name: /QR code/ }).waitFor()
}

async function addApp(page: Page): Promise<void> {
  await offerApp(page)
  const seed = await page.getByRole('group', { name: 'Key for the app' }).getByRole('code').textContent()
  await page.getByLabel('Then enter the six digits').fill(codeOf(seed ?? '', -1))
  await press(dialog(page), 'Confirm')
  await page.getByRole('button', { name: 'I have kept them' }).waitFor()
}

async function addPasskey(page: Page): Promise<void> {
  await giveDevice(page)
  await press(page, 'Add a passkey')
  await press(page, 'I have kept them')
  await see(page, 'The passkey is added.')
}

const answerIdentities = (items: readonly object[]): ReturnType<typeof answer> =>
  answer('**/v1/me/identities', { items, next_cursor: null, providers })

/** An account that began with one elsewhere. */
const answerNoPassword = answer('**/v1/me/factors', {
  items: [],
  next_cursor: null,
  has_password: false,
  recovery_codes_left: 0,
  required: false,
  closed: [],
})

async function askForSignIn(page: Page): Promise<void> {
  await answerNoPassword(page)
  await refuse('**/v1/me/factors/totp', 401, 'insufficient_user_authentication')(page)
  await answer('**/v1/me/step-up', { ticket: 'a ticket', factors: [], reason: 'step_up' })(page)
}

export const accountStates: readonly State[] = [
  { name: 'account-profile', who: 'grace', path: '/account', heading: 'Grace Hopper', always: true },
  { name: 'account-profile-admin', path: '/account', heading: 'Ada Lovelace' },
  {
    name: 'account-delete',
    who: 'grace',
    path: '/account',
    heading: /Delete your account/,
    act: (page) => press(page, 'Delete my account'),
  },
  {
    name: 'account-security-empty',
    who: 'ines',
    path: '/account/security',
    heading: 'Security',
    act: (page) => see(page, 'No app yet'),
    always: true,
  },
  {
    name: 'account-password-wrong',
    who: 'ines',
    path: '/account/security',
    heading: 'Security',
    act: async (page) => {
      await page.getByLabel('Current password').fill('not this one at all')
      await page.getByLabel('New password', { exact: true }).fill('eleven foxes under the bridge')
      await press(page, 'Change the password')
      await see(page.getByRole('alert'), 'The current password is not right.')
    },
  },
  {
    name: 'account-password-none',
    who: 'ines',
    path: '/account/security',
    heading: 'Password',
    meanwhile: answerNoPassword,
    act: (page) => see(page, 'Your account has no password.'),
  },
  {
    name: 'account-step-up-sign-in',
    who: 'ines',
    path: '/account/security',
    heading: 'Is it you?',
    meanwhile: askForSignIn,
    act: async (page) => {
      await press(page, 'Add an app')
      await press(dialog(page), 'Continue')
    },
  },
  {
    name: 'account-totp-offer',
    who: 'ines',
    path: '/account/security',
    heading: 'Add an app',
    act: offerApp,
  },
  {
    name: 'account-totp-codes',
    who: 'ines',
    path: '/account/security',
    heading: 'Your recovery codes',
    act: addApp,
  },
  {
    name: 'account-security-app',
    goesOn: true,
    who: 'ines',
    path: '/account/security',
    heading: 'Security',
    act: (page) => see(page, '10 codes are left.'),
  },
  {
    name: 'account-passkey-codes',
    who: 'hedy',
    path: '/account/security',
    heading: 'Your recovery codes',
    act: async (page) => {
      await giveDevice(page)
      await press(page, 'Add a passkey')
      await page.getByRole('button', { name: 'I have kept them' }).waitFor()
    },
  },
  { name: 'account-passkeys', who: 'grace', path: '/account/security', heading: 'Security', act: addPasskey },
  {
    name: 'account-identities-empty',
    goesOn: true,
    who: 'grace',
    path: '/account/security',
    heading: 'Accounts elsewhere',
    meanwhile: answerIdentities([]),
  },
  {
    name: 'account-identities',
    goesOn: true,
    who: 'grace',
    path: '/account/security?not_connected=conflict',
    heading: 'Accounts elsewhere',
    meanwhile: answerIdentities(identities),
  },
  {
    name: 'account-identities-disconnect',
    goesOn: true,
    who: 'grace',
    path: '/account/security',
    heading: /^Disconnect Google/,
    meanwhile: answerIdentities(identities),
    act: (page) => press(page, /^Disconnect: Google/),
  },
  {
    name: 'account-sessions',
    goesOn: true,
    who: 'grace',
    path: '/account/sessions',
    heading: 'Where you are signed in',
    act: (page) => see(page, 'this one'),
    always: true,
  },
  {
    name: 'account-session-end',
    goesOn: true,
    who: 'grace',
    path: '/account/sessions',
    heading: /^End the session/,
    act: (page) => press(page, /^End: /),
  },
  {
    name: 'account-not-me',
    goesOn: true,
    who: 'grace',
    path: '/account/sessions',
    heading: /somebody else/,
    act: (page) => press(page, /^This wasn’t me: /),
  },
  {
    name: 'account-activity',
    goesOn: true,
    who: 'grace',
    path: '/account/activity',
    heading: 'Recent activity',
    act: (page) => see(page, 'Signed in'),
    always: true,
  },
  {
    name: 'account-applications',
    goesOn: true,
    who: 'grace',
    path: '/account/applications',
    heading: 'Applications',
    act: (page) => see(page, 'No application yet'),
    always: true,
  },
  {
    name: 'account-keys-empty',
    goesOn: true,
    who: 'ines',
    path: '/account/keys',
    heading: 'API keys',
    act: (page) => see(page, 'No key yet'),
  },
  { name: 'account-keys', path: '/account/keys', heading: 'API keys', always: true },
  {
    name: 'account-de',
    who: 'grace',
    path: '/account/security',
    heading: 'Sicherheit',
    language: 'de',
    goesOn: true,
  },
]
