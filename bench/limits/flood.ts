/**
 * Signing in while a botnet tries wrong passwords: each guess from another address and for another account, so that no
 * counter stands in its way and every guess wants a hash.
 */
import { type BenchResult, median, toLimit } from '../measure.ts'
import { call, PASSWORD } from '../server/api.ts'
import { Child, numberOf } from '../server/child.ts'
import { toRequest, type Wire, withWires } from '../server/wire.ts'

/** More than the queue of hashes holds on two cores, so that it is always full. */
const FLOODERS = 96
/** Each signs in less often than one account may. */
const PEOPLE = 12
const SIGN_INS = 8
const P95_MS_MAX = 1000

interface Person {
  readonly known: string
  readonly stranger: string
}

interface Seen {
  readonly tookMs: readonly number[]
  /** How many were let in, of all. */
  readonly share: number
}

export async function benchFlood(folder: string): Promise<BenchResult[]> {
  const child = Child.start('../limits/authority-child.ts', { BENCH_FOLDER: folder })
  try {
    const port = numberOf(await child.call('ports'), 'port')
    const people: Person[] = []
    for (let index = 0; index < PEOPLE; index += 1) people.push(await makePerson(port, index))
    return await withWires(port, FLOODERS, (flooders) =>
      withWires(port, 1, async ([wire]) => {
        if (wire === undefined) throw new Error('There is no connection.')
        const quiet = await signInAll(wire, people, 'known')
        const flood = startFlood(flooders, port)
        const known = await signInAll(wire, people, 'known')
        const strangers = await signInAll(wire, people, 'stranger')
        const guesses = await flood.stop()
        return toResults({ quiet, known, strangers, guesses })
      }),
    )
  } finally {
    await child.close()
  }
}

/** Signed in once, so that there is a device to be known by, from a network of their own. */
async function makePerson(port: number, index: number): Promise<Person> {
  const email = `person-${index}@example.com`
  const base = `http://localhost:${port}`
  await call(port, 'POST', '/v1/sign-up', { json: { email, password: PASSWORD } })
  const body = JSON.stringify({ email, password: PASSWORD })
  const from = { 'x-forwarded-for': `81.${index}.7.7`, 'x-forwarded-proto': 'https' }
  const headers = { 'content-type': 'application/json', origin: base, ...from }
  const answer = await fetch(`${base}/v1/sign-in`, { method: 'POST', headers, body })
  const device = answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.includes('device'))
  if (device === undefined) throw new Error('No device cookie was set.')
  const toSignIn = (more: Readonly<Record<string, string>>): string =>
    toRequest('POST', port, '/v1/sign-in', { ...headers, ...more }, body)
  return { known: toSignIn({ cookie: device }), stranger: toSignIn({}) }
}

async function signInAll(wire: Wire, people: readonly Person[], as: keyof Person): Promise<Seen> {
  const tookMs: number[] = []
  let letIn = 0
  for (let round = 0; round < SIGN_INS; round += 1) {
    for (const person of people) {
      const beganMs = performance.now()
      const { status } = await wire.send(person[as])
      tookMs.push(performance.now() - beganMs)
      if (status === 200) letIn += 1
    }
  }
  return { tookMs, share: letIn / tookMs.length }
}

function startFlood(wires: readonly Wire[], port: number): { stop(): Promise<number> } {
  let isOn = true
  let guesses = 0
  const loop = async (wire: Wire): Promise<void> => {
    while (isOn) {
      guesses += 1
      await wire.send(toGuess(port, guesses))
    }
  }
  const all = Promise.all(wires.map(loop))
  return {
    stop: async () => {
      isOn = false
      await all
      return guesses
    },
  }
}

/** From another network each time: 62,500 of them, and then again. */
function toGuess(port: number, index: number): string {
  const address = `${20 + (index % 100)}.${Math.floor(index / 100) % 250}.${Math.floor(index / 25_000) % 250}.7`
  const headers = {
    'content-type': 'application/json',
    'x-forwarded-for': address,
    'x-forwarded-proto': 'https',
  }
  const body = JSON.stringify({ email: `victim-${index}@example.com`, password: 'another quiet otter' })
  return toRequest('POST', port, '/v1/sign-in', headers, body)
}

interface Measured {
  readonly quiet: Seen
  readonly known: Seen
  readonly strangers: Seen
  readonly guesses: number
}

function toResults({ quiet, known, strangers, guesses }: Measured): BenchResult[] {
  const name = `limits: signing in on a known device, ${FLOODERS} guesses at once`
  const refused = Math.round((1 - known.share) * known.tookMs.length)
  return [
    {
      ...toLimit(`${name}, p95`, 'ms', p95(known.tookMs), P95_MS_MAX),
      theirs: p95(quiet.tookMs),
      ratio: p95(known.tookMs) / p95(quiet.tookMs),
    },
    toLimit(`${name}, median`, 'ms', median(known.tookMs), P95_MS_MAX),
    toLimit('limits: … refused', 'sign-ins', refused, 0),
    {
      name: `limits: … of strangers with the right password let in meanwhile (${guesses} guesses)`,
      unit: '%',
      ours: strangers.share * 100,
      theirs: null,
      ratio: null,
      target: 'told, not held',
      met: true,
    },
  ]
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN
}
