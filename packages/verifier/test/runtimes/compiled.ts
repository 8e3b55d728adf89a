/** The verifier and its tests as JavaScript, for a Node that reads no TypeScript. */

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const ROOMS = ['protocol', 'verifier'] as const

/** The Node that runs npm: what the machine has by itself. This one, where npm did not start the tests. */
export const ownNode = (): string => process.env.npm_node_execpath ?? process.execPath

/** Compiles both rooms into a folder from which the repository's dependencies can be reached. */
export async function compileTests(t: Pick<TestContext, 'after'>): Promise<string> {
  const cache = resolve('node_modules/.cache/countersign')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'compiled-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(toSettings(folder)))
  const compiler = resolve('node_modules/.bin/tsc')
  await promisify(execFile)(compiler, ['--project', folder], { shell: process.platform === 'win32' })
  for (const room of ROOMS) openDoor(folder, room)
  return folder
}

const toSettings = (folder: string): object => ({
  extends: resolve('tsconfig.json'),
  compilerOptions: {
    noEmit: false,
    declaration: false,
    isolatedDeclarations: false,
    // What Node 20 reads.
    target: 'ES2023',
    rewriteRelativeImportExtensions: true,
    rootDir: resolve('.'),
    outDir: folder,
    typeRoots: [resolve('node_modules/@types')],
  },
  include: ROOMS.flatMap((room) => ['src', 'test'].map((part) => resolve(`packages/${room}/${part}`))),
  exclude: [resolve('packages/verifier/test/runtimes')],
})

/** The room under its package's name, with doors that lead to what was compiled. */
function openDoor(folder: string, room: (typeof ROOMS)[number]): void {
  const manifest: { exports: Record<string, { source: string }> } = JSON.parse(
    readFileSync(`packages/${room}/package.json`, 'utf8'),
  )
  const doors = Object.entries(manifest.exports).map(([name, { source }]) => [
    name,
    source.replace(/\.ts$/, '.js'),
  ])
  const target = join(folder, 'packages', room)
  const compiled = { ...manifest, exports: Object.fromEntries(doors) }
  writeFileSync(join(target, 'package.json'), JSON.stringify(compiled))
  mkdirSync(join(folder, 'node_modules/@countersign'), { recursive: true })
  symlinkSync(target, join(folder, 'node_modules/@countersign', room), 'junction')
}
