/** The peer's store: in memory like its own for development, which forgets all but the last two thousand things. */
import type { Adapter, AdapterPayload } from 'oidc-provider'

const stores = new Map<string, Map<string, AdapterPayload>>()

export class PeerStore implements Adapter {
  readonly #rows: Map<string, AdapterPayload>

  constructor(name: string) {
    this.#rows = stores.get(name) ?? new Map()
    stores.set(name, this.#rows)
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#rows.set(id, payload)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#rows.get(id)
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return [...this.#rows.values()].find((row) => row.uid === uid)
  }

  async findByUserCode(): Promise<undefined> {}

  async consume(id: string): Promise<void> {
    const row = this.#rows.get(id)
    if (row !== undefined) row.consumed = Math.floor(Date.now() / 1_000)
  }

  async destroy(id: string): Promise<void> {
    this.#rows.delete(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, row] of this.#rows) if (row.grantId === grantId) this.#rows.delete(id)
  }
}
