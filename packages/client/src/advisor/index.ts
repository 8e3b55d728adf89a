export {
  type Advice,
  type AdvisedRemark,
  type AdvisedSetting,
  advise,
  type CallerAdvice,
} from './advise.ts'
export { type Answers, isAsked, nextQuestion, type ParsedAnswers, parseAnswers } from './answers.ts'
export { type CallerKind, type Method, type MethodRule, methodRules, methods } from './methods.ts'
export {
  askedWhen,
  type Choice,
  type ChoiceId,
  type Condition,
  type Question,
  type QuestionId,
  questions,
} from './questions.ts'
export { cautions, type Remark, simpler } from './remarks.ts'
export { settingRules } from './settings.ts'
export type { Snippet } from './snippets.ts'
