/** Debian’s mod_auth_openidc on a real Apache, before an app that knows nothing of OAuth: `examples/client-apache/site.conf`. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { requireProgram } from '@countersign/tools/programs'
import { type Apache, startApache } from './apache.ts'
import { freePort, givenClient, givenPerson, givenServer, type Person } from './given.ts'
import { Absence } from './programs/prepare.ts'
import { type Arrival, change, type Detour, Traveller } from './traveller.ts'

const absence = new Absence()
const program = requireProgram(absence, 'apache2')
if (program === undefined) test('mod_auth_openidc', (t) => t.skip(absence.reason))
else {
  const site = await givenSite(program)
  describe('mod_auth_openidc', () => describeSite(site))
}

interface Site {
  readonly url: string
  readonly apache: Apache
  /** What the app behind the site has been asked. */
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
  /** The same site, told another secret. */
  startImpostor(): Promise<Site>
  somebody(): Promise<Traveller & { readonly person: Person }>
  /** Whether the authority still knows the session in which somebody signed in. */
  isOver(browser: Traveller): Promise<boolean>
  /** Ends all of somebody’s sessions, as an administrator does. */
  revoke(person: Person): Promise<void>
}

async function givenSite(program: string): Promise<Site> {
  const given = await givenServer({ COUNTERSIGN_OUTBOUND_NETWORKS: '127.0.0.0/8' })
  const url = `http://127.0.0.1:${await freePort()}`
  const { id, secret } = await givenClient(given, {
    grant_types: ['authorization_code'],
    redirect_uris: ['http://127.0.0.1/signed-in'],
    post_logout_redirect_uris: [`${url}/goodbye`],
    backchannel_logout_uri: `${url}/signed-in?logout=backchannel`,
    scopes: ['openid', 'email'],
  })
  const asked: Site['asked'] = []
  const app = createServer((req, res) => {
    asked.push({ path: req.url ?? '', headers: req.headers })
    res.end('from the app')
  }).listen(0, '127.0.0.1')
  await once(app, 'listening')
  after(() => app.close())
  const start = async (SITE: string, CLIENT_SECRET: string): Promise<Apache> => {
    const apache = await startApache(program, {
      AUTHORITY: given.url,
      CLIENT_ID: id,
      CLIENT_SECRET,
      COOKIE_SECRET: 'of a test',
      SITE,
      APP: `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
    })
    after(() => apache.stop())
    asked.length = 0
    return apache
  }
  const site: Site = {
    url,
    apache: await start(url, secret),
    asked,
    startImpostor: async () => {
      const other = `http://127.0.0.1:${await freePort()}`
      return { ...site, url: other, apache: await start(other, secret.slice(0, -1)) }
    },
    somebody: async () => {
      const person = await givenPerson(given)
      return Object.assign(new Traveller(given.url, person.email), { person })
    },
    isOver: async (browser) => {
      const bearer = browser.cookiesOf(given.url).get('__Host-countersign_session') ?? ''
      return (await given.send('GET', '/v1/me', { bearer })).status === 401
    },
    revoke: async ({ id: account }) => {
      const body = { target: { kind: 'account', id: account } }
      const answer = await given.send('POST', '/v1/revocations', { key: given.adminKey, body })
      assert.equal(answer.status, 200, answer.text)
    },
  }
  return site
}

/** Nobody is signed in: the site sends the browser away, and asks the app nothing. */
async function isStranger(browser: Traveller, { url, asked }: Site): Promise<boolean> {
  asked.length = 0
  const answer = await browser.send(new URL(`${url}/reports`))
  return answer.status === 302 && asked.length === 0
}

async function assertRefused(site: Site, browser: Traveller, answer: Arrival, reason: RegExp): Promise<void> {
  assert.doesNotMatch(answer.text, /from the app/)
  assert.match(`${answer.text} ${await site.apache.complaints()}`, reason)
  assert.deepEqual(site.asked, [])
  assert.ok(await isStranger(browser, site))
}

function describeSite(site: Site): void {
  for (const [what, reason, detour] of [
    // This version takes an answer with `iss` and no code for a wish to sign in, and refuses that.
    ['somebody who allows nothing', /parameter is not possible/, { decision: 'deny' }],
    ['an answer with another state', /unable to restore state/, { answer: change('state', 'another') }],
    [
      'an answer of another issuer',
      /does not match the issuer provided/,
      { answer: change('iss', 'https://other.example.com') },
    ],
    ['a code that was never given', /invalid_grant/, { answer: change('code', 'a'.repeat(43)) }],
    [
      'a code that was asked for with another challenge',
      /invalid_grant/,
      { request: change('code_challenge', 'a'.repeat(43)) },
    ],
    ['an ID token for another nonce', /the nonce value \(another\)/, { request: change('nonce', 'another') }],
  ] as const satisfies readonly (readonly [string, RegExp, Detour])[]) {
    test(`${what} is not signed in, and the app is not asked`, async () => {
      const browser = await site.somebody()
      site.asked.length = 0

      const answer = await browser.visit(`${site.url}/reports`, detour)

      await assertRefused(site, browser, answer, reason)
    })
  }

  test('an answer that another browser asked for signs nobody in', async () => {
    const [attacker, victim] = [await site.somebody(), await site.somebody()]
    let caught = ''
    await attacker.visit(`${site.url}/reports`, {
      answer: (back) => {
        caught = back.href
        back.pathname = '/goodbye'
      },
    })
    site.asked.length = 0

    const answer = await victim.visit(caught)

    await assertRefused(site, victim, answer, /unable to restore state/)
  })

  test('a site with a wrong secret is told invalid_client, and signs nobody in', async () => {
    const impostor = await site.startImpostor()
    const browser = await site.somebody()

    const answer = await browser.visit(`${impostor.url}/reports`)

    await assertRefused(impostor, browser, answer, /invalid_client/)
  })

  test('somebody signs in, and the app is told who, by headers that nobody else can set', async () => {
    const browser = await site.somebody()
    site.asked.length = 0

    const answer = await browser.visit(`${site.url}/reports?year=1`)
    await browser.send(new URL(`${site.url}/again`), undefined, { oidc_claim_sub: 'acc_of_another' })

    assert.equal(answer.text, 'from the app')
    assert.deepEqual(
      site.asked.map(({ path, headers }) => [path, headers.oidc_claim_sub, headers.oidc_claim_email]),
      ['/reports?year=1', '/again'].map((path) => [path, browser.person.id, browser.person.email]),
    )
  })

  test('two who sign in at once are each told to the app as themselves', async () => {
    const [one, other] = [await site.somebody(), await site.somebody()]
    site.asked.length = 0

    await Promise.all([one.visit(`${site.url}/one`), other.visit(`${site.url}/other`)])

    const told = new Map(site.asked.map(({ path, headers }) => [path, headers.oidc_claim_sub]))
    assert.deepEqual([told.get('/one'), told.get('/other')], [one.person.id, other.person.id])
  })

  test('who signs out at the site is signed out at the authority too, and comes back', async () => {
    const browser = await site.somebody()
    await browser.visit(`${site.url}/reports`)
    assert.equal(await site.isOver(browser), false)

    const goodbye = encodeURIComponent(`${site.url}/goodbye`)
    const left = await browser.visit(`${site.url}/signed-in?logout=${goodbye}`, {
      request: ({ searchParams }) => assert.ok(searchParams.has('id_token_hint')),
    })

    assert.equal(left.url.href, `${site.url}/goodbye`)
    assert.ok(await site.isOver(browser))
    assert.ok(await isStranger(browser, site))
  })

  test('a session that ends at the authority ends at the site, which is told of it', async () => {
    const [browser, other] = [await site.somebody(), await site.somebody()]
    await Promise.all([browser, other].map((each) => each.visit(`${site.url}/reports`)))
    assert.equal(await isStranger(browser, site), false)

    await site.revoke(browser.person)

    while (!(await isStranger(browser, site))) await wait(20)
    assert.equal(await isStranger(other, site), false)
  })
}
