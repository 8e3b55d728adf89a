/** The same code, the same ticket, the same recovery code, several times at once: one gets in, on each database. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeOf,
  nextStep,
  personWithTotp,
  presentRecovery,
  presentTotp,
  signedInByTotp,
  ticketOf,
} from '../authenticator.ts'
import { seededRandom } from '../crash/random.ts'
import { type Answer, at } from '../given.ts'
import { afterTurns } from './delay.ts'
import { onEachDatabase } from './on-each-database.ts'

const AT_ONCE = 12

async function statusesOf(answers: readonly Promise<Answer>[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { status, json } of await Promise.all(answers)) {
    const name = status === 200 ? 'ok' : String(json.code)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const times = <T>(work: (index: number) => T): T[] =>
  Array.from({ length: AT_ONCE }, (_, index) => work(index))

/** A ticket for each. The password counts as tried until the factor is there as well, so the later ones wait for theirs. */
async function ticketsOf(to: Parameters<typeof ticketOf>[0], email: string): Promise<readonly string[]> {
  const tickets: string[] = []
  for (let index = 0; index < AT_ONCE; index += 1) {
    tickets.push(await ticketOf(to, email))
    if (index >= 4) to.clock.advance(2 ** (index - 4))
  }
  return tickets
}

onEachDatabase((open) => {
  test('of twelve who present one TOTP code, each with a ticket of their own, one gets in', async (t) => {
    const random = seededRandom(t)
    const to = await open(t)
    const who = await personWithTotp(to)
    const tickets = await ticketsOf(to, who.email)
    const code = codeOf(who.seed, to.clock.nowMs())

    const counts = await statusesOf(
      tickets.map((ticket) => afterTurns(random.between(0, 3), () => presentTotp(to, ticket, code))),
    )

    assert.deepEqual(counts, { ok: 1, invalid_factor: AT_ONCE - 1 })
  })

  test('of twelve who present one ticket with codes of different steps, one gets in', async (t) => {
    const to = await open(t)
    const who = await personWithTotp(to)
    const ticket = await ticketOf(to, who.email)
    const codes = [0, 1].map((drift) => codeOf(who.seed, to.clock.nowMs(), drift))

    const counts = await statusesOf(times((index) => presentTotp(to, ticket, codes[index % 2] ?? '')))

    assert.equal(counts.ok, 1)
    const listed = await to.send('GET', '/v1/me/sessions', { bearer: who.bearer })
    assert.equal((listed.json.items as unknown[]).length, 2)
  })

  test('of twelve who present one recovery code, one gets in, and one code is gone', async (t) => {
    const to = await open(t)
    const who = await personWithTotp(to)
    const tickets = await ticketsOf(to, who.email)

    const counts = await statusesOf(
      tickets.map((ticket) => presentRecovery(to, ticket, who.recoveryCodes[3] ?? '')),
    )

    assert.deepEqual(counts, { ok: 1, invalid_factor: AT_ONCE - 1 })
    const left = await to.send('GET', '/v1/me/factors', { bearer: who.bearer })
    assert.equal(left.json.recovery_codes_left, 9)
  })

  test('a factor that is removed while its code is presented: either it came first, or it is refused', async (t) => {
    const random = seededRandom(t)
    const to = await open(t)
    for (let round = 0; round < 4; round += 1) {
      const who = await personWithTotp(to)
      const bearer = await signedInByTotp(to, who)
      const ticket = await ticketOf(to, who.email)
      const code = codeOf(who.seed, to.clock.nowMs())

      const [signedIn, removed] = await Promise.all([
        afterTurns(random.between(0, 3), () => presentTotp(to, ticket, code)),
        afterTurns(random.between(0, 3), () => to.send('DELETE', `/v1/me/factors/${who.id}`, { bearer })),
      ])

      assert.equal(removed.status, 204)
      assert.ok(signedIn.status === 200 || signedIn.json.code === 'invalid_factor', signedIn.text)
      nextStep(to.clock)
    }
  })

  test('twelve step-ups of one session at once leave it one value that works', async (t) => {
    const to = await open(t)
    const who = await personWithTotp(to)
    const { bearer } = who
    const tickets = await Promise.all(
      times(async () => at((await to.send('POST', '/v1/me/step-up', { bearer })).json, 'ticket')),
    )
    const code = codeOf(who.seed, to.clock.nowMs())

    const answers = await Promise.all(
      tickets.map((ticket, index) => {
        const codes = who.recoveryCodes[index]
        const body =
          codes === undefined
            ? { ticket, factor: 'totp', code }
            : { ticket, factor: 'recovery_code', code: codes }
        return to.send('POST', '/v1/me/step-up/factor', { bearer, body })
      }),
    )

    const values = answers.filter(({ status }) => status === 200).map(({ json }) => at(json, 'session_token'))
    assert.ok(values.length >= 1)
    const statuses = await Promise.all(
      [bearer, ...values].map(async (one) => (await to.send('GET', '/v1/me', { bearer: one })).status),
    )
    assert.equal(statuses.filter((status) => status === 200).length, 1)
  })
})
