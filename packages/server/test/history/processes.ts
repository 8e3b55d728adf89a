/** Starts and ends the processes of a history. */
import { createNode, type Node } from './authority.ts'
import { SimProcess } from './process.ts'
import type { NodePlace, Stage, VerifierPlace } from './stage.ts'
import { createStoreLine } from './store-line.ts'
import { startVerifier } from './verifier.ts'

const START_AGAIN_MS = 300

export function startNode(stage: Stage, place: NodePlace): Node {
  const { plan, world, random } = stage
  const process = new SimProcess(place.name, place.machine, world, random)
  const line = createStoreLine({ ...stage, process })
  const node = createNode({
    process,
    line,
    random,
    policy: plan.policy,
    isShared: plan.nodes > 1,
    onEvent: (event) => {
      const { kind, ...rest } = event
      if (kind !== 'report_failed' && kind !== 'follow_failed')
        stage.note(`${place.name}: ${kind} ${JSON.stringify(rest)}`)
    },
  })
  place.node = node
  stage.troubles.note(place.name, 'started')
  begin(stage, node)
  if (plan.retention) prune(node)
  return node
}

/** A node that does not reach its database at the start tries again, as its keeper would make it do. */
function begin(stage: Stage, node: Node): void {
  const attempt = (): void => {
    Promise.all([node.keys.reload(), node.feed.follow()]).catch(() => {
      stage.troubles.note(node.process.name, 'start failed')
      node.process.timers.set(START_AGAIN_MS, attempt)
    })
  }
  node.feed.start()
  attempt()
}

const PRUNE_EVERY_MS = 7_000

function prune(node: Node): void {
  node.process.timers.set(PRUNE_EVERY_MS, () => {
    const nowMs = node.process.clock.nowMs()
    node.line.query((database) => database.prune(nowMs)).catch(() => undefined)
    prune(node)
  })
}

export function killNode(stage: Stage, place: NodePlace): void {
  stage.troubles.note(place.name, 'killed')
  stage.noteFault(`${place.name}: kill -9`)
  place.node?.process.kill()
  place.node = null
}

/** As at SIGTERM: holds are let go, and everything ends. */
export function stopNode(stage: Stage, place: NodePlace): void {
  const { node } = place
  if (node === null) return
  stage.troubles.note(place.name, 'stopped')
  stage.noteFault(`${place.name}: stops`)
  node.confirmations.release()
  node.feed.stop()
  stage.world.after(stage.random.between(0, 50), () => {
    node.process.kill()
    if (place.node === node) place.node = null
  })
}

export function killVerifier(stage: Stage, place: VerifierPlace): void {
  stage.troubles.note(place.name, 'killed')
  stage.noteFault(`${place.name}: kill -9`)
  place.verifier?.process.kill()
  place.verifier = null
  for (const broken of stage.history.broken) {
    // Its next life has applied nothing that could contradict the log.
    if (broken.at === place.name) broken.untilMs = Math.min(broken.untilMs, stage.world.nowMs)
  }
}

export function startVerifierAt(stage: Stage, place: VerifierPlace): void {
  stage.troubles.note(place.name, 'started')
  startVerifier(stage, place)
}
