/** A person's passkeys: signing in with one, adding, listing, renaming and removing them. */
import type {
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyShape,
  PasskeysResponse,
  Secret,
  SignInRequest,
} from '@countersign/protocol'
import { parseAnswer, parseSecretAnswer, type SignedIn } from './answers.ts'
import type { Call, CallSpec } from './caller.ts'
import { toSecret } from './credential.ts'
import type { Keeper } from './keeper.ts'
import { adoptRenewed, type SteppedUp, type StepUpBegun } from './own-factors.ts'
import type { PasskeyDevice } from './passkey-device.ts'

export interface PasskeySignInInput {
  readonly deliver?: SignInRequest['deliver'] | undefined
  readonly refresh?: SignInRequest['refresh'] | undefined
  /**
   * Offered in the page's own address field (`autocomplete="username webauthn"`), and never by itself. Begin it when
   * the page is shown, and abort it by `signal` when another way is taken.
   */
  readonly conditional?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

export interface PasskeyFactorInput {
  /** From `FactorRequired`. */
  readonly ticket: Secret | string
  /** In place of what was asked for with the password. */
  readonly deliver?: SignInRequest['deliver'] | undefined
  readonly refresh?: SignInRequest['refresh'] | undefined
}

export interface AddedPasskey {
  readonly passkey: PasskeyShape
  /** With the first factor; shown this once. */
  readonly recovery_codes?: readonly Secret[]
}

export interface OwnPasskeys {
  /** Signs in with a passkey alone, and has this client use what was delivered. */
  signInWithPasskey(input?: PasskeySignInInput): Promise<SignedIn>
  /** Finishes a sign-in whose ticket names `passkey` among its factors. */
  signInWithPasskeyAsFactor(input: PasskeyFactorInput): Promise<SignedIn>
  /** For a sign-in that has to enrol a factor first: has a device make a passkey, and finishes with it. */
  enrolPasskeyWithTicket(input: PasskeyFactorInput): Promise<SignedIn>
  /** Has a device make a passkey for the person who is signed in. */
  addPasskey(name?: string): Promise<AddedPasskey>
  /**
   * Proves once more who one is, with a passkey, and has this client use the session's new value. With the ticket of
   * `stepUp.begin`, where that was asked for before.
   */
  stepUpWithPasskey(ticket?: Secret | string): Promise<SteppedUp>
  readonly passkeys: {
    /** Whether this browser knows passkeys at all. */
    readonly isSupported: boolean
    /** Whether it can offer them in a field of the page: `signInWithPasskey({ conditional: true })`. */
    canOffer(): Promise<boolean>
    list(): Promise<PasskeysResponse>
    rename(id: string, name: string): Promise<PasskeyShape>
    remove(id: string): Promise<void>
  }
}

const PASSKEYS = '/v1/me/passkeys'
const toPath = (id: string): string => `${PASSKEYS}/${encodeURIComponent(id)}`

export function createOwnPasskeys(
  call: Call,
  keeper: Keeper,
  adopt: (body: unknown) => Promise<SignedIn>,
  device: PasskeyDevice | null,
): OwnPasskeys {
  return {
    signInWithPasskey: async ({ conditional = false, signal, ...rest } = {}) => {
      const path = '/v1/sign-in/passkey/options'
      // What is asked for in a page of the authority's own is answered by the browser that has asked.
      const options = await ask(call, { method: 'POST', path, anonymous: 'with_cookies' })
      const credential = await need(device).get(options, { conditional, signal })
      const json = { ...rest, credential }
      return adopt(
        await call({ method: 'POST', path: '/v1/sign-in/passkey', json, anonymous: 'with_cookies' }),
      )
    },
    signInWithPasskeyAsFactor: async ({ ticket, ...rest }) => {
      const held = { ticket: toSecret(ticket).reveal() }
      const path = '/v1/sign-in/factor/passkey/options'
      const options = await ask(call, { method: 'POST', path, json: held, anonymous: 'without_cookies' })
      const credential = await need(device).get(options, { conditional: false })
      const json = { ...rest, ...held, factor: 'passkey', credential }
      return adopt(
        await call({ method: 'POST', path: '/v1/sign-in/factor', json, anonymous: 'with_cookies' }),
      )
    },
    enrolPasskeyWithTicket: async ({ ticket, ...rest }) => {
      const held = { ticket: toSecret(ticket).reveal() }
      const path = '/v1/sign-in/factors/passkey/options'
      const spec = { method: 'POST', path, json: held, anonymous: 'without_cookies' } as const
      const credential = await make(call, spec, device)
      const json = { ...rest, ...held, factor: 'passkey', credential }
      return adopt(
        await call({ method: 'POST', path: '/v1/sign-in/factor', json, anonymous: 'with_cookies' }),
      )
    },
    addPasskey: async (name) => {
      const credential = await make(call, { method: 'POST', path: `${PASSKEYS}/options` }, device)
      const json = { credential, name }
      return parseSecretAnswer(await call({ method: 'POST', path: PASSKEYS, json }), 'passkey')
    },
    stepUpWithPasskey: async (ticket) => {
      const held = { ticket: toSecret(ticket ?? (await beginStepUp(call))).reveal() }
      const options = await ask(call, { method: 'POST', path: '/v1/me/step-up/passkey/options', json: held })
      const credential = await need(device).get(options, { conditional: false })
      const json = { ...held, factor: 'passkey', credential }
      const body = await call({ method: 'POST', path: '/v1/me/step-up/factor', json })
      const stepped = parseSecretAnswer<SteppedUp>(body, 'status', 'acr')
      await adoptRenewed(keeper, stepped)
      return stepped
    },
    passkeys: {
      isSupported: device !== null,
      canOffer: async () => (await device?.canOffer()) ?? false,
      list: async () => parseAnswer(await call({ method: 'GET', path: PASSKEYS }), 'items'),
      rename: async (id, name) =>
        parseAnswer(await call({ method: 'PATCH', path: toPath(id), json: { name } }), 'id'),
      remove: async (id) => {
        await call({ method: 'DELETE', path: toPath(id) })
      },
    },
  }
}

type RequestOptions = Parameters<PasskeyDevice['get']>[0]

async function beginStepUp(call: Call): Promise<Secret> {
  const begun = await call({ method: 'POST', path: '/v1/me/step-up' })
  return parseSecretAnswer<StepUpBegun>(begun, 'ticket').ticket
}

const ask = async (call: Call, spec: CallSpec): Promise<RequestOptions> =>
  parseAnswer<{ options: RequestOptions }>(await call(spec), 'options').options

async function make(call: Call, spec: CallSpec, device: PasskeyDevice | null): Promise<PasskeyRegistration> {
  const body = await call(spec)
  const { options } = parseAnswer<{ options: PasskeyCreationOptions }>(body, 'options')
  return need(device).create(options)
}

function need(device: PasskeyDevice | null): PasskeyDevice {
  if (device === null)
    throw new TypeError('There are no passkeys here: no browser, or a page that is not secure.')
  return device
}
