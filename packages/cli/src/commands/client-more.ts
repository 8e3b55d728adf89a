/** Options of OAuth clients that few need, and taking away what was set. */
import {
  type AssuranceLevel,
  assuranceLevels,
  type ChangeClientRequest,
  type SubjectType,
  subjectTypes,
} from '@countersign/protocol'
import type { Option } from '../command.ts'
import { UsageError } from '../failures.ts'
import type { Input } from '../input.ts'

const link = (what: string): Option => ({ type: 'text', value: 'uri', help: `${what}, by https.` })

export const moreOptions: Readonly<Record<string, Option>> = {
  assurance: {
    type: 'text',
    value: 'level',
    help: `What a sign-in for it has to reach: ${assuranceLevels.join(', ')}. Raising it ends all that was issued to it before.`,
  },
  'subject-type': {
    type: 'text',
    value: 'type',
    help: `What it knows people by: ${subjectTypes.join(' or ')}; the first by default. Its tokens are made anew.`,
  },
  'sector-identifier-uri': link('Where a JSON array names all redirect URIs of its sector'),
  'logo-uri': link('A picture that people see beside its name'),
  'policy-uri': link('Where people read what becomes of what it learns'),
  'tos-uri': link('Its terms of service'),
}

type More = Pick<
  ChangeClientRequest,
  'assurance' | 'subject_type' | 'sector_identifier_uri' | 'logo_uri' | 'policy_uri' | 'tos_uri'
>

/** Undefined for what is not named. */
export function readMore(input: Input, command: string): { [K in keyof More]: Exclude<More[K], null> } {
  return {
    assurance: readLevel(input.text('assurance'), command),
    subject_type: readSubjectType(input.text('subject-type'), command),
    sector_identifier_uri: input.text('sector-identifier-uri'),
    logo_uri: input.text('logo-uri'),
    policy_uri: input.text('policy-uri'),
    tos_uri: input.text('tos-uri'),
  }
}

function readLevel(text: string | undefined, command: string): AssuranceLevel | undefined {
  if (text === undefined) return undefined
  const level = assuranceLevels.find((one) => one === text)
  if (level === undefined) {
    throw new UsageError(`--assurance is one of ${assuranceLevels.join(', ')}.`, command)
  }
  return level
}

function readSubjectType(text: string | undefined, command: string): SubjectType | undefined {
  if (text === undefined) return undefined
  const type = subjectTypes.find((one) => one === text)
  if (type === undefined)
    throw new UsageError(`--subject-type is one of ${subjectTypes.join(', ')}.`, command)
  return type
}

const cleared: Readonly<Record<string, ChangeClientRequest>> = {
  'redirect-uri': { redirect_uris: [] },
  'post-logout-redirect-uri': { post_logout_redirect_uris: [] },
  'backchannel-logout-uri': { backchannel_logout_uri: null },
  scope: { scopes: [] },
  audience: { audiences: [] },
  'service-account': { service_account_id: null },
  'jwks-uri': { jwks_uri: null },
  'jwks-file': { jwks: null },
  assurance: { assurance: null },
  'sector-identifier-uri': { sector_identifier_uri: null },
  'logo-uri': { logo_uri: null },
  'policy-uri': { policy_uri: null },
  'tos-uri': { tos_uri: null },
}

export const clearOption: Option = {
  type: 'list',
  value: 'option',
  help: `Takes away what was set by that option: ${Object.keys(cleared).join(', ')}.`,
}

/** What `--clear` names, each time that it is given. Throws where it is also set. */
export function readCleared(input: Input, command: string): ChangeClientRequest {
  return Object.assign(
    {},
    ...input.list('clear').map((name) => {
      const change = cleared[name]
      if (change === undefined) {
        throw new UsageError(`--clear is one of ${Object.keys(cleared).join(', ')}.`, command)
      }
      if (input.list(name).length > 0) {
        throw new UsageError(`--${name} is either set or cleared, not both.`, command)
      }
      return change
    }),
  )
}
