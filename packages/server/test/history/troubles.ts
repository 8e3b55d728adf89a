/**
 * What has gone wrong in a history, where and when: an answer of "cannot know" is good only near to something
 * of this, and a confirmation may be slow only then.
 */
import type { World } from './world.ts'

export interface Troubles {
  /** Something happened at one place and was over at once. */
  note(place: string, what: string): void
  /** Something begins; the answer ends it. */
  begin(place: string, what: string): () => void
  /** What there was at these places between two moments; null for nothing. `all` looks everywhere. */
  find(places: readonly string[] | 'all', fromMs: number, untilMs: number): string | null
  all(): readonly Trouble[]
}

export interface Trouble {
  readonly place: string
  readonly what: string
  readonly fromMs: number
  untilMs: number
}

export function createTroubles(world: World): Troubles {
  const troubles: Trouble[] = []
  const open = (place: string, what: string, untilMs: number): Trouble => {
    const trouble = { place, what, fromMs: world.nowMs, untilMs }
    troubles.push(trouble)
    return trouble
  }
  return {
    note: (place, what) => void open(place, what, world.nowMs),
    begin: (place, what) => {
      const trouble = open(place, what, Number.POSITIVE_INFINITY)
      return () => {
        trouble.untilMs = Math.min(trouble.untilMs, world.nowMs)
      }
    },
    find: (places, fromMs, untilMs) => {
      const found = troubles.find(
        (trouble) =>
          trouble.fromMs <= untilMs &&
          trouble.untilMs >= fromMs &&
          (places === 'all' || places.includes(trouble.place)),
      )
      return found === undefined ? null : `${found.what} (${found.place})`
    },
    all: () => troubles,
  }
}
