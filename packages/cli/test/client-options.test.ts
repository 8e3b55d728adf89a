/**
 * Every field that the API’s document has of a client, a role and a service account is an option. Nothing here lists the
 * fields: what the document has and no option sets, fails.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { givenAdministrator, givenFolder, givenServer, run, runJson } from './given.ts'

/** Names of the fields that requests to an authority had, by path; it answers with an object of every kind. */
async function givenRecorder(t: TestContext): Promise<{ url: string; sent: Map<string, Set<string>> }> {
  const sent = new Map<string, Set<string>>()
  const server = createServer(async (request, response) => {
    const path = `${request.method} ${request.url?.replace(/\/x$/, '/{id}')}`
    const fields = Object.keys(Object(await json(request)))
    sent.set(path, new Set([...(sent.get(path) ?? []), ...fields]))
    const one = {
      id: 'x',
      name: 'x',
      created_at: '2026-01-01T00:00:00Z',
      disabled_at: null,
      first_used_at: null,
      registration: 'administrator',
      ...Object.fromEntries(
        [
          'grant_types',
          'redirect_uris',
          'post_logout_redirect_uris',
          'scopes',
          'audiences',
          'roles',
          'permissions',
        ].map((list) => [list, []]),
      ),
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ client: one, role: one, service_account: one, client_secret: null }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return { url: `http://localhost:${address.port}`, sent }
}

/** Of the bodies of these requests, by the document of a real authority. */
async function fieldsOf(t: TestContext): Promise<(request: string) => readonly string[]> {
  const { url } = await givenServer(t)
  const document = Object(await (await fetch(`${url}/openapi.json`)).json())
  return (request) => {
    const [method = '', path = ''] = request.split(' ')
    const { schema } = document.paths[path][method.toLowerCase()].requestBody.content['application/json']
    const name = schema.$ref?.split('/').at(-1)
    return Object.keys((name === undefined ? schema : document.components.schemas[name]).properties).sort()
  }
}

test('an option or command sets each field of clients, roles and service accounts', async (t) => {
  const { url, sent } = await givenRecorder(t)
  const keys = join(await givenFolder(t), 'keys.json')
  await writeFile(keys, '{"keys":[]}')
  const env = { COUNTERSIGN_URL: url, COUNTERSIGN_API_KEY: 'k' }
  const settings =
    `--name x --auth private_key_jwt --grant authorization_code --profile oidc-basic --dpop required --redirect-uri u
    --post-logout-redirect-uri u --backchannel-logout-uri u --scope openid --audience a --service-account s --jwks-uri u
    --jwks-file ${keys} --logo-uri u --policy-uri u --tos-uri u --assurance aal2 --id-token-alg RS256
    --subject-type pairwise --sector-identifier-uri u`.split(/\s+/)
  const calls = [
    ['clients', 'create', 'x', ...settings],
    ['clients', 'change', 'x', ...settings],
    ['clients', 'disable', 'x'],
    ['roles', 'create', 'x', '--permission', 'a:b', '--description', 'd'],
    ['roles', 'change', 'x', '--permission', 'a:b', '--description', 'd'],
    ['service-accounts', 'create', '--name', 'x', '--role', 'r', '--audience', 'a'],
    ['service-accounts', 'change', 'x', '--name', 'x', '--audience', 'a'],
    ['service-accounts', 'roles', 'x', 'r'],
    ['service-accounts', 'disable', 'x'],
  ]
  for (const call of calls) {
    const { code, stderr } = await run([...call, '--json'], { env })
    assert.equal(code, 0, `${call.join(' ')}: ${stderr}`)
  }

  const documented = await fieldsOf(t)
  assert.equal(sent.size, 6)
  for (const [request, fields] of sent) {
    assert.deepEqual([...fields].sort(), documented(request), request)
  }
})

test('what is set or cleared wrongly is refused before anything is sent', async () => {
  const env = { COUNTERSIGN_URL: 'http://localhost:9', COUNTERSIGN_API_KEY: 'k' }
  for (const args of [
    ['clients', 'change', 'x', '--clear', 'name'],
    ['clients', 'change', 'x', '--clear', 'logo-uri', '--logo-uri', 'https://example.com/l'],
    ['clients', 'change', 'x', '--assurance', 'aal4'],
    ['clients', 'change', 'x', '--subject-type', 'private'],
    ['service-accounts', 'change', 'x'],
    ['service-accounts', 'change', 'x', '--clear', 'roles'],
  ]) {
    assert.equal((await run(args, { env })).code, 2, args.join(' '))
  }
})

test('a client’s links and level are set, shown, and cleared', async (t) => {
  const { env } = await givenAdministrator(t)
  const create = `clients create app --name App --auth none --grant authorization_code --scope openid
    --redirect-uri https://app.example.com/callback --logo-uri https://app.example.com/logo.svg --assurance aal2
    --post-logout-redirect-uri https://app.example.com/bye`
  await runJson(create.split(/\s+/), { env })

  const shown = await run(['clients', 'show', 'app'], { env })
  const clear = ['logo-uri', 'assurance', 'post-logout-redirect-uri'].flatMap((name) => ['--clear', name])
  const { client } = await runJson<{ client: Record<string, unknown> }>(
    ['clients', 'change', 'app', ...clear],
    { env },
  )

  assert.match(shown.stdout, /^demands\taal2$/m)
  assert.match(shown.stdout, /^logo\thttps:\/\/app\.example\.com\/logo\.svg$/m)
  assert.deepEqual([client.logo_uri, client.assurance, client.post_logout_redirect_uris], [null, null, []])
})

test('a service account’s name and audiences are changed', async (t) => {
  const { env } = await givenAdministrator(t)
  type Answer = { service_account: { id: string; name: string; audiences: string[] } }
  const create = ['service-accounts', 'create', '--name', 'gate', '--audience', 'https://gym.example']
  const { id } = (await runJson<Answer>(create, { env })).service_account
  const change = (...args: string[]) => runJson<Answer>(['service-accounts', 'change', id, ...args], { env })

  const { name, audiences } = (await change('--name', 'Gate')).service_account

  assert.deepEqual([name, audiences], ['Gate', ['https://gym.example']])
  assert.deepEqual((await change('--clear', 'audience')).service_account.audiences, [])
})
