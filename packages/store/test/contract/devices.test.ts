/** Known devices, and wrong passwords in a row: each counted once, however many come at the same moment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEVICES_PER_ACCOUNT_MAX, PASSWORD_WAITS } from '@countersign/core'
import { onEachDatabase } from '../bench.ts'
import { change, DAY, givenAccount, makeEvent, makeSession, makeText, NOW, SECOND } from '../given.ts'
import { failTimes, givenDevice, makeDevice, signInOn, takeSignInTry } from '../given-devices.ts'
import { byTotp, complete, givenFactor, givenTicket, makeDraft, makeTicket } from '../given-factors.ts'
import { changePassword } from '../given-passwords.ts'

const { failuresMax, waitMaxMs } = PASSWORD_WAITS
const rows = 'select failures, tried_at, wait_ms from password_failures where subject = $1 and device = $2'

onEachDatabase((bench) => {
  test('the fifth failure is followed by a wait of a second, each further one by twice as long', async () => {
    const subject = makeText('subject')
    let nowMs = NOW
    const waits: number[] = []

    for (let failure = 1; failure <= 17; failure += 1) {
      assert.deepEqual(await takeSignInTry(bench(), subject, { nowMs }), {
        kind: 'taken',
        failures: failure,
      })
      const [row] = await bench().rows(rows, subject, '')
      const waitMs = Number(row?.wait_ms)
      waits.push(waitMs / SECOND)
      if (waitMs === 0) continue
      const early = await takeSignInTry(bench(), subject, { nowMs: nowMs + waitMs - 1 })
      assert.deepEqual(early, { kind: 'waiting', retryAfterMs: 1 })
      nowMs += waitMs
    }

    assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  test('of a hundred guesses at once those are taken that are free, and none besides', async () => {
    const subject = makeText('subject')

    const answers = await Promise.all(Array.from({ length: 100 }, () => takeSignInTry(bench(), subject)))

    const failures = answers.flatMap((answer) => (answer.kind === 'taken' ? [answer.failures] : []))
    assert.deepEqual(failures.sort(), [1, 2, 3, 4, 5])
    assert.equal(answers.filter(({ kind }) => kind === 'waiting').length, 95)
  })

  test('when a wait is over one of many at once gets in', async () => {
    const subject = makeText('subject')
    const nowMs = (await failTimes(bench(), subject, 12)) + waitMaxMs

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => takeSignInTry(bench(), subject, { nowMs })),
    )

    assert.equal(answers.filter(({ kind }) => kind === 'taken').length, 1)
  })

  test('a hundred in a row are the last, whatever time has passed', async () => {
    const subject = makeText('subject')
    const lastMs = await failTimes(bench(), subject, failuresMax)

    const answers = await Promise.all(
      [0, 1, waitMaxMs, 365 * DAY].map((ms) => takeSignInTry(bench(), subject, { nowMs: lastMs + ms })),
    )

    for (const answer of answers) assert.deepEqual(answer, { kind: 'closed', retryAfterMs: waitMaxMs })
  })

  test('a clock that went back by days makes a wait begin anew, and no longer', async () => {
    const subject = makeText('subject')
    const lastMs = await failTimes(bench(), subject, 7)
    const backMs = lastMs - 3 * DAY

    const first = await takeSignInTry(bench(), subject, { nowMs: backMs })
    const early = await takeSignInTry(bench(), subject, { nowMs: backMs + 3999 })
    const later = await takeSignInTry(bench(), subject, { nowMs: backMs + 4000 })

    assert.deepEqual(first, { kind: 'waiting', retryAfterMs: 4000 })
    assert.deepEqual(early, { kind: 'waiting', retryAfterMs: 1 })
    assert.deepEqual(later, { kind: 'taken', failures: 8 })
  })

  test('strangers, each device, and each account are counted apart', async () => {
    const account = await givenAccount(bench())
    const [laptop, phone] = [await givenDevice(bench(), account), await givenDevice(bench(), account)]
    const nowMs = (await failTimes(bench(), account.id, failuresMax)) + 1
    await failTimes(bench(), account.id, 9, { device: laptop.id, nowMs })

    const answers = [
      await takeSignInTry(bench(), account.id, { nowMs }),
      await takeSignInTry(bench(), account.id, { nowMs, device: laptop.id }),
      await takeSignInTry(bench(), account.id, { nowMs, device: phone.id }),
      await takeSignInTry(bench(), (await givenAccount(bench())).id, { nowMs }),
    ]

    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ['closed', 'waiting', 'taken', 'taken'],
    )
  })

  test('a sign-in begins with the device, its row of failures, and those of nobody for an unknown address', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const device = await givenDevice(bench(), account)
    const stranger = await givenDevice(bench(), await givenAccount(bench()))
    await takeSignInTry(bench(), account.id, { device: device.id })
    const nobody = makeText('nobody')
    await takeSignInTry(bench(), nobody)
    await takeSignInTry(bench(), nobody)
    const read = async (email: string, ...deviceDigests: string[]) => {
      const { tried, failures } = await store.readSignIn({ email, nobody, deviceDigests })
      return [{ subject: tried.subject, device: tried.device }, failures?.failures ?? 0]
    }

    assert.deepEqual(await read(account.email, 'x', device.digest), [
      { subject: account.id, device: device.id },
      1,
    ])
    assert.deepEqual(await read(account.email, stranger.digest), [{ subject: account.id, device: null }, 0])
    assert.deepEqual(await read('nobody@example.com', device.digest), [{ subject: nobody, device: null }, 2])
  })

  test('a device that is unknown to the account is never taken over, only replaced', async () => {
    const account = await givenAccount(bench())
    const planted = await givenDevice(bench(), await givenAccount(bench()))
    const { id, presented, fresh } = makeDevice([planted.digest])

    assert.equal(await signInOn(bench(), account, { presented, fresh: null }), null)
    assert.equal(await signInOn(bench(), account, { presented, fresh }), id)

    assert.equal(await bench().store.readDevice(account.id, [planted.digest]), null)
  })

  test('a known device is seen again and no second one is made of it', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const { id, digest } = await givenDevice(bench(), account)
    const { fresh } = makeDevice()

    const seen = await signInOn(bench(), account, { presented: ['other pepper', digest], fresh }, NOW + DAY)

    assert.equal(seen, id)
    assert.deepEqual(await store.listDevices(account.id), [
      {
        id,
        accountId: account.id,
        name: 'Firefox on Linux',
        createdAtMs: NOW,
        lastSeenAtMs: NOW + DAY,
        trustedUntilMs: null,
      },
    ])
  })

  test('a session that spared the factor is opened while the device is trusted, and not a moment longer', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const [factor, ticketDigest] = [await givenFactor(bench(), account), await givenTicket(bench(), account)]
    const device = makeDevice()
    const { position } = await store.readHead()
    const draftAt = (createdAtMs: number) =>
      makeDraft(makeSession(account, { issuedPosition: position, createdAtMs }))
    const spare = (atMs: number) => store.openSession({ ...draftAt(atMs), trusted: device.id })
    const trust = { trustUntilMs: NOW + DAY, proof: byTotp(factor, 2), enrolment: null }

    const signedIn = await store.completeSignIn({ ...draftAt(NOW), ticketDigest, device, ...trust })

    assert.equal(signedIn.kind, 'opened')
    assert.equal((await spare(NOW + DAY - 1)).kind, 'opened')
    assert.deepEqual(await spare(NOW + DAY), { kind: 'account_gone' })
    await store.endOtherSessions({ account: account.id, keep: null, ...change() })
    assert.deepEqual(await spare(NOW + 1), { kind: 'account_gone' })
  })

  test('of thirty who become known at once twenty stay, and the one that was not seen for longest goes', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const oldest = await givenDevice(bench(), account, NOW - DAY)
    await Promise.all(
      Array.from({ length: DEVICES_PER_ACCOUNT_MAX - 1 }, () => givenDevice(bench(), account)),
    )
    assert.ok(await store.readDevice(account.id, [oldest.digest]))
    await takeSignInTry(bench(), account.id, { device: oldest.id })

    await Promise.all(Array.from({ length: 10 }, () => givenDevice(bench(), account, NOW + DAY)))

    assert.equal((await store.listDevices(account.id)).length, DEVICES_PER_ACCOUNT_MAX)
    assert.equal(await store.readDevice(account.id, [oldest.digest]), null)
    assert.deepEqual(await bench().rows(rows, account.id, oldest.id), [])
  })

  test('a session that opens ends the failures of strangers and of its device, and of no other', async () => {
    const account = await givenAccount(bench())
    const [laptop, phone] = [await givenDevice(bench(), account), await givenDevice(bench(), account)]
    const factor = await givenFactor(bench(), account)
    const failAll = async () => {
      await failTimes(bench(), account.id, failuresMax)
      for (const { id } of [laptop, phone]) await takeSignInTry(bench(), account.id, { device: id })
    }
    const left = async () =>
      (await bench().rows('select device from password_failures where subject = $1', account.id)).map(
        ({ device }) => device,
      )
    const device = { presented: [laptop.digest], fresh: null }

    await failAll()
    await signInOn(bench(), account, device)
    assert.deepEqual(await left(), [phone.id])
    await failAll()
    const ticket = await givenTicket(bench(), account)
    assert.equal((await complete(bench(), account, ticket, byTotp(factor, 2), { device })).kind, 'opened')
    assert.deepEqual(await left(), [phone.id])
  })

  test('a right password with a second step to come ends its own row alone', async () => {
    const account = await givenAccount(bench())
    const { id } = await givenDevice(bench(), account)
    await takeSignInTry(bench(), account.id)
    await takeSignInTry(bench(), account.id, { device: id })
    const proved = { subject: account.id, device: id }

    await bench().store.openTicket({
      digest: makeText('t'),
      ticket: makeTicket(account),
      audit: null,
      proved,
    })

    assert.deepEqual(await bench().rows(rows, account.id, id), [])
    assert.equal((await bench().rows(rows, account.id, '')).length, 1)
  })

  test('a sign-in that is refused at its last step ends no row and makes nothing known', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    const factor = await givenFactor(bench(), account)
    await takeSignInTry(bench(), account.id)
    const ticket = await givenTicket(bench(), account)
    const { presented, fresh } = makeDevice()
    const device = { presented, fresh }

    assert.deepEqual(await complete(bench(), account, ticket, byTotp(factor, 0), { device }), {
      kind: 'proof_used',
    })

    assert.equal((await bench().rows(rows, account.id, '')).length, 1)
    assert.deepEqual(await store.listDevices(account.id), [])
  })

  test('the password shows as closed when strangers have closed it, and an administrator opens it', async () => {
    const { store } = bench()
    const account = await givenAccount(bench())
    await failTimes(bench(), account.id, failuresMax)
    assert.deepEqual((await store.readFactors(account.id, failuresMax))?.closed, ['password'])

    await store.reopenFactors(account.id, makeEvent())

    assert.deepEqual((await store.readFactors(account.id, failuresMax))?.closed, [])
    assert.equal((await takeSignInTry(bench(), account.id)).kind, 'taken')
  })

  test('a new password ends every row of the account', async () => {
    const account = await givenAccount(bench())
    const { id } = await givenDevice(bench(), account)
    await failTimes(bench(), account.id, failuresMax)
    await takeSignInTry(bench(), account.id, { device: id })

    await changePassword(bench(), account)

    const left = await bench().rows('select device from password_failures where subject = $1', account.id)
    assert.deepEqual(left, [])
  })

  test('only one’s own devices are forgotten, one or all, with one event where there was any', async () => {
    const { store } = bench()
    const [alice, bob] = [await givenAccount(bench()), await givenAccount(bench())]
    const [first, , , foreign] = [
      await givenDevice(bench(), alice),
      await givenDevice(bench(), alice),
      await givenDevice(bench(), alice),
      await givenDevice(bench(), bob),
    ]
    const events = [makeEvent(), makeEvent(), makeEvent(), makeEvent()]
    const forget = (id: typeof first.id | null, index: number) =>
      store.forgetDevices({ account: alice.id, id, audit: events[index] ?? makeEvent() })

    assert.deepEqual(
      [await forget(foreign.id, 0), await forget(first.id, 1), await forget(null, 2), await forget(null, 3)],
      [0, 1, 2, 0],
    )

    assert.equal((await store.listDevices(bob.id)).length, 1)
    const written = await bench().rows(
      'select id from audit_events where id in ($1, $2, $3, $4)',
      ...events.map(({ id }) => id),
    )
    assert.deepEqual(written.map(({ id }) => id).sort(), [events[1]?.id, events[2]?.id].sort())
  })

  test('nothing of it is left of an account that ended', async () => {
    const account = await givenAccount(bench())
    const { id } = await givenDevice(bench(), account)
    await takeSignInTry(bench(), account.id)
    await takeSignInTry(bench(), account.id, { device: id })

    await bench().store.endAccount({ id: account.id, ...change() })

    assert.deepEqual(await bench().rows('select id from devices where account_id = $1', account.id), [])
    assert.deepEqual(
      await bench().rows('select device from password_failures where subject = $1', account.id),
      [],
    )
  })

  test('devices and failures that nothing was heard of are swept, those of nobody like those of accounts', async () => {
    const fresh = await bench().fresh()
    const account = await givenAccount(fresh)
    await givenDevice(fresh, account, NOW - 2 * DAY)
    const seen = await givenDevice(fresh, account, NOW)
    for (const subject of ['nobody', account.id]) {
      await takeSignInTry(fresh, subject, { nowMs: NOW - 2 * DAY })
      await takeSignInTry(fresh, `${subject} later`, { nowMs: NOW })
    }

    assert.equal(await fresh.store.sweepDevices(NOW - DAY, 100), 3)
    assert.equal(await fresh.store.sweepDevices(NOW - DAY, 100), 0)

    assert.deepEqual(
      (await fresh.store.listDevices(account.id)).map(({ id }) => id),
      [seen.id],
    )
    const left = await fresh.rows('select subject from password_failures order by subject')
    assert.deepEqual(
      left.map(({ subject }) => subject).sort(),
      [`${account.id} later`, 'nobody later'].sort(),
    )
  })
})
