import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

const verifier = { position: 7, leaseHolds: true, revokedNodes: 3, verdicts: 11 }
const feed = {
  verifiers: 4,
  lag: 2,
  held: 3,
  polls: 19,
  answersWithEntries: 6,
  wentBackwards: 1,
  knowsAll: true,
}
const create = (passwords = { running: 1, waiting: 5 }) =>
  createMetrics({ passwords, verifier: () => verifier, feed: () => feed })

/** The samples of a scrape by name and labels, each seen once. */
async function scrape(metrics: ReturnType<typeof createMetrics>): Promise<Map<string, number>> {
  const { text } = await metrics.scrape()
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const match = /^([a-z0-9_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/.exec(line)
    assert.ok(match, line)
    assert.ok(!samples.has(match[1] ?? ''), line)
    samples.set(match[1] ?? '', Number(match[2]))
  }
  return samples
}

test('labels that would break a line are escaped', async () => {
  const metrics = create()

  metrics.revocation('a"b\\c\nd')

  const samples = await scrape(metrics)
  assert.equal(samples.get('countersign_revocations_total{kind="a\\"b\\\\c\\nd"}'), 1)
})

test('strangers’ labels do not grow the memory: beyond two thousand they are one', async () => {
  const metrics = create()

  for (let index = 0; index < 10_000; index += 1) {
    metrics.request(`route${index}`, 'ok', 1)
    metrics.revocation(`kind${index}`)
  }

  const samples = await scrape(metrics)
  const names = [...samples.keys()]
  assert.equal(
    samples.get('countersign_http_request_duration_seconds_count{route="other",outcome="other"}'),
    8000,
  )
  assert.equal(samples.get('countersign_revocations_total{kind="other"}'), 8000)
  assert.ok(names.filter((name) => name.includes('_count{')).length <= 2001)
  assert.ok(names.filter((name) => name.startsWith('countersign_revocations')).length <= 2001)
})

test('requests are counted by route and outcome, in cumulative buckets', async () => {
  const metrics = create()
  metrics.request('sign_in', 'ok', 1)
  metrics.request('sign_in', 'ok', 30)
  metrics.request('sign_in', 'ok', 60_000)
  metrics.request('sign_in', 'invalid_credentials', 20)

  const samples = await scrape(metrics)

  const name = 'countersign_http_request_duration_seconds'
  const bucket = (le: string) => samples.get(`${name}_bucket{route="sign_in",outcome="ok",le="${le}"}`)
  assert.deepEqual(['0.001', '0.025', '0.05', '10', '+Inf'].map(bucket), [1, 1, 2, 2, 3])
  assert.equal(samples.get(`${name}_sum{route="sign_in",outcome="ok"}`), 60.031)
  assert.equal(samples.get(`${name}_count{route="sign_in",outcome="ok"}`), 3)
  assert.equal(samples.get(`${name}_count{route="sign_in",outcome="invalid_credentials"}`), 1)
})

test('sign-ins, revocations and store errors are counted, and nothing counts twice by scraping', async () => {
  const metrics = create()
  assert.equal((await scrape(metrics)).get('countersign_store_errors_total'), 0)
  metrics.signIn('success')
  metrics.signIn('refused')
  metrics.signIn('refused')
  metrics.revocation('session')
  metrics.storeError()

  await scrape(metrics)
  const samples = await scrape(metrics)

  assert.equal(samples.get('countersign_sign_ins_total{outcome="success"}'), 1)
  assert.equal(samples.get('countersign_sign_ins_total{outcome="refused"}'), 2)
  assert.equal(samples.get('countersign_revocations_total{kind="session"}'), 1)
  assert.equal(samples.get('countersign_store_errors_total'), 1)
})

test('a scrape reads the queue, the verifier and the process as they are then', async () => {
  const passwords = { running: 0, waiting: 0 }
  const metrics = create(passwords)
  await scrape(metrics)
  passwords.waiting = 9

  const samples = await scrape(metrics)

  assert.equal(samples.get('countersign_password_hashes_waiting'), 9)
  assert.equal(samples.get('countersign_lease_holds'), 1)
  assert.equal(samples.get('countersign_log_position'), 7)
  assert.equal(samples.get('countersign_revoked_nodes'), 3)
  assert.equal(samples.get('countersign_verifiers'), 4)
  assert.equal(samples.get('countersign_verifier_lag_positions'), 2)
  assert.equal(samples.get('countersign_polls_total'), 19)
  assert.equal(samples.get('countersign_log_went_backwards_total'), 1)
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
  ]) {
    assert.equal(typeof samples.get(name), 'number', name)
  }
})

test('two authorities in one process do not share their counters', async () => {
  const [one, other] = [create(), create()]
  one.signIn('success')

  assert.equal((await scrape(one)).get('countersign_sign_ins_total{outcome="success"}'), 1)
  assert.equal((await scrape(other)).get('countersign_sign_ins_total{outcome="success"}'), undefined)
})

test('the answer says its format', async () => {
  assert.match((await create().scrape()).contentType, /^text\/plain; version=0\.0\.4/)
})
