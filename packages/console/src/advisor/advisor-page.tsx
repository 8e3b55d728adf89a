/** The advisor on one screen: the questions, and beside them the answer, which follows each of them at once. */
import { type Advice, advise, isAsked, questions } from '@countersign/client/advisor'
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { ChoiceCards } from '../ui/choice-cards.tsx'
import { Empty, PageHeader, Section } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { answersOf } from './address.ts'
import { AdviceView } from './advice-view.tsx'
import css from './advisor.module.css'
import { type SaidQuestion, sayQuestion } from './say.ts'
import { advisorTexts } from './texts.ts'

export function AdvisorPage(): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(advisorTexts)
  const [params, setParam] = useFilters()
  const answers = answersOf(params)
  const isEmpty = answers.callers === undefined
  const advice: Advice | null = isEmpty ? null : advise(answers)
  const asked = isEmpty ? questions.slice(0, 1) : questions.filter(({ id }) => isAsked(id, answers))
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <div className={css.columns}>
        <Section title={words.questions} lead={words.questionsLead}>
          <div className={css.questions}>
            {asked.map((question) => (
              <Ask
                key={question.id}
                question={sayQuestion(question, language)}
                value={answers[question.id] ?? []}
                onChange={(picked) => setParam(question.id, picked.join(','))}
              />
            ))}
          </div>
        </Section>
        <div className={css.answer} aria-live="polite">
          {advice === null ? (
            <Section>
              <Empty icon="explain" title={words.nobody} text={words.nobodyText} />
            </Section>
          ) : (
            <AdviceView advice={advice} />
          )}
        </div>
      </div>
    </>
  )
}

interface AskProps {
  readonly question: SaidQuestion
  readonly value: readonly string[]
  readonly onChange: (picked: readonly string[]) => void
}

const Ask = ({ question, value, onChange }: AskProps): ReactNode => (
  <ChoiceCards
    legend={question.text}
    hint={question.why}
    name={question.id}
    choices={question.choices}
    value={question.choices.map(({ id }) => id).filter((id) => value.includes(id))}
    many={question.many}
    onChange={onChange}
  />
)
