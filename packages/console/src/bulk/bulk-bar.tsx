/** The bar under a list in which something is chosen: how many, all that match, and what can be done with them. */
import type { BulkNoun } from '@countersign/client'
import type { BulkActionShape, Page } from '@countersign/protocol'
import { Button } from '@mantine/core'
import type { QueryKey } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import css from './bulk.module.css'
import { BulkDialogue } from './bulk-dialogue.tsx'
import type { Selection } from './selection.tsx'
import { bulkTexts } from './texts.ts'

export interface BulkBarProps {
  readonly noun: BulkNoun
  readonly selection: Selection
  /** One page of all that match, for whoever chooses all. */
  readonly list: (cursor: string | undefined) => Promise<Page<{ readonly id: string }>>
  readonly changes: readonly QueryKey[]
}

export interface Asked {
  readonly action: BulkActionShape
  /** Null for all that match. */
  readonly ids: readonly string[] | null
}

const ACTIONS: readonly BulkActionShape[] = ['enable', 'disable', 'end']

export function BulkBar({ noun, selection, list, changes }: BulkBarProps): ReactNode {
  const words = useTexts(bulkTexts)
  const { language } = useSpeech()
  const [asked, setAsked] = useState<Asked | null>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const count = selection.ids.size.toLocaleString(language)
  return (
    <section className={css.bar} aria-label={words.bar}>
      <strong aria-live="polite">{selection.isAll ? words.allChosen : words.chosen(count)}</strong>
      <span className={css.choices}>
        {!selection.isAll && (
          <Button variant="subtle" size="xs" onClick={selection.takeAll}>
            {words.takeAll}
          </Button>
        )}
        <Button variant="subtle" size="xs" onClick={selection.clear}>
          {words.clear}
        </Button>
      </span>
      <span className={css.actions}>
        {ACTIONS.map((action) => (
          <Button
            key={action}
            size="xs"
            variant={action === 'end' ? 'filled' : 'default'}
            color={action === 'end' ? 'danger' : 'brand'}
            onClick={({ currentTarget }) => {
              opener.current = currentTarget
              setAsked({ action, ids: selection.isAll ? null : [...selection.ids] })
            }}
          >
            {words.verbs[noun][action]}
          </Button>
        ))}
      </span>
      {asked !== null && (
        <BulkDialogue
          noun={noun}
          asked={asked}
          list={list}
          changes={changes}
          onClose={(isDone) => {
            // The dialogue begins and ends with what was asked, so that it cannot know where the focus came from.
            opener.current?.focus()
            setAsked(null)
            if (isDone) selection.clear()
          }}
        />
      )}
    </section>
  )
}
