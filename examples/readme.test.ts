/** The API that the README prints under "Protect an API" is run as it stands, on other ports, and called as members and strangers would. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { classesBy, MIA, signInOnPhone, signInOnTablet } from './demo/people.ts'
import { findFreePorts, startProgram } from './demo/programs.ts'
import { hire } from './demo/town.ts'
import { apiKey, bearer, createVisit, expect } from './demo/visitor.ts'
import { openHouse } from './given.ts'

const ROOT = join(import.meta.dirname, '..')

function readProgram(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  return /^## Protect an API\n[\s\S]*?^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? assert.fail('It is gone.')
}

test('the API of the README takes all three kinds of credential, and refuses each when it has been revoked', async (t) => {
  const [port = 0] = await findFreePorts(1)
  const url = `http://localhost:${port}`
  const house = await openHouse((undo) => t.after(undo), [url])
  await house.member()
  const program = readProgram()
    .replaceAll('http://localhost:4000', house.url)
    .replaceAll('http://localhost:4001', url)
    .replace('port: 4001', `port: ${port}`)
  const key = await hire(house.owner, 'gym', url)
  // A module from the command line is found from the folder that it runs in.
  const api = await startProgram(
    {
      args: ['--input-type=module', '-e', `${program}\nconsole.log('ready')`],
      env: { GYM_KEY: key.reveal() },
      cwd: ROOT,
    },
    'ready',
  )
  t.after(() => api.stop())
  const tablet = await signInOnTablet(house.anybody, MIA)
  const phone = await signInOnPhone(house.anybody, MIA)
  const watch = await house.anybody
    .with(tablet)
    .apiKeys.create({ name: 'watch', permissions: ['classes:read'] })
  const all = [bearer(tablet.sessionToken), bearer(phone.accessToken), apiKey(watch.secret)]

  await expect(createVisit({ where: 'gym', at: url, request: 'GET /classes' }), 401, 'credential_required')
  for (const authorization of all) {
    await expect(classesBy(url, authorization), 200)
    const ending = { where: 'gym', at: url, request: 'DELETE /classes', authorization } as const
    await expect(createVisit(ending), 403, 'permission_denied')
  }
  const { principal } = await house.anybody.with(tablet).me()
  const answer = await house.owner.revoke({ target: { kind: 'account', id: principal.id }, waitMs: 30_000 })
  assert.ok(answer.confirmed)
  for (const authorization of all) await expect(classesBy(url, authorization), 401, 'invalid_credential')
})
