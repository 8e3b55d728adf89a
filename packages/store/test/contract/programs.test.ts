/** What programs are used to: written on top of what was read, with all that follows, or not at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachDatabase } from '../bench.ts'
import {
  change,
  DAY,
  givenAccount,
  givenApiKey,
  givenServiceAccount,
  makeEvent,
  makeId,
  NOW,
} from '../given.ts'
import { makeMail } from '../given-mails.ts'
import { makeProgram, suspensionNow } from '../given-risk.ts'

onEachDatabase((bench) => {
  const countOf = async (table: string, where: string): Promise<number> =>
    (await bench().rows(`select 1 from ${table} where ${where}`)).length

  test('nothing is known of a key that there is not, that has ended, or that was never used', async () => {
    const account = await givenAccount(bench())
    const [live, ended] = [await givenApiKey(bench(), account.id), await givenApiKey(bench(), account.id)]
    await bench().store.revoke({
      id: makeId('rev'),
      node: { kind: 'api_key', id: ended.id },
      ...change(),
    })

    assert.equal(await bench().store.readProgram(makeId('key')), null)
    assert.equal(await bench().store.readProgram(ended.id), null)
    const { policy: _, ...view } = (await bench().store.readProgram(live.id)) ?? { policy: '' }
    assert.deepEqual(view, {
      owner: account.id,
      name: 'A key',
      isKey: true,
      isSuspended: false,
      memory: null,
      uses: 0,
    })
  })

  test('of two that have read the same one is written, and the other leaves no event, mail or suspension', async () => {
    const account = await givenAccount(bench())
    const { id } = await givenApiKey(bench(), account.id)
    await bench().store.writeProgram(makeProgram(id, { uses: 3 }))
    const drafts = [1, 2].map((turn) => ({
      anomaly: makeEvent({ type: 'risk.anomaly' }),
      mail: makeMail(account, { kind: 'program_unusual' }),
      memory: `"${turn}"`,
    }))

    const results = await Promise.all(
      drafts.map(({ anomaly, mail, memory }) => {
        const follows = { anomalies: [anomaly], mails: [mail], suspension: suspensionNow() }
        return bench().store.writeProgram(makeProgram(id, { before: 3, uses: 4, memory, ...follows }))
      }),
    )

    assert.deepEqual([...results].sort(), ['stale', 'written'])
    for (const [turn, { anomaly, mail, memory }] of drafts.entries()) {
      const expected = results[turn] === 'written' ? 1 : 0
      assert.equal(await countOf('audit_events', `id = '${anomaly.id}'`), expected)
      assert.equal(await countOf('mails', `id = '${mail.id}'`), expected)
      if (expected === 1) assert.equal((await bench().store.readProgram(id))?.memory, memory)
    }
    assert.equal((await bench().store.readProgram(id))?.isSuspended, true)
  })

  test('two first writings at once leave one row', async () => {
    const { id } = await givenServiceAccount(bench())

    const results = await Promise.all([1, 2].map(() => bench().store.writeProgram(makeProgram(id))))

    assert.deepEqual([...results].sort(), ['stale', 'written'])
    assert.equal((await bench().store.readProgram(id))?.uses, 1)
  })

  test('a key is suspended once, with one event and one rule in the log, until it is let work again', async () => {
    const account = await givenAccount(bench())
    const { id } = await givenApiKey(bench(), account.id)
    const [first, second] = [suspensionNow(), suspensionNow()]
    const { position } = await bench().store.readHead()

    await bench().store.writeProgram(makeProgram(id, { suspension: first }))
    await bench().store.writeProgram(makeProgram(id, { before: 1, uses: 2, suspension: second }))

    assert.equal(await countOf('audit_events', `id = '${first.audit.id}'`), 1)
    assert.equal(await countOf('audit_events', `id = '${second.audit.id}'`), 0)
    const { entries } = await bench().store.readEntries(position, 1000)
    const own = entries.filter((entry) => entry.id === id)
    // A rule, which a verdict that is decided later outlives.
    assert.deepEqual(
      own.map(({ kind, issuedBeforePosition, position: at }) => [kind, issuedBeforePosition === at]),
      [['api_key', true]],
    )
    assert.equal((await bench().store.readApiKeyForVerdict(id)).found?.key.suspendedAtMs, NOW)
    const released = await bench().store.changeApiKey({ id, change: { suspendedAtMs: null }, ...change() })
    assert.equal(released?.suspendedAtMs, null)
    assert.equal((await bench().store.readProgram(id))?.isSuspended, false)
  })

  test('the owner is told of their own keys, and enabled administrators of those of programs', async () => {
    const account = await givenAccount(bench())
    const admins = [
      await givenAccount(bench(), ['administrator']),
      await givenAccount(bench(), ['administrator']),
    ]
    const gone = await givenAccount(bench(), ['administrator'])
    await bench().store.changeAccount({ id: gone.id, disabledAtMs: NOW, ...change() })
    const program = await givenServiceAccount(bench())

    const told = (await bench().store.readWatchers(program.id)).map(({ id }) => id)

    assert.deepEqual(await bench().store.readWatchers(account.id), [{ id: account.id, email: account.email }])
    assert.ok(told.length <= 10 && !told.includes(gone.id) && !told.includes(account.id))
    const others = await bench().rows("select 1 from principal_roles where role_id = 'administrator'")
    if (others.length <= 10) assert.ok(admins.every(({ id }) => told.includes(id)))
  })

  test('habits are swept once they have expired, and those of a person’s keys go with the person', async () => {
    const [account, leaving] = [await givenAccount(bench()), await givenAccount(bench())]
    const [kept, left] = [await givenApiKey(bench(), account.id), await givenApiKey(bench(), leaving.id)]
    for (const { id } of [kept, left]) await bench().store.writeProgram(makeProgram(id))
    const rows = (): Promise<number> => countOf('program_profiles', `subject in ('${kept.id}', '${left.id}')`)

    await bench().store.endAccount({ id: leaving.id, ...change() })
    assert.equal(await rows(), 1)
    await bench().store.sweep(NOW + 280 * DAY, 1000)
    assert.equal(await rows(), 1)
    await bench().store.sweep(NOW + 280 * DAY + 1, 1000)

    assert.equal(await rows(), 0)
  })
})
