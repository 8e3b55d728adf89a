/** A verifier that knows what a test has told it, for tests of guards: no authority, no feed, no clock. */
import { isAddressAllowed } from '../../src/addresses.ts'
import { takeCredential } from '../../src/credential-of-request.ts'
import type {
  Authenticated,
  AuthenticateResult,
  DenialFacts,
  Denied,
  Recalled,
  Verified,
  Verifier,
} from '../../src/verifier-types.ts'

export interface FakeVerifier extends Verifier {
  /** From now on a credential is good, with these properties. */
  let(credential: string, facts?: Partial<Facts>): void
  /** Ends a credential: its signal fires. */
  end(credential: string): void
  /** From now on nothing can be known. */
  lapse(): void
  /** What guards have refused themselves, oldest first. */
  readonly denials: readonly (DenialFacts & { readonly code: string })[]
  /** How often the fast way has answered. */
  readonly recalled: number
  /** The options of the calls of `authenticate`. */
  readonly asked: readonly (Parameters<Verifier['authenticate']>[1] | undefined)[]
}

type Facts = Omit<Verified, 'ok' | 'principal' | 'credential'> &
  Pick<Verified['credential'], 'acr' | 'authTimeMs' | 'path'>

const COOKIE = '__Host-countersign_session'

export function createFakeVerifier(audiences: readonly string[] = ['https://gym.example.com']): FakeVerifier {
  const good = new Map<string, { verified: Verified; ended: AbortController }>()
  const seen = new Map<string, Recalled>()
  const denials: (DenialFacts & { code: string })[] = []
  const asked: (Parameters<Verifier['authenticate']>[1] | undefined)[] = []
  let isLapsed = false
  let recalled = 0
  let decisions = 0
  const denied = (code: Denied['code'], from: Denied['from'] = null): Denied => {
    decisions += 1
    return { ok: false, code, decisionId: `dec_${String(decisions).padStart(26, '0')}`, from }
  }
  const check = (credential: string): Verified | Denied => {
    if (isLapsed) return denied('verifier_unavailable')
    return good.get(credential)?.verified ?? denied('invalid_credential')
  }
  return {
    issuer: 'https://auth.example.com',
    audiences,
    cookieName: COOKIE,
    verify: check,
    async authenticate(request, options): Promise<AuthenticateResult> {
      asked.push(options)
      if (request instanceof Request) throw new TypeError('Guards hand over header values.')
      const taken = takeCredential(request, { cookieName: COOKIE })
      if (taken.kind === 'none') return denied('credential_required')
      if (taken.kind === 'multiple') return denied('multiple_credentials')
      if (taken.kind === 'malformed') return denied('invalid_credential')
      const found = check(taken.credential)
      if (!found.ok) return { ...found, from: taken.from }
      if (!isAddressAllowed(options?.address ?? null, found.allowAddresses)) {
        return denied('credential_address_refused', taken.from)
      }
      const known: Authenticated = Object.freeze({ ...found, from: taken.from })
      const raw = rawOf(request, taken.from)
      if (raw !== null && found.allowAddresses.length === 0) {
        const { from } = taken
        seen.set(keyOf(from, raw), { authenticated: known, from, admittedBy: 0, countedBy: 0, counter: null })
      }
      return known
    },
    recall(from, rawHeader): Recalled | null {
      const known = isLapsed ? undefined : seen.get(keyOf(from, rawHeader))
      if (known !== undefined) recalled += 1
      return known ?? null
    },
    deny(code, facts = {}): Denied {
      denials.push({ ...facts, code })
      return denied(code, facts.from ?? null)
    },
    ready: async () => undefined,
    close: async () => undefined,
    stats(): never {
      throw new Error('A fake counts nothing.')
    },
    let(credential, facts = {}): void {
      const ended = new AbortController()
      good.set(credential, { verified: toVerified(credential, ended.signal, facts), ended })
    },
    end(credential): void {
      seen.clear()
      good.get(credential)?.ended.abort()
      good.delete(credential)
    },
    lapse(): void {
      isLapsed = true
    },
    denials,
    asked,
    get recalled(): number {
      return recalled
    },
  }
}

const keyOf = (from: string, rawHeader: string): string => `${from} ${rawHeader}`

/** Null for what the guard does not hand over as one text. */
function rawOf(request: Parameters<typeof takeCredential>[0], from: Authenticated['from']): string | null {
  const { authorization, apiKey, cookie } = request
  const value = { authorization, api_key_header: apiKey, cookie }[from]
  return typeof value === 'string' ? value : null
}

function toVerified(credential: string, ended: AbortSignal, facts: Partial<Facts>): Verified {
  const { acr = null, authTimeMs = null, path, ...others } = facts
  const kind = toKind(credential)
  const id = `id of ${credential}`
  return Object.freeze({
    ok: true,
    principal: Object.freeze({ kind: 'account', id: 'acc_01m80pj90sphjp0ynbwt3dp3sk', ended }),
    credential: { kind, id, path: path ?? [{ kind, id }], expiresAtMs: null, amr: [], acr, authTimeMs },
    permissions: [],
    resources: [],
    audiences: [],
    allowAddresses: [],
    rateLimit: null,
    position: 1,
    ...others,
  })
}

function toKind(credential: string): Verified['credential']['kind'] {
  if (credential.includes('.')) return 'access_token'
  return credential.includes('_key') ? 'api_key' : 'session'
}
