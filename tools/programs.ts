// Programs of the system that a few tests need and npm cannot bring. A test asks for one by name; where it is missing, the test says
// so and skips, and the runner may install it.

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'

/** The programs that tests may ask for, with the Debian package that holds each. */
export const PROGRAMS = {
  chromium: { debianPackage: 'chromium' },
  curl: { debianPackage: 'curl' },
  go: { debianPackage: 'golang-go' },
  python3: { debianPackage: 'python3-venv' },
  'redis-server': { debianPackage: 'redis-server' },
  script: { debianPackage: 'bsdutils' },
  strace: { debianPackage: 'strace' },
} as const

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

/** Looks for a program on the PATH. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable)
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
