/** A history with real processes: authority nodes on SQLite or Postgres, and verifiers that reach them by wires. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { TestContext } from 'node:test'
import { createTestDatabase } from '@countersign/tools/postgres'
import { requirePostgres } from '../../crash/postgres.ts'
import { keyOf, type SendOptions } from '../../given.ts'
import { bootstrapNode } from '../../postgres/nodes.ts'
import { type Program, quiet, type Settings, startProgram, temporaryFolder } from '../../processes/spawn.ts'
import { newSecrets } from '../../races/on-each-database.ts'
import { openWire, type Wire } from './wire.ts'

export const LEASE_SECONDS = 2
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

export interface RealNode {
  readonly name: string
  program: Program
  url: string
  /** To its database; null for SQLite. */
  readonly storeWire: Wire | null
  readonly settings: Settings
  /** Those that lead to it. */
  readonly wires: Set<Wire>
}

export interface RealVerifier {
  readonly name: string
  readonly key: string
  readonly wire: Wire
  process: VerifierProcess
}

export interface VerifierProcess {
  readonly url: string
  signal(signal: NodeJS.Signals): void
}

export interface Trouble {
  readonly fromMs: number
  untilMs: number
  /** How long after it its traces may be seen. */
  readonly mendMs: number
}

/** A busy machine needs its time until everybody has found everybody again. */
export const MEND_MS = 8_000

export interface Stage {
  readonly t: TestContext
  readonly nodes: readonly RealNode[]
  readonly verifiers: readonly RealVerifier[]
  readonly adminKey: string
  /** When something was wrong, on the shared clock. */
  readonly troubles: Trouble[]
  readonly notes: { readonly atMs: number; readonly text: string }[]
}

/** Null when there is no Postgres and the test was skipped. */
export async function openStage(t: TestContext, database: 'sqlite' | 'postgres'): Promise<Stage | null> {
  const lease = { ...quiet, COUNTERSIGN_LEASE_SECONDS: String(LEASE_SECONDS) }
  if (database === 'sqlite') {
    const settings = { ...lease, COUNTERSIGN_DATA: temporaryFolder(t) }
    const adminKey = await bootstrapNode(settings)
    return furnish(t, [await startNode(t, 'A', settings, null)], adminKey)
  }
  // Two nodes take half of the connections that a server has for all tests together.
  const server = await requirePostgres(t)
  if (server === undefined) return null
  const { url } = await createTestDatabase(server.url)
  const shared = { ...lease, COUNTERSIGN_SECRETS: newSecrets() }
  const adminKey = await bootstrapNode({ ...shared, COUNTERSIGN_DATABASE: url })
  const nodes = await Promise.all(
    ['A', 'B'].map(async (name) => {
      const wire = await openWire(t, url)
      const data = { COUNTERSIGN_DATA: temporaryFolder(t), COUNTERSIGN_DATABASE: wire.url }
      return startNode(t, name, { ...shared, ...data }, wire)
    }),
  )
  return furnish(t, nodes, adminKey)
}

async function startNode(
  t: TestContext,
  name: string,
  settings: Settings,
  storeWire: Wire | null,
): Promise<RealNode> {
  const program = startProgram(t, 'server', settings)
  const { url } = await program.ready
  return { name, program, url, storeWire, settings, wires: new Set() }
}

async function furnish(t: TestContext, nodes: readonly RealNode[], adminKey: string): Promise<Stage> {
  const verifiers = await Promise.all(
    ['V1', 'V2'].map(async (name, index): Promise<RealVerifier> => {
      const node = nodes[index % nodes.length]
      assert.ok(node)
      const permissions = ['credentials:verify', 'revocations:read']
      const { secret: key } = await keyOf(toGiven(node, adminKey), permissions)
      const wire = await openWire(t, node.url)
      node.wires.add(wire)
      const process = await startVerifier(t, wire.url, key)
      await fetch(`${process.url}/ready`)
      return { name, key, wire, process }
    }),
  )
  return { t, nodes, verifiers, adminKey, troubles: [], notes: [] }
}

export async function startVerifier(t: TestContext, url: string, key: string): Promise<VerifierProcess> {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE } = process.env
  const child = spawn(
    process.execPath,
    ['--conditions=source', join(import.meta.dirname, 'verifier-program.ts')],
    {
      env: { PATH, HOME, NODE_COMPILE_CACHE, ISSUER: quiet.COUNTERSIGN_ISSUER, AUTHORITY_URL: url, KEY: key },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  t.after(() => child.kill('SIGKILL'))
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve)
    child.once('close', () => reject(new Error('The verifier ended before it listened.')))
  })
  const said: { url: string } = JSON.parse(line)
  return { url: said.url, signal: (signal) => void child.kill(signal) }
}

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

const CALL_MS_MAX = 20_000

/** One call to a node, not by any wire. */
export async function call(
  node: RealNode,
  method: string,
  path: string,
  { key, bearer, body, form }: SendOptions = {},
): Promise<Answered> {
  const response = await fetch(node.url + path, {
    method,
    headers: {
      ...(key !== undefined && { 'x-api-key': key }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    body: form !== undefined ? new URLSearchParams(form) : body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(CALL_MS_MAX),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? {} : JSON.parse(text),
  }
}

export const toGiven = (
  node: RealNode,
  adminKey: string,
): {
  adminKey: string
  send: (method: string, path: string, options?: SendOptions) => Promise<Answered>
} => ({
  adminKey,
  send: (method, path, options) => call(node, method, path, options),
})

/** Notes that something begins to be wrong; the answer, that it is over. */
export function trouble({ troubles, notes }: Stage, text: string, mendMs: number = MEND_MS): () => void {
  const one = { fromMs: nowMs(), untilMs: Number.POSITIVE_INFINITY, mendMs }
  troubles.push(one)
  notes.push({ atMs: one.fromMs, text })
  return () => {
    one.untilMs = nowMs()
    notes.push({ atMs: one.untilMs, text: `over: ${text}` })
  }
}

/** `kill -9`, and a start on the same data. */
export async function restartNode({ t }: Stage, node: RealNode): Promise<void> {
  await node.program.end('SIGKILL')
  node.program = startProgram(t, 'server', node.settings)
  node.url = (await node.program.ready).url
  for (const wire of node.wires) wire.leadTo(node.url)
}

export const sleep = (ms: number): Promise<void> => {
  const untilMs = performance.now() + ms
  return new Promise((resolve) => setTimeout(resolve, untilMs - performance.now()))
}
