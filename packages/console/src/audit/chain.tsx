/**
 * Whether the chain of the audit log is whole: not known until it is checked, and hard to overlook when it is not. It
 * stands above the list, which has no end that anybody scrolls to.
 */
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Chip, Failure, Notice, Section } from '../ui/parts.tsx'
import { auditTexts } from './texts.ts'

export function Chain(): ReactNode {
  const t = useT()
  const words = useTexts(auditTexts)
  const { data, error, isPending, mutate } = useMutation({ mutationFn: () => client.audit.verifyChain() })
  return (
    <Section
      title={words.chainTitle}
      lead={words.chainLead}
      actions={
        <>
          {data === undefined ? (
            <Chip>{words.chainUnknown}</Chip>
          ) : (
            <Chip tone={data.intact ? 'good' : 'danger'}>
              {data.intact ? words.chainGood : words.chainBad}
            </Chip>
          )}
          <Button variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
            {t.console.checkChain}
          </Button>
        </>
      }
    >
      {error !== null && <Failure error={error} />}
      {data?.intact === true && (
        <Notice tone="good" title={t.console.chainIntact} isAlert>
          {data.length !== undefined && words.chainLength(data.length)}{' '}
          {data.unchained !== undefined && data.unchained > 0 && words.chainUnchained(data.unchained)}
        </Notice>
      )}
      {data?.intact === false && (
        <Notice
          tone="danger"
          title={t.console.chainBroken(data.broken_at ?? 0, t.console.causes[data.cause ?? 'altered'])}
          isAlert
        >
          {words.chainWhat}
        </Notice>
      )}
    </Section>
  )
}
