export {
  type ClientOrigin,
  type ClientScheme,
  createClientOriginReader,
  type IncomingHop,
  isProxyRange,
  type ProxyTrust,
} from './client-address.ts'
export { createLimiter, type Limiter, type LimitPolicy, type LimitVerdict } from './limiter.ts'
export type { RateLimiter, RatePolicy, RateVerdict } from './rate-limiter.ts'
export { createRedisLimiter, type RedisLimiterOptions } from './redis-limiter.ts'
