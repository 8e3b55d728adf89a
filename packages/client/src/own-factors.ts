/** A person's second factors: presenting one, enrolling and removing them, recovery codes, and stepping up. */
import type { FactorName, FactorShape, FactorsResponse, Secret } from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer, type SignedIn } from './answers.ts'
import type { Call } from './caller.ts'
import { toSecret } from './credential.ts'
import type { Keeper } from './keeper.ts'

export interface FactorInput {
  /** From `FactorRequired`. */
  readonly ticket: Secret | string
  readonly factor: 'totp' | 'recovery_code'
  readonly code: string
  /** In place of what was asked for with the password. */
  readonly deliver?: 'cookie' | 'session_token' | 'jwt' | undefined
  readonly refresh?: 'body' | 'cookie' | undefined
}

/** The seed of an authenticator app, in three forms; shown this once. */
export interface TotpOffer {
  readonly factor: { readonly id: string }
  readonly secret: Secret
  readonly otpauth_uri: Secret
  readonly qr_svg: Secret
}

export interface ConfirmedFactor {
  readonly factor: FactorShape
  /** With the first factor; shown this once. */
  readonly recovery_codes?: readonly Secret[]
}

/** What has to be presented with the ticket to raise this session. */
export interface StepUpBegun {
  readonly ticket: Secret
  readonly factors: readonly FactorName[]
}

export interface SteppedUp {
  readonly status: 'stepped_up'
  readonly acr: string
  readonly auth_time: string
  readonly session_token?: Secret
  readonly csrf_token?: Secret
}

export interface OwnFactors {
  /** Finishes a sign-in that asked for a factor, or enrols the one that was offered for its ticket. */
  signInWithFactor(input: FactorInput): Promise<SignedIn>
  /** For a sign-in that has to enrol a factor first. */
  enrolTotpWithTicket(ticket: Secret | string, name?: string): Promise<TotpOffer>
  readonly factors: {
    list(): Promise<FactorsResponse>
    enrolTotp(name?: string): Promise<TotpOffer>
    confirm(id: string, code: string): Promise<ConfirmedFactor>
    remove(id: string): Promise<void>
    /** Ten new recovery codes, which end all earlier ones. */
    newRecoveryCodes(): Promise<readonly Secret[]>
  }
  readonly stepUp: {
    begin(): Promise<StepUpBegun>
    /** Raises the session, and has this client use its new value. */
    complete(input: {
      ticket: Secret | string
      factor: FactorName
      code: Secret | string
    }): Promise<SteppedUp>
  }
}

const FACTORS = '/v1/me/factors'

export function createOwnFactors(
  call: Call,
  keeper: Keeper,
  adopt: (body: unknown) => Promise<SignedIn>,
): OwnFactors {
  return {
    signInWithFactor: async ({ ticket, ...rest }) => {
      const json = { ...rest, ticket: toSecret(ticket).reveal() }
      return adopt(
        await call({ method: 'POST', path: '/v1/sign-in/factor', json, anonymous: 'with_cookies' }),
      )
    },
    enrolTotpWithTicket: async (ticket, name) => {
      const json = { ticket: toSecret(ticket).reveal(), name }
      const path = '/v1/sign-in/factors/totp'
      return toOffer(await call({ method: 'POST', path, json, anonymous: 'without_cookies' }))
    },
    factors: {
      list: async () => parseAnswer(await call({ method: 'GET', path: FACTORS }), 'items'),
      enrolTotp: async (name) =>
        toOffer(await call({ method: 'POST', path: `${FACTORS}/totp`, json: { name } })),
      confirm: async (id, code) => {
        const path = `${FACTORS}/${encodeURIComponent(id)}/confirm`
        return parseSecretAnswer(await call({ method: 'POST', path, json: { code } }), 'factor')
      },
      remove: async (id) => {
        await call({ method: 'DELETE', path: `${FACTORS}/${encodeURIComponent(id)}` })
      },
      newRecoveryCodes: async () => {
        const body = await call({ method: 'POST', path: '/v1/me/recovery-codes' })
        return parseSecretAnswer<{ recovery_codes: readonly Secret[] }>(body, 'recovery_codes').recovery_codes
      },
    },
    stepUp: {
      begin: async () =>
        parseSecretAnswer(await call({ method: 'POST', path: '/v1/me/step-up' }), 'ticket', 'factors'),
      complete: async ({ ticket, factor, code }) => {
        const json = { ticket: toSecret(ticket).reveal(), factor, code: toText(code) }
        const body = await call({ method: 'POST', path: '/v1/me/step-up/factor', json })
        const stepped = parseSecretAnswer<SteppedUp>(body, 'status', 'acr')
        await adoptRenewed(keeper, stepped)
        return stepped
      },
    },
  }
}

const toOffer = (body: unknown): TotpOffer =>
  parseSecretAnswer(body, 'factor', 'secret', 'otpauth_uri', 'qr_svg')

/** A password may hold any character. */
const toText = (code: Secret | string): string => (typeof code === 'string' ? code : code.reveal())

/** The value before ends with the answer; tokens of before end, too, or say the new level after the next refresh. */
export async function adoptRenewed(
  keeper: Keeper,
  stepped: Pick<SteppedUp, 'session_token' | 'csrf_token'>,
): Promise<void> {
  if (stepped.session_token !== undefined) {
    await keeper.adopt({ kind: 'session', secret: stepped.session_token })
  } else if (stepped.csrf_token !== undefined) {
    await keeper.adopt({ kind: 'cookies', csrf: stepped.csrf_token })
  } else if (keeper.held().kind === 'tokens') {
    await keeper.refresh()
  }
}
