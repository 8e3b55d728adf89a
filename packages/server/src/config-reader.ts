/**
 * Reads settings by their rows: from the environment, else from the configuration file, else the default.
 * All mistakes are gathered and told in words, and no value of a secret stands in any of them.
 */
import { readFileSync } from 'node:fs'
import { Secret } from '@countersign/protocol'
import type { Kind } from './config-kinds.ts'
import { DEFAULTED, originOf, type SettingOrigin } from './config-origins.ts'

/** One setting. The type of the table makes sure that there is a row for each. */
export interface Setting<T, All> {
  /** `COUNTERSIGN_` and the key in capitals unless given. */
  readonly variable?: string
  readonly kind: Kind<T>
  /** Those above it in the table are known already; `folder` is where relative paths begin. */
  readonly fallback: T | ((above: All, folder: string) => T)
  /** How the default is shown where it is not a plain value. */
  readonly fallbackText?: string
  /** Why there is such a setting, and why the default is what it is. */
  readonly reason: string
  /** Never printed, and also read from the file that `<variable>_FILE` names. */
  readonly secret?: true
}

export type SettingRows<All> = { readonly [K in keyof All]: Setting<All[K], All> }

export type Environment = Readonly<Record<string, string | undefined>>

/** A configuration file that was found: its path for messages, and what it holds. */
export interface ConfigFile {
  readonly path: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface ReaderOptions {
  /** Where relative paths begin; the working directory unless given. */
  readonly folder?: string
  /** Variables that begin with `COUNTERSIGN_` and belong to other programs. */
  readonly alsoKnown?: readonly string[]
  /** For tests. */
  readonly readFile?: (path: string) => string
}

export interface ReadSettings<All> {
  /** Complete; settings with a mistake have their default here and must not be used. */
  readonly values: All
  readonly mistakes: readonly string[]
  /** By key, in the order of the table. */
  readonly origins: Readonly<Record<string, SettingOrigin>>
}

const PREFIX = 'COUNTERSIGN_'
const SECRET_FILE_CHARACTERS_MAX = 65_536
const SHOWN_CHARACTERS_MAX = 60
/** Kubernetes sets these for every service that is called `countersign`. */
const SERVICE_LINK = /^COUNTERSIGN_(?:SERVICE_(?:HOST|PORT)|PORT_\d+_)/

export function readSettings<All extends object>(
  rows: SettingRows<All>,
  environment: Environment,
  file: ConfigFile | null,
  options: ReaderOptions = {},
): ReadSettings<All> {
  const { folder = process.cwd(), readFile = (path) => readFileSync(path, 'utf8') } = options
  const mistakes: string[] = []
  const values: Partial<All> = {}
  const origins: Record<string, SettingOrigin> = {}
  const keys = Object.keys(rows) as (keyof All & string)[]

  const readOne = <K extends keyof All & string>(key: K): void => {
    const row: Setting<All[K], All> = rows[key]
    const source = findSource(key, row, environment, file, readFile)
    origins[key] = DEFAULTED
    if (source !== null && 'mistake' in source) mistakes.push(source.mistake)
    if (source !== null && 'raw' in source) {
      const read = row.kind.read(source.raw, folder)
      if (read.ok) {
        values[key] = read.value
        origins[key] = originOf(row.secret === true, { ...source, filePath: file?.path ?? null })
        return
      }
      mistakes.push(toMistake(row, source, read.problem))
    }
    values[key] = isMaker(row.fallback) ? row.fallback(values as All, folder) : row.fallback
  }

  for (const key of keys) readOne(key)
  const variables = keys.flatMap((key) => variablesOf(key, rows[key]))
  mistakes.push(...unknownVariables(environment, [...variables, ...(options.alsoKnown ?? [])]))
  if (file !== null) mistakes.push(...unknownKeys(file, keys))
  return { values: values as All, mistakes, origins }
}

type Fallback<T, All> = Setting<T, All>['fallback']

const isMaker = <T, All>(fallback: Fallback<T, All>): fallback is (above: All, folder: string) => T =>
  typeof fallback === 'function'

/** The names that a setting is read from in the environment. */
export function variablesOf(
  key: string,
  row: { readonly variable?: string; readonly secret?: true },
): string[] {
  const variable = row.variable ?? PREFIX + key.replace(/(?=[A-Z])/g, '_').toUpperCase()
  return row.secret === true ? [variable, `${variable}_FILE`] : [variable]
}

type Source =
  /** `name` is for messages, `variable` is null for the file. */
  | { readonly name: string; readonly raw: unknown; readonly variable: string | null }
  | { readonly mistake: string }

function findSource<T, All>(
  key: string,
  row: Setting<T, All>,
  environment: Environment,
  file: ConfigFile | null,
  readFile: (path: string) => string,
): Source | null {
  const [variable = '', fileVariable] = variablesOf(key, row)
  // Empty is not set: composition files write `${NAME:-}` for what they do not give.
  const value = environment[variable] || undefined
  const path = fileVariable === undefined ? undefined : environment[fileVariable] || undefined
  if (value !== undefined && path !== undefined) {
    return { mistake: `${variable} and ${fileVariable} are both set; keep one.` }
  }
  if (value !== undefined) return { name: variable, raw: value, variable }
  if (path !== undefined) return readSecretFile(`${fileVariable}`, path, readFile)
  const raw = file?.values[key]
  return file === null || raw === undefined ? null : { name: `${key} in ${file.path}`, raw, variable: null }
}

function readSecretFile(name: string, path: string, readFile: (path: string) => string): Source {
  try {
    // Editors and `echo` end a file with a line break, which belongs to no secret.
    const text = readFile(path).replace(/\s+$/, '')
    if (text !== '' && text.length <= SECRET_FILE_CHARACTERS_MAX) return { name, raw: text, variable: name }
    return { mistake: `${name} names a file that is empty or far too long.` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown cause'
    return { mistake: `${name} names a file that cannot be read (${code}).` }
  }
}

function toMistake<T, All>(
  row: Setting<T, All>,
  source: { readonly name: string; readonly raw: unknown },
  problem: string = `must be ${row.kind.accepts}`,
): string {
  if (row.secret === true) return `${source.name} ${problem}.`
  const hint =
    typeof source.raw === 'string' && source.raw.startsWith('tcp://')
      ? ' Kubernetes set this for its service of that name; switch enableServiceLinks off.'
      : ''
  return `${source.name} ${problem}; it is ${toShown(source.raw)}.${hint}`
}

function toShown(raw: unknown): string {
  const text = raw instanceof Secret ? '[redacted]' : (JSON.stringify(raw) ?? typeof raw)
  const plain = text.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
  return plain.length <= SHOWN_CHARACTERS_MAX ? plain : `${plain.slice(0, SHOWN_CHARACTERS_MAX)}…`
}

function unknownVariables(environment: Environment, known: readonly string[]): string[] {
  const names = new Set(known)
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !names.has(name) && !SERVICE_LINK.test(name))
    .map((name) => `${toShownName(name)} is no setting${didYouMean(name, known)}`)
}

function unknownKeys(file: ConfigFile, known: readonly string[]): string[] {
  return Object.keys(file.values)
    .filter((key) => !known.includes(key))
    .map((key) => `${toShownName(key)} in ${file.path} is no setting${didYouMean(key, known)}`)
}

const toShownName = (name: string): string =>
  name.slice(0, SHOWN_CHARACTERS_MAX).replace(/[^\w-]/g, '\u{fffd}')

/** The nearest name, if it is near enough to be a slip: a third of the letters at most. */
function didYouMean(name: string, known: readonly string[]): string {
  const bare = (text: string): string => text.replace(PREFIX, '').replaceAll('_', '').toLowerCase()
  const wanted = bare(name.slice(0, SHOWN_CHARACTERS_MAX))
  const distances = known.map((one) => ({ one, distance: editDistance(wanted, bare(one)) }))
  const nearest = distances.reduce<(typeof distances)[number] | null>(
    (best, next) => (best === null || next.distance < best.distance ? next : best),
    null,
  )
  const isNear = nearest !== null && nearest.distance <= Math.max(2, wanted.length / 3)
  return isNear ? `; did you mean ${nearest.one}?` : '.'
}

/** Levenshtein's distance: how many letters must be added, dropped or changed. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[right.length] ?? 0
}
