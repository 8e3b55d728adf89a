// What the walls must refuse and what they must accept: one small file for each, with the words that Biome has to say.

/** What each room may import of the others. The order is that of the staircase. */
export const ROOMS: Record<string, readonly string[]> = {
  protocol: [],
  verifier: ['protocol'],
  client: ['protocol'],
  core: ['protocol', 'verifier'],
  store: ['protocol', 'core'],
  server: ['protocol', 'verifier', 'core', 'store'],
  console: ['protocol', 'client'],
  cli: ['protocol', 'client', 'server'],
}

/** A file with one violation in it. */
export type Plant = { readonly file: string; readonly text: string; readonly refusal: RegExp }

const use = (source: string): string => `import { x } from '${source}'\n\nexport const y = x\n`
const plant = (file: string, text: string, refusal: RegExp): Plant => ({
  file: `packages/${file}`,
  text,
  refusal,
})

const between = Object.entries(ROOMS).flatMap(([room, allowed]) => {
  const others = [...Object.keys(ROOMS), 'tools'].filter((other) => !allowed.includes(other))
  return others.map((other) => {
    const name = other === 'cli' ? 'countersign' : `@countersign/${other}`
    const words =
      other === 'tools' ? /tools is for tests/ : new RegExp(`${room} imports .*(no other room|only)`)
    return plant(`${room}/src/walls/import-${other}.ts`, use(name), words)
  })
})

const outside = [
  ...['protocol', 'verifier', 'client', 'core'].flatMap((room) => [
    plant(`${room}/src/walls/node.ts`, use('node:fs'), /no node: module and no npm package/),
    plant(`${room}/src/walls/npm.ts`, use('jose'), /no node: module and no npm package/),
    plant(
      `${room}/src/walls/again.ts`,
      `export { x } from 'node:fs'\n`,
      /no node: module and no npm package/,
    ),
    plant(`${room}/src/walls/late.ts`, `export const y = await import('node:fs')\n`, /no node: module/),
  ]),
  // A guard knows its framework's types, and only those of the frameworks that there are guards for.
  plant('verifier/src/guards/value.ts', use('hono'), /no node: module and no npm package/),
  plant(
    'verifier/src/guards/other.ts',
    `import type { X } from 'koa'\nexport type Y = X\n`,
    /no node: module and no npm package/,
  ),
  plant('store/src/walls/npm.ts', use('hono'), /store imports node: modules and pg only/),
  plant('console/src/walls/node.ts', use('node:fs'), /console runs in a browser/),
  plant('server/src/walls/undeclared.ts', use('express'), /noUndeclaredDependencies/),
  plant('server/src/walls/dev-only.ts', use('typescript'), /noUndeclaredDependencies/),
]

const frontDoor = [
  plant('server/src/walls/deep.ts', use('@countersign/store/src/statements.ts'), /by its package name/),
  plant('server/src/walls/built.ts', use('@countersign/store/dist/index.js'), /by its package name/),
  plant('server/src/walls/path.ts', use('../../../store/src/statements.ts'), /by its package name/),
  plant('server/src/walls/tests.ts', use('../../../store/test/given.ts'), /by its package name/),
  plant(
    'server/src/walls/late.ts',
    `export const y = await import('../../../core/src/x.ts')\n`,
    /by its package name/,
  ),
  plant('server/src/walls/type.ts', `export type Y = import('@countersign/core').X\n`, /`import type`/),
  plant('server/test/walls.test.ts', use('../../../tools/postgres.ts'), /@countersign\/tools\/postgres/),
  plant('server/src/walls/index-above.ts', use('../index.ts'), /index\.ts is a room's front door/),
  plant('server/src/index-beside.ts', use('./index.ts'), /index\.ts is a room's front door/),
  plant('server/src/walls/own-name.ts', use('@countersign/server'), /server imports/),
  {
    file: 'conformance/path.test.ts',
    text: use('../packages/core/src/x.ts'),
    refusal: /by its package name/,
  },
  { file: 'examples/path.ts', text: use('../packages/core/src/x.ts'), refusal: /by its package name/ },
]

const inCore = [
  plant('core/src/accounts/walls.ts', use('../sessions/session.ts'), /Nouns do not know each other/),
  plant('core/src/accounts/walls-door.ts', use('../doors/sign-in.ts'), /Nouns do not know each other/),
  plant('core/src/accounts/walls-up.ts', use('../../test/given.ts'), /Nouns do not know each other/),
  plant('core/src/accounts/walls.test.ts', use('../sessions/session.ts'), /Nouns do not know each other/),
  plant('core/src/doors/now.ts', 'export const y = Date.now()\n', /noRestrictedGlobals.*Date/),
  plant('core/src/doors/date.ts', 'export const y = new Date()\n', /noRestrictedGlobals.*Date/),
  plant(
    'core/src/doors/random.ts',
    'export const y = Math.random()\n',
    /noJsRestrictedProperties.*Math\.random/,
  ),
  plant('core/src/doors/uuid.ts', 'export const y = crypto.randomUUID()\n', /noRestrictedGlobals.*crypto/),
  plant('core/src/doors/round.ts', 'export const y = globalThis.crypto\n', /noRestrictedGlobals.*globalThis/),
  plant('core/src/doors/env.ts', 'export const y = process.env.X\n', /noRestrictedGlobals.*process/),
  plant('core/src/doors/timer.ts', 'setTimeout(() => {}, 1)\n', /noRestrictedGlobals.*setTimeout/),
  plant('core/src/doors/abort.ts', 'export const y = AbortSignal.timeout(1)\n', /noJsRestrictedProperties/),
  plant('core/src/doors/console.ts', `console.log('x')\n`, /noRestrictedGlobals.*console/),
]

const sql = [
  'select id from sessions where id = $1',
  'SELECT count(*) FROM sessions',
  'insert into sessions values ($1)',
  'update sessions set ended_at = $1',
  'delete from sessions where id = $1',
  'create table sessions (id text)',
  'alter table sessions add x text',
  'drop table sessions',
  'begin immediate',
  'pragma journal_mode',
].flatMap((text, index) => [
  plant(`server/src/walls/sql-${index}.ts`, `export const y = '${text}'\n`, /SQL lives in packages\/store/),
  plant(
    `cli/src/walls/sql-${index}.ts`,
    `export const y = (id: string): string => \`\${id};\n  ${text}\`\n`,
    /SQL lives/,
  ),
])

const habits = [
  plant('server/src/walls/any.ts', 'export const y = (x: any): unknown => x\n', /noExplicitAny/),
  plant('server/src/walls/bang.ts', 'export const y = (x?: string): string => x!\n', /noNonNullAssertion/),
  plant(
    'server/src/walls/type-only.ts',
    `import { X } from './a.ts'\n\nexport const y = (x: X): X => x\n`,
    /useImportType/,
  ),
  plant(
    'server/src/walls/unused.ts',
    `import { x } from './a.ts'\n\nexport const y = 1\n`,
    /noUnusedImports/,
  ),
  plant('server/src/walls/variable.ts', 'const x = 1\nexport const y = 1\n', /noUnusedVariables/),
  plant('server/src/walls/log.ts', `console.log('x')\n`, /noConsole/),
  plant('server/src/walls/require.ts', `export const y = require('node:fs')\n`, /noCommonJs/),
  plant(
    'server/src/walls/floating.ts',
    'const save = async (): Promise<void> => {}\nexport const y = (): void => {\n  save()\n}\n',
    /noFloatingPromises/,
  ),
  plant(
    'server/src/walls/condition.ts',
    'const may = async (): Promise<boolean> => false\nexport const y = (): number => (may() ? 1 : 2)\n',
    /noMisusedPromises/,
  ),
  plant(
    'server/src/walls/switch.ts',
    `type X = { kind: 'a' } | { kind: 'b' }\nexport const y = (x: X): void => {\n  switch (x.kind) {\n    case 'a':\n      return\n  }\n}\n`,
    /useExhaustiveSwitchCases/,
  ),
  plant('server/src/walls/long.ts', 'export const y = 1\n'.repeat(351), /noExcessiveLinesPerFile/),
  plant(
    'server/src/walls/long-function.ts',
    `export const y = (x: () => void): void => {\n${'  x()\n'.repeat(61)}}\n`,
    /noExcessiveLinesPerFunction/,
  ),
]

/** Every violation, each in a file of its own. */
export const violations: readonly Plant[] = [
  ...between,
  ...outside,
  ...frontDoor,
  ...inCore,
  ...sql,
  ...habits,
]

/** One file per room, and per exemption, that uses all that its place allows. */
export const clean: Record<string, string> = {
  'packages/protocol/src/walls/clean.ts': useAll('./beside.ts', '../above.ts'),
  'packages/verifier/src/walls/clean.ts': useAll('@countersign/protocol', './beside.ts'),
  'packages/verifier/src/guards/clean.ts':
    `import type { A } from 'express'\nimport type { B } from 'fastify'\nimport type { C } from 'hono'\n` +
    `import type { D } from 'node:http'\ndeclare module 'fastify' {\n  interface F {\n    x: string\n  }\n}\n` +
    `${useAll('../beside.ts')}export type E = A | B | C | D\n`,
  'packages/client/src/walls/clean.ts': useAll('@countersign/protocol'),
  'packages/core/src/accounts/clean.ts': useAll(
    '@countersign/protocol',
    '@countersign/verifier',
    '../ports.ts',
    './a.ts',
  ),
  'packages/core/src/doors/clean.ts': useAll(
    '../accounts/account.ts',
    '../ports.ts',
    '../sessions/session.ts',
  ),
  'packages/core/src/accounts/clean.test.ts': `${useAll('@countersign/tools/postgres', 'fast-check', 'node:test', '../../test/given.ts')}export const at = Date.now()\n`,
  'packages/store/src/walls/clean.ts': `${useAll('node:sqlite', '@countersign/core', '@countersign/protocol', 'pg')}export const select = 'select id from sessions where id = $1'\n`,
  'packages/server/src/walls/clean.ts': `${useAll('node:fs', '@countersign/core', '@countersign/store', '@countersign/verifier', 'hono', 'hono/html')}export const words = ['Select an account from the list', 'update it and set it']\n`,
  'packages/server/test/clean.test.ts': useAll(
    'node:test',
    '@countersign/tools/postgres',
    'fast-check',
    '../src/a.ts',
  ),
  'packages/console/src/walls/clean.ts': useAll('@countersign/client', '@countersign/protocol', 'react'),
  'packages/cli/src/walls/clean.ts': `${useAll('node:fs', '@countersign/client', '@countersign/server')}console.log('x')\n`,
  'examples/clean.ts': `${useAll('@countersign/verifier', 'countersign')}console.log('x')\n`,
}

function useAll(...sources: string[]): string {
  const lines = sources.map((source, index) => `import { x${index} } from '${source}'\n`)
  return `${lines.join('')}\nexport const all = [${sources.map((_, index) => `x${index}`).join(', ')}]\n`
}
