/**
 * Finds and checks the credential of a request. Answers at once when the verdict is in memory, which is the
 * case that has to be fast; as a promise when the store must be asked.
 */

import type { Caller } from '@countersign/core'
import type { ErrorCode } from '@countersign/protocol'
import {
  type Accepted,
  type CheckResult,
  isAddressAllowed,
  takeCredential,
  type Verdict,
} from '@countersign/verifier'
import type { Services } from '../services.ts'
import type { Headers } from './exchange.ts'
import { type ProofAsked, presentationRefusal } from './proof.ts'

export type Authentication =
  | { readonly ok: true; readonly caller: Caller; readonly byCookie: boolean }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly reason: string
      readonly headers?: Readonly<Record<string, string>>
    }

/** What a proof of possession has to have been made for. */
export type Asked = () => Omit<ProofAsked, 'accessToken'>

/** `asked` is null where a proof was looked at before, earlier in the same request. */
export function authenticate(
  services: Services,
  header: Headers,
  address: string | null,
  asked: Asked | null,
): Authentication | Promise<Authentication> {
  const authorization = header('authorization')
  const apiKey = header('x-api-key')
  const known = recall(services, authorization, apiKey)
  if (known !== null) return conclude(known, false, address)
  const taken = takeCredential({ authorization, apiKey, cookie: header('cookie') }, services.cookies)
  switch (taken.kind) {
    case 'none':
      return refusal(
        'credential_required',
        header('sec-fetch-site') === 'cross-site' ? 'none_cross_site' : 'none',
      )
    case 'multiple':
      return refusal('multiple_credentials', 'multiple')
    case 'malformed':
      return refusal('invalid_credential', 'malformed')
    case 'one': {
      const byCookie = taken.from === 'cookie'
      if (taken.byProof === true)
        return authenticateByProof(services, header, address, asked, taken.credential)
      const checked = services.verifier.checker.check(taken.credential)
      if (checked instanceof Promise) return checked.then((result) => conclude(result, byCookie, address))
      return conclude(checked, byCookie, address)
    }
  }
}

/** The token is judged once more after the proof: whatever was waited for, it counts as of now. */
async function authenticateByProof(
  services: Services,
  header: Headers,
  address: string | null,
  asked: Asked | null,
  credential: string,
): Promise<Authentication> {
  const { checker } = services.verifier
  const checked = await checker.check(credential)
  if (!checked.ok) return refusal(checked.code, checked.reason)
  if (asked !== null) {
    const presented = {
      verdict: checked.verdict,
      byProof: true,
      asked: { ...asked(), accessToken: credential },
    }
    const refused = await presentationRefusal(services, header, presented, services.core.clock.nowMs())
    if (refused !== null) return { ok: false, ...refused }
  }
  const now = await checker.check(credential)
  return now.ok ? admit(now.verdict, false, address) : refusal(now.code, now.reason)
}

const BEARER = 'Bearer '

/**
 * A header that holds, to the letter, a credential whose verdict is in memory needs no taking apart. The kind
 * is compared, since an API key is no bearer token and a session token no API key.
 */
function recall(services: Services, authorization: string | null, apiKey: string | null): Accepted | null {
  const { checker } = services.verifier
  if (authorization === null) {
    const known = apiKey === null ? null : checker.recall(apiKey)
    return known?.verdict.credential.kind === 'api_key' ? known : null
  }
  if (apiKey !== null || !authorization.startsWith(BEARER)) return null
  const known = checker.recall(authorization.slice(BEARER.length))
  if (known === null || known.verdict.credential.kind === 'api_key') return null
  return known.verdict.credential.jkt === undefined ? known : null
}

function refusal(code: ErrorCode, reason: string): Authentication {
  return { ok: false, code, reason }
}

function conclude(checked: CheckResult, byCookie: boolean, address: string | null): Authentication {
  if (!checked.ok) return refusal(checked.code, checked.reason)
  // Bound to a key, and presented as if bearing it were enough (RFC 9449 §7.2).
  if (checked.verdict.credential.jkt !== undefined) return refusal('invalid_credential', 'unproven')
  return admit(checked.verdict, byCookie, address)
}

function admit(verdict: Verdict, byCookie: boolean, address: string | null): Authentication {
  if (verdict.allowAddresses.length > 0 && !isAddressAllowed(address, verdict.allowAddresses)) {
    return refusal('credential_address_refused', 'address')
  }
  return { ok: true, caller: callerOf(verdict), byCookie }
}

/** One caller per verdict: the verdict is what is cached, and nothing else goes into it. */
const callers = new WeakMap<Verdict, Caller>()

function callerOf(verdict: Verdict): Caller {
  const known = callers.get(verdict)
  if (known !== undefined) return known
  const caller = { principal: verdict.principal, verdict }
  callers.set(verdict, caller)
  return caller
}
