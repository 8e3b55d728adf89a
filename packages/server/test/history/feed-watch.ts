/**
 * Looks at every answer of the feed as it leaves a node (lease protocol, rules 1 and 2): nothing that was
 * committed is missing between where the verifier stood and where the answer ends, and an answer that grants a
 * lease ends no earlier than the log did when the poll arrived.
 */
import type { SimAnswer, SimRequest } from './routes.ts'
import type { Stage } from './stage.ts'

/** Null for what is no poll. Call it when the poll arrives, and its answer with what was answered. */
export function watchPoll(
  stage: Stage,
  { path, query }: SimRequest,
  verifier: string,
  node: string,
): ((answered: SimAnswer) => void) | null {
  if (path === '/.well-known/jwks.json') return ({ body }) => noteKeys(stage, verifier, node, body)
  if (path !== '/v1/revocations') return null
  const { epoch, position } = stage.database.head()
  const { restores } = stage
  stage.note(
    `${verifier} polls ${node} after ${query.get('epoch')}:${query.get('after')}, hold ${query.get('hold_ms')}`,
  )
  return ({ status, body }) => {
    stage.note(`${node} answers ${verifier}: ${status} ${status === 200 ? summarize(body) : body}`)
    // What was read of a log that is gone says nothing about the one that is there.
    if (status !== 200 || stage.restores !== restores) return
    const answer = parse(body)
    const asked = query.get('epoch')
    const from = answer.snapshot || asked !== answer.epoch ? 0 : Number(query.get('after'))
    const blame = (text: string): void => {
      const line = `${node} to ${verifier} after ${asked}:${from}: ${text}; ${body.slice(0, 600)}`
      stage.history.mistakes.push({ rule: 'positions', atMs: stage.world.nowMs, text: line })
    }
    if (answer.epoch !== stage.database.head().epoch) return
    if (answer.epoch === asked && answer.position < Number(query.get('after'))) {
      stage.history.broken.push({
        at: verifier,
        fromMs: stage.world.nowMs,
        untilMs: Number.POSITIVE_INFINITY,
      })
    }
    if (answer.lease_ms > 0 && answer.epoch === epoch && answer.position < position) {
      blame(`a lease for a head older than the poll, which arrived when it was at ${position}`)
    }
    const held = new Set(answer.entries.map((entry) => entry.position))
    for (const entry of stage.database.rows.entries) {
      const isDue = entry.position > from && entry.position <= answer.position
      if (isDue && !held.has(entry.position)) blame(`position ${entry.position} is missing`)
    }
    if (answer.position > stage.database.head().position) blame('it ends beyond the log')
  }
}

function summarize(body: string): string {
  const { epoch, position, entries, snapshot, lease_ms: leaseMs } = parse(body)
  return `${epoch}:${position}, ${entries.length} entries, lease ${leaseMs}${snapshot ? ', snapshot' : ''}`
}

function noteKeys(stage: Stage, verifier: string, node: string, body: string): void {
  const { keys }: { keys: readonly { kid: string }[] } = JSON.parse(body)
  stage.note(`${verifier} fetches keys at ${node}: ${keys.map(({ kid }) => `…${kid.slice(-6)}`).join(', ')}`)
}

interface Answer {
  readonly epoch: string
  readonly position: number
  readonly snapshot: boolean
  readonly lease_ms: number
  readonly entries: readonly { readonly position: number }[]
}

const parse = (body: string): Answer => JSON.parse(body)
