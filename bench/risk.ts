/** What holding a sign-in against a year of history adds to it: reading, judging and learning, on SQLite. */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Attempt,
  EMPTY_PROFILE,
  judgeSignIn,
  learn,
  type Place,
  type RequestFacts,
  type Store,
  toJudgedDraft,
} from '@countersign/core'
import { type AccountId, type Secret, toId } from '@countersign/protocol'
import { openSqliteStore } from '@countersign/store'
import { type BenchResult, toLimit } from './measure.ts'

const P99_MS_MAX = 1
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2025, 0, 1)
const NOW_MS: number = START_MS + 365 * DAY_MS
const SIGN_INS_PER_DAY = 3
const WARM_UP = 500
const JUDGED = 5000
const ACCOUNT: AccountId = toId('acc', START_MS, new Uint8Array(10))
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** Takes a few seconds. */
export async function benchRisk(): Promise<BenchResult[]> {
  const results = join(import.meta.dirname, 'results')
  mkdirSync(results, { recursive: true })
  const folder = mkdtempSync(join(results, 'risk-'))
  const file = join(folder, 'data.db')
  const store = await openSqliteStore({ file, epoch: 'bench', nowMs: START_MS })
  try {
    await writeYear(store)
    return [...(await measure(store)), ...(await measureAdded(store))]
  } finally {
    await store.close()
    rmSync(folder, { recursive: true })
  }
}

/** Nothing is as it was: every third sign-in comes from another network, every tenth from another country. */
async function writeYear(store: Store): Promise<void> {
  let profile = EMPTY_PROFILE
  const events: Parameters<Store['appendAudit']>[0][number][] = []
  for (let turn = 0; turn < 365 * SIGN_INS_PER_DAY; turn += 1) {
    const atMs = START_MS + (turn * DAY_MS) / SIGN_INS_PER_DAY
    profile = learn(profile, toAttempt(turn, atMs))
    events.push(toEvent(turn, atMs))
  }
  await store.appendAudit(events)
  const dates = {
    createdAtMs: START_MS,
    emailVerifiedAtMs: null,
    disabledAtMs: null,
    passwordChangeRequiredAtMs: null,
    passwordBreachedAtMs: null,
  }
  const account = { id: ACCOUNT, email: 'bench@example.com', name: null, ...dates }
  const audit = toEvent(events.length, NOW_MS)
  await store.createAccount({ account, passwordHash: 'none', roles: [], audit })
  const learned = {
    account: ACCOUNT,
    profile: JSON.stringify(profile),
    signIns: profile.count,
    expiresAtMs: NOW_MS + DAY_MS,
  }
  const opened = await store.openSession({
    session: toSession(),
    digest: 'none',
    grant: null,
    sessionsMax: 10,
    entryExpiresAtMs: NOW_MS + DAY_MS,
    audit: toEvent(events.length + 1, NOW_MS),
    learned,
  })
  if (opened.kind !== 'opened') throw new Error('The profile could not be written.')
}

async function measure(store: Store): Promise<BenchResult[]> {
  const context = { store, places: { find: () => PLACE }, secrets: { digest } }
  const tookMs: number[] = []
  const busyMs: number[] = []
  for (let turn = -WARM_UP; turn < JUDGED; turn += 1) {
    const address = `198.51.${turn & 255}.7`
    const facts = { ...NOBODY, address }
    const [beganMs, before] = [performance.now(), process.cpuUsage()]
    await judgeSignIn(context, JUDGING, facts)
    const { user, system } = process.cpuUsage(before)
    if (turn < 0) continue
    tookMs.push(performance.now() - beganMs)
    busyMs.push((user + system) / 1000)
  }
  const name = 'risk: judging a sign-in against a year of history, p99'
  return [
    toLimit(`${name}, time that the process was busy`, 'ms', p99(busyMs), P99_MS_MAX),
    toLimit(`${name}, on the wall`, 'ms', p99(tookMs), P99_MS_MAX),
  ]
}

const SIGNED_IN = 1500
const SESSIONS_MAX = 20

/**
 * End to end: the transaction that opens a session, with all that risk puts before it and into it, and without; by
 * turns, each acknowledged by the disk. What is left out is the same for both: the password and the answer.
 */
async function measureAdded(store: Store): Promise<BenchResult[]> {
  const took: Record<'with' | 'without', number[]> = { with: [], without: [] }
  for (let turn = -WARM_UP; turn < 2 * SIGNED_IN; turn += 1) {
    const who = turn % 2 === 0 ? 'with' : 'without'
    const beganMs = performance.now()
    await signInOnce(store, turn + WARM_UP, who === 'with')
    if (turn >= 0) took[who].push(performance.now() - beganMs)
  }
  const added = (at: number): number => quantile(took.with, at) - quantile(took.without, at)
  const name = 'risk: added to a sign-in with a year of history, end to end'
  return [
    toLimit(`${name}, median`, 'ms', added(0.5), P99_MS_MAX),
    toLimit(`${name}, p99`, 'ms', added(0.99), P99_MS_MAX),
  ]
}

async function signInOnce(store: Store, turn: number, isJudged: boolean): Promise<void> {
  const nowMs = NOW_MS + turn * 1000
  const context = { store, places: { find: () => PLACE }, secrets: { digest }, random: RANDOM }
  const address = `198.51.${turn & 255}.7`
  const facts = { ...NOBODY, nowMs, address }
  const audit = { ...toEvent(turn, nowMs), id: toId('evt', nowMs, randomBytes(10)), type: 'session.opened' }
  const judged = isJudged ? await judgeSignIn(context, JUDGING, facts) : null
  const draft = judged === null ? null : toJudgedDraft(context, judged, ACCOUNT, audit, facts)
  const opened = await store.openSession({
    session: {
      ...toSession(),
      id: toId('ses', nowMs, randomBytes(10)),
      createdAtMs: nowMs,
      lastSeenAtMs: nowMs,
    },
    digest: 'none',
    grant: null,
    sessionsMax: SESSIONS_MAX,
    entryExpiresAtMs: nowMs + DAY_MS,
    audit,
    judged: draft,
    learned: judged?.learned ?? null,
  })
  if (opened.kind !== 'opened') throw new Error('The session was not opened.')
}

const p99 = (values: readonly number[]): number => quantile(values, 0.99)

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length * at)] ?? Number.NaN
}

const RANDOM = { bytes: (count: number): Uint8Array => randomBytes(count) }

const JUDGING = {
  account: ACCOUNT,
  subject: 'bench@example.com',
  deviceId: 'device',
  hasFactor: true,
  isPasswordBreached: false,
}
const NOBODY: RequestFacts = {
  nowMs: NOW_MS,
  requestId: 'bench',
  address: null,
  userAgent: AGENT,
  device: null,
  deviceSecrets: [],
}

const digest = (secret: Secret): string =>
  createHmac('sha256', 'a pepper').update(secret.reveal()).digest('base64url')
const PLACE: Place = {
  country: 'DE',
  city: 'Berlin',
  latitude: 52.5,
  longitude: 13.4,
  radiusKm: 20,
  asn: 3320,
  provider: null,
  isHosting: false,
}

function toAttempt(turn: number, atMs: number): Attempt {
  const place = { ...PLACE, asn: 1000 + (turn % 40), country: turn % 10 === 0 ? `X${turn % 9}` : 'DE' }
  return {
    atMs,
    address: `203.0.${turn % 3 === 0 ? turn & 255 : 113}.7`,
    place: { ...place, latitude: 40 + (turn % 20) },
    userAgent: AGENT,
    deviceId: `device ${turn % 30}`,
    failures: 0,
    networkAccounts: 0,
    isPasswordBreached: false,
  }
}

function toEvent(turn: number, atMs: number): Parameters<Store['appendAudit']>[0][number] {
  const random = new Uint8Array([...new Uint8Array(8), turn >> 8, turn & 255])
  return {
    id: toId('evt', atMs, random),
    atMs,
    type: turn % 4 === 0 ? 'sign_in.refused' : 'session.opened',
    outcome: 'success',
    actor: { kind: 'anonymous', id: null, credential: null },
    target: { kind: 'account', id: ACCOUNT },
    address: null,
    requestId: null,
    details: {},
  }
}

function toSession(): Parameters<Store['openSession']>[0]['session'] {
  const untilMs = NOW_MS + DAY_MS
  return {
    id: toId('ses', NOW_MS, new Uint8Array(10)),
    accountId: ACCOUNT,
    createdAtMs: NOW_MS,
    expiresAtMs: untilMs,
    idleSeconds: 3600,
    idleExpiresAtMs: untilMs,
    lastSeenAtMs: NOW_MS,
    lastAddress: null,
    endedAtMs: null,
    issuedPosition: 0,
    authTimeMs: NOW_MS,
    amr: ['pwd'],
    acr: null,
    delivery: 'session_token',
    device: null,
    userAgent: null,
    address: null,
    place: null,
  }
}
