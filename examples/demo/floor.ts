/** Somebody who watches the gym's stream of who is in, until it is closed. */
import assert from 'node:assert/strict'

export interface FloorWatch {
  /** Resolves when an event has told that somebody is in. Rejects when the stream has closed before. */
  shows(member: string): Promise<void>
  /** Resolves when the gym has closed the stream, with the time of `performance.now` at which it did. */
  closed(): Promise<number>
}

const PATIENCE_MS = 60_000

/** Resolves when the first event has arrived. */
export async function watchFloor(gym: string, authorization: string): Promise<FloorWatch> {
  const response = await fetch(`${gym}/floor`, {
    headers: { authorization },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  assert.equal(response.status, 200, 'The gym did not show who is in.')
  assert.ok(response.body)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let told = (await reader.read()).value ?? ''
  const readOn = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    told += value ?? ''
    return !done
  }
  return {
    shows: async (member) => {
      while (!told.includes(`"${member}"`)) assert.ok(await readOn(), `${member} did not come in.`)
    },
    closed: async () => {
      while (await readOn());
      return performance.now()
    },
  }
}
