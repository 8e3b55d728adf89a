/** What `@countersign/verifier` adds to a program that is bundled: minified and compressed, beside jose bundled the same way. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { BenchResult } from './measure.ts'

const ROOT = join(import.meta.dirname, '..')
const BYTES_PER_KB = 1000
const VERIFIER_KB_MAX = 7
const DEPENDENCIES_MAX = 1

/** Takes a second. */
export async function benchBundle(): Promise<BenchResult[]> {
  const theirs = await toKilobytes("export { createRemoteJWKSet, jwtVerify } from 'jose'")
  const verifier = await toKilobytes("export { createVerifier } from '@countersign/verifier'")
  const guarded = await toKilobytes(
    "export { createVerifier } from '@countersign/verifier'; export { createGuard } from '@countersign/verifier/hono'",
  )
  const foreign = countDependencies()
  return [
    {
      name: 'bundle: createVerifier, against jose’s jwtVerify and createRemoteJWKSet',
      unit: 'kB gzip',
      ours: verifier,
      theirs,
      ratio: verifier / theirs,
      target: `at most ${VERIFIER_KB_MAX} kB gzip`,
      met: verifier <= VERIFIER_KB_MAX,
    },
    {
      name: 'bundle: the same with the guard for Hono',
      unit: 'kB gzip',
      ours: guarded,
      theirs,
      ratio: guarded / theirs,
      target: 'none',
      met: true,
    },
    {
      name: 'bundle: dependencies that are not our own',
      unit: '',
      ours: foreign,
      theirs: null,
      ratio: null,
      target: `at most ${DEPENDENCIES_MAX}`,
      met: foreign <= DEPENDENCIES_MAX,
    },
  ]
}

/** For a browser-like platform, as an edge function is built; `node:` modules are not part of it. */
async function toKilobytes(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    conditions: ['source', 'import'],
    external: ['node:*', 'hono'],
  })
  const bytes = outputFiles.map(
    ({ contents: code }) => gzipSync(code, { level: constants.Z_BEST_COMPRESSION }).length,
  )
  return bytes.reduce((sum, count) => sum + count, 0) / BYTES_PER_KB
}

function countDependencies(): number {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'packages/verifier/package.json'), 'utf8'),
  )
  return Object.keys(dependencies).filter((name) => !name.startsWith('@countersign/')).length
}
