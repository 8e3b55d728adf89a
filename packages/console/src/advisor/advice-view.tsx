/** The advice: for each caller a method with its reason and its cost, then what to set, and code to begin with. */
import type { Advice, AdvisedRemark, CallerAdvice } from '@countersign/client/advisor'
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { Chip, Notice, Section } from '../ui/parts.tsx'
import css from './advisor.module.css'
import { say, sayCaller } from './say.ts'
import { advisorTexts } from './texts.ts'

export function AdviceView({ advice }: { readonly advice: Advice }): ReactNode {
  const words = useTexts(advisorTexts)
  return (
    <>
      <Remarks tone="brand" title={words.simpler} remarks={advice.simpler} />
      <Section title={words.methods}>
        {advice.callers.map((caller) => (
          <Caller key={caller.caller} advice={caller} />
        ))}
      </Section>
      <Remarks tone="warn" title={words.caution} remarks={advice.cautions} />
      <Settings advice={advice} />
      <Code advice={advice} />
    </>
  )
}

interface RemarksProps {
  readonly tone: 'brand' | 'warn'
  readonly title: string
  readonly remarks: readonly AdvisedRemark[]
}

function Remarks({ tone, title, remarks }: RemarksProps): ReactNode {
  const { language } = useSpeech()
  if (remarks.length === 0) return null
  return (
    <div className={css.notices}>
      {remarks.map(({ rule, text }) => (
        <Notice key={rule} tone={tone} title={title}>
          {say(language, rule, text)}
        </Notice>
      ))}
    </div>
  )
}

function Caller({ advice }: { readonly advice: CallerAdvice }): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(advisorTexts)
  const { caller, method, rule } = advice
  return (
    <article className={css.caller}>
      <h3>
        {sayCaller(caller, language)}
        <Chip tone="brand">{say(language, `${method}.name`, advice.name)}</Chip>
      </h3>
      <p>{say(language, `${method}.how`, advice.how)}</p>
      <dl>
        <div>
          <dt>{words.why}</dt>
          <dd>{say(language, `${rule}.reason`, advice.reason)}</dd>
        </div>
        <div>
          <dt>{words.cost}</dt>
          <dd>{say(language, `${method}.cost`, advice.cost)}</dd>
        </div>
      </dl>
      {advice.passedOver.length > 0 && (
        <details className={css.others}>
          <summary>{words.passedOver}</summary>
          <ul>
            {advice.passedOver.map((other) => (
              <li key={other.method}>
                <strong>{say(language, `${other.method}.name`, other.name)}.</strong>{' '}
                {say(language, other.instead, other.instead)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </article>
  )
}

function Settings({ advice }: { readonly advice: Advice }): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(advisorTexts)
  return (
    <Section title={words.settings} lead={words.settingsLead}>
      <ul className={css.settings}>
        {advice.settings.map(({ rule, variable, value, reason }) => (
          <li key={rule}>
            <code>
              {variable}={Array.isArray(value) ? value.join(',') : value}
            </code>
            <small>{say(language, reason, reason)}</small>
          </li>
        ))}
      </ul>
      <div className={css.blocks}>
        <CodeBlock title="countersign.config.json" code={advice.configuration} />
        {advice.environment !== '' && <CodeBlock title={words.environment} code={advice.environment} />}
      </div>
    </Section>
  )
}

function Code({ advice }: { readonly advice: Advice }): ReactNode {
  const { language } = useSpeech()
  const words = useTexts(advisorTexts)
  return (
    <Section title={words.code} lead={words.codeLead}>
      <div className={css.blocks}>
        {advice.snippets.map(({ id, title, code }) => (
          <CodeBlock key={id} title={say(language, title, title)} code={code} />
        ))}
      </div>
    </Section>
  )
}
