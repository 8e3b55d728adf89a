/** Answers in the address, such as `?callers=browser,service&pages=one_site`, so that a page of advice can be sent around. */
import { type Answers, isAsked, type Question, questions } from '@countersign/client/advisor'

/**
 * Answers as the address has them. What is missing or makes no sense is answered by the first choice, which is the
 * simplest; who calls is never assumed.
 */
export function answersOf(params: URLSearchParams): Answers {
  let answers: Answers = {}
  for (const question of questions) {
    if (!isAsked(question.id, answers)) continue
    const picked = pickedOf(question, params.get(question.id))
    if (picked.length > 0) answers = { ...answers, [question.id]: picked }
  }
  return answers
}

function pickedOf(question: Question, text: string | null): readonly string[] {
  const ids: readonly string[] = question.choices.map(({ id }) => id)
  const named = (text ?? '').split(',').filter((one) => ids.includes(one))
  if (question.many) return ids.filter((id) => named.includes(id))
  return named.length === 1 ? named : ids.slice(0, 1)
}
