/** Breaks in how the authority answers, mints, announces and confirms (rules 2, 5, 6, 8 and 9). */
import { ACCEPTED, inFeed, inVerifier, type Mutation, REFUSED } from './mutation.ts'

export const authorityMutations: readonly Mutation[] = [
  {
    name: 'a poll is answered from a head that was read before it',
    rule: 2,
    edits: [
      inFeed(
        'polls.ts',
        'if (!isIdle) await tail.refresh()',
        'if (tail.head() === null) await tail.refresh()',
      ),
      inFeed('holds.ts', 'this.#parts.refresh().then(', 'Promise.resolve().then('),
    ],
    faults: ['lose-bus', 'slow-store', 'cut-store'],
    found: /^(?:positions|accepted after)/m,
  },
  {
    name: 'the authority reads the rows first and the head after them',
    rule: 5,
    edits: [
      {
        file: 'server/test/history/authority.ts',
        find: `  const head = await line.query((database) => database.head())
  const read = await line.query((database) => readHolder(database, parsed.id))
`,
        put: `  const read = await line.query((database) => readHolder(database, parsed.id))
  const head = await line.query((database) => database.head())
`,
      },
    ],
    faults: ['slow-store'],
    found: ACCEPTED,
  },
  {
    name: 'a token carries a head that was read after the rows that allowed it',
    rule: 6,
    edits: [
      {
        file: 'server/test/history/doors.ts',
        find: `  const head = await node.line.query((database) => database.head())
  const read = await node.line.query((database) => readAllowed(stage, database, holder))
`,
        put: `  const read = await node.line.query((database) => readAllowed(stage, database, holder))
  const head = await node.line.query((database) => database.head())
`,
      },
    ],
    faults: ['slow-store'],
    found: ACCEPTED,
  },
  {
    name: 'a token of a foreign epoch is taken by its position',
    rule: 6,
    edits: [inVerifier('check.ts', 'if (claims.epoch !== epoch) return', "if (claims.epoch === '') return")],
    faults: ['change-epoch'],
    found: ACCEPTED,
  },
  {
    name: 'a signing key signs before its announcement was acknowledged',
    rule: 8,
    edits: [
      {
        file: 'core/src/doors/signing-keys.ts',
        find: 'if (immediately && !(await awaitSeen(context, next)))',
        put: 'if (immediately && facts.nowMs < 0 && !(await awaitSeen(context, next)))',
      },
    ],
    faults: ['slow-line'],
    found: REFUSED,
  },
  {
    name: 'an announcement is acknowledged before the keys were fetched',
    rule: 8,
    edits: [
      inVerifier(
        'authority/feed.ts',
        "const isAnnounced = answer.entries.some(({ kind }) => kind === 'signing_key')",
        "const isAnnounced = answer.entries.some(({ id }) => id === '')",
      ),
    ],
    faults: ['slow-line'],
    found: REFUSED,
  },
  {
    name: 'a confirmation by time comes after half of the lease',
    rule: 9,
    edits: [
      {
        file: 'server/src/confirmations.ts',
        find: 'return sinceMs + toLapseMs(feed.longestLeaseMs()) - clock.monotonicMs()',
        put: 'return sinceMs + toLapseMs(feed.longestLeaseMs()) / 2 - clock.monotonicMs()',
      },
    ],
    faults: ['isolate-verifier', 'cut-line'],
    found: ACCEPTED,
  },
  {
    name: 'an answer counts as applied when it is sent',
    rule: 9,
    edits: [
      inFeed(
        'polls.ts',
        'registry.advance(poll.request.verifier, poll.request.after)',
        'registry.advance(poll.request.verifier, head.position)',
      ),
    ],
    faults: ['slow-line'],
    found: ACCEPTED,
  },
  {
    name: 'a verifier is forgotten after half of its lease',
    rule: 9,
    edits: [
      inFeed('registry.ts', 'this.#lapseMs = toLapseMs(parts.leaseMs)', 'this.#lapseMs = parts.leaseMs / 2'),
    ],
    faults: ['isolate-verifier', 'cut-line'],
    found: ACCEPTED,
  },
  {
    name: 'a node that has just started confirms by what it remembers',
    rule: 9,
    edits: [
      inFeed(
        'feed.ts',
        'return this.#bornAtMs + toLapseMs(this.#parts.leaseMs)',
        'return Number.NEGATIVE_INFINITY',
      ),
    ],
    nodes: 1,
    faults: ['end-node', 'isolate-verifier'],
    found: ACCEPTED,
  },
  {
    name: 'a node that has not listened for long enough believes that it knows everybody',
    rule: 9,
    edits: [
      inFeed(
        'peers.ts',
        'return listenedMs >= REPORT_INTERVAL_MS + toLapseMs(this.#leaseMs)',
        'return listenedMs >= Number.NEGATIVE_INFINITY',
      ),
    ],
    faults: ['end-node', 'lose-bus', 'isolate-verifier'],
    seed: 60,
    found: ACCEPTED,
  },
  {
    name: 'silence is measured against a clock that runs on while nobody listens',
    rule: 9,
    edits: [
      inFeed(
        'peers.ts',
        'if (!this.knowsAll() || this.#knownUntilMs < sinceMs) return false',
        `this.#knownUntilMs = this.#nowMs()
    this.#forgetGone()`,
      ),
    ],
    faults: ['lose-bus'],
    // Before it, 13 finds a signing key that was confirmed too early: a good token is refused.
    seed: 15,
    found: ACCEPTED,
  },
  {
    name: 'a node answers polls though no other node can hear of it',
    rule: 9,
    edits: [inFeed('feed.ts', 'await this.#reporter.ensureReported()', '')],
    faults: ['cannot-report'],
    seed: 15,
    found: ACCEPTED,
  },
  {
    name: 'a node that was suspended takes its last report for a fresh one',
    rule: 9,
    edits: [
      inFeed(
        'reporter.ts',
        'const isFreshByWall = agoWallMs >= 0 && agoWallMs <= REPORT_INTERVAL_MS',
        'const isFreshByWall = agoWallMs < Number.POSITIVE_INFINITY',
      ),
    ],
    faults: ['suspend-node'],
    // Few histories revoke in the moment in which the node wakes: 234 is the first that does.
    seed: 230,
    found: ACCEPTED,
  },
]
