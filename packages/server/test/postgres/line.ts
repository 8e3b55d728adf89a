/** A line between a node and its database, or its Redis, that can be cut, held and mended. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface Line {
  /** The database's URL by way of the line. */
  readonly url: string
  /** Breaks every connection, and every new one as soon as it is made. */
  cut(): void
  /** Cuts by itself as soon as something that holds `word` is sent to the database. */
  cutBefore(word: string): void
  /** Keeps connections open and passes nothing on. */
  hold(): void
  mend(): void
}

/** `path`: the socket that is at the far end, where it is not the host of the URL. */
export async function openLine(
  t: Pick<TestContext, 'after'>,
  url: string,
  path: string | null = null,
): Promise<Line> {
  const far = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  let isHeld = false
  let word: string | null = null
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((near) => {
    if (isCut) return void near.destroy()
    const onward = path === null ? connect(Number(far.port), far.hostname) : connect(path)
    for (const socket of [near, onward]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket))
    }
    near.once('close', () => onward.destroy())
    onward.once('close', () => near.destroy())
    near.on('data', (data) => {
      if (word !== null && data.includes(word)) cut()
      else if (!isHeld) onward.write(data)
    })
    onward.pipe(near)
  })
  t.after(() => {
    cut()
    server.close()
  })
  const near = new URL(url)
  near.port = String(await listen(server))
  return {
    url: near.href,
    cut,
    cutBefore: (found) => {
      word = found
    },
    hold: () => {
      isHeld = true
    },
    mend: () => {
      isHeld = false
      isCut = false
      word = null
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The line has no port.')
  return address.port
}
