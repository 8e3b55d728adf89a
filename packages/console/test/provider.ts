/** A service that people of the tests sign in with, "The club": played on this machine, and set in the world. */
import type { TestContext } from 'node:test'
import { type FakePerson, type FakeProvider, startFakeProvider } from '@countersign/tools/fake-provider'
import type { Page } from 'playwright-core'
import type { World } from './world.ts'

export async function openProvider(t: TestContext): Promise<FakeProvider> {
  const provider = await startFakeProvider()
  t.after(() => provider.close())
  return provider
}

export const settingsFor = ({
  issuer,
  clientId,
  clientSecret,
}: FakeProvider): Readonly<Record<string, string>> => ({
  COUNTERSIGN_PROVIDERS: JSON.stringify([
    { kind: 'oidc', id: 'club', name: 'The club', issuer, clientId, clientSecret },
  ]),
  // The club is on this machine, where nobody is asked unless it is said.
  COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8',
  COUNTERSIGN_SIGN_UP: 'open',
  COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
  COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
})

/** Somebody with an account at the club. */
export const memberOf = (name: string): FakePerson & { readonly email: string } => ({
  sub: name,
  email: `${name}@club.example`,
  emailVerified: true,
  name,
})

/** Signs in by the club, which makes the account where there is none, and stands on the page of its security. */
export async function comeByProvider(page: Page, world: World): Promise<void> {
  await page.goto(`${world.url}/sign-in?next=/account/security`)
  await page.getByRole('link', { name: 'Continue with The club' }).click()
  await page.getByRole('heading', { name: 'Security' }).waitFor()
}
