/** One verifier process of a history: the real verifier on a simulated machine and network. */
import { createVerifier, type Verifier, type VerifierEvent } from '@countersign/verifier'
import { AUDIENCE, ISSUER, STYLE } from './credentials.ts'
import { watchPoll } from './feed-watch.ts'
import { SimProcess } from './process.ts'
import { answer, type SimRequest } from './routes.ts'
import type { Stage, VerifierPlace } from './stage.ts'

export interface SimVerifier {
  readonly process: SimProcess
  readonly verifier: Verifier
}

export function startVerifier(stage: Stage, place: VerifierPlace): SimVerifier {
  const { plan, world, random } = stage
  const process = new SimProcess(place.name, place.machine, world, random)
  const verifier = createVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    key: place.key,
    credentialStyle: STYLE,
    lifetimeMaxSeconds: plan.policy.lifetimeSeconds,
    leewaySeconds: plan.policy.leewaySeconds,
    clock: process.clock,
    timers: process.timers,
    fetch: createFetch(stage, place, process),
    onEvent: (event) => stage.note(`${place.name}: ${describe(event)}`),
  })
  verifier.ready().catch(() => undefined)
  place.verifier = { process, verifier }
  return place.verifier
}

const describe = (event: VerifierEvent): string => {
  const { kind, ...rest } = event
  return `${kind} ${JSON.stringify(rest)}`
}

function createFetch(stage: Stage, place: VerifierPlace, process: SimProcess): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input))
    const request: SimRequest = {
      method: init?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      key: new Headers(init?.headers).get('authorization')?.replace('ApiKey ', '') ?? '',
      body: typeof init?.body === 'string' ? init.body : null,
    }
    const node = stage.random.pick(place.route)
    const to = node.node
    const answered = await stage.network.exchange({
      from: process,
      to: { name: node.name, process: to?.process ?? null },
      signal: init?.signal ?? null,
      handle: async (signal) => {
        if (to === null) throw new Error('Nobody listens.')
        const watched = watchPoll(stage, request, place.name, node.name)
        const made = await answer(to, request, signal, () => stage.random.name(26))
        watched?.(made)
        return made
      },
    })
    const { status, body } = answered
    return new Response(status === 204 ? null : body, { status })
  }
}
