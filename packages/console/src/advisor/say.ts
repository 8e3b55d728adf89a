/** The advisor's sentences in the person's language. The library speaks English; what German lacks is said in English. */
import {
  type CallerKind,
  type Choice,
  type Question,
  type QuestionId,
  questions,
} from '@countersign/client/advisor'
import type { Language } from '../i18n/messages.ts'
import { german } from './german.ts'

/**
 * `key` is the id of a rule, or the English sentence itself where several rules share one. The sentences are written for
 * documents, where backticks mark code; on a page they would be read as they stand.
 */
export const say = (language: Language, key: string, english: string): string =>
  (language === 'de' ? (german[key] ?? english) : english).replaceAll('`', '')

export interface SaidQuestion {
  readonly id: QuestionId
  readonly text: string
  readonly why: string
  readonly many: boolean
  readonly choices: readonly Choice<string>[]
}

export function sayQuestion(question: Question, language: Language): SaidQuestion {
  const { id, text, why, many, choices } = question
  return {
    id,
    many,
    text: say(language, `${id}.text`, text),
    why: say(language, `${id}.why`, why),
    choices: choices.map((choice) => ({
      id: choice.id,
      label: say(language, `${id}.${choice.id}`, choice.label),
      means: say(language, `${id}.${choice.id}.means`, choice.means),
    })),
  }
}

export function sayCaller(caller: CallerKind, language: Language): string {
  const label = questions[0]?.choices.find(({ id }) => id === caller)?.label ?? caller
  return say(language, `callers.${caller}`, label)
}
