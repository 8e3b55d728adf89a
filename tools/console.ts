// Builds the console (packages/console) into its dist folder, unless what is there was built from the very same files. Run by
// "npm start", so that a fresh checkout has it, and by "npm run build". Without Vite, which only development brings, it says so and
// does nothing: the server runs without the console.

import { createHash } from 'node:crypto'
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type * as Vite from 'vite'

const ROOT = dirname(import.meta.dirname)
const CONSOLE = join(ROOT, 'packages/console')
const DIST = join(CONSOLE, 'dist')
/** Says from which files the build was made. */
const STAMP = 'built-from.txt'

/** What goes into the build. The lockfile stands for all packages. */
const SOURCES = [
  'package-lock.json',
  'packages/console/{index.html,package.json,vite.config.ts}',
  'packages/{console,client,protocol}/src/**/*',
]

export type ConsoleBuild = 'built' | 'there' | 'no_vite'

/** Builds the console where that is needed. The folder is replaced in one step, so that nobody sees half of it. */
export async function buildConsole(): Promise<ConsoleBuild> {
  const stamp = digestOfSources()
  if (readStamp() === stamp) return 'there'
  const vite = await findVite()
  if (vite === undefined) return 'no_vite'
  const outDir = join(CONSOLE, `dist-${process.pid}`)
  await vite.build({
    configFile: join(CONSOLE, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  writeFileSync(join(outDir, STAMP), stamp)
  replaceFolder(outDir)
  return 'built'
}

function digestOfSources(): string {
  const files = globSync(SOURCES, { cwd: ROOT })
    .filter((file) => /\.(?:tsx?|css|html|json)$/.test(file))
    .sort()
  const hash = createHash('sha256')
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)))
      .update('\0')
  return hash.digest('hex')
}

function readStamp(): string | undefined {
  try {
    return readFileSync(join(DIST, STAMP), 'utf8')
  } catch {
    return undefined // Never built, or by something that left no stamp: it is built anew.
  }
}

async function findVite(): Promise<typeof Vite | undefined> {
  try {
    return await import('vite')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Two builds at once may both come here; what they bring is the same. */
function replaceFolder(outDir: string): void {
  rmSync(DIST, { recursive: true, force: true })
  try {
    renameSync(outDir, DIST)
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true })
    if (readStamp() === undefined) throw error
  }
}

if (import.meta.main) {
  const started = performance.now()
  const outcome = await buildConsole()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (outcome === 'built') console.error(`The console is built (${seconds} s).`)
  if (outcome === 'no_vite') {
    console.error(
      'The console is not built, since its tools are not installed: run "npm ci", then "npm run build".',
    )
  }
}
