/** Answers to the advisor's questions: read from outside, completed question by question, matched with conditions. */
import {
  askedWhen,
  type ChoiceId,
  type Condition,
  type Question,
  type QuestionId,
  questions,
} from './questions.ts'

/** By question, what was picked: one choice, or several where the question takes many. */
export type Answers = { readonly [Id in QuestionId]?: readonly ChoiceId<Id>[] }

export type ParsedAnswers =
  | { readonly ok: true; readonly answers: Answers }
  /** Sentences for whoever wrote them. */
  | { readonly ok: false; readonly mistakes: readonly string[] }

/**
 * Reads answers such as `{"callers": ["browser"], "pages": "same_host"}`. Every question that matters must be answered;
 * what does not matter is left out, so that it cannot decide anything.
 */
export function parseAnswers(value: unknown): ParsedAnswers {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, mistakes: ['Answers are an object: a question’s id, and the id of what was picked.'] }
  }
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(value))
  const read = questions.map((question) => [question, readOne(question, given.get(question.id))] as const)
  const mistakes = [...unknownQuestions(given), ...read.map(([, one]) => one).filter(isMistake)]
  if (mistakes.length > 0) return { ok: false, mistakes }
  const picked = read.flatMap(([{ id }, one]) => (Array.isArray(one) ? [[id, one]] : []))
  const answers: Answers = Object.fromEntries(picked)
  const asked = questions.filter(({ id }) => isAsked(id, answers))
  const open = asked.filter(({ id }) => answers[id] === undefined)
  return open.length > 0
    ? { ok: false, mistakes: open.map((question) => `${question.id} is not answered. ${toOffer(question)}`) }
    : { ok: true, answers: Object.fromEntries(asked.map(({ id }) => [id, answers[id]])) }
}

/** The next question, or null when there is none left. */
export function nextQuestion(answers: Answers): Question | null {
  return questions.find(({ id }) => isAsked(id, answers) && answers[id] === undefined) ?? null
}

export function isAsked(id: QuestionId, answers: Answers): boolean {
  const condition = askedWhen[id]
  return condition === undefined || holds(condition, answers)
}

export function holds(condition: Condition, answers: Answers): boolean {
  return questions.every(({ id }) => {
    const wanted: readonly string[] | undefined = condition[id]
    return wanted === undefined || (answers[id] ?? []).some((choice) => wanted.includes(choice))
  })
}

const isMistake = (read: string | readonly string[] | null): read is string => typeof read === 'string'

function unknownQuestions(given: ReadonlyMap<string, unknown>): readonly string[] {
  const known = new Set<string>(questions.map(({ id }) => id))
  return [...given.keys()].some((id) => !known.has(id))
    ? [`There are answers to questions that nobody asks. The questions are: ${[...known].join(', ')}.`]
    : []
}

/** A mistake in words, the choices, or null where there is no answer. */
function readOne(question: Question, value: unknown): string | readonly string[] | null {
  if (value === undefined) return null
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  const ids = question.choices.map(({ id }) => id)
  const picked = ids.filter((id) => all.includes(id))
  const right = picked.length === all.length && (question.many ? picked.length > 0 : picked.length === 1)
  return right ? picked : `${question.id} is answered wrongly. ${toOffer(question)}`
}

const toOffer = ({ many, choices }: Question): string =>
  `It takes ${many ? 'one or more' : 'one'} of: ${choices.map(({ id }) => id).join(', ')}.`
