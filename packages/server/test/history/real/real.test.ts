/**
 * The lease protocol in histories with real processes: authority nodes on SQLite and on one Postgres, verifiers
 * that reach them over loopback, and SIGSTOP, `kill -9`, cut and slow wires between them.
 */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createRandom } from '../random.ts'
import { judge } from './judge.ts'
import { isHit, RealPeople } from './people.ts'
import {
  nowMs,
  openStage,
  type RealNode,
  type RealVerifier,
  restartNode,
  type Stage,
  sleep,
  startVerifier,
  trouble,
} from './stage.ts'
import { watchTurns } from './turns.ts'

interface Scenario {
  readonly name: string
  readonly database: 'sqlite' | 'postgres'
  readonly fault: (stage: Stage) => Promise<void>
}

/** The same seed does not make the same history here; it makes one that is like it. */
const SEED = 1
const PAUSE_MS = 10_000
const CUT_MS = 4_000
const BEFORE_MS = 1_500
const AFTER_MS = 3_500

function nodeOf({ nodes }: Stage, index: number): RealNode {
  const node = nodes[index % nodes.length]
  assert.ok(node)
  return node
}

function verifierOf({ verifiers }: Stage, index: number): RealVerifier {
  const verifier = verifiers[index]
  assert.ok(verifier)
  return verifier
}

/** Something that goes on for a time. */
const during =
  (
    text: string,
    ms: number,
    begin: (stage: Stage) => void,
    end: (stage: Stage) => unknown,
  ): Scenario['fault'] =>
  async (stage) => {
    await sleep(BEFORE_MS)
    const over = trouble(stage, text)
    begin(stage)
    await sleep(ms)
    await end(stage)
    over()
  }

const pauseVerifier = during(
  'V1 is stopped',
  PAUSE_MS,
  (stage) => verifierOf(stage, 0).process.signal('SIGSTOP'),
  (stage) => verifierOf(stage, 0).process.signal('SIGCONT'),
)
const pauseNode = during(
  'A is stopped',
  PAUSE_MS,
  (stage) => nodeOf(stage, 0).program.child.kill('SIGSTOP'),
  (stage) => nodeOf(stage, 0).program.child.kill('SIGCONT'),
)
const killNode = during(
  'A is killed and started again',
  500,
  (stage) => nodeOf(stage, 0).program.child.kill('SIGKILL'),
  (stage) => restartNode(stage, nodeOf(stage, 0)),
)
const killVerifier = during(
  'V1 is killed and started again',
  500,
  (stage) => verifierOf(stage, 0).process.signal('SIGKILL'),
  async (stage) => {
    const verifier = verifierOf(stage, 0)
    verifier.process = await startVerifier(stage.t, verifier.wire.url, verifier.key)
  },
)
const cutVerifier = (how: 'reset' | 'silent'): Scenario['fault'] =>
  during(
    `the wire of V1 is cut (${how})`,
    CUT_MS,
    (stage) => verifierOf(stage, 0).wire.cut(how),
    (stage) => verifierOf(stage, 0).wire.mend(),
  )
const slowVerifier = during(
  'the wire of V1 is slow',
  CUT_MS,
  (stage) => verifierOf(stage, 0).wire.slow(700),
  (stage) => verifierOf(stage, 0).wire.mend(),
)
const cutStore = (how: 'reset' | 'silent'): Scenario['fault'] =>
  during(
    `A is cut off from the database (${how})`,
    CUT_MS,
    (stage) => nodeOf(stage, 0).storeWire?.cut(how),
    (stage) => nodeOf(stage, 0).storeWire?.mend(),
  )
/** What is on a connection that is broken is lost; the next call goes by another one. */
const LOST_CALL_MS = 1_000

/** A balancer sends its calls to the other node, and breaks the connections to the one before. */
const moveVerifier: Scenario['fault'] = async (stage) => {
  for (let count = 1; count <= 6; count += 1) {
    await sleep(800)
    const over = trouble(stage, 'V1 is moved', LOST_CALL_MS)
    verifierOf(stage, 0).wire.leadTo(nodeOf(stage, count).url)
    over()
  }
}
const nothing: Scenario['fault'] = () => sleep(BEFORE_MS)

const scenarios: readonly Scenario[] = [
  { name: 'nothing goes wrong', database: 'sqlite', fault: nothing },
  { name: 'a verifier is stopped for ten seconds', database: 'sqlite', fault: pauseVerifier },
  { name: 'the authority is stopped for ten seconds', database: 'sqlite', fault: pauseNode },
  { name: 'the authority is killed and started again', database: 'sqlite', fault: killNode },
  { name: 'a verifier is killed and started again', database: 'sqlite', fault: killVerifier },
  { name: 'connections of a verifier are broken', database: 'sqlite', fault: cutVerifier('reset') },
  { name: 'what a verifier sends and is sent is lost', database: 'sqlite', fault: cutVerifier('silent') },
  { name: 'answers are slow', database: 'sqlite', fault: slowVerifier },
  { name: 'nothing goes wrong', database: 'postgres', fault: nothing },
  { name: 'a verifier is moved between the nodes', database: 'postgres', fault: moveVerifier },
  { name: 'one of two nodes is stopped for ten seconds', database: 'postgres', fault: pauseNode },
  { name: 'one of two nodes is killed and started again', database: 'postgres', fault: killNode },
  { name: 'one of two nodes is cut off from the database', database: 'postgres', fault: cutStore('reset') },
  {
    name: 'one of two nodes hears nothing from the database',
    database: 'postgres',
    fault: cutStore('silent'),
  },
]

async function play(t: TestContext, { database, fault }: Scenario): Promise<void> {
  const stage = await openStage(t, database)
  if (stage === null) return
  const people = new RealPeople(stage, createRandom(SEED))
  await people.prepare()
  const beganAtMs = nowMs()
  let isOver = false
  const watching = watchTurns(stage, () => isOver)
  await people.live(() => fault(stage), AFTER_MS)
  isOver = true
  await watching

  const { checks, revocations, credentials } = people.history
  const violations = judge(people.history, stage)
  const notes = stage.notes.map(({ atMs, text }) => `${(atMs - beganAtMs).toFixed(0)} ms: ${text}`)
  assert.deepEqual(violations, [], `${notes.join('\n')}\n${violations.slice(0, 10).join('\n')}`)
  // A history in which nothing is accepted or ended shows nothing.
  const accepted = checks.filter(({ outcome }) => outcome === 'accepted')
  const confirmed = revocations.filter((one) => one.confirmed)
  assert.ok(accepted.length > 30, `only ${accepted.length} of ${checks.length} accepted`)
  assert.ok(confirmed.some((one) => credentials.some((credential) => isHit(credential, one))))
  t.diagnostic(`${checks.length} checks, ${accepted.length} accepted, ${confirmed.length} confirmed`)
}

const ofDatabase = (wanted: Scenario['database']): readonly Scenario[] =>
  scenarios.filter(({ database }) => database === wanted)

describe('with real processes nothing is accepted too late, and nothing good is refused', {
  // They wait for most of their time, but all of them at once leave each other no turn on two cores.
  concurrency: 1,
}, () => {
  describe('on SQLite', { concurrency: 4 }, () => {
    for (const scenario of ofDatabase('sqlite')) test(scenario.name, (t) => play(t, scenario))
  })
  describe('two nodes on Postgres', { concurrency: 2 }, () => {
    for (const scenario of ofDatabase('postgres')) test(scenario.name, (t) => play(t, scenario))
  })
})
