/** Explains session tokens, refresh tokens and API keys: `<prefix>_<kind+environment>_<id>_<secret><checksum>`. */
import {
  CHECKSUM_CHARACTERS,
  isApiKeyId,
  isGrantId,
  isSessionId,
  parseOpaqueCredential,
  SECRET_CHARACTERS,
  timeOfId,
} from '@countersign/protocol'
import { type InspectedPart, type Inspection, tellTime } from './inspection.ts'

const LOOKS_OPAQUE = /^([a-z][a-z0-9]{1,11})_(ses|ref|key)(live|test)_([^_]{0,64})(?:_(.*))?$/s

const kinds = {
  ses: {
    kind: 'session',
    idPrefix: 'ses_',
    meaning: 'session token: stands for one sign-in',
    isId: isSessionId,
  },
  ref: {
    kind: 'refresh',
    idPrefix: 'gra_',
    meaning: 'refresh token: good at the token endpoint only, once',
    isId: isGrantId,
  },
  key: { kind: 'api_key', idPrefix: 'key_', meaning: 'API key: a program’s credential', isId: isApiKeyId },
} as const

/** Null when the text does not even begin like one. */
export function inspectOpaque(text: string): Inspection | null {
  const match = LOOKS_OPAQUE.exec(text)
  if (match === null) return null
  const [, prefix = '', code, environment, idBody = '', rest = ''] = match
  if (!isKindCode(code) || !isEnvironment(environment)) return null
  const { kind, idPrefix, meaning, isId } = kinds[code]
  const id = `${idPrefix}${idBody}`
  const validId = isId(id)
  const wellFormed = validId && parseOpaqueCredential(text, { prefix, environment }) !== null
  const parts: InspectedPart[] = [
    { name: 'prefix', value: prefix, meaning: 'names the service that issued it' },
    { name: 'kind', value: kind, meaning },
    {
      name: 'environment',
      value: environment,
      meaning: environment === 'live' ? 'real data' : 'test data only',
    },
    {
      name: 'id',
      value: validId ? id : 'malformed',
      meaning: validId
        ? `public; it was made at ${tellTime(timeOfId(id), timeOfId(id)).replace(' (now)', '')}`
        : 'an id has 26 characters',
    },
    {
      name: 'secret',
      value: `${secretLength(rest)} characters, not shown`,
      meaning: '256 random bits; whoever has them is believed',
    },
    {
      name: 'checksum',
      value: checksumVerdict(wellFormed, validId, rest),
      meaning: 'public; finds typing mistakes, proves nothing',
    },
  ]
  return { kind, id: validId ? id : null, wellFormed, parts, warnings: warningsOf(wellFormed, validId, rest) }
}

const isKindCode = (text: string | undefined): text is keyof typeof kinds =>
  text !== undefined && Object.hasOwn(kinds, text)
const isEnvironment = (text: string | undefined): text is 'live' | 'test' =>
  text === 'live' || text === 'test'

const TAIL_CHARACTERS = SECRET_CHARACTERS + CHECKSUM_CHARACTERS

const secretLength = (rest: string): number => Math.max(0, rest.length - CHECKSUM_CHARACTERS)
const hasTail = (rest: string): boolean => rest.length === TAIL_CHARACTERS && /^[0-9A-Za-z]*$/.test(rest)

function checksumVerdict(wellFormed: boolean, validId: boolean, rest: string): string {
  if (wellFormed) return 'right'
  return validId && hasTail(rest) ? 'wrong' : 'cannot be read'
}

function warningsOf(wellFormed: boolean, validId: boolean, rest: string): string[] {
  if (wellFormed) return []
  const warnings: string[] = []
  if (!validId) warnings.push('The id is malformed.')
  if (rest.length < TAIL_CHARACTERS)
    warnings.push(`It is cut off: ${TAIL_CHARACTERS - rest.length} characters are missing.`)
  else if (rest.length > TAIL_CHARACTERS)
    warnings.push(`It is ${rest.length - TAIL_CHARACTERS} characters too long.`)
  else if (!hasTail(rest)) warnings.push('The secret holds characters that no secret has.')
  else if (validId)
    warnings.push('The checksum is wrong: a character was mistyped or lost, or it was made up.')
  return [...warnings, 'An authority refuses it without looking it up.']
}
