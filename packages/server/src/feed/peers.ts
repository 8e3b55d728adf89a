/**
 * What is known about the other nodes (lease protocol, rule 9b). Messages come in the order in which they were
 * committed, so a report of our own that has come back proves that everything before it was heard: silence is
 * measured against the time at which that one was sent, never against a clock that runs on while nobody listens.
 */
import type { Report } from './messages.ts'
import { REPORT_INTERVAL_MS, toLapseMs } from './times.ts'

export interface PeerCounts {
  readonly verifiers: number
  readonly behind: number
  readonly lapsed: number
}

export interface Peers {
  onListening(): void
  onLost(): void
  /** A report of this node is being sent. */
  onSending(number: number, atMs: number): void
  /** And has come back. */
  onReturned(number: number): void
  onReport(report: Report): void
  /** A node has spoken that is not understood. */
  onForeign(node: string): void
  /**
   * True when no other node has a verifier that may hold a lease without this position. `sinceMs` is a moment
   * after its commit.
   */
  haveAcknowledged(epoch: string, position: number, sinceMs: number): boolean
  knowsAll(): boolean
  counts(epoch: string, position: number): PeerCounts
  longestLeaseMs(): number
  readonly size: number
}

interface Peer {
  heardAtMs: number
  /** Null while it has said nothing that is understood. */
  report: Report | null
}

/** More nodes than anybody runs on one database; of more, none is acknowledged for. */
const PEERS_MAX = 1_000
/** So many reports are on their way at most before the oldest is given up. */
const SENT_MAX = 100

export function createPeers(leaseMs: number, nowMs: () => number): Peers {
  return new KnownPeers(leaseMs, nowMs)
}

class KnownPeers implements Peers {
  readonly #leaseMs: number
  readonly #nowMs: () => number
  readonly #peers = new Map<string, Peer>()
  readonly #sent = new Map<number, number>()
  #listeningSinceMs = Number.POSITIVE_INFINITY
  /** Everything that was published before this moment has been heard, unless it was before we listened. */
  #knownUntilMs = Number.NEGATIVE_INFINITY

  constructor(leaseMs: number, nowMs: () => number) {
    this.#leaseMs = leaseMs
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#peers.size
  }

  onListening(): void {
    this.#listeningSinceMs = this.#nowMs()
  }

  onLost(): void {
    this.#listeningSinceMs = Number.POSITIVE_INFINITY
    // One that is on its way may still arrive by way of the next connection, and would prove nothing.
    this.#sent.clear()
  }

  onSending(number: number, atMs: number): void {
    this.#sent.set(number, atMs)
    const [oldest] = this.#sent.keys()
    if (this.#sent.size > SENT_MAX && oldest !== undefined) this.#sent.delete(oldest)
  }

  onReturned(number: number): void {
    const sentAtMs = this.#sent.get(number)
    if (sentAtMs === undefined) return
    for (const sent of this.#sent.keys()) if (sent <= number) this.#sent.delete(sent)
    this.#knownUntilMs = Math.max(this.#knownUntilMs, sentAtMs)
    this.#forgetGone()
  }

  onReport(report: Report): void {
    this.#heard(report.node, report)
  }

  onForeign(node: string): void {
    this.#heard(node, null)
  }

  #heard(node: string, report: Report | null): void {
    if (!this.#peers.has(node) && this.#peers.size >= PEERS_MAX) return
    this.#peers.set(node, { heardAtMs: this.#nowMs(), report })
  }

  /** A node that was not heard for so long has granted nothing that still holds. */
  #forgetGone(): void {
    for (const [node, { heardAtMs, report }] of this.#peers) {
      const leaseMs = Math.max(this.#leaseMs, report?.leaseMs ?? 0)
      if (this.#knownUntilMs - heardAtMs > REPORT_INTERVAL_MS + toLapseMs(leaseMs)) this.#peers.delete(node)
    }
  }

  knowsAll(): boolean {
    const listenedMs = this.#knownUntilMs - this.#listeningSinceMs
    return listenedMs >= REPORT_INTERVAL_MS + toLapseMs(this.#leaseMs) && this.#peers.size < PEERS_MAX
  }

  haveAcknowledged(epoch: string, position: number, sinceMs: number): boolean {
    // A node that began to grant leases before the commit has reported before that, so it is known by now.
    if (!this.knowsAll() || this.#knownUntilMs < sinceMs) return false
    for (const { report } of this.#peers.values()) {
      if (report === null || !hasAcknowledged(report, epoch, position)) return false
    }
    return true
  }

  counts(epoch: string, position: number): PeerCounts {
    let [verifiers, behind, lapsed] = [0, 0, 0]
    for (const { report } of this.#peers.values()) {
      if (report === null) continue
      verifiers += report.verifiers
      const told = report.awaited.find(([awaited]) => awaited === position)
      if (told !== undefined) lapsed += told[2]
      if (hasAcknowledged(report, epoch, position)) continue
      behind += told?.[1] ?? report.verifiers
    }
    return { verifiers, behind, lapsed }
  }

  longestLeaseMs(): number {
    let longestMs = this.#leaseMs
    for (const { report } of this.#peers.values()) longestMs = Math.max(longestMs, report?.leaseMs ?? 0)
    return longestMs
  }
}

/** A head at or after the position proves that the report was made after its commit. */
function hasAcknowledged(report: Report, epoch: string, position: number): boolean {
  const { complete, head, lowest } = report
  return complete && report.epoch === epoch && head >= position && (lowest === null || lowest >= position)
}
