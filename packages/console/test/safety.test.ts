/** What others wrote is text wherever it is shown; foreign pages can neither frame these nor act through them; nothing stays behind. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Client, createClient, Secret } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import type { Page } from 'playwright-core'
import { openApp } from './app.ts'
import { shoot } from './browser.ts'
import { fillIn, newPerson, signIn } from './people.ts'
import { openStage } from './stage.ts'
import type { World } from './world.ts'

const MARKUP = [
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  `'-document.title=1-'`,
  '<svg/onload=document.title=1>',
  '{{7*7}}<%= 7*7 %>',
]
/** Of each kind: one’s own, an administrator’s, and what is open before anybody is known. */
const FRAMED = [
  ...['/account', '/account/security', '/console/registration', '/console/people'],
  ...['/sign-in', `/not-me?ticket=${'x'.repeat(43)}`, '/accept-invitation', '/device'],
]
const AGENT = 'Mozilla/5.0 <b onmouseover=alert(1)>(Linux) Chrome/120 "><script>alert(1)</script>'

test('what others wrote stays text, on every page that shows it', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
    COUNTERSIGN_CLIENT_REGISTRATION: 'initial_access_token',
  })
  const { world } = stage
  const roles = ['administrator']
  const person = {
    email: 'mallory@example.com',
    name: MARKUP.join(' ').slice(0, 100),
    password: 'seven loud otters by the sea',
  }
  const password = new Secret(person.password)
  const account = await world.admin.accounts.create({
    ...person,
    password,
    roles,
    requirePasswordChange: false,
  })
  const agent = openAgent(world)
  await agent.signIn({ email: person.email, password: person.password, deliver: 'session_token' })
  await agent.apiKeys.create({ name: MARKUP[0] ?? '', permissions: ['docs:read'] })
  const job = await world.admin.serviceAccounts.create({ name: MARKUP[1] ?? '' })
  await furnish(world, job.id)
  await world.admin.roles.create({ id: 'odd', description: MARKUP[3] ?? '', permissions: ['docs:read'] })
  await world.admin.revoke({ target: { kind: 'role', id: 'odd' }, reason: MARKUP[1] ?? '' })

  await stage.play(
    'names, keys, agents, reasons: nothing of it runs, and no element comes of it',
    {},
    async (page) => {
      await signIn(page, world, '/account', { ...person })
      const paths = [
        ...['/account', '/account/sessions', '/account/keys', '/console', '/console/people'],
        ...[
          `/console/people/${account.id}`,
          '/console/programs',
          `/console/programs/${job.id}`,
          '/console/roles',
        ],
        ...['/console/keys', '/console/audit', '/console/explain?decision=%3Cimg%20src%3Dx%3E'],
        '/console/people?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E',
        ...['/account/security', '/account/activity', '/console/clients', '/console/clients/odd-app'],
        ...['/console/registration', '/console/signing-keys', '/console/risk', '/console/settings'],
        '/console/clients?q=%3Cimg%20src%3Dx%3E',
        '/console/audit?type=%3Cimg%20src%3Dx%3E',
      ]
      for (const path of paths) {
        await page.goto(`${world.url}${path}`)
        await page.locator('#content').waitFor()
        await page.waitForLoadState('networkidle')

        await assertText(page, path)
      }
      await page.goto(`${world.url}/console/people/${account.id}`)
      await page.getByRole('heading', { name: '<img src=x' }).first().waitFor()
      await shoot(page, 'safety-markup')
    },
  )
})

/** A program that names itself so. */
const openAgent = ({ url }: World): Client =>
  createClient({
    baseUrl: url,
    fetch: (input, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('user-agent', AGENT)
      return fetch(input, { ...init, headers })
    },
  })

/** Nothing of it has run, and no element has come of it. */
async function assertText(page: Page, where: string): Promise<void> {
  assert.doesNotMatch(await page.title(), /^1$/, where)
  const made = page.locator(
    'img:not([src="/assets/brand-logo"]), script:not([src]), svg[onload], b[onmouseover]',
  )
  assert.equal(await made.count(), 0, where)
}

/** What else others may write: clients, tokens to register with, what registers with one, the reasons in the audit log. */
async function furnish({ admin, url }: World, serviceAccount: string): Promise<void> {
  await admin.clients.create({
    id: 'odd-app',
    name: MARKUP[0] ?? '',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    scopes: [],
    service_account_id: serviceAccount,
  })
  await admin.invitations.send({ email: 'ida@example.com', roles: ['member'] })
  const { secret } = await admin.initialAccessTokens.create({ name: MARKUP[3] ?? '', usesMax: 2 })
  const registered = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret.reveal()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: MARKUP[1],
      redirect_uris: ['https://odd.example.com/callback'],
    }),
  })
  assert.equal(registered.status, 201, await registered.text())
}

test('dialogues that name what they are about, and pages before the sign-in, show names as text', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, { COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off' })
  const { world } = stage
  const name = MARKUP[0] ?? ''
  const app = await openApp(t, world, { name })

  await stage.play('at the sign-in to an app, its consent, and the list of apps', {}, async (page) => {
    const person = await newPerson(world, 'Nora Careful')
    await page.goto(app.begin({ prompt: 'consent' }))
    await page.getByText(name).first().waitFor()
    await assertText(page, 'the sign-in to the app')
    await fillIn(page, person.email, person.password)
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await page.getByText(name).first().waitFor()
    await assertText(page, 'the consent')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: 'At the pool' }).waitFor()

    await page.goto(`${world.url}/account/applications`)
    await page.getByText(name).first().waitFor()
    await assertText(page, 'the list of apps')
  })

  await stage.play('where something is ended, taken back or chosen', {}, async (page) => {
    await world.admin.initialAccessTokens.create({ name })
    await world.admin.serviceAccounts.create({ name })
    await signIn(page, world, '/console/registration')
    await page.getByRole('button', { name: `Take back: ${name}` }).click()
    await page.getByRole('heading', { name: `Take back “${name}”?` }).waitFor()
    await assertText(page, 'taking a token back')
    await page.goto(`${world.url}/console/clients`)
    await page.getByRole('link', { name }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await page.getByRole('button', { name: 'End', exact: true }).click()
    await page.getByRole('dialog').getByRole('heading', { name }).waitFor()
    await assertText(page, 'ending a client')
    await page.goto(`${world.url}/console/programs`)
    await page.getByRole('checkbox', { name: `Choose ${name}` }).check()
    await page
      .getByRole('region', { name: 'What is to be done with those chosen' })
      .getByRole('button', { name: 'Disable' })
      .click()
    await page.getByRole('dialog').getByText('This changes 1').waitFor()
    await assertText(page, 'disabling several')
  })

  await stage.play(
    'a session’s program, where its owner says that it was somebody else',
    {},
    async (page) => {
      const person = await newPerson(world, 'Nils Notme')
      await openAgent(world).signIn({
        email: person.email,
        password: person.password,
        deliver: 'session_token',
      })
      await signIn(page, world, '/account/sessions', person)
      await page
        .getByRole('button', { name: /^This wasn’t me/ })
        .first()
        .click()
      await page.getByRole('dialog').waitFor()
      await assertText(page, 'this wasn’t me')
    },
  )
})

test('a foreign page has no power over these', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program)
  const { world } = stage

  const foreign = await openForeignSite(t, world.url)

  await stage.play('it cannot show them in a frame', {}, async (page) => {
    await signIn(page, world)
    for (const [index, path] of FRAMED.entries()) {
      await page.goto(`${foreign}/${index}`)

      const [, frame] = page.frames()
      assert.ok(frame !== undefined, path)
      // Chromium puts a page of its own in place of what may not be framed.
      await frame.waitForURL(/^chrome-error:/, { waitUntil: 'commit' })
    }
  })

  await stage.play('its form, sent with the person’s cookies, changes nothing', {}, async (page) => {
    const person = await newPerson(world, 'Gina Lured')
    await signIn(page, world, '/account', person)
    await page.getByRole('heading', { name: person.name }).waitFor()
    await page.goto(`${foreign}/form`)
    await page.getByRole('button', { name: 'A kitten' }).click()
    await page.waitForLoadState()

    await page.goto(`${world.url}/account`)

    await page.getByRole('heading', { name: person.name }).waitFor()
  })

  await stage.play(
    'nothing of a person is kept in the storage or the cache of the browser',
    {},
    async (page) => {
      await signIn(page, world, '/account/keys')
      await page.getByRole('heading', { name: 'API keys' }).first().waitFor()

      const kept = String(
        await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])'),
      )

      assert.doesNotMatch(kept, /ada|cs_|ses_|acc_/i)
      const { cookies } = await page.context().storageState()
      assert.deepEqual(
        cookies
          .map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite }))
          .toSorted((one, other) => one.name.localeCompare(other.name)),
        [
          { name: '__Host-countersign_device', httpOnly: true, secure: true, sameSite: 'Strict' },
          { name: '__Host-countersign_form', httpOnly: true, secure: true, sameSite: 'Lax' },
          { name: '__Host-countersign_passkey', httpOnly: true, secure: true, sameSite: 'Strict' },
          { name: '__Host-countersign_session', httpOnly: true, secure: true, sameSite: 'Lax' },
        ],
      )
    },
  )
})

/** A site on another origin: pages with one of ours in a frame each, and a page with a form that signs out. */
async function openForeignSite(t: TestContext, target: string): Promise<string> {
  const pages: Readonly<Record<string, string>> = {
    '/form': `<!doctype html><title>Kittens</title><form method="post" action="${target}/v1/sign-out"><button>A kitten</button></form>`,
  }
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'text/html')
    const framed = FRAMED[Number(req.url?.slice(1))]
    const frame = `<!doctype html><title>Kittens</title><iframe src="${target}${framed}"></iframe>`
    res.end(framed === undefined ? pages[req.url ?? ''] : frame)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
