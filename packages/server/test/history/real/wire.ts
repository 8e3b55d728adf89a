/** A wire that a process calls another through: it can be cut so that it is seen or not, slowed, and led elsewhere. */
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface Wire {
  readonly url: string
  /** `reset` breaks every connection, and every new one; `silent` lets nothing through that is on them. */
  cut(how: 'reset' | 'silent'): void
  /** Every piece of data needs so long. */
  slow(ms: number): void
  mend(): void
  leadTo(url: string): void
}

export async function openWire(t: Pick<TestContext, 'after'>, target: string): Promise<Wire> {
  const sockets = new Set<Socket>()
  let far = new URL(target)
  let state: 'whole' | 'reset' | 'silent' = 'whole'
  let delayMs = 0
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const carry = (from: Socket, to: Socket): void => {
    from.on('data', (data) => {
      if (state === 'silent') return
      if (delayMs === 0) return void to.write(data)
      setTimeout(() => to.destroyed || to.write(data), delayMs)
    })
    from.on('error', () => undefined)
    from.once('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((near) => {
    if (state === 'reset') return void near.destroy()
    const onward = connect(Number(far.port), '127.0.0.1')
    for (const socket of [near, onward]) sockets.add(socket)
    carry(near, onward)
    carry(onward, near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.close()
    breakAll()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The wire has no port.')
  const near = new URL(target)
  near.hostname = '127.0.0.1'
  near.port = String(address.port)
  return {
    url: near.href.replace(/\/$/, ''),
    cut: (how) => {
      state = how
      if (how === 'reset') breakAll()
    },
    slow: (ms) => {
      delayMs = ms
    },
    mend: () => {
      // What a silent wire has swallowed is missing in the middle of its connections.
      if (state === 'silent') breakAll()
      state = 'whole'
      delayMs = 0
    },
    leadTo: (url) => {
      far = new URL(url)
      breakAll()
    },
  }
}
