// Does what the READMEs of the examples tell: starts an authority, and runs their blocks in one bash, in their order.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProgram, requireProgram } from '../programs.ts'
import { readDocument, readFences, readSection } from './markdown.ts'
import { findDifference } from './shown.ts'
import { findFreePort, startAsShown } from './tour-server.ts'

/** The usual addresses, which the documents show. */
const SHOWN = { authority: 'localhost:4000', gym: 'localhost:4001', pool: '127.0.0.1:4002' } as const

for (const name of ['gym', 'pool'] as const) {
  test(`the commands in the README of the ${name} print what it shows`, async (t) => {
    const tools = [requireProgram(t, 'curl'), requireProgram(t, 'script')]
    if (tools.includes(undefined)) return
    assert.ok(findProgram('bash'), 'bash is on the PATH')
    const [authorityPort, port] = await Promise.all([findFreePort(), findFreePort()])
    const host = SHOWN[name].replace(/\d+$/, String(port))
    const folder = await mkdtemp(join(tmpdir(), 'countersign-readme-'))
    t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    const onPorts = (text: string): string =>
      text.replaceAll(SHOWN.authority, `localhost:${authorityPort}`).replaceAll(SHOWN[name], host)
    const [start, ...fences] = readFences(readSection(readDocument(`examples/${name}/README.md`), 'By hand'))
    const [, audiences = ''] = /^COUNTERSIGN_AUDIENCES=(\S+) npm start$/.exec(onPorts(`${start?.body}`)) ?? []
    const server = await startAsShown(folder, authorityPort, {
      COUNTERSIGN_AUDIENCES: audiences,
      [`${name.toUpperCase()}_AUTHORITY`]: `http://localhost:${authorityPort}`,
      [`${name.toUpperCase()}_URL`]: `http://${host}`,
      [`${name.toUpperCase()}_PORT`]: String(port),
    })
    t.after(() => server.stop())
    const scripts = fences.filter(({ language }) => language === 'bash').map(({ body }) => body)

    // As in a shell that somebody types into, a job is ended with all of its processes.
    const printed = await server.run(['set -m', ...scripts])

    assert.equal(fences.length, 2 * scripts.length)
    for (const [index, shown] of fences.filter(({ language }) => language === 'text').entries()) {
      assert.equal(findDifference(onPorts(shown.body), printed[index + 1] ?? ''), null, `block ${index + 1}`)
    }
  })
}
