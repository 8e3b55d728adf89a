/** The vectors about what verifiers report: which program used an API key, by its name alone, and nothing of people. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProgramName, toProgramName } from '@countersign/protocol'
import type { Command } from '../program.ts'
import { givenStage } from '../stage.ts'
import { until } from '../until.ts'

const headers = [
  'gym-door/1.2 (hall 3)',
  'Mozilla/5.0 (X11; Linux x86_64)',
  '(nothing of the form)',
  `${'x'.repeat(32)}.secret`,
  'Door_2.0-beta',
  '',
]

export function describeUsage(command: Command): void {
  test('reports tell the program of an API key by its name alone, and none of a session', async (t) => {
    const stage = await givenStage(t, command)
    const key = stage.opaque('api_key')
    const session = stage.opaque('session')

    for (const agent of headers) {
      const sent = { headers: { 'user-agent': agent } }
      assert.equal(await stage.decided({ key: key.credential, ...sent }), 200)
      assert.equal(await stage.decided({ bearer: session.credential, ...sent }), 200)
    }

    const { uses } = stage.authority
    const countOf = (id: string): number =>
      uses.filter(({ credential }) => credential.id === id).reduce((sum, { count }) => sum + count, 0)
    await until('all uses are reported', () =>
      [key.id, session.id].every((id) => countOf(id) >= headers.length),
    )
    const told = uses.filter(({ credential }) => credential.kind === 'api_key').map(({ agent }) => agent)
    assert.deepEqual(new Set(told), new Set(headers.map(toProgramName)))
    assert.ok(told.every((agent) => typeof agent === 'string' && isProgramName(agent)))
    const ofSessions = uses.filter(({ credential }) => credential.kind === 'session')
    assert.ok(ofSessions.every(({ agent }) => agent === undefined || agent === null))
  })
}
