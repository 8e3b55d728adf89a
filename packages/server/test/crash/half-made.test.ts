/** The questions about half-made states are right: each finds the state that it is named after, and only such. */
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { personWithTotp, presentRecovery, signedInByTotp, stepUp, ticketOf } from '../authenticator.ts'
import { at, authority, type Given, keyOf, signedIn } from '../given.ts'
import { personWithPasskey, signedInByPasskey } from '../passkeys.ts'
import { startProgram, temporaryFolder } from '../processes/spawn.ts'
import { doorSettings, hire } from './doors/hire.ts'
import { findFlaws, type Query, readNamed } from './flaws.ts'
import { seededRandom } from './random.ts'
import { World } from './world.ts'

test('every kind of half-made state is found, and none where all was done as a whole', async (t) => {
  const file = await givenDatabase()
  const folder = temporaryFolder(t)
  assert.deepEqual(await look(file), [])

  for (const [flaw, change] of readNamed('tampering.sql')) {
    const copy = join(folder, 'tampered.db')
    copyFileSync(file, copy)
    tamper(copy, change)

    const found = await look(copy)

    assert.ok(
      found.some((one) => one.startsWith(flaw)),
      `${flaw} was not found; only ${found.join('; ')}`,
    )
  }

  async function givenDatabase(): Promise<string> {
    const given = await authority(t)
    const { adminKey: key } = given
    const revoke = (kind: string, id: string): Promise<unknown> =>
      given.send('POST', '/v1/revocations', { key, body: { target: { kind, id } } })
    const present = (token: string | undefined): ReturnType<typeof given.send> =>
      given.send('POST', '/oauth/token', {
        form: { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: 'first-party' },
      })
    const program = await keyOf(given, ['things:read'])
    await given.send('POST', `/v1/api-keys/${program.id}/rotate`, { key, body: { overlap_seconds: 60 } })
    await revoke('api_key', program.id)
    await revoke('service_account', program.owner)
    const ended = await signedIn(given, 'jwt')
    await revoke('session', ended.session.id)
    const reused = await signedIn(given, 'jwt')
    const second = await present(reused.refresh_token)
    await present(at(second.json, 'refresh_token'))
    await present(reused.refresh_token)
    const { account } = await signedIn(given, 'jwt')
    await revoke('account', account.id)
    await keyOf(given, [])
    const who = await personWithTotp(given)
    await presentRecovery(given, await ticketOf(given, who.email), who.recoveryCodes[0] ?? '')
    await stepUp(given, await signedInByTotp(given, who), 'recovery_code', who.recoveryCodes[1] ?? '')
    const holder = await personWithPasskey(given)
    await signedInByPasskey(given, holder.key)
    await revoke('role', 'member')
    await given.authority.close()
    await workOnce(t, given)
    const { database } = given.authority.config
    assert.ok(database.kind === 'sqlite')
    return database.file
  }
})

/** The doors that `doors.test.ts` kills, each done once or more, by a server of its own on the same files. */
async function workOnce(t: TestContext, { folder, adminKey }: Given): Promise<void> {
  const program = startProgram(t, 'server', doorSettings({ COUNTERSIGN_DATA: folder }))
  const world = new World(seededRandom(t), adminKey)
  world.base = (await program.ready).url
  for (const worker of await hire(world)) {
    await worker.work(() => worker.done() === 0)
    assert.ok(worker.done() > 0, `${worker.name}: ${world.faults.join('; ')}`)
    await worker.compare()
  }
  // What the load does by chance is done here in any case.
  const rotated = await world.call('POST', '/v1/clients/an-app/rotate-secret', { key: adminKey })
  assert.equal(rotated.status, 200, rotated.text)
  await program.end('SIGTERM')
}

async function look(file: string): Promise<readonly string[]> {
  const db = new DatabaseSync(file, { readOnly: true })
  const query: Query = async (text) => db.prepare(text).all()
  try {
    return await findFlaws(query)
  } finally {
    db.close()
  }
}

function tamper(file: string, change: string): void {
  const db = new DatabaseSync(file)
  db.exec(change)
  db.close()
}
