/** A row that cannot be is a database that was tampered with: it is thrown, and what it holds is not told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revoke } from '../acts.ts'
import { type Bench, onEachDatabase } from '../bench.ts'
import {
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenServiceAccount,
  makeEvent,
  makeSigningKey,
} from '../given.ts'

/** Ways to break a row, and the reads that must not get past it. */
async function givenBreakages(bench: Bench): Promise<readonly [string, () => Promise<unknown>][]> {
  const { store } = bench
  const role = await givenRole(bench)
  const account = await givenAccount(bench, [role.id])
  const program = await givenServiceAccount(bench)
  const { session, grant } = await givenGrant(bench, account)
  const key = await givenApiKey(bench, program.id, { rateLimit: { requests: 1, perSeconds: 1 } })
  await store.addSigningKey(makeSigningKey(), [], makeEvent())
  await revoke(bench, { kind: 'access_token', id: 'jwt_1' })
  const readSession = () => store.readSessionForVerdict(session.id)
  const readKey = () => store.readApiKeyForVerdict(key.id)
  const readToken = () => store.readRefreshToken(grant.id, [`${grant.id} 1`])
  const listAudit = () =>
    store.listAudit({
      limit: 1,
      after: null,
      type: null,
      actorId: null,
      targetId: null,
      sinceMs: null,
      untilMs: null,
    })
  return [
    [`update sessions set amr = 'pwd'`, readSession],
    [`update sessions set amr = '{"0":"pwd"}'`, readSession],
    [`update sessions set amr = '[1]'`, readSession],
    [`update sessions set delivery = 'pigeon'`, readSession],
    [`update sessions set expires_at = -1`, readSession],
    [`update sessions set account_id = 'x'`, readSession],
    [`update roles set permissions = '["drop table"]' where id = '${role.id}'`, readSession],
    [`update accounts set revoked_before = -5`, readSession],
    [`update grants set scope = '["Notes Read"]'`, readToken],
    [`update clients set kind = 'mystery'`, readToken],
    [`update refresh_tokens set used_at = -1`, readToken],
    [`update api_keys set rate_limit = '{"requests":1}'`, readKey],
    [`update api_keys set rate_limit = '[1,1]'`, readKey],
    [`update api_keys set created_by = 'x'`, readKey],
    [`update service_accounts set audiences = 'null'`, readKey],
    [`update signing_keys set state = 'lost'`, () => store.listSigningKeys()],
    [`update signing_keys set public_jwk = '{"kty":1}'`, () => store.listSigningKeys()],
    [`update revocations set kind = 'planet'`, () => store.readEntries(0, 1)],
    [`update audit_events set details = '{"deep":{}}'`, listAudit],
    [`update audit_events set outcome = 'maybe'`, listAudit],
    [`update log_head set position = -1`, () => store.readHead()],
  ]
}

onEachDatabase((bench) => {
  test('each of them is refused by the column’s name alone', async () => {
    const count = (await givenBreakages(await bench().fresh())).length
    for (let index = 0; index < count; index += 1) {
      const fresh = await bench().fresh()
      const [text, read] = (await givenBreakages(fresh))[index] ?? ['', async () => {}]
      await assert.doesNotReject(read(), text)

      await fresh.tamper(text)

      await assert.rejects(
        read(),
        /^Error: The database holds a value in the column \w+ that cannot be\.$/,
        text,
      )
    }
  })
})
