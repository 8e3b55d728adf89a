/** Somebody's second factors, for when they have lost them. */
import type { FactorShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { personFactorsQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { type Messages, useT } from '../i18n/messages.ts'
import { useMayChangeWaysIn } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import { Failure, Notice, Section } from '../ui/parts.tsx'
import { TextSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

export function PersonFactors({ id }: { readonly id: string }): ReactNode {
  const t = useT()
  const query = personFactorsQuery(id)
  const factors = useQuery(query)
  const mayChange = useMayChangeWaysIn(id)
  const [asked, setAsked] = useState<FactorShape | null>(null)
  const remove = useAction({
    run: (factor: string) => client.accountFactors.remove(id, factor),
    changes: [query.queryKey],
    done: () => t.account.appRemoved,
    onDone: () => setAsked(null),
  })
  const reopen = useAction({
    run: () => client.accountFactors.reopen(id),
    changes: [query.queryKey],
    done: () => t.console.saved,
  })
  return (
    <Section title={t.console.factors}>
      {factors.isLoading && <TextSkeleton />}
      {factors.error !== null && <Failure error={factors.error} onRetry={() => void factors.refetch()} />}
      {factors.data?.items.length === 0 && <p className={css.plain}>{t.console.factorsNone}</p>}
      {(factors.data?.closed.length ?? 0) > 0 && (
        <div className={css.beside}>
          <Notice tone="warn">{t.console.factorsClosed}</Notice>
          {mayChange && (
            <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate()}>
              {t.console.reopen}
            </Button>
          )}
        </div>
      )}
      {factors.data?.items.map((factor) => (
        <div key={factor.id} className={css.beside}>
          <span className={css.inline}>
            <Icon name={factor.kind === 'passkey' ? 'key' : 'phone'} /> {nameOf(factor, t)}
            <span className={css.quiet}>
              {t.common.created} <Time at={factor.created_at} />
            </span>
          </span>
          {mayChange && (
            <Button variant="default" size="xs" onClick={() => setAsked(factor)}>
              {t.account.removeApp}
            </Button>
          )}
        </div>
      ))}
      <Confirm
        title={asked === null ? null : t.console.removeFactorTitle(nameOf(asked, t))}
        text={t.console.removeFactorText}
        verb={t.account.removeApp}
        isBusy={remove.isPending}
        onConfirm={() => asked !== null && remove.mutate(asked.id)}
        onClose={() => setAsked(null)}
      />
    </Section>
  )
}

const nameOf = ({ name, kind }: FactorShape, t: Messages): string =>
  name ?? (kind === 'passkey' ? t.account.unnamedPasskey : t.account.unnamedApp)
