/** What signing in answers: the credential in the form that was asked for, or the ticket for the next step. */
import type { SignedIn, SteppedUp, StepRequired } from '@countersign/core'
import type {
  FactorRequiredResponse,
  PasswordChangeRequiredResponse,
  SignedInWithCodes,
} from '@countersign/protocol'
import { refreshCookie } from '../http/cookies.ts'
import { deviceCookie } from '../http/device-cookie.ts'
import { json, type Reply } from '../http/reply.ts'
import type { Services } from '../services.ts'
import { toAccountShape, toSessionShape } from './shapes.ts'

export function toStepRequired(required: StepRequired): Reply {
  const ticket = required.ticket.reveal()
  if (required.kind === 'password_change_required') {
    const answer: PasswordChangeRequiredResponse = { status: required.kind, ticket, reason: required.reason }
    return json(200, answer)
  }
  const { kind, ways, reason } = required
  const answer: FactorRequiredResponse = { status: kind, ticket, factors: [...ways], reason }
  return json(200, answer)
}

export function deliverCredentials(
  services: Services,
  signedIn: SignedIn,
  refresh: 'body' | 'cookie',
  nowMs: number,
): Reply {
  const { session, account, sessionToken, tokens, recoveryCodes, deviceSecrets } = signedIn
  const device = deviceSecrets.length > 0 ? [deviceCookie(deviceSecrets)] : []
  const common: SignedInWithCodes = {
    status: 'signed_in',
    account: toAccountShape(account),
    session: toSessionShape(session),
    ...(recoveryCodes.length > 0 && { recovery_codes: [...recoveryCodes] }),
  }
  const maxAgeSeconds = Math.floor((session.expiresAtMs - nowMs) / 1000)
  if (tokens !== null) {
    const { accessToken, expiresInSeconds } = tokens.access
    const answer = {
      ...common,
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
    }
    if (refresh === 'cookie')
      return json(200, answer, [refreshCookie(tokens.refreshToken, maxAgeSeconds), ...device])
    return json(200, { ...answer, refresh_token: tokens.refreshToken.reveal() })
  }
  if (sessionToken === null) throw new Error('A session without a credential was opened.')
  if (session.delivery === 'session_token')
    return json(200, { ...common, session_token: sessionToken.reveal() })
  // The session's value stands in Set-Cookie alone (ASVS 3.3.4).
  const csrfToken = services.core.secrets.csrfToken(session.id)
  return json(200, { ...common, csrf_token: csrfToken }, [
    services.cookies.session(sessionToken, maxAgeSeconds),
    ...device,
  ])
}

/** The new value of a session, in the form in which it was delivered; whoever holds tokens refreshes them. */
export function deliverRenewed(
  services: Services,
  renewed: Pick<SteppedUp, 'session' | 'delivery' | 'expiresAtMs' | 'sessionToken'>,
  common: object,
  nowMs: number,
): Reply {
  const { session, delivery, expiresAtMs, sessionToken } = renewed
  if (sessionToken === null) return json(200, common)
  if (delivery === 'session_token') return json(200, { ...common, session_token: sessionToken.reveal() })
  const csrfToken = services.core.secrets.csrfToken(session)
  const maxAgeSeconds = Math.floor((expiresAtMs - nowMs) / 1000)
  return json(200, { ...common, csrf_token: csrfToken }, [
    services.cookies.session(sessionToken, maxAgeSeconds),
  ])
}
