/**
 * Where the root secrets come from: a setting, else a file in the data folder, which is made on the first start
 * with the embedded database. Nodes on Postgres share one keyring, so there none is made up silently.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { parseStrictJson, type Secret } from '@countersign/protocol'
import { decodeKey, KEY_BYTES_MIN, weaknessOfKey, weaknessOfKeyText } from './key-strength.ts'
import type { Keyring, RootSecret } from './secrets.ts'

export const SECRETS_FILE = 'secrets.json'
/** Old versions are kept until nothing was written under them; nobody needs a hundred. */
const VERSIONS_MAX = 100
const FILE_BYTES_MAX = 65_536

export interface FoundKeyring {
  readonly keyring: Keyring
  readonly source: 'setting' | 'file' | 'generated'
  /** The file, where it came from one. */
  readonly path: string | null
}

export interface KeyringPlace {
  /** The setting `COUNTERSIGN_SECRETS`, or what its file held. */
  readonly setting: Secret | null
  readonly dataFolder: string
  /** Whether the database is the embedded one. */
  readonly embedded: boolean
}

/** Something an operator must mend. The message says how and contains no secret. */
export class SecretsProblem extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SecretsProblem'
  }
}

/** Throws `SecretsProblem` where there is no usable keyring. Does blocking file work: for start-up only. */
export function findKeyring(place: KeyringPlace): FoundKeyring {
  if (place.setting !== null) {
    const parsed = parseKeyring(place.setting.reveal())
    if (!parsed.ok) throw new SecretsProblem(`COUNTERSIGN_SECRETS ${parsed.mistakes.join('; ')}.`)
    return { keyring: parsed.keyring, source: 'setting', path: null }
  }
  if (!place.embedded) throw new SecretsProblem(NONE_FOR_POSTGRES)
  const path = join(place.dataFolder, SECRETS_FILE)
  const present = readSecretsFile(path)
  if (present !== null) return { keyring: present, source: 'file', path }
  const generated = writeSecretsFile(place.dataFolder, path)
  const keyring = readSecretsFile(path)
  if (keyring === null) throw new SecretsProblem(`${path} vanished while it was being made.`)
  return { keyring, source: generated ? 'generated' : 'file', path }
}

const NONE_FOR_POSTGRES =
  'COUNTERSIGN_SECRETS is not set. With Postgres every node needs the same root secret, so none is made up ' +
  'here. Make one with: openssl rand -base64 32 — then set COUNTERSIGN_SECRETS=1:<what it printed>, or put ' +
  'that into a file and name it in COUNTERSIGN_SECRETS_FILE. Keep it safe: without it nobody can sign in.'

export type ParsedKeyring =
  | { readonly ok: true; readonly keyring: Keyring }
  | { readonly ok: false; readonly mistakes: readonly string[] }

/**
 * Reads `1:<base64url of 32 bytes>,2:…`; lines serve as well as commas. Each mistake is the end of a sentence
 * that begins with the setting's name, and contains no secret.
 */
export function parseKeyring(text: string): ParsedKeyring {
  const parts = text.split(/[,\n]/).flatMap((part) => part.trim() || [])
  if (parts.length === 0) return { ok: false, mistakes: ['is empty'] }
  if (parts.length > VERSIONS_MAX) return { ok: false, mistakes: [`names more than ${VERSIONS_MAX} secrets`] }
  const keyring: RootSecret[] = []
  const mistakes: string[] = []
  for (const [index, part] of parts.entries()) {
    const [version = '', ...rest] = part.split(':')
    const root = parseRoot(version, rest.join(':'))
    if (typeof root === 'string') mistakes.push(`has at place ${index + 1} a secret that ${root}`)
    else if (keyring.some((other) => other.version === root.version)) {
      mistakes.push(`names version ${root.version} twice`)
    } else keyring.push(root)
  }
  return mistakes.length === 0 ? { ok: true, keyring } : { ok: false, mistakes }
}

/** A root secret, or what is wrong with it. */
function parseRoot(version: string, text: string): RootSecret | string {
  if (!/^[1-9]\d{0,8}$/.test(version))
    return 'does not begin with its version, as in 1:<base64url of 32 bytes>'
  const secret = decodeKey(text)
  if (secret === null) return 'is neither base64url nor base64'
  const weakness = weaknessOfKeyText(text) ?? weaknessOfKey(secret)
  return weakness ?? { version: Number(version), secret }
}

/** Null where there is no such file. */
function readSecretsFile(path: string): Keyring | null {
  const text = readIfThere(path)
  if (text === null) return null
  const parsed = parseSecretsFile(text)
  if (!parsed.ok) {
    throw new SecretsProblem(
      `${path} ${parsed.mistakes.join('; ')}. Restore it from a backup: what it encrypted cannot be read without it.`,
    )
  }
  return parsed.keyring
}

function readIfThere(path: string): string | null {
  try {
    const { mode, size } = statSync(path)
    if (size > FILE_BYTES_MAX) throw new SecretsProblem(`${path} is larger than ${FILE_BYTES_MAX} bytes.`)
    // Windows has no such bits; there the folder's access list decides.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new SecretsProblem(
        `${path} can be read or changed by other users. Mend it with: chmod 600 ${path}`,
      )
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (error instanceof SecretsProblem) throw error
    throw new SecretsProblem(`${path} cannot be read (${codeOf(error)}).`, { cause: error })
  }
}

function parseSecretsFile(text: string): ParsedKeyring {
  const json = parseStrictJson(text)
  const rows = json.ok && isRecord(json.value) ? json.value.secrets : null
  if (!Array.isArray(rows)) return { ok: false, mistakes: ['is not {"secrets": [{"version", "secret"}]}'] }
  const lines = rows.map((row: unknown) => (isRecord(row) ? `${row.version}:${row.secret}` : ':'))
  return parseKeyring(lines.join('\n'))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Makes the file unless somebody else has made it in the meantime; says whether it was us. The text is on the
 * disk under another name before it takes its own, so that no reader and no power cut finds half of it.
 */
function writeSecretsFile(folder: string, path: string): boolean {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`
  const secret = generateRoot()
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${JSON.stringify({ secrets: [{ version: 1, secret }] }, null, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    try {
      return takeName(draft, path)
    } finally {
      unlinkSync(draft)
      syncFolder(folder)
    }
  } catch (error) {
    throw new SecretsProblem(`${path} cannot be written (${codeOf(error)}).`, { cause: error })
  }
}

/** Once in millions of times chance looks like a word; what is written must be readable again. */
function generateRoot(): string {
  for (;;) {
    const secret = randomBytes(KEY_BYTES_MIN).toString('base64url')
    if (typeof parseRoot('1', secret) !== 'string') return secret
  }
}

/** Unlike a rename, a link never replaces what is there: of two starters exactly one wins. */
function takeName(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    // Some file systems have no links. An exclusive copy still has one winner, if not one moment.
    return copyExclusively(draft, path)
  }
  return true
}

function copyExclusively(draft: string, path: string): boolean {
  try {
    copyFileSync(draft, path, constants.COPYFILE_EXCL)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  return true
}

/** A name is durable once its folder is; Windows cannot open one and does it by itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
