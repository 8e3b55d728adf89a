// Programs of the system that a few tests need and npm cannot bring. A test asks for one by name; where it is missing, the test says
// so and skips, and the runner may install it.

import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'

interface Origin {
  /** The Debian package that holds it. */
  readonly debianPackage: string
  /** A file without which it is as good as not there. */
  readonly needs?: string
}

/** The programs that tests may ask for. */
export const PROGRAMS = {
  apache2: {
    debianPackage: 'libapache2-mod-auth-openidc', // Brings Apache itself along, and nothing that starts it.
    needs: '/usr/lib/apache2/modules/mod_auth_openidc.so',
  },
  chromium: { debianPackage: 'chromium' },
  curl: { debianPackage: 'curl' },
  go: { debianPackage: 'golang-go' },
  python3: { debianPackage: 'python3-venv' },
  'redis-server': { debianPackage: 'redis-server' },
  script: { debianPackage: 'bsdutils' },
  strace: { debianPackage: 'strace' },
} as const

/** Where Debian keeps servers, and where the PATH of people does not look. */
const SERVERS_FOLDER = '/usr/sbin'

export type ProgramName = keyof typeof PROGRAMS

/**
 * Finds a program for a test, or skips the test with the reason. The runner reads calls of this function in the test files to learn what
 * to install, so the name must be written out in the call.
 *
 * @returns The program's path, or undefined when the test is to return at once.
 */
export function requireProgram(t: Pick<TestContext, 'skip'>, name: ProgramName): string | undefined {
  const path = findProgram(name)
  if (path === undefined) t.skip(`${name} is not installed: ${howToGet(name)}`)
  return path
}

/** Lists the programs that test files ask for by {@link requireProgram}, given the files' text. */
export function programsAskedFor(sources: readonly string[]): ProgramName[] {
  const asked = sources.flatMap((text) => [...text.matchAll(/\brequireProgram\(\s*\w+,\s*'([\w-]+)'/g)])
  return [...new Set(asked.map((match) => match[1]))].filter(isProgramName)
}

/** Looks for a program on the PATH, and by `has` for the file that it needs. */
export function findProgram(name: string, has: (file: string) => boolean = existsSync): string | undefined {
  const { needs }: Partial<Origin> = isProgramName(name) ? PROGRAMS[name] : {}
  if (needs !== undefined && !has(needs)) return undefined
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...folders, SERVERS_FOLDER].map((folder) => join(folder, name)).find(isExecutable)
}

/** Says in words how a person gets a program. */
export function howToGet(name: ProgramName): string {
  const { debianPackage } = PROGRAMS[name]
  return `run "npm test -- --install" as root on Debian, or "apt-get install ${debianPackage}" yourself`
}

const isProgramName = (name: string | undefined): name is ProgramName =>
  name !== undefined && Object.hasOwn(PROGRAMS, name)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // Absent and not executable are the same answer to "can it be run".
  }
}
