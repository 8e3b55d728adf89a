/** How long the lists of the API take that the console pages through: from the front, from deep within, and by a search. */
import { randomInt } from 'node:crypto'
import { type BenchResult, toLimit } from '../measure.ts'
import { emailOf } from './fill.ts'

const REQUESTS = 200
const PAGES = 40
/** What is left of a tenth of a second for the browser. */
const P99_MS_MAX = 50
/** A search for a part of a text looks at every row, and is asked for once somebody has stopped typing. */
const SEARCH_MS_MAX = 150

export interface Asked {
  readonly issuer: string
  readonly key: string
  readonly people: number
}

export async function benchLists(asked: Asked): Promise<BenchResult[]> {
  const accounts = '/v1/accounts?limit=50'
  const keys = '/v1/api-keys?owner=all&limit=50'
  const deepAccounts = await cursorsOf(asked, accounts)
  const deepKeys = await cursorsOf(asked, keys)
  const pick = (cursors: readonly string[]): string => cursors[randomInt(cursors.length)] ?? ''
  return [
    await measure(asked, 'people: first page', () => accounts),
    await measure(asked, 'people: a page deep within', () => `${accounts}&cursor=${pick(deepAccounts)}`),
    await measure(
      asked,
      'people: found by their address',
      () => {
        const email = emailOf(randomInt(asked.people))
        return `${accounts}&search=${encodeURIComponent(email.slice(0, -12))}`
      },
      SEARCH_MS_MAX,
    ),
    await measure(asked, 'API keys: first page', () => keys),
    await measure(asked, 'API keys: a page deep within', () => `${keys}&cursor=${pick(deepKeys)}`),
  ]
}

/** Places all over the list: ids are in the order of time, so that every page ends with a cursor. */
async function cursorsOf(asked: Asked, path: string): Promise<readonly string[]> {
  const cursors: string[] = []
  let cursor = ''
  for (let page = 0; page < PAGES; page += 1) {
    const next = (
      await get(asked, `${path.replace('limit=50', 'limit=200')}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    ).next_cursor
    if (next === null) break
    cursor = next
    cursors.push(cursor)
  }
  return cursors
}

async function measure(
  asked: Asked,
  name: string,
  path: () => string,
  max: number = P99_MS_MAX,
): Promise<BenchResult> {
  const times: number[] = []
  for (let count = -10; count < REQUESTS; count += 1) {
    const at = path()
    const started = performance.now()
    await get(asked, at)
    if (count >= 0) times.push(performance.now() - started)
  }
  times.sort((one, other) => one - other)
  const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN
  return toLimit(`console lists, ${asked.people.toLocaleString('en')} people: ${name}, p99`, 'ms', p99, max)
}

async function get({ issuer, key }: Asked, path: string): Promise<{ next_cursor: string | null }> {
  const response = await fetch(issuer + path, { headers: { 'x-api-key': key } })
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return (await response.json()) as { next_cursor: string | null }
}
