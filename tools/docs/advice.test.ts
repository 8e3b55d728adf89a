// The code that the advisor prints is code: the compiler accepts each piece against the packages as they are.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { advise, questions, type Snippet } from '@countersign/client/advisor'
import { ROOT } from './markdown.ts'

/** Whatever else is answered, these are the answers that choose code. */
function allSnippets(): readonly Snippet[] {
  const found = new Map<string, Snippet>()
  const [callers] = questions
  for (const { id: caller } of callers?.choices ?? []) {
    for (const checker of ['verifier', 'library'] as const) {
      for (const outage of ['refuse', 'go_on'] as const) {
        for (const programs of ['key', 'exchange', 'oauth'] as const) {
          const answers = { callers: [caller], checker: [checker], outage: [outage], programs: [programs] }
          for (const snippet of advise(answers as Parameters<typeof advise>[0]).snippets)
            found.set(snippet.id, snippet)
        }
      }
    }
  }
  return [...found.values()]
}

test('every program that is advised compiles', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-advice-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const programs = allSnippets().filter(({ language }) => language === 'ts')
  assert.ok(programs.length >= 5)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, 'src'))
  const keychain = `import type { Tokens } from '@countersign/client'
export async function saveInKeychain(tokens: Tokens | null): Promise<void> {
  await Promise.resolve(tokens)
}
`
  writeFileSync(join(folder, 'src/keychain.ts'), keychain)
  for (const { id, code } of programs) writeFileSync(join(folder, `src/${id}.ts`), `${code}\n`)
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(toCompilerConfig()))

  const compiled = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder],
    {
      encoding: 'utf8',
    },
  )

  assert.equal(compiled.status, 0, compiled.stdout + compiled.stderr)
})

/** As strict as here, but what was written by others is theirs. */
function toCompilerConfig(): object {
  const own: { compilerOptions: object } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'))
  const compilerOptions = { ...own.compilerOptions, isolatedDeclarations: false, preserveSymlinks: false }
  return { compilerOptions, include: ['src'] }
}
