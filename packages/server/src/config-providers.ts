/** The row of `config-table.ts` that names the services which people may sign in with. */
import { parseStrictJson, Secret } from '@countersign/protocol'
import { z } from 'zod'
import type { Kind, Read } from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'
import { GITHUB_URL, type ProviderSetting } from './providers/spec.ts'

export interface ProviderSettings {
  providers: readonly ProviderSetting[]
}

/** One entry of the list, as it is written. */
export interface ProviderOption {
  readonly kind: ProviderSetting['kind']
  readonly clientId: string
  readonly clientSecret: string
  /** The kind unless given. Needed for `oidc`, and where there are two of a kind. */
  readonly id?: string
  /** For the link. Needed for `oidc`. */
  readonly name?: string
  /** In place of the least that is needed. */
  readonly scopes?: readonly string[]
  /** Of `oidc`. */
  readonly issuer?: string
  /** Of `microsoft`: the id of the directory. */
  readonly tenant?: string
  /** Of `github`: a server of one's own. */
  readonly url?: string
}

const PROVIDERS_MAX = 20

const id = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)
const text = z.string().min(1).max(512)
const common = {
  id: id.optional(),
  name: z.string().trim().min(1).max(40).optional(),
  clientId: text,
  clientSecret: text,
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/))
    .max(20)
    .optional(),
}
/** Where it leads, nobody else may: https, or this machine. */
const url = z
  .string()
  .max(512)
  .refine((value) => {
    const read = URL.parse(value)
    if (read === null || read.search !== '' || read.hash !== '' || read.username !== '') return false
    return read.protocol === 'https:' || (read.protocol === 'http:' && isLoopback(read.hostname))
  })
const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(host)

const one = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('google'), ...common }),
  z.strictObject({ kind: z.literal('facebook'), ...common }),
  z.strictObject({ kind: z.literal('microsoft'), tenant: z.guid(), ...common }),
  z.strictObject({ kind: z.literal('github'), url: url.default(GITHUB_URL), ...common }),
  z.strictObject({ kind: z.literal('oidc'), issuer: url, ...common, id, name: common.name.unwrap() }),
])

const NAMES = { google: 'Google', facebook: 'Facebook', microsoft: 'Microsoft', github: 'GitHub', oidc: '' }

const providersKind: Kind<readonly ProviderSetting[]> = {
  accepts:
    'a JSON list of objects with `kind` (`google`, `microsoft`, `github`, `facebook`, `oidc`), `clientId` and `clientSecret`',
  read(raw) {
    const list = typeof raw === 'string' ? parseStrictJson(raw) : { ok: true as const, value: raw }
    if (!list.ok || !Array.isArray(list.value) || list.value.length > PROVIDERS_MAX) return { ok: false }
    const read: ProviderSetting[] = []
    for (const [index, item] of list.value.entries()) {
      const parsed = one.safeParse(item)
      if (!parsed.success) return { ok: false, problem: toProblem(index, parsed.error) }
      read.push(toSetting(parsed.data))
    }
    return checkIds(read)
  },
}

/** Names the place and never the value, which may be a secret. */
function toProblem(index: number, error: z.ZodError): string {
  const [issue] = error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.length : 0
  if (unknown > 0) return `has a member in its entry ${index + 1} that no such provider has`
  const path = issue?.path.map(String).join('.') ?? ''
  return `has an entry ${index + 1} whose \`${path}\` is missing or not as it should be`
}

const checkIds = (read: readonly ProviderSetting[]): Read<readonly ProviderSetting[]> =>
  new Set(read.map((provider) => provider.id)).size === read.length
    ? { ok: true, value: read }
    : { ok: false, problem: 'names two providers alike; give each an `id` of its own' }

function toSetting(data: z.infer<typeof one>): ProviderSetting {
  const { clientSecret, scopes, id: named, name, ...same } = data
  return {
    ...same,
    id: named ?? data.kind,
    name: name ?? NAMES[data.kind],
    clientSecret: new Secret(clientSecret),
    scopes: scopes ?? null,
  }
}

export const providerSettings: SettingRows<ProviderSettings> = {
  providers: {
    kind: providersKind,
    fallback: [],
    fallbackText: 'none',
    reason:
      'Services that people may sign in with, each with what it gave you for this server. `microsoft` needs its `tenant`, `oidc` its `issuer`, an `id` and a `name`; `github` may have the `url` of a server of your own. Register `<issuer>/login/provider/<id>/callback` there.',
    secret: true,
  },
}
