/** The dialogue of a bulk action: what a dry run found, then how far it has got, then what became of it. */
import type { BulkTally } from '@countersign/client'
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSpeech, useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure, Notice } from '../ui/parts.tsx'
import ui from '../ui/ui.module.css'
import css from './bulk.module.css'
import { bulkTexts } from './texts.ts'
import { type BulkParts, type BulkState, useBulk } from './use-bulk.ts'

export interface BulkDialogueProps extends BulkParts {
  readonly onClose: (isDone: boolean) => void
}

export function BulkDialogue({ onClose, ...parts }: BulkDialogueProps): ReactNode {
  const t = useT()
  const words = useTexts(bulkTexts)
  const { language } = useSpeech()
  const { state, go, stop } = useBulk(parts)
  const { noun, asked } = parts
  const say = (count: number): string => count.toLocaleString(language)
  const isBusy = state.kind === 'gathering' || state.kind === 'looking' || state.kind === 'running'
  const verb = words.verbs[noun][asked.action]
  const count = state.kind === 'gathering' ? asked.ids?.length : state.of
  const title = count === undefined ? verb : `${verb}: ${words.nouns[noun](say(count))}`
  return (
    <Modal
      opened
      onClose={() => onClose(state.kind === 'done')}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={!isBusy}
      withCloseButton={!isBusy}
    >
      <div className={ui.stack}>
        <div aria-live="polite" className={css.told}>
          <Told state={state} parts={parts} say={say} />
        </div>
        <div className={ui.buttons}>
          {isBusy ? (
            <Button variant="default" onClick={stop}>
              {words.stop}
            </Button>
          ) : (
            <Button
              variant="default"
              onClick={() => onClose(state.kind === 'done')}
              // Where there is no way back, Enter pressed once too often closes it.
              data-autofocus={asked.action !== 'enable' || undefined}
            >
              {state.kind === 'done' ? t.common.close : t.common.cancel}
            </Button>
          )}
          {state.kind === 'ready' && state.tally.done > 0 && (
            <Button
              color={asked.action === 'enable' ? 'brand' : 'danger'}
              onClick={go}
              data-autofocus={asked.action === 'enable' || undefined}
            >
              {`${verb}: ${words.nouns[noun](say(state.tally.done))}`}
            </Button>
          )}
          {state.kind === 'stopped' && state.of > 0 && <Button onClick={go}>{words.goOn}</Button>}
        </div>
      </div>
    </Modal>
  )
}

interface ToldProps {
  readonly state: BulkState
  readonly parts: BulkParts
  readonly say: (count: number) => string
}

function Told({ state, parts: { noun, asked }, say }: ToldProps): ReactNode {
  const words = useTexts(bulkTexts)
  switch (state.kind) {
    case 'gathering':
      return <Bar text={words.gathering(say(state.at))} />
    case 'looking':
      return <Bar text={words.looking(say(state.at), say(state.of))} at={state.at} of={state.of} />
    case 'running':
      return <Bar text={words.running(say(state.at), say(state.of))} at={state.at} of={state.of} />
    case 'ready':
      return (
        <>
          <p>
            {state.tally.done === 0 ? words.wouldNone : words.would(words.nouns[noun](say(state.tally.done)))}
          </p>
          {asked.action !== 'enable' && state.tally.done > 0 && <Ends tally={state.tally} say={say} />}
          <LeftOut tally={state.tally} say={say} />
          {asked.action === 'end' && state.tally.done > 0 && <Notice tone="warn">{words.forGood}</Notice>}
          {state.tally.done > 0 && <p className={css.quiet}>{words.each}</p>}
        </>
      )
    case 'done':
      return (
        <>
          <Notice tone="good">{words.done(words.nouns[noun](say(state.tally.done)))}</Notice>
          <LeftOut tally={state.tally} say={say} />
        </>
      )
    case 'stopped':
      return (
        <>
          <Notice tone="warn">
            {state.error === null
              ? words.stopped(say(state.at), say(state.of))
              : words.interrupted(say(state.at), say(state.of))}
          </Notice>
          {state.error !== null && <Failure error={state.error} />}
        </>
      )
  }
}

function Bar({ text, at, of }: { text: string; at?: number; of?: number }): ReactNode {
  const words = useTexts(bulkTexts)
  return (
    <>
      <p>{text}</p>
      <progress
        className={css.progress}
        aria-label={words.progress}
        {...(of && { value: at ?? 0, max: of })}
      />
    </>
  )
}

function Ends({ tally, say }: { readonly tally: BulkTally; readonly say: ToldProps['say'] }): ReactNode {
  const words = useTexts(bulkTexts)
  const { sessions, grants, api_keys: keys } = tally.ends
  return <p>{words.ends(say(sessions), say(grants), say(keys))}</p>
}

const SHOWN_MAX = 5

function LeftOut({ tally, say }: { readonly tally: BulkTally; readonly say: ToldProps['say'] }): ReactNode {
  const words = useTexts(bulkTexts)
  return (
    <>
      {tally.unchanged > 0 && <p>{words.unchanged(say(tally.unchanged))}</p>}
      {tally.own > 0 && <p>{words.own}</p>}
      {tally.refused.length > 0 && (
        <div>
          <p>{words.refused(say(tally.refused.length))}</p>
          <ul className={css.refused}>
            {tally.refused.slice(0, SHOWN_MAX).map(({ id, code }) => (
              <li key={id}>
                <code>{id}</code> {code}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
