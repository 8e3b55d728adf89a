/**
 * Passwords by Argon2id with m=19456 KiB, t=2, p=1 (OWASP's minimum, ASVS 5.0 appendix C), a 16-byte salt and
 * a 32-byte tag. The pepper is Argon2's own secret input K (RFC 9106 §3.1), so a stolen table alone cannot be
 * attacked. Stored as `v<pepper version>` and the PHC string: `v1$argon2id$v=19$m=19456,t=2,p=1$…$…`.
 */
import { randomBytes } from 'node:crypto'
import type { HashTurn, PasswordHasher } from '@countersign/core'
import type { Secret } from '@countersign/protocol'
import type { Options } from '@node-rs/argon2'
import { type BoundedQueue, createBoundedQueue } from './bounded-queue.ts'

const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const SALT_BYTES = 16
const TAG_BYTES = 32
/** Argon2id in the numbering of `@node-rs/argon2`. */
const ARGON2ID = 2

/** Longer passwords never reach Argon2. The policy allows 256 code points of at most four bytes. */
export const PASSWORD_BYTES_MAX = 1024

/** What a stored hash may ask for. Whoever can write the table must not be able to order gigabytes. */
const STORED_MEMORY_KIB_MAX = 262_144
const STORED_PASSES_MAX = 16
const STORED_LANES_MAX = 4

/** libuv's pool, which also carries file-system work and DNS. */
const POOL_THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4
/** Threads of the pool that hashes never take, so that reading a file need not wait for them. */
const POOL_THREADS_KEPT_FREE = 2

/**
 * How many may wait for each one that runs. A hash takes 13–20 ms of a core; even where it takes ten times as
 * long, the last of 32 waits under 5 s, after which people and clients have given up anyway.
 */
const WAITING_PER_RUNNING = 32
const RETRY_AFTER_SECONDS = 5

export interface PasswordPepper {
  readonly version: number
  readonly pepper: Uint8Array
}

export interface HasherOptions {
  /** Newest first; at least one. New hashes take the first. */
  readonly peppers: readonly PasswordPepper[]
  /** Hashes at once, each with 19 MiB; see `defaultHashConcurrency`. */
  readonly concurrency: number
  /** Strangers, and as many others; 32 for each that may run at once unless given. */
  readonly waitingMax?: number
}

export interface QueuedPasswordHasher extends PasswordHasher {
  /** For metrics. */
  readonly queue: Pick<BoundedQueue, 'running' | 'waiting'>
}

/** As many as there are cores, but never the whole of libuv's pool; 2 on two cores and on eight. */
export function defaultHashConcurrency(cores: number, poolThreads: number = POOL_THREADS): number {
  return Math.max(1, Math.min(cores, poolThreads - POOL_THREADS_KEPT_FREE))
}

export function createPasswordHasher(options: HasherOptions): QueuedPasswordHasher {
  const [newest] = options.peppers
  if (newest === undefined) throw new RangeError('Passwords need at least one pepper.')
  const peppers = new Map(options.peppers.map((one) => [one.version, one.pepper]))
  const queue = createBoundedQueue({
    runningMax: options.concurrency,
    waitingMax: options.waitingMax ?? options.concurrency * WAITING_PER_RUNNING,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
  let decoy: string | null = null

  return {
    queue,
    async hash(password: Secret): Promise<string> {
      const bytes = toBytes(password)
      if (bytes === null) throw new RangeError(`A password has at most ${PASSWORD_BYTES_MAX} bytes.`)
      const { hash } = await import('@node-rs/argon2')
      const phc = await queue.run(() =>
        hash(bytes, { ...today, salt: randomBytes(SALT_BYTES), secret: newest.pepper }),
      )
      return `v${newest.version}${phc}`
    },
    async verify(
      password: Secret,
      stored: string,
      turn: HashTurn = 'stranger',
    ): Promise<{ matches: boolean; stale: boolean }> {
      const parsed = parseStored(stored)
      const pepper = peppers.get(parsed.version)
      // Not "no match": its owner would be told that a right password is wrong, for a fault of ours.
      if (pepper === undefined) throw new Error(`Pepper version ${parsed.version} is not in the keyring.`)
      const stale = parsed.version !== newest.version || isWeaker(parsed)
      const bytes = toBytes(password)
      if (bytes === null) return { matches: false, stale }
      // Loaded by the first password and not at start-up, where it would cost every process 7 ms.
      const { verify } = await import('@node-rs/argon2')
      const compare = (): Promise<boolean> => verify(parsed.phc, bytes, { secret: pepper })
      return { matches: await queue.run(compare, turn), stale }
    },
    get decoy(): string {
      // A random tag stands for the hash of random bytes: nobody can tell them apart, and it costs no hash.
      decoy ??= `v${newest.version}$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${toBase64(SALT_BYTES)}$${toBase64(TAG_BYTES)}`
      return decoy
    },
  }
}

const today: Options = {
  algorithm: ARGON2ID,
  memoryCost: MEMORY_KIB,
  timeCost: PASSES,
  parallelism: LANES,
  outputLen: TAG_BYTES,
}

function toBytes(password: Secret): Uint8Array | null {
  const bytes = Buffer.from(password.reveal(), 'utf8')
  return bytes.length <= PASSWORD_BYTES_MAX ? bytes : null
}

interface StoredHash {
  readonly version: number
  readonly phc: string
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly tagBytes: number
}

const STORED =
  /^v([1-9]\d{0,8})(\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$([A-Za-z0-9+/]{16,86}))$/

/** Throws for anything that `hash` cannot have written: the table was damaged, and no answer would be true. */
function parseStored(stored: string): StoredHash {
  const match = STORED.exec(stored)
  if (match === null) throw new Error('A stored password hash is not of the form that this server writes.')
  const [, version, phc = '', memory, passes, lanes, tag = ''] = match
  const parsed: StoredHash = {
    version: Number(version),
    phc,
    memoryKib: Number(memory),
    passes: Number(passes),
    lanes: Number(lanes),
    tagBytes: Math.floor((tag.length * 6) / 8),
  }
  const isExcessive =
    parsed.memoryKib > STORED_MEMORY_KIB_MAX ||
    parsed.passes > STORED_PASSES_MAX ||
    parsed.lanes > STORED_LANES_MAX
  if (isExcessive) throw new Error('A stored password hash asks for more work than this server gives.')
  return parsed
}

function isWeaker(stored: StoredHash): boolean {
  return stored.memoryKib < MEMORY_KIB || stored.passes < PASSES || stored.tagBytes < TAG_BYTES
}

function toBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replace(/=+$/, '')
}
