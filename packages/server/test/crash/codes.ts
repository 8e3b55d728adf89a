/** Signing in with recovery codes while servers die: a code whose use was acknowledged never works again. */
import assert from 'node:assert/strict'
import { codeOf, codesOf } from '../authenticator.ts'
import { at, PASSWORD } from '../given.ts'
import { type Answer, isUnsure } from './calls.ts'
import type { CodesMemory, World } from './world.ts'

export async function workOnCodes(world: World, goesOn: () => boolean): Promise<void> {
  const person = world.codes.find(({ left }) => left.length > 0) ?? (await enrol(world))
  if (person === null) return
  while (goesOn()) {
    const code = person.left.pop()
    if (code === undefined) return
    const answer = await presentCode(world, person, code)
    // Whether that code was spent is not known; it is not presented again.
    if (answer === null || isUnsure(answer)) return
    if (answer.status !== 200) return world.unexpected('signing in with a recovery code', answer)
    person.used.push({ code, session: at(answer.json, 'session_token') })
  }
}

/** A person with a factor and its codes; null where the server went away meanwhile. */
async function enrol(world: World): Promise<CodesMemory | null> {
  const email = `codes-${world.codes.length}-${world.random.between(0, 1e9)}@example.com`
  const body = { email, password: PASSWORD }
  if ((await world.call('POST', '/v1/sign-up', { body })).status !== 201) return null
  const signedIn = await world.call('POST', '/v1/sign-in', { body: { ...body, deliver: 'session_token' } })
  if (signedIn.status !== 200) return null
  const bearer = at(signedIn.json, 'session_token')
  const offered = await world.call('POST', '/v1/me/factors/totp', { bearer })
  if (offered.status !== 201) return null
  const path = `/v1/me/factors/${at(offered.json, 'factor', 'id')}/confirm`
  const code = codeOf(at(offered.json, 'secret'), Date.now())
  const confirmed = await world.call('POST', path, { bearer, body: { code } })
  if (confirmed.status !== 200) return null
  const person: CodesMemory = { email, left: [...codesOf(confirmed)], used: [] }
  world.codes.push(person)
  return person
}

/** Null where the first step was not answered. */
async function presentCode(world: World, { email }: CodesMemory, code: string): Promise<Answer | null> {
  const body = { email, password: PASSWORD, deliver: 'session_token' }
  const first = await world.call('POST', '/v1/sign-in', { body })
  if (isUnsure(first) || first.status !== 200) return null
  const ticket = at(first.json, 'ticket')
  return world.call('POST', '/v1/sign-in/factor', { body: { ticket, factor: 'recovery_code', code } })
}

/** After a restart: the last code whose use was acknowledged is spent, and the session that it opened lives. */
export async function compareCodes(world: World): Promise<void> {
  for (const person of world.codes.slice(-2)) {
    const last = person.used.at(-1)
    if (last === undefined) continue
    const again = await presentCode(world, person, last.code)
    assert.equal(again?.json.code, 'invalid_factor', `A used recovery code: ${again?.text}`)
    const me = await world.call('GET', '/v1/me', { bearer: last.session })
    assert.equal(me.status, 200, `The session of a recovery code: ${me.text}`)
  }
}
