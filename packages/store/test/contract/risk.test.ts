/** What sign-ins are held against: written with the session or the ticket, forgotten in time, gone with the account. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Account } from '@countersign/core'
import { type Bench, onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, HOUR, makeEvent, makeId, makeSession, NOW } from '../given.ts'
import { makeDraft, makeTicket } from '../given-factors.ts'
import { makeJudged, makeLearned, makeRefusal } from '../given-risk.ts'

const SINCE = NOW - HOUR

const profileOf = async ({ store }: Bench, account: Account): Promise<string | null> =>
  (await store.readRisk(account.id, SINCE)).profile

async function open(
  { store }: Bench,
  account: Account,
  over: { judged?: ReturnType<typeof makeJudged>; learned?: ReturnType<typeof makeLearned> },
): Promise<string> {
  const { position } = await store.readHead()
  const session = makeSession(account, { issuedPosition: position })
  return (await store.openSession({ ...makeDraft(session), ...over })).kind
}

onEachDatabase((bench) => {
  test('a sign-in that does not go through teaches nothing and is not judged', async () => {
    const account = await givenAccount(bench())
    const judged = makeJudged(account)
    await bench().store.changeAccount({ id: account.id, disabledAtMs: NOW, ...change() })

    assert.equal(await open(bench(), account, { judged, learned: makeLearned(account) }), 'account_gone')

    assert.equal(await profileOf(bench(), account), null)
    const listed = await bench().store.listJudged(SINCE, null, 1000)
    assert.ok(!listed.some(({ id }) => id === judged.attempt.id))
  })

  test('of two sign-ins at once one teaches, and the later state is never put back', async () => {
    const account = await givenAccount(bench())
    const learn = (profile: string, signIns: number): Promise<string> =>
      open(bench(), account, { learned: makeLearned(account, { profile, signIns }) })

    await Promise.all([learn('"one"', 1), learn('"other"', 1)])
    const first = await profileOf(bench(), account)
    await learn('"second"', 2)
    await learn('"stale"', 1)

    assert.ok(first === '"one"' || first === '"other"')
    assert.equal(await profileOf(bench(), account), '"second"')
  })

  test('session, judgement and anomaly are written together, with a ticket as well', async () => {
    const account = await givenAccount(bench())
    const [opened, asked] = [makeEvent({ type: 'risk.anomaly' }), makeEvent({ type: 'risk.anomaly' })]
    const first = makeJudged(account, { action: 'notify', grades: '{"new_network":1}' }, opened)
    const second = makeJudged(account, { action: 'step_up' }, asked)
    await open(bench(), account, { judged: first })
    const ticket = { digest: makeId('evt'), ticket: makeTicket(account), audit: makeEvent() }
    await bench().store.openTicket({ ...ticket, judged: second })

    const listed = await bench().store.listJudged(SINCE, null, 1000)

    assert.deepEqual(
      listed.filter(({ account: owner }) => owner === account.id),
      [first.attempt, second.attempt],
    )
    const audit = await bench().rows(
      `select id from audit_events where id in ('${opened.id}', '${asked.id}')`,
    )
    assert.equal(audit.length, 2)
  })

  test('a refusal that was judged leaves its event and its judgement, and no profile', async () => {
    const account = await givenAccount(bench())
    const audit = makeRefusal(account)
    const judged = makeJudged(account, { id: audit.id, action: 'block' })

    await bench().store.refuseJudged({ judged, audit })

    assert.equal(await profileOf(bench(), account), null)
    const [last] = (await bench().store.listJudged(SINCE, null, 1000)).slice(-1)
    assert.deepEqual(last, judged.attempt)
  })

  test('wrong passwords count for their account, within the hour, and up to a hundred', async () => {
    const [account, other] = [await givenAccount(bench()), await givenAccount(bench())]
    const many = await givenAccount(bench())
    const events = [makeRefusal(account), makeRefusal(account, SINCE), makeRefusal(account, SINCE - 1)]
    const flood = Array.from({ length: 130 }, () => makeRefusal(many))
    await bench().store.appendAudit([...events, makeRefusal(other), ...flood])

    const count = async (one: Account | null): Promise<number> =>
      (await bench().store.readRisk(one?.id ?? null, SINCE)).failures

    assert.equal(await count(account), 2)
    assert.equal(await count(many), 100)
    assert.equal(await count(null), 0)
  })

  test('judgements are listed from their time on, page by page, each once', async () => {
    const account = await givenAccount(bench())
    const old = makeJudged(account, { atMs: SINCE - 1 })
    const made = [makeJudged(account), makeJudged(account), makeJudged(account)]
    for (const judged of [old, ...made]) await open(bench(), account, { judged })

    const seen: string[] = []
    for (let after: (typeof old)['attempt']['id'] | null = null; ; ) {
      const page: Awaited<ReturnType<ReturnType<typeof bench>['store']['listJudged']>> =
        await bench().store.listJudged(SINCE, after, 2)
      seen.push(...page.filter((one) => one.account === account.id).map(({ id }) => id))
      after = page.at(-1)?.id ?? null
      if (page.length < 2) break
    }

    assert.deepEqual(
      seen,
      made.map(({ attempt }) => attempt.id),
    )
  })

  test('profiles and judgements are swept once they have expired, and go with their account', async () => {
    const [account, leaving] = [await givenAccount(bench()), await givenAccount(bench())]
    for (const one of [account, leaving]) {
      await open(bench(), one, { judged: makeJudged(one), learned: makeLearned(one) })
    }
    await bench().store.endAccount({ id: leaving.id, ...change() })
    const left = async (): Promise<string> =>
      JSON.stringify(
        await bench().rows(`select account_id from risk_profiles where account_id in ('${account.id}', '${leaving.id}')
          union all select account_id from judged_attempts where account_id in ('${account.id}', '${leaving.id}')`),
      )

    assert.equal(await left(), JSON.stringify([{ account_id: account.id }, { account_id: account.id }]))
    await bench().store.sweep(NOW + 60 * DAY + 1, 1000)
    assert.equal(await left(), JSON.stringify([{ account_id: account.id }]))
    await bench().store.sweep(NOW + 280 * DAY + 1, 1000)

    assert.equal(await left(), '[]')
  })

  test('there is no policy until one is set, and the last one stands, with its event', async () => {
    const { store } = bench()
    const before = await store.readRiskPolicy()
    const audit = makeEvent({ type: 'risk.policy_changed' })

    await store.writeRiskPolicy({ policy: '{"a":1}', nowMs: NOW, audit: makeEvent() })
    await store.writeRiskPolicy({ policy: '{"a":2}', nowMs: NOW + 1, audit })

    assert.equal(before, null)
    assert.deepEqual(await store.readRiskPolicy(), { policy: '{"a":2}', changedAtMs: NOW + 1 })
    assert.equal((await store.readRisk(null, SINCE)).policy, '{"a":2}')
    assert.equal((await bench().rows(`select 1 from audit_events where id = '${audit.id}'`)).length, 1)
  })
})
