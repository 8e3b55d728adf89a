/** Advice as a person reads it: what for whom and why, what was given up, what to set, and code to begin with. */
import {
  type Advice,
  type Answers,
  type CallerAdvice,
  type CallerKind,
  type Condition,
  cautions,
  isAsked,
  methodRules,
  methods,
  questions,
  settingRules,
  simpler,
} from '@countersign/client/advisor'
import type { Terminal } from '../terminal.ts'

export function showAdvice(advice: Advice, terminal: Terminal): void {
  const { style, out } = terminal
  for (const { text } of advice.simpler) out(`\n${style.yellow('You may not need it.')} ${text}`)
  for (const caller of advice.callers) showCaller(caller, terminal)
  if (advice.cautions.length > 0) out(`\n${style.bold('What pulls apart')}`)
  for (const { text } of advice.cautions) out(`  – ${text}`)
  out(`\n${style.bold('Settings')}`)
  for (const { key, variable, reason, secret } of advice.settings) {
    out(`  ${style.cyan(secret ? variable : key)}  ${reason}`)
  }
  out(`\n${style.dim('countersign.config.json')}\n${advice.configuration}`)
  if (advice.environment !== '') out(`\n${style.dim('environment')}\n${advice.environment}`)
  for (const { title, code } of advice.snippets) out(`\n${style.bold(title)}\n${code}`)
}

function showCaller(advised: CallerAdvice, { style, out }: Terminal): void {
  out(`\n${labelOf(advised.caller)}: ${style.bold(style.green(advised.name))}`)
  out(`  ${advised.reason}`)
  out(`  ${style.dim('how')}   ${advised.how}`)
  out(`  ${style.dim('costs')} ${advised.cost}`)
  for (const { name, instead } of advised.passedOver) out(`  ${style.dim(`not ${name}:`)} ${instead}`)
}

const labelOf = (caller: CallerKind): string => labelIn('callers', caller)

function labelIn(questionId: string, choiceId: string): string {
  const question = questions.find(({ id }) => id === questionId)
  const found = question?.choices.find((choice: { readonly id: string }) => choice.id === choiceId)
  return found?.label ?? choiceId
}

interface ShownRule {
  readonly id: string
  readonly when: Condition
  readonly unless?: Condition
  readonly says: string
}

/** Every rule there is, in order, with the mark of those that decided. */
export function showRules(answers: Answers, advice: Advice, { style, out }: Terminal): void {
  const fired = firedBy(advice)
  out(`\n${style.bold('Rules')} ${style.dim('✓ decided; – did not')}`)
  for (const { id, when, unless, says } of allRules()) {
    const mark = fired.has(id) ? style.green('✓') : style.dim('–')
    out(
      `  ${mark} ${id}  ${style.dim(describe(when) + (unless ? `, unless ${describe(unless)}` : ''))}  ${says}`,
    )
  }
  const unasked = questions.filter(({ id }) => !isAsked(id, answers)).map(({ id }) => id)
  if (unasked.length > 0) out(style.dim(`  Not asked, since it decides nothing here: ${unasked.join(', ')}.`))
}

/** The ids of the rules that this advice came from. */
export function firedBy(advice: Advice): ReadonlySet<string> {
  const parts = [advice.callers, advice.simpler, advice.cautions, advice.settings]
  return new Set(parts.flatMap((part) => part.map(({ rule }) => rule)))
}

function allRules(): readonly ShownRule[] {
  return [
    ...methodRules.map(({ id, caller, when, method, reason }) => ({
      id,
      when: { callers: [caller], ...when },
      says: `${methods[method].name}. ${reason}`,
    })),
    ...[...simpler, ...cautions].map(({ id, when, text }) => ({ id, when, says: text })),
    ...settingRules.map(({ key, reason, ...rule }) => ({ ...rule, says: `${key}. ${reason}` })),
  ]
}

function describe(when: Condition): string {
  const parts = Object.entries(when).map(([question, choices]) => `${question}: ${choices.join(' or ')}`)
  return parts.length === 0 ? 'always' : parts.join(', ')
}
