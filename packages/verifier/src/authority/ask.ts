/** Asks the authority about one credential (lease protocol, rule 5). */
import type { AskAnswer } from '../verdict.ts'
import type { Call } from './call.ts'
import { readVerifyAnswer } from './read-answers.ts'
import type { Trouble } from './trouble.ts'

/** Somebody waits for the answer. */
const ASK_MS_MAX = 3_000

/** `authorityMs` is read when the question leaves. */
export function createAsk(
  call: Call,
  trouble: Trouble,
  authorityMs: () => number,
): (credential: string) => Promise<AskAnswer> {
  return (credential) =>
    trouble('verify', async () => {
      const askedAtMs = authorityMs()
      const { status, body } = await call('/v1/verify', { body: { credential }, timeLimitMs: ASK_MS_MAX })
      if (status !== 200) throw new Error(`status ${status}`)
      return readVerifyAnswer(body, askedAtMs)
    })
}
