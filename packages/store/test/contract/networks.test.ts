/** Accounts that strangers try from one network: each counted once in a window, and waits that nobody gets around. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NETWORK_WAITS, NETWORK_WINDOW_MS, type TriedNetwork } from '@countersign/core'
import { type Bench, onEachDatabase } from '../bench.ts'
import { givenAccount, makeSession, makeText, NOW, SECOND } from '../given.ts'
import { givenDevice, takeSignInTry } from '../given-devices.ts'
import { makeDraft, makeTicket } from '../given-factors.ts'

const { freeFailures, waitMaxMs } = NETWORK_WAITS
const START = NOW - (NOW % NETWORK_WINDOW_MS)

const makeNetwork = (sinceMs = START): TriedNetwork => ({
  digest: makeText('network'),
  sinceMs,
  windowMs: NETWORK_WINDOW_MS,
  rules: NETWORK_WAITS,
})

/** Tries so many accounts from there, each when the wait is over; answers when the last was. */
async function tryMany(bench: Bench, network: TriedNetwork, count: number): Promise<number> {
  let nowMs = network.sinceMs
  for (let index = 0; index < count; index += 1) {
    const taken = await takeSignInTry(bench, makeText('subject'), { network, nowMs })
    if (taken.kind === 'waiting') {
      nowMs += taken.retryAfterMs
      index -= 1
    } else if (taken.kind === 'closed') throw new Error('It is closed.')
  }
  return nowMs
}

const countOthers = async (
  { store }: Bench,
  network: TriedNetwork,
  subject: string,
  nowMs = NOW,
): Promise<number> =>
  (await store.readRisk(null, 0, { network: network.digest, subject, nowMs })).networkAccounts

onEachDatabase((bench) => {
  test('so many accounts are free, then each further one is followed by a wait of twice as long', async () => {
    const network = makeNetwork()
    let nowMs = START
    const waits: number[] = []

    for (let account = 1; account <= freeFailures + 11; account += 1) {
      const taken = await takeSignInTry(bench(), makeText('subject'), { network, nowMs })
      assert.deepEqual(taken, { kind: 'taken', failures: 1, networkFailures: account })
      if (account < freeFailures) continue
      const early = await takeSignInTry(bench(), makeText('subject'), { network, nowMs })
      const waitMs = early.kind === 'waiting' ? early.retryAfterMs : 0
      waits.push(waitMs / SECOND)
      nowMs += waitMs
    }

    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  })

  test('of a hundred accounts at once those are tried that are free, and none besides', async () => {
    const network = makeNetwork()

    const answers = await Promise.all(
      Array.from({ length: 100 }, () => takeSignInTry(bench(), makeText('subject'), { network })),
    )

    assert.equal(answers.filter(({ kind }) => kind === 'taken').length, freeFailures)
  })

  test('what the network has to wait for is no failure of the account', async () => {
    const network = makeNetwork()
    const nowMs = await tryMany(bench(), network, freeFailures + 3)
    const subject = makeText('subject')

    assert.equal((await takeSignInTry(bench(), subject, { network, nowMs })).kind, 'waiting')
    const elsewhere = await takeSignInTry(bench(), subject, { network: makeNetwork(), nowMs })

    assert.deepEqual(elsewhere, { kind: 'taken', failures: 1, networkFailures: 1 })
  })

  test('whoever mistypes twice is one, and waits as well while the network does', async () => {
    const network = makeNetwork()
    const subject = makeText('subject')
    await takeSignInTry(bench(), subject, { network, nowMs: START })

    assert.deepEqual(await takeSignInTry(bench(), subject, { network, nowMs: START }), {
      kind: 'taken',
      failures: 2,
    })
    const nowMs = await tryMany(bench(), network, freeFailures)
    assert.equal((await takeSignInTry(bench(), subject, { network, nowMs })).kind, 'waiting')
  })

  test('a known device and an unknown network are not counted', async () => {
    const network = makeNetwork()
    const account = await givenAccount(bench())

    for (const over of [{ network: null }, { device: null }]) {
      const taken = await takeSignInTry(bench(), account.id, over)
      assert.equal(taken.kind === 'taken' && taken.networkFailures, undefined)
    }
    const { digest } = await givenDevice(bench(), account)
    await tryMany(bench(), network, freeFailures + 1)
    const read = (deviceDigests: readonly string[]) =>
      bench().store.readSignIn({ email: account.email, nobody: 'nobody', deviceDigests, network })
    const [known, stranger] = [await read([digest]), await read([])]
    assert.deepEqual([known.tried.network, known.networkFailures], [null, null])
    assert.deepEqual(stranger.tried.network, network)
    assert.equal(stranger.networkFailures?.failures, freeFailures + 1)
  })

  test('a password that was right is taken back, whether a session or a ticket follows', async () => {
    const network = makeNetwork()
    const account = await givenAccount(bench())
    const proved = { subject: account.id, device: null, network }
    const { position } = await bench().store.readHead()
    const session = makeSession(account, { issuedPosition: position })

    await takeSignInTry(bench(), account.id, { network })
    assert.equal(await countOthers(bench(), network, 'another'), 1)
    await bench().store.openSession({ ...makeDraft(session), proved })
    const bySession = await countOthers(bench(), network, 'another')
    await takeSignInTry(bench(), account.id, { network })
    await bench().store.openTicket({
      digest: makeText('digest'),
      ticket: makeTicket(account),
      audit: null,
      proved,
    })
    const byTicket = await countOthers(bench(), network, 'another')
    const next = await takeSignInTry(bench(), makeText('subject'), { network })

    assert.deepEqual([bySession, byTicket], [0, 0])
    assert.deepEqual(next, { kind: 'taken', failures: 1, networkFailures: 1 })
  })

  test('taking back neither ends a wait that others have caused, nor shortens what comes then', async () => {
    const network = makeNetwork()
    const account = await givenAccount(bench())
    const lastMs = await tryMany(bench(), network, freeFailures + 4)
    const nowMs = lastMs + 16 * SECOND

    assert.equal((await takeSignInTry(bench(), account.id, { network, nowMs })).kind, 'taken')
    await bench().store.openTicket({
      digest: makeText('digest'),
      ticket: makeTicket(account),
      audit: null,
      proved: { subject: account.id, device: null, network },
    })
    const early = await takeSignInTry(bench(), makeText('subject'), { network, nowMs })
    await takeSignInTry(bench(), makeText('subject'), { network, nowMs: nowMs + 16 * SECOND })
    const after = await takeSignInTry(bench(), makeText('subject'), { network, nowMs: nowMs + 16 * SECOND })

    assert.deepEqual(early, { kind: 'waiting', retryAfterMs: 16 * SECOND })
    assert.deepEqual(after, { kind: 'waiting', retryAfterMs: 32 * SECOND })
  })

  test('a new hour is a new row, and a clock that went back ends a wait', async () => {
    const network = makeNetwork()
    const nowMs = await tryMany(bench(), network, freeFailures + 12)

    const back = await takeSignInTry(bench(), makeText('subject'), { network, nowMs: nowMs - SECOND })
    const next = { ...network, sinceMs: START + NETWORK_WINDOW_MS }
    const later = await takeSignInTry(bench(), makeText('subject'), { network: next, nowMs: next.sinceMs })

    assert.ok(nowMs < START + NETWORK_WINDOW_MS)
    assert.equal(back.kind, 'taken')
    assert.deepEqual(later, { kind: 'taken', failures: 1, networkFailures: 1 })
  })

  test('others are counted for an hour, without oneself, and to a bound', async () => {
    const network = makeNetwork()
    const subject = makeText('subject')
    await takeSignInTry(bench(), subject, { network, nowMs: START })
    await tryMany(bench(), network, 3)

    assert.equal(await countOthers(bench(), network, subject, START), 3)
    assert.equal(await countOthers(bench(), network, subject, START + NETWORK_WINDOW_MS), 0)
    assert.equal(await countOthers(bench(), makeNetwork(), subject, START), 0)
    const rules = { ...NETWORK_WAITS, freeFailures: 1000 }
    await tryMany(bench(), { ...network, rules }, 80)
    assert.equal(await countOthers(bench(), network, subject, START), 64)
  })

  test('what is over is swept', async () => {
    const fresh = await bench().fresh()
    await tryMany(fresh, makeNetwork(), 5)
    const left = async (): Promise<number[]> => [
      (await fresh.rows('select network from network_failures')).length,
      (await fresh.rows('select network from network_waits')).length,
    ]

    await fresh.store.sweepUsed(START + NETWORK_WINDOW_MS, 100)
    const early = await left()
    assert.equal(await fresh.store.sweepUsed(START + 3 * NETWORK_WINDOW_MS, 3), 3)
    await fresh.store.sweepUsed(START + 3 * NETWORK_WINDOW_MS, 3)

    assert.deepEqual(early, [5, 1])
    assert.deepEqual(await left(), [0, 0])
    assert.ok(waitMaxMs < NETWORK_WINDOW_MS)
  })
})
