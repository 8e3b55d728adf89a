/** The texts of hosted pages, as a type: a language that lacks one of them does not compile. */
import type { Locale } from '@countersign/core'
import type { ErrorCode } from '@countersign/protocol'
import { de } from './de.ts'
import { en } from './en.ts'
import type { DeviceWords, LogOutWords } from './sign-outs-and-devices.ts'
import type { TroubleWords } from './troubles.ts'

/** The same about a service that somebody wanted to sign in with. */
export type ProviderSaid =
  | 'provider_over'
  | 'provider_denied'
  | 'provider_unavailable'
  | 'provider_failed'
  | 'provider_unknown'
  | 'provider_address_taken'
  | 'provider_address_unverified'

/** What a form may say of itself, by what happened. */
export type Said =
  | 'stale'
  | 'wrong'
  | 'closed'
  | 'no_address'
  | 'wrong_code'
  | 'again'
  | 'passkey_failed'
  | 'wrong_first_code'
  | ProviderSaid

/** What is wrong with a request that nobody is sent on from. */
export type Mistake =
  | 'client_id'
  | 'id_token_client'
  | 'post_logout_redirect_uri'
  | 'redirect_uri'
  | 'request'
  | 'request_uri'
  | 'missing'
  | 'other'
  | 'over'
  | 'undecided'
  | 'too_long'
  | 'malformed'

export interface Words {
  /** BCP 47, for `lang`. */
  readonly language: string
  readonly email: string
  readonly password: string
  readonly said: { readonly [K in Said]: string }
  /** Too many wrong passwords, or too many requests; `seconds` is how long to wait. */
  readonly wait: (seconds: number) => string
  /** The same, counted down in the page; `{seconds}` stands for what is left. */
  readonly waiting: string
  readonly login: {
    readonly title: string
    readonly toContinueTo: string
    readonly signedOut: string
    readonly submit: string
    readonly forgot: string
    readonly noAccount: string
    readonly signUp: string
    /** Names the group of links to other services. */
    readonly providers: string
    readonly withProvider: (name: string) => string
  }
  readonly factor: {
    readonly title: string
    readonly code: string
    readonly submit: string
    readonly app: string
    readonly appOrRecovery: string
    readonly recovery: string
    readonly passkey: string
    readonly usePasskey: string
    readonly noScript: string
    readonly trust: (days: number) => string
  }
  readonly newPassword: {
    readonly title: string
    readonly about: string
    readonly breached: string
    readonly submit: string
  }
  readonly enrol: {
    readonly title: string
    readonly about: string
    readonly scan: string
    readonly key: string
    readonly qr: string
    readonly code: string
    readonly submit: string
    readonly usePasskey: string
  }
  readonly codes: { readonly title: string; readonly about: string; readonly goOn: string }
  readonly consent: {
    readonly title: string
    /** After the name of the app. */
    readonly asks: string
    /** Beside the name of an app that nobody of this server has looked at. */
    readonly unchecked: string
    /** Before the host that people are sent to. */
    readonly uncheckedAbout: string
    /** Before the host of an app whose id is the URL of a document. */
    readonly describedAt: string
    readonly you: string
    readonly scopes: Readonly<Record<string, string>>
    readonly where: string
    readonly howLong: string
    readonly offline: string
    readonly online: string
    readonly returns: string
    readonly policy: string
    readonly terms: string
    readonly allow: string
    readonly deny: string
  }
  readonly logOut: LogOutWords
  readonly device: DeviceWords
  readonly mistake: {
    readonly title: string
    /** Where the app may not be the one that it says. */
    readonly advice: string
    /** Where only the request is of no use any more. */
    readonly beginAgain: string
  } & { readonly [K in Mistake]: string }
  readonly trouble: TroubleWords
  /** For refusals that people meet on pages; null where the English text of the table does. */
  readonly refusal: (code: ErrorCode) => string | null
  readonly formPost: { readonly title: string; readonly submit: string }
  readonly link: {
    /** Has another link sent. */
    readonly another: string
    /** These forms ask for no address that could be wrong. */
    readonly wrongPassword: string
    readonly incomplete: string
    readonly unreachable: string
    readonly noScript: string
    readonly newPassword: string
    readonly passwordHint: (charactersMin: number) => string
  }
  readonly reset: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly done: string
  }
  readonly confirm: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly done: string
  }
  readonly invitation: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly done: string
  }
  readonly changeEmail: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly done: string
  }
  readonly verifyEmail: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly done: string
  }
  /** The page behind "This wasn't me". */
  readonly notMe: {
    readonly title: string
    readonly about: string
    /** What the button does, one by one. */
    readonly effects: readonly string[]
    readonly submit: string
    readonly otherwise: string
    readonly doneTitle: string
    readonly done: string
    readonly checkMail: string
    readonly changePassword: string
    readonly overTitle: string
    readonly over: string
    readonly overAdvice: string
    readonly toSignIn: string
    readonly toReset: string
  }
  readonly forgot: {
    readonly title: string
    readonly about: string
    readonly submit: string
    readonly sent: string
    readonly back: string
  }
  readonly signUp: {
    readonly title: string
    readonly name: string
    readonly submit: string
    readonly sent: string
    readonly have: string
    readonly signIn: string
  }
  readonly setup: {
    readonly title: (brand: string) => string
    readonly about: string
    readonly submit: string
    readonly done: string
    readonly signIn: string
    readonly noScript: string
  }
}

export const words: { readonly [L in Locale]: Words } = { en, de }
