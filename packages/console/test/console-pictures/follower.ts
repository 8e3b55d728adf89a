/** A verifier as the authority sees one: it follows the revocation log, and can be made to stop acknowledging. */
import type { World } from '../world.ts'

export interface Follower {
  /** What comes from now on is not applied, and so not acknowledged. */
  pause(): void
  goOn(): void
  close(): Promise<void>
}

const HOLD_MS = 500

/** `name` is its id: 32 characters. */
export function openFollower(world: World, key: string, name: string): Follower {
  let paused: Promise<void> | null = null
  let release = (): void => undefined
  const leaving = new AbortController()
  const goOn = (): void => {
    release()
    paused = null
  }
  const follow = async (): Promise<void> => {
    let place = ''
    while (!leaving.signal.aborted) {
      const url = `${world.url}/v1/revocations?verifier=${name}&hold_ms=${HOLD_MS}${place}`
      const answer = await fetch(url, { headers: { 'x-api-key': key }, signal: leaving.signal })
      const { epoch, position }: { epoch: string; position: number } = JSON.parse(await answer.text())
      place = `&epoch=${epoch}&after=${position}`
      if (paused !== null) await paused
    }
  }
  const ended = follow().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error
  })
  return {
    pause: () => {
      paused = new Promise((resolve) => {
        release = resolve
      })
    },
    goOn,
    close: async () => {
      leaving.abort()
      goOn()
      await ended
    },
  }
}
