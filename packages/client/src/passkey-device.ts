/**
 * The browser's side of passkeys: options in, what a device answers out, both in the JSON of WebAuthn Level 3 §5.1.8–5.1.10,
 * which browsers read and write by themselves.
 */
import type {
  PasskeyAssertion,
  PasskeyCreationOptions,
  PasskeyRegistration,
  PasskeyRequestOptions,
} from '@countersign/protocol'

export interface PasskeyDevice {
  /** Whether the browser can offer passkeys in a field of the page. */
  canOffer(): Promise<boolean>
  /** Has a device make one. Rejects with the browser's own DOMException where the person or the device declines. */
  create(options: PasskeyCreationOptions, signal?: AbortSignal): Promise<PasskeyRegistration>
  /** Has a device answer. `conditional`: offered in a field of the page, and never by itself. */
  get(
    options: PasskeyRequestOptions,
    how: { readonly conditional: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<PasskeyAssertion>
}

/** What is used of a browser. */
interface Browser {
  readonly PublicKeyCredential?: {
    parseCreationOptionsFromJSON?(options: PasskeyCreationOptions): object
    parseRequestOptionsFromJSON?(options: PasskeyRequestOptions): object
    isConditionalMediationAvailable?(): Promise<boolean>
  }
  readonly navigator?: {
    readonly credentials?: {
      create(options: object): Promise<Answered | null>
      get(options: object): Promise<Answered | null>
    }
  }
}

interface Answered {
  toJSON(): unknown
}

/** Null outside of browsers, on pages that are not secure, and in browsers from before 2025. */
export function findPasskeyDevice(browser: Browser = globalThis as Browser): PasskeyDevice | null {
  const kind = browser.PublicKeyCredential
  const credentials = browser.navigator?.credentials
  if (credentials === undefined || kind === undefined) return null
  if (kind.parseCreationOptionsFromJSON === undefined || kind.parseRequestOptionsFromJSON === undefined)
    return null
  const toCreate = kind.parseCreationOptionsFromJSON.bind(kind)
  const toGet = kind.parseRequestOptionsFromJSON.bind(kind)
  return {
    canOffer: async () => (await kind.isConditionalMediationAvailable?.()) ?? false,
    create: async (options, signal) => {
      const made = await credentials.create({ publicKey: toCreate(options), ...(signal && { signal }) })
      return toJson<PasskeyRegistration>(made)
    },
    get: async (options, { conditional, signal }) => {
      const got = await credentials.get({
        publicKey: toGet(options),
        ...(conditional && { mediation: 'conditional' }),
        ...(signal && { signal }),
      })
      return toJson<PasskeyAssertion>(got)
    },
  }
}

/** Browsers answer null for nothing that is asked for here; what they write is the authority's to judge. */
function toJson<T>(answered: Answered | null): T {
  if (answered === null) throw new TypeError('The browser has answered with no passkey.')
  return answered.toJSON() as T
}
