/** What people do on the pages, by what they see: labels, roles and names, as screen readers have them. */
import { type Client, createClient, Secret } from '@countersign/client'
import type { Page } from 'playwright-core'
import { codeOf } from './authenticator.ts'
import { ADMIN, type World } from './world.ts'

export interface Person {
  readonly email: string
  readonly name: string
  readonly password: string
}

/** Somebody with an account and nothing else. */
export async function newPerson(
  world: World,
  name: string,
  roles: readonly string[] = ['member'],
): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@example.com`
  const person = { email, name, password: 'seven quiet otters by the lake' }
  await createPerson(world, person, { roles, requirePasswordChange: false })
  return person
}

/** The same, with a first password that has to be changed. */
export async function invitedPerson(world: World, name: string): Promise<Person> {
  const person = { email: 'invited@example.com', name, password: 'seven quiet otters by the lake' }
  await createPerson(world, person, { requirePasswordChange: true })
  return person
}

async function createPerson(
  world: World,
  person: Person,
  more: { readonly roles?: readonly string[]; readonly requirePasswordChange: boolean },
): Promise<void> {
  await world.admin.accounts.create({ ...person, ...more, password: new Secret(person.password) })
}

/** Another program that is signed in as this person. */
export async function signedInElsewhere(world: World, person: Person): Promise<Client> {
  const client = createClient({ baseUrl: world.url })
  await client.signIn({ email: person.email, password: person.password, deliver: 'session_token' })
  return client
}

/** Gives the person an app, with the code of the step before: those of now and of the next step are left to use. */
export async function enrol(client: Client): Promise<string> {
  const offer = await client.factors.enrolTotp('phone')
  await client.factors.confirm(offer.factor.id, codeOf(offer.secret.reveal(), -1))
  return offer.secret.reveal()
}

export async function signIn(
  page: Page,
  world: World,
  path = '/account',
  person: Person = ADMIN,
): Promise<void> {
  await page.goto(`${world.url}${path}`)
  await fillIn(page, person.email, person.password)
  // The page that was asked for, or the second step on the way to it.
  await page
    .locator('#content')
    .or(page.getByRole('heading', { name: 'Second step' }))
    .first()
    .waitFor()
}

export async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** What the person chooses in the menu at the foot of the side, for the page that is open. */
export async function speakGerman(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.setItem('countersign-language', 'de'))
  await page.reload()
}
