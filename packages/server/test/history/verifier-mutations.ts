/** Breaks in what a verifier does with answers, its lease, its verdicts and its set (rules 2 to 4, and 7). */
import { ACCEPTED, inVerifier, type Mutation, REFUSED } from './mutation.ts'

export const verifierMutations: readonly Mutation[] = [
  {
    name: 'a snapshot below the applied position is taken',
    rule: 2,
    edits: [
      inVerifier('memory.ts', 'return epoch !== this.#epoch || position >= this.#position', 'return true'),
      inVerifier(
        'authority/feed.ts',
        'const isBackwards = snapshot && epoch === memory.epoch && position < memory.position',
        'const isBackwards = memory.epoch === null && snapshot && position < 0 && epoch === memory.epoch',
      ),
    ],
    faults: ['restore'],
    seed: 60,
    found: /^accepted in a broken log/m,
  },
  {
    name: 'the lease is counted from receipt',
    rule: 3,
    edits: [
      inVerifier(
        'lease.ts',
        'const { sentAtMonotonicMs, sentAtWallMs, authorityNowMs } = grant',
        `const { authorityNowMs } = grant
    const sentAtMonotonicMs = nowMonotonicMs
    const sentAtWallMs = Math.floor(grant.sentAtWallMs + nowMonotonicMs - grant.sentAtMonotonicMs)`,
      ),
    ],
    faults: ['slow-line', 'pause-verifier'],
    seed: 25,
    found: ACCEPTED,
  },
  {
    name: 'the lease looks at the monotonic clock alone',
    rule: 3,
    edits: [
      inVerifier(
        'lease.ts',
        'return monotonicMs < this.#untilMonotonicMs && wallMs < this.#untilWallMs && wallMs >= this.#fromWallMs',
        'return monotonicMs < this.#untilMonotonicMs || wallMs === -1',
      ),
    ],
    faults: ['suspend-verifier'],
    found: ACCEPTED,
  },
  {
    name: 'the lease looks at the wall clock alone',
    rule: 3,
    edits: [
      inVerifier(
        'lease.ts',
        'return monotonicMs < this.#untilMonotonicMs && wallMs < this.#untilWallMs && wallMs >= this.#fromWallMs',
        'return wallMs < this.#untilWallMs || monotonicMs === -1',
      ),
    ],
    faults: ['move-verifier-clock', 'isolate-verifier', 'pause-node'],
    found: ACCEPTED,
  },
  {
    name: 'entries are applied with the answer after theirs',
    rule: 3,
    edits: [
      inVerifier(
        'memory.ts',
        'if (fresh.length > 0) this.#revocations.add(fresh)',
        `if (fresh.length > 0) this.#revocations.add(waiting.get(this) ?? [])
    if (fresh.length > 0) waiting.set(this, fresh)`,
      ),
      inVerifier(
        'memory.ts',
        'function assertOrdered(',
        'const waiting = new WeakMap()\nfunction assertOrdered(',
      ),
    ],
    faults: ['move-verifier'],
    found: ACCEPTED,
  },
  {
    name: 'a verdict is used without a lease',
    rule: 4,
    edits: [
      inVerifier('memory.ts', 'if (!this.lease.holds(now)) return false', 'if (now.wallMs < 0) return false'),
    ],
    faults: ['isolate-verifier', 'cut-line'],
    found: ACCEPTED,
  },
  {
    name: 'a verdict is used without a look at the set',
    rule: 4,
    edits: [
      inVerifier(
        'memory.ts',
        'if (held.clearedVersion !== this.#revocations.version && !this.#isCleared(held)) return false',
        'if (held.clearedVersion < 0 && !this.#isCleared(held)) return false',
      ),
    ],
    faults: ['move-verifier'],
    found: ACCEPTED,
  },
  {
    name: 'the position of a verdict is ignored, so that rules hit nothing',
    rule: 4,
    edits: [
      inVerifier(
        'revocation-set.ts',
        'if (killed.has(id) || position < (rules.get(id) ?? 0)) return true',
        'if (killed.has(id) || position < (rules.get(id) ?? 0) - 1e9) return true',
      ),
    ],
    faults: ['move-verifier'],
    found: ACCEPTED,
  },
  {
    name: 'the position of a verdict is ignored, so that rules hit everything',
    rule: 4,
    edits: [
      inVerifier(
        'revocation-set.ts',
        'if (killed.has(id) || position < (rules.get(id) ?? 0)) return true',
        'if (killed.has(id) || position < (rules.get(id) ?? 0) * 1e9) return true',
      ),
    ],
    faults: ['move-verifier'],
    found: /^(?:refused though good|unavailable though well)/m,
  },
  {
    name: 'an answer that was overtaken by an entry is used',
    rule: 4,
    edits: [
      inVerifier(
        'check.ts',
        'if (isOvertaken || memory.revocations.hits(verdict.credential.path, verdict.position)) return null',
        'if (isOvertaken) return null',
      ),
    ],
    faults: ['slow-line'],
    seed: 40,
    found: ACCEPTED,
  },
  {
    name: 'the life of tokens is measured on the local clock',
    rule: 7,
    edits: [
      inVerifier(
        'check.ts',
        'const authorityMs = epoch === null ? now.wallMs : memory.lease.authorityMs(now.monotonicMs)',
        'const authorityMs = now.wallMs',
      ),
    ],
    faults: ['move-verifier-clock'],
    found: /^(?:refused though good|accepted after expiry)/m,
  },
  {
    name: 'entries leave the set before what they hit has expired',
    rule: 7,
    edits: [
      inVerifier(
        'memory.ts',
        'this.#revocations.expire(this.lease.authorityMs(now.monotonicMs))',
        'this.#revocations.expire(this.lease.authorityMs(now.monotonicMs) + 3_600_000)',
      ),
    ],
    faults: ['move-verifier'],
    found: REFUSED,
  },
  {
    name: 'entries leave the set before what they hit has expired, and nobody remembers them',
    rule: 7,
    edits: [
      inVerifier(
        'memory.ts',
        'this.#revocations.expire(this.lease.authorityMs(now.monotonicMs))',
        'this.#revocations.expire(this.lease.authorityMs(now.monotonicMs) + 3_600_000)',
      ),
      inVerifier('revocation-set.ts', 'if (position < this.#forgottenPosition) return true', ''),
      inVerifier('revocation-set.ts', 'this.#forgottenUpToMs = ms', ''),
    ],
    faults: ['move-verifier'],
    found: ACCEPTED,
  },
]
