/** The pool's routes, on Fastify: three routes that trust the verifier's memory, a locker that does not, and a till. */
import type { Verifier } from '@countersign/verifier'
import { createGuard } from '@countersign/verifier/fastify'
import Fastify, { type FastifyInstance } from 'fastify'

export interface PoolOptions {
  /** How long ago whoever buys something may have signed in. */
  readonly signInAgeMaxSeconds: number
}

const LANES = 8

export function createPool(verifier: Verifier, { signInAgeMaxSeconds }: PoolOptions): FastifyInstance {
  const guard = createGuard(verifier, { resourceName: 'The pool' })
  const lanes = new Map<number, string>()
  const app = Fastify()
  app.register(guard.plugin)

  app.get('/', async () => ({ name: 'The pool', degrees: 27 }))

  // The reader at the entrance: from memory, while the lease holds. What was revoked is refused in milliseconds.
  app.get('/lanes', { onRequest: guard({ permissions: ['lanes:book'], route: '/lanes' }) }, async () => ({
    free: LANES - lanes.size,
  }))

  app.post<{ Params: { lane: string } }>(
    '/lanes/:lane/bookings',
    { onRequest: guard({ permissions: ['lanes:book'] }) },
    async (request, reply) => {
      const lane = Number(request.params.lane)
      if (!(lane >= 1 && lane <= LANES)) return reply.code(404).send({ outcome: 'unknown' })
      if (lanes.has(lane)) return reply.code(409).send({ outcome: 'taken' })
      lanes.set(lane, request.principal.id)
      return reply.code(201).send({ outcome: 'booked' })
    },
  )

  // Somebody's things are in there: the authority is asked each time, and where it cannot be asked the locker stays shut.
  app.post(
    '/lockers/:number/open',
    { onRequest: guard({ permissions: ['lanes:book'], freshness: 'online' }) },
    async () => ({ outcome: 'opened' }),
  )

  // It costs money: a phone that was found on a bench must not buy one. The challenge of RFC 9470 sends its holder to sign in.
  app.post(
    '/season-tickets',
    { onRequest: guard({ permissions: ['lanes:book'], maxAuthenticationAgeSeconds: signInAgeMaxSeconds }) },
    async (_, reply) => reply.code(201).send({ outcome: 'bought' }),
  )

  return app
}
