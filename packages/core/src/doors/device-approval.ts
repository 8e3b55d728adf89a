/**
 * What a person does about a device (RFC 8628 §3.3): types its code, sees who asks for what, and decides. The code
 * belongs to the session that typed it first: somebody who is sent a link to a code cannot be made to finish what
 * another one has begun, nor the other way round (RFC 8628 §5.4).
 */
import { Secret } from '@countersign/protocol'
import type { Consent } from '../authorizations/code.ts'
import { type Client, isLive } from '../clients/client.ts'
import type { RequestFacts } from '../context.ts'
import { type DeviceCode, parseUserCode } from '../device-codes/device-code.ts'
import { isRecentAt, meets } from '../factors/assurance.ts'
import { makeAudit } from '../make.ts'
import type { Session } from '../sessions/session.ts'
import { decide } from './decide.ts'
import type { MintContext } from './mint.ts'

export type DeviceQuestion =
  | { readonly kind: 'sign_in' }
  /** Unknown, expired, decided, or typed by somebody else before: the answer does not tell which. */
  | { readonly kind: 'unknown' }
  /** The client demands a stronger or a newer proof; the device has to begin again, since its code is taken. */
  | { readonly kind: 'too_weak' }
  | {
      readonly kind: 'ask'
      readonly client: Client
      readonly code: DeviceCode
      readonly userCode: string
      readonly email: string | null
    }

export async function claimDevice(
  context: MintContext,
  sessionToken: string | null,
  typed: string,
  facts: RequestFacts,
): Promise<DeviceQuestion> {
  const signedIn = await readSession(context, sessionToken, facts.nowMs)
  if (signedIn === null) return { kind: 'sign_in' }
  const userCode = parseUserCode(typed)
  if (userCode === null) return { kind: 'unknown' }
  const code = await context.store.claimDeviceCode({
    userDigests: context.secrets.digests(new Secret(userCode)),
    account: signedIn.session.accountId,
    session: signedIn.session.id,
    nowMs: facts.nowMs,
  })
  const client = code === null ? null : await context.store.readClient(code.clientId)
  if (code === null || client === null || !isLive(client)) return { kind: 'unknown' }
  const { amr, authTimeMs } = signedIn.session
  if (!meets(client.assurance, amr) || !isRecentAt(client.assurance, facts.nowMs - authTimeMs)) {
    return { kind: 'too_weak' }
  }
  return { kind: 'ask', client, code, userCode, email: signedIn.email }
}

export interface SignedInAt {
  readonly session: Session
  readonly email: string | null
  readonly position: number
}

/** Who is signed in in this browser; null for nobody. */
export async function readSession(
  context: MintContext,
  sessionToken: string | null,
  nowMs: number,
): Promise<SignedInAt | null> {
  if (sessionToken === null) return null
  const decision = await decide(context, sessionToken, nowMs)
  if (!decision.ok || decision.facts.session === null) return null
  const { session, principal, head } = decision.facts
  return { session, email: principal.email, position: head.position }
}

export type DeviceDecided = 'sign_in' | 'unknown' | 'too_weak' | 'allowed' | 'denied'

export async function decideDevice(
  context: MintContext,
  sessionToken: string | null,
  answer: { readonly typed: string; readonly kind: 'allowed' | 'denied' },
  facts: RequestFacts,
): Promise<DeviceDecided> {
  const signedIn = await readSession(context, sessionToken, facts.nowMs)
  if (signedIn === null) return 'sign_in'
  // What is decided about is what this session has claimed, and so was shown.
  const question = await claimDevice(context, sessionToken, answer.typed, facts)
  if (question.kind !== 'ask') return question.kind
  const { code, client, userCode } = question
  const { session, position } = signedIn
  const isAllowed = answer.kind === 'allowed'
  const decided = await context.store.decideDeviceCode({
    userDigests: context.secrets.digests(new Secret(userCode)),
    decision: {
      kind: answer.kind,
      accountId: session.accountId,
      sessionId: session.id,
      issuedPosition: position,
    },
    consent: isAllowed ? await toConsent(context, session, code, facts.nowMs) : null,
    nowMs: facts.nowMs,
    audit: makeAudit(context, facts, {
      type: isAllowed ? 'authorization.allowed' : 'authorization.denied',
      actor: { kind: 'account', id: session.accountId, credential: session.id },
      target: { kind: 'client', id: client.id },
      details: { grant: code.grantId, way: 'device', scopes: scopesOf(code).join(' ') },
    }),
  })
  return decided === 'gone' ? 'unknown' : answer.kind
}

const scopesOf = (code: DeviceCode): readonly string[] => [...code.identityScopes, ...code.permissions]

/** So that it stands in the list of what one has allowed, and is taken back there. */
async function toConsent(
  { store }: MintContext,
  { accountId }: Session,
  code: DeviceCode,
  nowMs: number,
): Promise<Consent> {
  const before = await store.readConsent(accountId, code.clientId)
  return {
    accountId,
    clientId: code.clientId,
    scopes: [...new Set([...(before?.scopes ?? []), ...scopesOf(code)])],
    createdAtMs: before?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
  }
}
