/** The authority's settings, as a command on the authority's own machine finds them. */
import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { type Config, loadConfig } from '@countersign/server'
import type { Option } from './command.ts'
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'
import type { Terminal } from './terminal.ts'
import { cliVariables } from './variables.ts'

/** For commands that open the database themselves. */
export const dataOptions: Readonly<Record<string, Option>> = {
  data: { type: 'text', value: 'folder', help: 'The data folder; else COUNTERSIGN_DATA, else ./data.' },
}

/** Options that stand for a setting's variable: the command line wins over the environment. */
const variables: Readonly<Record<string, string>> = {
  data: 'COUNTERSIGN_DATA',
  port: 'COUNTERSIGN_PORT',
  host: 'COUNTERSIGN_HOST',
}

/** Throws UsageError with all mistakes at once. `defaults` are variables for where nobody said anything. */
export async function findConfig(
  input: Input,
  terminal: Terminal,
  defaults: Readonly<Record<string, string>> = {},
): Promise<Config> {
  const given = Object.entries(variables).flatMap(([option, name]) => {
    const value = input.text(option)
    return value === undefined ? [] : [[name, value] as const]
  })
  const env = { ...defaults, ...terminal.env, ...Object.fromEntries(given) }
  const read = await loadConfig(env, findHome(terminal.cwd), cliVariables)
  if (read.ok) return read.config
  const mistakes = read.mistakes.map((mistake) => `  ${mistake}`).join('\n')
  const count =
    read.mistakes.length === 1 ? 'A setting is wrong' : `${read.mistakes.length} settings are wrong`
  throw new UsageError(`${count}:\n${mistakes}`, 'settings')
}

/**
 * Where relative paths begin: the working directory; in a checkout of Countersign its root, so that `./data`
 * is one folder from whichever room a command is run.
 */
export function findHome(cwd: string): string {
  const root = findWorkspace(import.meta.dirname)
  return root !== null && (cwd === root || cwd.startsWith(root + sep)) ? root : cwd
}

/** The workspace that this very file is part of; null where the package was installed. */
function findWorkspace(start: string): string | null {
  if (start.includes(`${sep}node_modules${sep}`)) return null
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (hasWorkspaces(join(folder, 'package.json'))) return folder
  }
  return null
}

function hasWorkspaces(path: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'workspaces' in manifest
  } catch {
    return false // No package.json here, or not one that can be read: look further up.
  }
}

/** The database for people: a file, or a host and name without user and password. */
export function tellDatabase(config: Config): string {
  if (config.database.kind === 'sqlite') return `SQLite ${config.database.file}`
  const url = URL.parse(config.database.url.reveal())
  return url === null ? 'Postgres' : `Postgres ${url.host}${url.pathname}`
}

/** One line about what a command is about to touch. */
export function tellPlace(terminal: Terminal, config: Config): void {
  if (config.database.kind === 'sqlite') terminal.err(`data: ${config.dataFolder}`)
  else terminal.err(`database: ${tellDatabase(config)}`)
}
