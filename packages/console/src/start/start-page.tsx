/** The first steps of an authority, each of which sees by itself whether it is done; the last waits for a request. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, type RefObject, useRef, useState } from 'react'
import { Link } from 'wouter'
import { myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMe } from '../shell/me.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { Icon } from '../ui/icon.tsx'
import { Chip, Notice, PageHeader } from '../ui/parts.tsx'
import { ProtectStep } from './protect-step.tsx'
import { SecureStep } from './secure-step.tsx'
import { firstRequest, snippetLanguages } from './snippets.ts'
import css from './start.module.css'
import { startTexts } from './texts.ts'

const DAY_SECONDS = 86_400
const WATCH_MS = 1_500

export function StartPage(): ReactNode {
  const words = useTexts(startTexts)
  const { principal } = useMe()
  const factors = useQuery({ ...myFactorsQuery, enabled: principal.kind === 'account' })
  const second = useRef<HTMLHeadingElement>(null)
  const isSecure = (factors.data?.items.length ?? 0) > 0
  const [made, setMade] = useState<ApiKeyWithSecret | null>(null)
  const make = useAction({
    run: () => client.apiKeys.create({ name: words.keyName, permissions: [], expires_in: DAY_SECONDS }),
    changes: [['api-keys']],
    onDone: setMade,
  })
  const [isProtected, setProtected] = useState(false)
  const isUsedNow = useFirstUse(made?.api_key.id ?? null)
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <ol className={css.steps}>
        <Step
          number={1}
          title={words.secure}
          text={
            isSecure ? words.secureDone : client.passkeys.isSupported ? words.secureText : words.secureTextApp
          }
          isDone={isSecure}
        >
          <SecureStep isSecure={isSecure} onDone={() => second.current?.focus()} />
        </Step>
        <Step number={2} title={words.choose} text={words.chooseText} heading={second}>
          <Link href="/console/advisor">{words.toAdvisor}</Link>
        </Step>
        <Step
          number={3}
          title={words.key}
          text={made === null ? words.keyText : words.keyDone}
          isDone={made !== null}
        >
          {made === null && (
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {words.makeKey}
            </Button>
          )}
        </Step>
        <Step number={4} title={words.request} text={words.requestText} isDone={isUsedNow}>
          {made !== null && <FirstRequest secret={made.secret.reveal()} isUsed={isUsedNow} />}
        </Step>
        <Step number={5} title={words.protect} text={words.protectText} isDone={isProtected}>
          {made !== null && <ProtectStep caller={made} onDone={() => setProtected(true)} />}
        </Step>
        <Step number={6} title={words.next} text={words.nextText}>
          <Link href="/console/clients">{words.toClients}</Link>
          <Link href="/console/programs">{words.toPrograms}</Link>
        </Step>
      </ol>
    </>
  )
}

/** Whether the key was used; asked for as long as nobody has. */
function useFirstUse(id: string | null): boolean {
  const key = useQuery({
    queryKey: ['first-use', id],
    queryFn: () => client.apiKeys.read(id ?? ''),
    enabled: id !== null,
    refetchInterval: ({ state }) => (isUsed(state.data) ? false : WATCH_MS),
  })
  return isUsed(key.data)
}

const isUsed = (key: ApiKeyShape | undefined): boolean => key !== undefined && key.last_used_at !== null

interface StepProps {
  readonly number: number
  readonly title: string
  readonly text: string
  /** Left out for what is never done for good. */
  readonly isDone?: boolean
  /** Where the focus can be put. */
  readonly heading?: RefObject<HTMLHeadingElement | null>
  readonly children: ReactNode
}

function Step({ number, title, text, isDone, heading, children }: StepProps): ReactNode {
  const words = useTexts(startTexts)
  return (
    <li className={css.step} data-done={isDone === true}>
      <span className={css.number} aria-hidden>
        {isDone === true ? <Icon name="check" size={16} /> : number}
      </span>
      <div className={css.body}>
        <h2 ref={heading} tabIndex={-1}>
          {title}
          {isDone !== undefined && (
            <Chip tone={isDone ? 'good' : 'neutral'}>{isDone ? words.done : words.open}</Chip>
          )}
        </h2>
        <p>{text}</p>
        <div className={css.act}>{children}</div>
      </div>
    </li>
  )
}

interface FirstRequestProps {
  readonly secret: string
  readonly isUsed: boolean
}

function FirstRequest({ secret, isUsed: hasArrived }: FirstRequestProps): ReactNode {
  const words = useTexts(startTexts)
  const [language, setLanguage] = useState<(typeof snippetLanguages)[number]>('curl')
  return (
    <div className={css.request}>
      <SegmentedControl
        size="xs"
        aria-label={words.language}
        data={[...snippetLanguages]}
        value={language}
        onChange={(value) => {
          const chosen = snippetLanguages.find((one) => one === value)
          if (chosen !== undefined) setLanguage(chosen)
        }}
      />
      <CodeBlock title={language} code={firstRequest(language, window.location.origin, secret)} />
      <div role="status">
        {hasArrived ? (
          <Notice tone="good">{words.got}</Notice>
        ) : (
          <span className={css.waiting}>
            <span className={css.pulse} aria-hidden />
            {words.waiting}
          </span>
        )}
      </div>
    </div>
  )
}
