/** The rows of `config-table.ts` that are about clients which no administrator has registered (RFC 7591). */
import { isForAdministrators, type RegistrationPolicy } from '@countersign/core'
import { isPermission, isScopeWord, type RedirectKind, redirectKinds } from '@countersign/protocol'
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface RegistrationSettings {
  clientRegistration: RegistrationPolicy['mode']
  clientRegistrationScopes: readonly string[]
  clientRegistrationAudiences: readonly string[]
  clientRegistrationRedirects: readonly RedirectKind[]
  clientRegistrationUnusedMax: number
  clientRegistrationUnusedHours: number
  clientDocuments: 'off' | 'on'
}

const isRedirectKind = (text: string): text is RedirectKind => redirectKinds.some((kind) => kind === text)

/** What nobody can promise for a stranger's program stands in no fence. */
const isScopeForStrangers = (text: string): boolean =>
  isScopeWord(text) && !(isPermission(text) && isForAdministrators(text))

const redirects = kinds.list(redirectKinds.join(', '), isRedirectKind)

export const registrationSettings: SettingRows<RegistrationSettings> = {
  clientRegistration: {
    kind: kinds.choice('off', 'initial_access_token', 'open'),
    fallback: 'off',
    reason:
      'Whether apps register themselves at `/oauth/register` (RFC 7591): not at all, with a token that an administrator gave away, or whoever comes. People are warned of them, and asked each time.',
  },
  clientRegistrationScopes: {
    kind: kinds.list('scopes, none of which administers this server', isScopeForStrangers),
    fallback: ['openid', 'profile', 'email', 'offline_access'],
    fallbackText: 'openid,profile,email,offline_access',
    reason:
      'All that an app may ask for which no administrator has registered. Permissions of this server itself are refused here.',
  },
  clientRegistrationAudiences: {
    kind: kinds.audiences,
    fallback: [],
    fallbackText: 'the audiences of this server',
    reason: 'The APIs that tokens of such apps may be for, such as the URL of an MCP server.',
  },
  clientRegistrationRedirects: {
    kind: {
      accepts: redirects.accepts,
      read(raw, folder) {
        const read = redirects.read(raw, folder)
        return read.ok ? { ok: true, value: read.value.filter(isRedirectKind) } : read
      },
    },
    fallback: ['https', 'loopback'],
    fallbackText: 'https,loopback',
    reason:
      'Where such apps may have people sent back to: pages by https, programs on the same machine, or private schemes of apps, which any other app may claim (RFC 8252 §8.6).',
  },
  clientRegistrationUnusedMax: {
    kind: kinds.integer(1, 100_000),
    fallback: 1000,
    reason: 'How many such apps may wait to be used for the first time. More are turned away.',
  },
  clientRegistrationUnusedHours: {
    kind: kinds.integer(1, 720),
    fallback: 24,
    reason: 'An app that registered itself and was never used is forgotten after that.',
  },
  clientDocuments: {
    kind: kinds.choice('off', 'on'),
    fallback: 'off',
    reason:
      'Whether the id of an app may be the URL of a document in which it describes itself, as apps of MCP do (draft-ietf-oauth-client-id-metadata-document). What such apps may be, the settings for those that register themselves say; which hosts are asked, `COUNTERSIGN_OUTBOUND_HOSTS`.',
  },
}

/** What core works by. */
export const toRegistrationPolicy = (config: Readonly<RegistrationSettings>): RegistrationPolicy => ({
  mode: config.clientRegistration,
  fence: {
    scopes: config.clientRegistrationScopes,
    audiences: config.clientRegistrationAudiences,
    redirectKinds: config.clientRegistrationRedirects,
  },
  unusedMax: config.clientRegistrationUnusedMax,
})
