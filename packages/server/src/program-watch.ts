/**
 * What API keys and service accounts were used for, gathered in memory until it is held against their history. What is
 * lost in a crash is the last few seconds of what would have been learned or told.
 */
import { type ProgramId, type ProgramUse, type RequestFacts, toNetwork } from '@countersign/core'

export interface ProgramWatch {
  note(subject: ProgramId, use: ProgramUse): void
  /** Judges what was gathered. What could not be judged is kept for the next time, and the first error thrown. */
  judge(facts: RequestFacts): Promise<void>
}

type Judge = (subject: ProgramId, uses: readonly ProgramUse[], facts: RequestFacts) => Promise<boolean>

type Gathered = Map<ProgramId, Map<string, ProgramUse>>

/** More programs than this between two rounds are not gathered, nor more places and programs of one. */
const SUBJECTS_MAX = 20_000
const USES_PER_SUBJECT_MAX = 64
/** Judged side by side: writes that come together are committed together. */
const AT_ONCE = 16

export function createProgramWatch(judgeOne: Judge): ProgramWatch {
  let gathered: Gathered = new Map()
  let running: Promise<void> = Promise.resolve()

  const round = async (facts: RequestFacts): Promise<void> => {
    const taken = [...gathered]
    gathered = new Map()
    const errors: unknown[] = []
    const judge = async ([subject, uses]: (typeof taken)[number]): Promise<void> => {
      try {
        if (await judgeOne(subject, [...uses.values()], facts)) return
      } catch (error) {
        errors.push(error)
      }
      for (const use of uses.values()) add(gathered, subject, use)
    }
    for (let start = 0; start < taken.length; start += AT_ONCE) {
      await Promise.all(taken.slice(start, start + AT_ONCE).map(judge))
    }
    if (errors.length > 0) throw errors[0]
  }
  return {
    note: (subject, use) => add(gathered, subject, use),
    // One round at a time: two would judge the same program against the same history.
    judge: (facts) => {
      running = running.catch(() => undefined).then(() => round(facts))
      return running
    },
  }
}

function add(gathered: Gathered, subject: ProgramId, use: ProgramUse): void {
  let uses = gathered.get(subject)
  if (uses === undefined) {
    if (gathered.size >= SUBJECTS_MAX) return
    uses = new Map()
    gathered.set(subject, uses)
  }
  const key = `${toNetwork(use.address)} ${use.agent}`
  const known = uses.get(key)
  if (known === undefined) {
    if (uses.size < USES_PER_SUBJECT_MAX) uses.set(key, use)
    return
  }
  const later = use.atMs >= known.atMs ? use : known
  uses.set(key, { ...later, count: known.count + use.count })
}
