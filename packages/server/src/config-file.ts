/** The configuration file, `countersign.config.ts` or `.json`: found, loaded, and handed on to be parsed. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseStrictJson } from '@countersign/protocol'
import { type ParsedConfig, parseConfig } from './config.ts'
import type { ConfigFile, Environment } from './config-reader.ts'

/** Names a configuration file elsewhere. */
export const CONFIG_VARIABLE = 'COUNTERSIGN_CONFIG'
const NAMES = ['countersign.config.ts', 'countersign.config.json'] as const
const FILE_CHARACTERS_MAX = 262_144

export type LoadedFile =
  | { readonly ok: true; readonly file: ConfigFile | null }
  | { readonly ok: false; readonly mistakes: readonly string[] }

/** What a start needs: the file in `folder`, if there is one, and the environment on top of it. */
export async function loadConfig(
  environment: Environment,
  folder: string,
  alsoKnown: readonly string[] = [],
): Promise<ParsedConfig> {
  const loaded = await loadConfigFile(environment, folder)
  if (!loaded.ok) return loaded
  return parseConfig(environment, loaded.file, { folder, alsoKnown: [...alsoKnown, CONFIG_VARIABLE] })
}

/** The file that `COUNTERSIGN_CONFIG` names, else the one in `folder`, else null. */
export async function loadConfigFile(environment: Environment, folder: string): Promise<LoadedFile> {
  const named = environment[CONFIG_VARIABLE] || undefined
  const paths = named === undefined ? NAMES.map((name) => join(folder, name)) : [resolve(folder, named)]
  const found = paths.flatMap((path) => {
    const text = readIfThere(path)
    return text === null ? [] : [{ path, text }]
  })
  const [first, second] = found
  if (second !== undefined) return wrong(`${NAMES.join(' and ')} are both in ${folder}; keep one.`)
  if (first !== undefined) return load(first.path, first.text)
  return named === undefined
    ? { ok: true, file: null }
    : wrong(`${CONFIG_VARIABLE} names a file that is not there.`)
}

const wrong = (mistake: string): LoadedFile => ({ ok: false, mistakes: [mistake] })

/** Null where there is none. A file that is there and cannot be read is told by loading it. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return isMissing ? null : ''
  }
}

async function load(path: string, text: string): Promise<LoadedFile> {
  if (text === '' || text.length > FILE_CHARACTERS_MAX)
    return wrong(`${path} is empty, far too long, or unreadable.`)
  const values = path.endsWith('.json') ? readJson(text) : await importDefault(path)
  if (values instanceof Error) return wrong(`${path} ${values.message}`)
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return wrong(`${path} must hold one object with settings; in TypeScript as its default export.`)
  }
  return { ok: true, file: { path, values: Object.fromEntries(Object.entries(values)) } }
}

function readJson(text: string): unknown {
  const parsed = parseStrictJson(text)
  if (parsed.ok) return parsed.value
  return new Error(parsed.problem === 'repeated_name' ? 'names a setting twice.' : 'is not well-formed JSON.')
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href)
    return module.default
  } catch (cause) {
    // The message may quote a line of the file, and with it a secret.
    return new Error('cannot be run; try it with: node <the file>.', { cause })
  }
}
