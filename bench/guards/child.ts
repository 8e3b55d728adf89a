/** The process that is measured: one server in one framework, with all routes that are compared. */
import { once } from 'node:events'
import { readBusy } from '../server/busy.ts'
import { answer, textOf } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'
import { frameworks, openers } from './apps.ts'
import { kinds, openBench } from './authority.ts'
import { openPeers } from './peers.ts'

const { verifier, headers } = await openBench()
const peers = openPeers()
const known = new Map(kinds.flatMap((kind) => headers[kind]).map(([, value]) => [value, {}]))
const framework = frameworks.find((name) => name === process.env.BENCH_FRAMEWORK) ?? 'node:http'
const port = await findFreePort()
const server = (await openers[framework](verifier, known, peers)).listen(port, '127.0.0.1')
await once(server, 'listening')

answer(
  {
    ports: () => ({ port }),
    busy: readBusy,
    /** The header lines of one kind, one for each caller. */
    headers: (input) => {
      const kind = kinds.find((one) => one === textOf(input, 'kind')) ?? 'session'
      return { lines: JSON.stringify(headers[kind]) }
    },
    peers: () => ({ hs256: peers.hs256, es256: peers.es256 }),
  },
  async () => {
    server.close()
    server.closeAllConnections()
    await verifier.close()
  },
)
