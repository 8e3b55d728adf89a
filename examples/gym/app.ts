/** The gym's routes, on Hono: which permission each of them needs, and what it does for whoever holds it. */
import type { Verifier } from '@countersign/verifier'
import { createGuard } from '@countersign/verifier/hono'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { createClub } from './club.ts'

export function createGym(verifier: Verifier): Hono {
  const guard = createGuard(verifier, { resourceName: 'The gym' })
  const club = createClub()
  const app = new Hono()

  if (guard.metadataPath !== null) app.get(guard.metadataPath, guard.metadata)
  app.get('/', (context) => context.json({ name: 'The gym', open: '6:00–22:00' }))

  app.get('/classes', guard({ permissions: ['classes:read'], route: '/classes' }), (context) =>
    context.json({ items: club.classes() }),
  )

  app.post('/classes/:id/bookings', guard({ permissions: ['classes:book'] }), (context) => {
    const { principal } = context.var
    const outcome = club.book(context.req.param('id'), principal.id)
    return context.json({ outcome }, STATUS[outcome])
  })

  // The turnstile calls this, with its API key. What the key may do, and how often, stands at the authority.
  app.post('/door', guard({ permissions: ['doors:open'], route: '/door' }), async (context) => {
    const passage = parsePassage(await context.req.json().catch(() => null))
    if (passage === null) return context.json({ outcome: 'unreadable' }, 422)
    const opened = club.pass(passage.member, passage.direction)
    return context.json(
      { outcome: opened ? 'opened' : 'full', present: club.present().length },
      opened ? 200 : 409,
    )
  })

  // Who is in, as it changes. A stream outlives the check that opened it, so it ends when `principal.ended` says so.
  app.get('/floor', guard({ permissions: ['floor:read'] }), (context) => {
    const { ended } = context.var.principal
    return streamSSE(context, async (stream) => {
      const show = (present: readonly string[]): Promise<void> =>
        stream.writeSSE({ event: 'floor', data: JSON.stringify({ present }) })
      await show(club.present())
      const stopWatching = club.watch((present) => void show(present))
      await new Promise<void>((resolve) => {
        stream.onAbort(resolve)
        ended.addEventListener('abort', () => resolve())
        if (ended.aborted) resolve()
      })
      stopWatching()
    })
  })

  return app
}

const STATUS = { booked: 201, again: 200, full: 409, unknown: 404 } as const

interface Passage {
  readonly member: string
  readonly direction: 'in' | 'out'
}

/** Null for whatever is not the passage of a member. */
function parsePassage(body: unknown): Passage | null {
  if (typeof body !== 'object' || body === null || !('member' in body) || !('direction' in body)) return null
  const { member, direction } = body
  if (typeof member !== 'string' || member === '' || member.length > 100) return null
  return direction === 'in' || direction === 'out' ? { member, direction } : null
}
