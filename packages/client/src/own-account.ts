/** What a person does with their own account: sign up, sign in, look at their sessions, sign out. */
import type {
  ConsentShape,
  DeviceShape,
  FactorName,
  MeResponse,
  NotMeResponse,
  Page,
  Secret,
  SessionDetailShape,
  SignUpResponse,
} from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer, type SignedIn, type TokenAnswer } from './answers.ts'
import type { Call } from './caller.ts'
import { type Held, toSecret } from './credential.ts'
import { ApiProblem, CheckMail, FactorRequired, PasswordChangeRequired } from './errors.ts'
import { createOwnIdentities, type OwnIdentities } from './identities.ts'
import { type Keeper, toHeldTokens } from './keeper.ts'
import { createOwnData, type OwnData } from './own-data.ts'
import { createOwnFactors, type OwnFactors } from './own-factors.ts'
import { createOwnPasskeys, type OwnPasskeys } from './own-passkeys.ts'
import { createOwnPassword, type OwnPassword, toPasswordText } from './own-password.ts'
import type { Ports } from './ports.ts'

export interface SignUpInput {
  readonly email: string
  readonly password: Secret | string
  readonly name?: string | undefined
}

export interface SignInInput {
  readonly email: string
  readonly password: Secret | string
  /** `cookie` for browsers, which is the default; `session_token` or `jwt` to hold it yourself. */
  readonly deliver?: 'cookie' | 'session_token' | 'jwt' | undefined
  /** With `jwt`: where the refresh token goes; browsers keep it safest in the cookie. */
  readonly refresh?: 'body' | 'cookie' | undefined
}

export interface OwnAccount extends OwnData, OwnFactors, OwnIdentities, OwnPasskeys, OwnPassword {
  /** Throws `CheckMail` where the authority verifies addresses. */
  signUp(input: SignUpInput): Promise<SignUpResponse>
  /** Makes the account, with what the link in the mail ends with and the password of that sign-up. */
  confirmSignUp(input: { ticket: Secret | string; password: Secret | string }): Promise<SignUpResponse>
  /** Makes the account that one is invited to, with what the link in the mail ends with. */
  acceptInvitation(input: {
    ticket: Secret | string
    password: Secret | string
    name?: string | undefined
  }): Promise<SignUpResponse>
  /**
   * Signs in, and has this client use what was delivered from then on. Throws `FactorRequired` where the
   * password is not enough, and `PasswordChangeRequired` where it has to be changed first.
   */
  signIn(input: SignInInput): Promise<SignedIn>
  /** Ends the session under the client's credential, with everything else under it, and forgets it. */
  signOut(): Promise<void>
  /** Deletes one’s own account, for good, and forgets the credential. Wants a step-up that is recent. */
  deleteAccount(): Promise<void>
  /** Who the credential speaks for, and what it may do. */
  me(): Promise<MeResponse>
  /** What one has allowed OAuth clients. */
  readonly consents: {
    list(): Promise<Page<ConsentShape>>
    /** Takes it back, with everything that the client was given. */
    end(client: string): Promise<void>
  }
  readonly sessions: {
    list(): Promise<Page<SessionDetailShape>>
    end(id: string): Promise<void>
    /** Ends all sessions but this one, and says how many. */
    endOthers(): Promise<{ ended: number }>
    /** It is somebody else’s: ends it with all that came of it, and the password. Wants a step-up that is recent. */
    notMe(id: string): Promise<NotMeResponse>
  }
  /** The browsers in which this person is known: strangers who guess at the account do not keep these out. */
  readonly devices: {
    list(): Promise<Page<DeviceShape>>
    forget(id: string): Promise<void>
    /** Forgets them all, this one as well, and says how many. */
    forgetAll(): Promise<{ forgotten: number }>
  }
}

export function createOwnAccount(
  call: Call,
  keeper: Keeper,
  { nowMs, passkeys }: Pick<Ports, 'nowMs' | 'passkeys'>,
): OwnAccount {
  const adopt = (body: unknown): Promise<SignedIn> => adoptSignedIn(body, keeper, nowMs())
  return {
    ...createOwnData(call),
    ...createOwnFactors(call, keeper, adopt),
    ...createOwnIdentities(call),
    ...createOwnPasskeys(call, keeper, adopt, passkeys),
    ...createOwnPassword(call, keeper, adopt),
    signUp: async ({ password, ...rest }) => {
      const json = { ...rest, password: toPasswordText(password) }
      const body = await call({ method: 'POST', path: '/v1/sign-up', json, anonymous: 'without_cookies' })
      const { status } = parseAnswer<{ readonly status?: unknown }>(body)
      if (status === 'check_mail') throw new CheckMail()
      return parseAnswer(body, 'account')
    },
    confirmSignUp: async ({ ticket, password }) => {
      const json = { ticket: toSecret(ticket).reveal(), password: toPasswordText(password) }
      const path = '/v1/sign-up/confirm'
      return parseAnswer(await call({ method: 'POST', path, json, anonymous: 'without_cookies' }), 'account')
    },
    acceptInvitation: async ({ ticket, password, name }) => {
      const json = { ticket: toSecret(ticket).reveal(), password: toPasswordText(password), name }
      const path = '/v1/invitations/accept'
      return parseAnswer(await call({ method: 'POST', path, json, anonymous: 'without_cookies' }), 'account')
    },
    signIn: async ({ password, ...rest }) => {
      const json = { ...rest, password: toPasswordText(password) }
      return adopt(await call({ method: 'POST', path: '/v1/sign-in', json, anonymous: 'with_cookies' }))
    },
    signOut: async () => {
      try {
        await call({ method: 'POST', path: '/v1/sign-out' })
      } catch (error) {
        // Ended already, from elsewhere: that is what was asked for.
        if (!isSignedOutAlready(error)) throw error
      }
      await keeper.forget()
    },
    deleteAccount: async () => {
      await call({ method: 'DELETE', path: '/v1/me' })
      await keeper.forget()
    },
    me: async () =>
      parseAnswer(await call({ method: 'GET', path: '/v1/me' }), 'principal', 'credential', 'permissions'),
    consents: {
      list: async () => parseAnswer(await call({ method: 'GET', path: '/v1/me/consents' }), 'items'),
      end: async (client) => {
        await call({ method: 'DELETE', path: `/v1/me/consents/${encodeURIComponent(client)}` })
      },
    },
    sessions: {
      list: async () => parseAnswer(await call({ method: 'GET', path: '/v1/me/sessions' }), 'items'),
      end: async (id) => {
        await call({ method: 'DELETE', path: `/v1/me/sessions/${encodeURIComponent(id)}` })
      },
      endOthers: async () =>
        parseAnswer(await call({ method: 'POST', path: '/v1/me/sessions/revoke-others' }), 'ended'),
      notMe: async (id) => {
        const path = `/v1/me/sessions/${encodeURIComponent(id)}/not-me`
        return parseAnswer(await call({ method: 'POST', path }), 'ended', 'next')
      },
    },
    devices: {
      list: async () => parseAnswer(await call({ method: 'GET', path: '/v1/me/devices' }), 'items'),
      forget: async (id) => {
        await call({ method: 'DELETE', path: `/v1/me/devices/${encodeURIComponent(id)}` })
      },
      forgetAll: async () =>
        parseAnswer(await call({ method: 'DELETE', path: '/v1/me/devices' }), 'forgotten'),
    },
  }
}

function isSignedOutAlready(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 401 || error.code === 'invalid_grant')
}

async function adoptSignedIn(body: unknown, keeper: Keeper, nowMs: number): Promise<SignedIn> {
  const answer = parseSecretAnswer<SignedIn | Required | ChangeRequired>(body, 'status')
  if (answer.status === 'password_change_required') {
    const { ticket, reason } = parseAnswer<ChangeRequired>(answer, 'ticket', 'reason')
    throw new PasswordChangeRequired(ticket, reason)
  }
  if (answer.status !== 'signed_in') {
    const { ticket, factors } = parseAnswer<Required>(answer, 'ticket', 'factors')
    throw new FactorRequired(ticket, factors, answer.status === 'factor_enrolment_required')
  }
  const signedIn = parseAnswer<SignedIn>(answer, 'account', 'session')
  await keeper.adopt(toHeldAfter(signedIn, nowMs))
  return signedIn
}

interface Required {
  readonly status: 'factor_required' | 'factor_enrolment_required'
  readonly ticket: Secret
  readonly factors: readonly FactorName[]
}

interface ChangeRequired {
  readonly status: 'password_change_required'
  readonly ticket: Secret
  readonly reason: string
}

function toHeldAfter(signedIn: SignedIn, nowMs: number): Held {
  if (signedIn.session_token !== undefined)
    return { kind: 'session', secret: toSecret(signedIn.session_token) }
  if (isTokenAnswer(signedIn)) return toHeldTokens(signedIn, null, nowMs)
  return { kind: 'cookies', csrf: signedIn.csrf_token ?? null }
}

function isTokenAnswer(signedIn: SignedIn): signedIn is SignedIn & TokenAnswer {
  return signedIn.access_token !== undefined && signedIn.expires_in !== undefined
}
