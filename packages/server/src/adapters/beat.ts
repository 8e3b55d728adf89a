/**
 * Answers on a beat. Where an address is known, a mail is written besides, and its sender starts to work: a few hundred
 * microseconds that show through the answer's time on a quiet network. Answering at the next beat, which nothing here
 * depends on, takes them out (ASVS 6.3.8).
 */
import { setTimeout } from 'node:timers/promises'

/** Far more than the work takes, and less than a person notices after pressing a button. */
const BEAT_MS = 100

/**
 * Resolves, or rejects, with what `work` does, at the first beat after that. The beats are set going before the work:
 * a timer that is set after it, for what is left, would be late by what the work took in fractions of a millisecond.
 */
export async function onBeat<T>(work: () => Promise<T>, beatMs: number = BEAT_MS): Promise<T> {
  let beat = setTimeout(beatMs)
  let isDone = false
  const answer = work().finally(() => {
    isDone = true
  })
  // Whoever waits is told of a failure by the answer itself, at the beat.
  answer.catch(() => {})
  await beat
  while (!isDone) {
    beat = setTimeout(beatMs)
    await beat
  }
  return answer
}
