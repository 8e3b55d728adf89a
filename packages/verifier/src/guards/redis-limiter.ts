/**
 * A rate limiter that many processes share by one Redis (or Valkey): one script, one round trip, atomic. While
 * Redis cannot be reached each process counts alone, since a limit that is too generous is better than an API
 * that is down.
 */
import { createMemoryLimiter } from './limits.ts'
import type { RateLimiter, RatePolicy, RateVerdict } from './rate-limiter.ts'

export interface RedisLimiterOptions {
  /**
   * Runs a Lua script with one key, as `EVAL`. With node-redis:
   * `(script, key, args) => client.eval(script, { keys: [key], arguments: [...args] })`; with ioredis:
   * `(script, key, args) => client.eval(script, 1, key, ...args)`. Must settle within a time limit of its own.
   */
  readonly evaluate: (script: string, key: string, args: readonly string[]) => Promise<unknown>
  /** In front of every key. `countersign:rate:` by default. */
  readonly keyPrefix?: string
  /** Told when Redis could not be asked, for logs. Must not throw. */
  readonly onError?: (error: unknown) => void
}

/**
 * The window of a key begins with its first use. What is beyond the limit is not counted, so that refusals do
 * not make the number grow; the time to live is set again where it got lost.
 */
const SCRIPT = `
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local allowed = used < tonumber(ARGV[1]) and 1 or 0
if allowed == 1 then used = redis.call('INCR', KEYS[1]) end
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return { allowed, used, left }
`

export function createRedisLimiter(options: RedisLimiterOptions): RateLimiter {
  const { evaluate, keyPrefix = 'countersign:rate:', onError } = options
  const alone = createMemoryLimiter()
  return {
    async take(key, policy): Promise<RateVerdict> {
      const args = [String(policy.points), String(policy.perSeconds * 1000)]
      try {
        return toVerdict(await evaluate(SCRIPT, `${keyPrefix}${policy.name}:${key}`, args), policy)
      } catch (error) {
        onError?.(error)
        return alone.take(key, policy)
      }
    },
  }
}

/** Throws for an answer that the script does not give. */
function toVerdict(answer: unknown, { points }: RatePolicy): RateVerdict {
  const [allowed, used, leftMs] = Array.isArray(answer) ? answer.map(Number) : []
  if (allowed === undefined || used === undefined || leftMs === undefined || Number.isNaN(used + leftMs)) {
    throw new TypeError('Redis has given another answer than the script.')
  }
  return {
    allowed: allowed === 1,
    remaining: Math.max(0, points - used),
    resetSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
  }
}
