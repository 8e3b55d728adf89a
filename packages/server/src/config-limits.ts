/** Settings of limits. Each can be switched off by a word that nobody sets without noticing. */
import { NETWORK_WAITS } from '@countersign/core'
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface LimitSettings {
  rateLimitSignIn: kinds.RateLimit | null
  rateLimitSignInAccount: kinds.RateLimit | null
  signInNetworkFailures: number
  rateLimitFactor: kinds.RateLimit | null
  rateLimitPasskey: kinds.RateLimit | null
  rateLimitSignUp: kinds.RateLimit | null
  rateLimitPasswordCheck: kinds.RateLimit | null
  rateLimitToken: kinds.RateLimit | null
  rateLimitClient: kinds.RateLimit | null
  rateLimitRegistration: kinds.RateLimit | null
}

export const limitSettings: SettingRows<LimitSettings> = {
  rateLimitSignIn: {
    kind: kinds.rateLimit,
    fallback: { points: 100, perSeconds: 60 },
    fallbackText: '100/60',
    reason: 'Passwords tried from one network, on whatever accounts (ASVS 6.3.1).',
  },
  rateLimitSignInAccount: {
    kind: kinds.rateLimit,
    fallback: { points: 20, perSeconds: 60 },
    fallbackText: '20/60',
    reason:
      'Passwords tried for one account, from wherever; and what one who is signed in tries to prove (ASVS 6.3.1).',
  },
  signInNetworkFailures: {
    kind: kinds.integer(1, 1_000_000),
    fallback: NETWORK_WAITS.freeFailures,
    reason:
      'Accounts that strangers may try in vain from one network within an hour before it waits (ASVS 6.3.1). Raise it where a server of yours signs people in from its own address.',
  },
  rateLimitFactor: {
    kind: kinds.rateLimit,
    fallback: { points: 100, perSeconds: 60 },
    fallbackText: '100/60',
    reason: 'Codes, tickets and links that are presented from one network (ASVS 6.6.3).',
  },
  rateLimitPasskey: {
    kind: kinds.rateLimit,
    fallback: { points: 100, perSeconds: 60 },
    fallbackText: '100/60',
    reason:
      'Sign-ins with a passkey from one network. Counted apart: guessing at passwords cannot stop them.',
  },
  rateLimitSignUp: {
    kind: kinds.rateLimit,
    fallback: { points: 60, perSeconds: 60 },
    fallbackText: '60/60',
    reason: 'Accounts created from one network.',
  },
  rateLimitPasswordCheck: {
    kind: kinds.rateLimit,
    fallback: { points: 120, perSeconds: 60 },
    fallbackText: '120/60',
    reason: 'Advice about passwords that are being typed, from one network.',
  },
  rateLimitToken: {
    kind: kinds.rateLimit,
    fallback: { points: 600, perSeconds: 60 },
    fallbackText: '600/60',
    reason: 'Refreshes and exchanges from one network, and pages on the way to an app.',
  },
  rateLimitClient: {
    kind: kinds.rateLimit,
    fallback: { points: 20, perSeconds: 60 },
    fallbackText: '20/60',
    reason: 'Wrong secrets and assertions for one client from one network (RFC 6749 §2.3.1).',
  },
  rateLimitRegistration: {
    kind: kinds.rateLimit,
    fallback: { points: 20, perSeconds: 3600 },
    fallbackText: '20/3600',
    reason: 'Apps that register themselves, from one network (RFC 7591 §5).',
  },
}
