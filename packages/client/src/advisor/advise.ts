/** From answers to advice: the first rule that holds for each caller, and every setting, caution and snippet that goes with it. */
import { type Answers, holds } from './answers.ts'
import { type CallerKind, type Method, type MethodRule, methodRules, methods } from './methods.ts'
import { cautions, simpler } from './remarks.ts'
import { settingRules } from './settings.ts'
import { chooseSnippets, type Snippet } from './snippets.ts'

export interface Advice {
  /** One for each kind of caller that was named, in the order of the question. */
  readonly callers: readonly CallerAdvice[]
  /** Where something less would do: reasons to leave Countersign out. Empty otherwise. */
  readonly simpler: readonly AdvisedRemark[]
  /** Wishes that pull apart, and what is given up. */
  readonly cautions: readonly AdvisedRemark[]
  readonly settings: readonly AdvisedSetting[]
  /** The text of `countersign.config.json`. */
  readonly configuration: string
  /** Lines for the environment: what must not stand in a file that is passed around. */
  readonly environment: string
  readonly snippets: readonly Snippet[]
}

export interface CallerAdvice {
  readonly caller: CallerKind
  readonly method: Method
  readonly name: string
  readonly how: string
  readonly rule: string
  readonly reason: string
  readonly cost: string
  readonly passedOver: readonly { readonly method: Method; readonly name: string; readonly instead: string }[]
}

export interface AdvisedRemark {
  readonly rule: string
  readonly text: string
}

export interface AdvisedSetting {
  readonly rule: string
  readonly key: string
  readonly variable: string
  readonly value: string | number | readonly string[]
  readonly secret: boolean
  readonly reason: string
}

/** Complete answers are expected, as `parseAnswers` returns them; what is missing fires no rule. */
export function advise(answers: Answers): Advice {
  const callers = (answers.callers ?? []).map((caller) => adviseCaller(caller, answers))
  const settings = settingRules
    .filter(({ when, unless }) => holds(when, answers) && !(unless && holds(unless, answers)))
    .map(({ id, when: _, unless: __, ...setting }) => ({ rule: id, ...setting }))
  return {
    callers,
    simpler: simplerFor(answers),
    cautions: toRemarks(cautions.filter(({ when }) => holds(when, answers))),
    settings,
    configuration: toFile(settings),
    environment: toEnvironment(settings),
    snippets: chooseSnippets(answers, callers),
  }
}

function adviseCaller(caller: CallerKind, answers: Answers): CallerAdvice {
  const rules = methodRules.filter((rule) => rule.caller === caller)
  const chosen = rules.find(({ when }) => holds(when, answers))
  // The last rule of each caller has no condition.
  if (chosen === undefined) throw new Error(`No rule advises a method for ${caller}.`)
  const { name, how, cost } = methods[chosen.method]
  const { method, id, reason } = chosen
  return { caller, method, name, how, rule: id, reason, cost, passedOver: passOver(rules, chosen) }
}

function passOver(rules: readonly MethodRule[], chosen: MethodRule): CallerAdvice['passedOver'] {
  const others = new Map<Method, string>()
  for (const { method, instead } of rules) {
    if (method !== chosen.method && !others.has(method)) others.set(method, instead)
  }
  return [...others].map(([method, instead]) => ({ method, name: methods[method].name, instead }))
}

/** Only where nobody else calls: a second kind of caller is what Countersign is for. */
function simplerFor(answers: Answers): readonly AdvisedRemark[] {
  if (answers.callers?.length !== 1) return []
  return toRemarks(simpler.filter(({ when }) => holds(when, answers)))
}

const toRemarks = (remarks: readonly { readonly id: string; readonly text: string }[]): AdvisedRemark[] =>
  remarks.map(({ id, text }) => ({ rule: id, text }))

function toFile(settings: readonly AdvisedSetting[]): string {
  const open = settings.filter(({ secret }) => !secret)
  return JSON.stringify(Object.fromEntries(open.map(({ key, value }) => [key, value])), null, 2)
}

const toEnvironment = (settings: readonly AdvisedSetting[]): string =>
  settings
    .filter(({ secret }) => secret)
    .map(({ variable, value }) => `${variable}=${value}`)
    .join('\n')
