/**
 * The line between the pool and the authority, as a piece of cable that can be cut. A cut cable refuses nothing and closes nothing:
 * what is sent into it does not arrive, and nobody is told.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Line {
  readonly port: number
  cut(): void
  /** Puts the cable together again. What lay in it while it was cut is lost. */
  mend(): void
  close(): Promise<void>
}

/** Listens on a port of this machine, and carries whatever comes to another one. */
export async function openLine(port: number, toPort: number): Promise<Line> {
  const pieces = new Set<Socket>()
  let isCut = false
  const keep = (socket: Socket): void => {
    pieces.add(socket)
    socket.once('close', () => pieces.delete(socket))
    // The other end went away: the close that follows says all that matters.
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((near) => {
    keep(near)
    if (isCut) near.pause()
    else {
      const far = connect({ port: toPort, host: '127.0.0.1', noDelay: true })
      keep(far)
      join(near, far)
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const lose = (): void => {
    for (const socket of pieces) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true
      for (const socket of pieces) socket.unpipe().pause()
    },
    mend: () => {
      isCut = false
      lose()
    },
    close: async () => {
      lose()
      server.close()
      await once(server, 'close')
    },
  }
}

function join(near: Socket, far: Socket): void {
  near.setNoDelay(true)
  near.pipe(far).pipe(near)
  near.once('close', () => far.destroy())
  far.once('close', () => near.destroy())
}
