/** What others wrote is text wherever it is shown; foreign pages can neither frame these nor act through them; nothing stays behind. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createClient, Secret } from '@countersign/client'
import { requireProgram } from '@countersign/tools/programs'
import { shoot } from './browser.ts'
import { newPerson, signIn } from './people.ts'
import { openStage } from './stage.ts'

const MARKUP = [
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  `'-document.title=1-'`,
  '<svg/onload=document.title=1>',
  '{{7*7}}<%= 7*7 %>',
]
const AGENT = 'Mozilla/5.0 <b onmouseover=alert(1)>(Linux) Chrome/120 "><script>alert(1)</script>'

test('what others wrote stays text, on every page that shows it', async (t) => {
  const program = requireProgram(t, 'chromium')
  if (program === undefined) return
  const stage = await openStage(t, program, {
    COUNTERSIGN_RATE_LIMIT_SIGN_IN: 'dangerously-off',
    COUNTERSIGN_RATE_LIMIT_FACTOR: 'dangerously-off',
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
  const agent = createClient({
    baseUrl: world.url,
    fetch: (input, init = {}) => {
      const headers = new Headers(init.headers)
      headers.set('user-agent', AGENT)
      return fetch(input, { ...init, headers })
    },
  })
  await agent.signIn({ email: person.email, password: person.password, deliver: 'session_token' })
  await agent.apiKeys.create({ name: MARKUP[0] ?? '', permissions: ['docs:read'] })
  const job = await world.admin.serviceAccounts.create({ name: MARKUP[1] ?? '' })
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
      ]
      for (const path of paths) {
        await page.goto(`${world.url}${path}`)
        await page.locator('#content').waitFor()
        await page.waitForLoadState('networkidle')

        assert.doesNotMatch(await page.title(), /^1$/, path)
        assert.equal(
          await page
            .locator('img:not([src="/assets/brand-logo"]), script:not([src]), svg[onload], b[onmouseover]')
            .count(),
          0,
          path,
        )
      }
      await page.goto(`${world.url}/console/people/${account.id}`)
      await page.getByRole('heading', { name: '<img src=x' }).first().waitFor()
      await shoot(page, 'safety-markup')
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
    await page.goto(foreign)

    const [, frame] = page.frames()
    assert.ok(frame !== undefined)
    assert.equal(await frame.getByRole('heading', { name: 'Ada Lovelace' }).count(), 0)
    assert.match(frame.url(), /^chrome-error:/)
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

/** A site on another origin: a page with the account pages in a frame, and a page with a form that signs out. */
async function openForeignSite(t: TestContext, target: string): Promise<string> {
  const pages: Readonly<Record<string, string>> = {
    '/': `<!doctype html><title>Kittens</title><iframe src="${target}/account"></iframe>`,
    '/form': `<!doctype html><title>Kittens</title><form method="post" action="${target}/v1/sign-out"><button>A kitten</button></form>`,
  }
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'text/html')
    res.end(pages[req.url ?? ''] ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
