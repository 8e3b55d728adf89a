/** What the tests of the gym and the pool stand on: a real authority, and what its owner has set up there. */
import type { AddressInfo, Server } from 'node:net'
import type { TestContext } from 'node:test'
import { type Client, createClient } from '@countersign/client'
import { createVerifier, type Verifier, type VerifierOptions } from '@countersign/verifier'
import { startAuthority } from './demo/authority.ts'
import { join, MIA, type Person } from './demo/people.ts'
import { findFreePorts } from './demo/programs.ts'
import { hire, ROLES } from './demo/town.ts'

/** Whatever must be undone when a test, or a file of tests, is over. */
export type Undo = (undo: () => Promise<unknown>) => void

export interface House {
  readonly url: string
  readonly anybody: Client
  readonly owner: Client
  /** Makes a member; Mia where nobody is named. */
  member(person?: Person): Promise<string>
  /** A verifier for an API with this audience, which follows the authority already. */
  verifier(audience: string, undo: Undo, more?: Partial<VerifierOptions>): Promise<Verifier>
  /** Stops the authority before its time. */
  stop(): Promise<void>
}

/** `audiences` are those of its credentials, besides the authority itself. */
export async function openHouse(
  undo: Undo,
  audiences: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<House> {
  const [port = 0] = await findFreePorts(1)
  const issuer = settings.COUNTERSIGN_ISSUER ?? `http://localhost:${port}`
  const authority = await startAuthority({
    port,
    settings: {
      ...settings,
      COUNTERSIGN_ALLOWED_HOSTS: `localhost:${port}`,
      COUNTERSIGN_AUDIENCES: [issuer, ...audiences].join(','),
    },
  })
  undo(() => authority.close())
  const anybody = createClient({ baseUrl: authority.url })
  const owner = anybody.with({ apiKey: authority.administratorKey })
  for (const [id, permissions] of Object.entries(ROLES)) await owner.roles.create({ id, permissions })
  return {
    url: authority.url,
    anybody,
    owner,
    member: (person = MIA) => join(anybody, owner, person),
    verifier: async (audience, undoVerifier, more = {}) => {
      const key = await hire(owner, 'an API', audience)
      const verifier = createVerifier({
        issuer,
        authorityUrl: authority.url,
        audience,
        key: key.reveal(),
        ...more,
      })
      undoVerifier(() => verifier.close())
      await verifier.ready()
      return verifier
    },
    stop: () => authority.close(),
  }
}

/** Has a server listen on a port of this machine until the test is over. Gives its URL. */
export async function listen(t: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
