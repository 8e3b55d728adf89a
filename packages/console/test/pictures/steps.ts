/** What people do on the way to a state, by the ids of the pages' elements, which are the same in every language. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createClient } from '@countersign/client'
import type { Page } from 'playwright-core'
import { codeOf } from '../authenticator.ts'
import { giveDevice } from '../device.ts'
import { enrol, type Person } from '../people.ts'
import type { House } from './house.ts'

const LATER = 'violet gravel pushed the tram'

export async function fillIn(
  page: Page,
  { email, password }: Pick<Person, 'email' | 'password'>,
): Promise<void> {
  await page.locator('#login-identifier').fill(email)
  await page.locator('#login-password').fill(password)
  await page.locator('#login-submit').click()
}

/** Types what is no longer the same as anybody's password, or as good as one that is new. */
export async function type(page: Page, id: string, text: string = LATER): Promise<void> {
  await page.locator(id).fill(text)
}

/** Opens a page behind a link, which a window that stands on the same page would only scroll to. */
export async function follow(page: Page, link: string): Promise<void> {
  await page.goto('about:blank')
  await page.goto(link)
}

/** A link like those in mails, which was never sent. */
export const endedLink = (url: string, path: string): string => `${url}${path}#${'a'.repeat(43)}`

/** Somebody signed in, at the app's question. */
export async function beAsked(page: Page, house: House, begin: string): Promise<Person> {
  const person = await house.person()
  await page.goto(begin)
  await fillIn(page, person)
  await page.locator('#consent-allow').waitFor()
  return person
}

/** Somebody signed in, in front of the page for devices. */
export async function atDevices(page: Page, house: House, userCode = ''): Promise<void> {
  const person = await house.person()
  await page.goto(`${house.url}/device${userCode === '' ? '' : `?user_code=${userCode}`}`)
  await fillIn(page, person)
  await page.locator('#device-code').waitFor()
}

/** Gives the person an authenticator app; with it come recovery codes. */
export async function withApp(house: House, person: Person): Promise<string> {
  const client = createClient({ baseUrl: house.url })
  await client.signIn({ email: person.email, password: person.password, deliver: 'session_token' })
  return enrol(client)
}

/** A passkey of another account, which this server does not know. */
export async function holdForeignPasskey(page: Page): Promise<void> {
  const { protocol, id } = await giveDevice(page)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  await protocol.send('WebAuthn.addCredential', {
    authenticatorId: id,
    credential: {
      credentialId: randomBytes(16).toString('base64'),
      isResidentCredential: true,
      rpId: 'localhost',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
      userHandle: randomBytes(16).toString('base64'),
      signCount: 0,
    },
  })
}

/** Gives the person a passkey on the account page, in a window beside; `seed` is of the app that they have, if any. */
export async function withPasskey(
  page: Page,
  house: House,
  person: Person,
  seed: string | null,
): Promise<void> {
  const context = await page.context().browser()?.newContext({ locale: 'en-GB' })
  assert.ok(context !== undefined)
  try {
    const beside = await context.newPage()
    await beside.goto(`${house.url}/sign-in?next=/account/security`)
    await fillIn(beside, person)
    if (seed !== null) {
      await type(beside, '#login-code', codeOf(seed, 0))
      await beside.locator('#login-submit').click()
    }
    await beside.getByRole('button', { name: 'Add a passkey' }).waitFor()
    await giveDevice(beside)
    await beside.getByRole('button', { name: 'Add a passkey' }).click()
    if (seed === null) await beside.getByRole('button', { name: 'I have kept them' }).click()
    await beside.getByText('The passkey is added.').waitFor()
  } finally {
    await context.close()
  }
}
