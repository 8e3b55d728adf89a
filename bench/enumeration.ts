/**
 * Whether the time to answer tells which addresses have an account: wrong passwords and forgotten ones, for known
 * and unknown addresses in turns. The figure is the median difference of neighbours, with a bootstrap interval.
 */
import { createHmac, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchResult, median } from './measure.ts'
import { at, call, signIn, signUp } from './server/api.ts'
import { Child, numberOf } from './server/child.ts'

/** Each address may be tried so often before anybody has to wait. */
const TRIES_EACH = 4
const ACCOUNTS = 64
const WARM_UP = 16
const RESAMPLES = 2000
/** Of the time of a call: less is lost in any network, and in what other requests do to the server. */
const SHARE_MAX = 0.02
/** Answers on a beat are late on purpose: of their time a share would be much. */
const BOUND_US_MAX = 500

/** Takes about half a minute. */
export async function benchEnumeration(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-enumeration-'))
  const child = Child.start('./authority-child.ts', { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const emails = await signUp(port, ACCOUNTS)
    const strong = emails.slice(0, ACCOUNTS / 2)
    for (const email of strong) await enrol(port, email)
    const plain = emails.slice(ACCOUNTS / 2)
    const wrong = (email: string) => post(port, '/v1/sign-in', { email, password: 'not the right words' })
    const reset = (email: string) => post(port, '/v1/password-reset', { email })
    return [
      await compare('sign-in with a wrong password: known and unknown', plain, wrong),
      await compare('the same, known with a second factor and unknown', strong, wrong),
      await compare('forgotten password: known and unknown', plain, reset),
      await compare('the same, known with a second factor and unknown', strong, reset),
    ]
  } finally {
    await child.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Ask = (email: string) => Promise<void>

async function compare(name: string, known: readonly string[], ask: Ask): Promise<BenchResult> {
  const differences: number[] = []
  const times: number[] = []
  const pairs = known.flatMap((email) => Array.from({ length: TRIES_EACH }, () => email))
  for (const [index, email] of pairs.entries()) {
    // A fresh one each: what is known about an address is counted for those that nobody has as well.
    const nobody = `nobody-${randomInt(2 ** 40)}@example.com`
    const order = randomInt(2) === 0 ? [email, nobody] : [nobody, email]
    const took = new Map<string, number>()
    for (const one of order) took.set(one, await timeOf(ask, one))
    if (index < WARM_UP) continue
    differences.push((took.get(email) ?? 0) - (took.get(nobody) ?? 0))
    times.push(took.get(nobody) ?? 0)
  }
  const [low, high] = interval(differences)
  const difference = median(differences)
  const bound = Math.min(median(times) * SHARE_MAX, BOUND_US_MAX)
  return {
    name: `${name}: 99 % interval ${low.toFixed(0)} to ${high.toFixed(0)} µs`,
    unit: 'µs of difference',
    ours: Math.abs(difference),
    theirs: null,
    ratio: null,
    target: `an interval around 0, or at most ${bound.toFixed(0)} µs`,
    met: (low <= 0 && high >= 0) || Math.abs(difference) <= bound,
  }
}

/** In microseconds. */
async function timeOf(ask: Ask, email: string): Promise<number> {
  const startedMs = performance.now()
  await ask(email)
  return (performance.now() - startedMs) * 1000
}

/** The middle 99 % of medians of samples drawn with replacement. */
function interval(values: readonly number[]): readonly [number, number] {
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[randomInt(values.length)] ?? 0)),
  ).sort((left, right) => left - right)
  const at = (share: number): number => medians[Math.floor(share * (RESAMPLES - 1))] ?? 0
  return [at(0.005), at(0.995)]
}

/** A refusal is what is measured. */
async function post(port: number, path: string, body: object): Promise<void> {
  const base = `http://localhost:${port}`
  const headers = { origin: base, 'content-type': 'application/json' }
  const answer = await fetch(`${base}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  await answer.arrayBuffer()
  if (answer.status !== 401 && answer.status !== 202) throw new Error(`${path}: ${answer.status}`)
}

async function enrol(port: number, email: string): Promise<void> {
  const token = at(await signIn(port, email, 'session_token'), 'session_token')
  const headers = { authorization: `Bearer ${token}` }
  const offered = await call(port, 'POST', '/v1/me/factors/totp', { headers, json: {} })
  const code = codeOf(at(offered, 'secret'), Date.now())
  const path = `/v1/me/factors/${at(offered, 'factor', 'id')}/confirm`
  await call(port, 'POST', path, { headers, json: { code } })
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 6238 §4 with SHA-1, 30 seconds and six digits. */
function codeOf(seed: string, nowMs: number): string {
  const bits = [...seed].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}
