/** What opens the account: authenticator apps, passkeys and recovery codes, the password, and accounts elsewhere. */
import type { FactorShape, FactorsResponse } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { meQuery, myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { ComeBack } from '../identities/come-back.tsx'
import { OwnIdentities } from '../identities/own-identities.tsx'
import { CodesDialogue } from '../ui/codes-dialogue.tsx'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { Empty, Failure, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { CardsSkeleton } from '../ui/skeletons.tsx'
import css from '../ui/ui.module.css'
import { AddApp, type AddAppStep } from './add-app.tsx'
import { ChangePassword } from './change-password.tsx'
import { FactorRow } from './factor-row.tsx'
import { PasskeysSection } from './passkeys-section.tsx'
import { SetPassword } from './set-password.tsx'

/** What a dialogue shows; null while none is open. */
type Open =
  | AddAppStep
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'remove'; readonly factor: FactorShape }
  | { readonly kind: 'new_codes' }

export function SecurityPage(): ReactNode {
  const t = useT()
  const factors = useQuery(myFactorsQuery)
  return (
    <>
      <PageHeader title={t.account.security} lead={t.account.securityLead} />
      <ComeBack />
      {factors.isLoading ? <CardsSkeleton cards={4} /> : <Factors factors={factors} />}
    </>
  )
}

function Factors({ factors }: { readonly factors: UseQueryResult<FactorsResponse> }): ReactNode {
  const t = useT()
  const [open, setOpen] = useState<Open | null>(null)
  const apps = factors.data?.items.filter(({ kind }) => kind === 'totp') ?? []
  const hasApp = apps.length > 0
  const hasFactor = (factors.data?.items.length ?? 0) > 0
  const add = <Button onClick={() => setOpen({ kind: 'name' })}>{t.account.addApp}</Button>
  return (
    <>
      {factors.data?.required === true && !hasFactor && <Notice tone="warn">{t.account.required}</Notice>}
      <Section title={t.account.apps} actions={hasApp ? add : undefined} isFlush>
        {factors.error !== null && <Failure error={factors.error} onRetry={() => void factors.refetch()} />}
        {factors.data !== undefined && !hasApp && (
          <Empty icon="phone" title={t.account.appsEmpty} text={t.account.appsEmptyText} action={add} />
        )}
        <ul className={rows.list}>
          {apps.map((factor) => (
            <FactorRow
              key={factor.id}
              factor={factor}
              icon="phone"
              unnamed={t.account.unnamedApp}
              onRemove={() => setOpen({ kind: 'remove', factor })}
            />
          ))}
        </ul>
      </Section>
      <PasskeysSection
        passkeys={factors.data?.items.filter(({ kind }) => kind === 'passkey') ?? []}
        onCodes={(codes) => setOpen({ kind: 'codes', codes })}
      />
      <Section title={t.account.recovery}>
        <div className={css.beside}>
          <p className={css.plain}>
            {hasFactor
              ? t.account.recoveryLeft(factors.data?.recovery_codes_left ?? 0)
              : t.account.recoveryNone}
          </p>
          {hasFactor && (
            <Button variant="default" onClick={() => setOpen({ kind: 'new_codes' })}>
              {t.account.newCodes}
            </Button>
          )}
        </div>
      </Section>
      {factors.data?.has_password === false ? <SetPassword /> : <ChangePassword />}
      <OwnIdentities />
      <Dialogues open={open} onOpen={setOpen} />
    </>
  )
}

interface DialoguesProps {
  readonly open: Open | null
  readonly onOpen: (open: Open | null) => void
}

const CHANGES = [myFactorsQuery.queryKey, meQuery.queryKey]

function Dialogues({ open, onOpen }: DialoguesProps): ReactNode {
  const t = useT()
  const close = (): void => onOpen(null)
  const remove = useAction({
    run: (id: string) => client.factors.remove(id),
    changes: CHANGES,
    done: () => t.account.appRemoved,
    onDone: close,
  })
  const newCodes = useAction({
    run: () => client.factors.newRecoveryCodes(),
    changes: CHANGES,
    onDone: (codes) => onOpen({ kind: 'codes', codes: codes.map((code) => code.reveal()) }),
  })
  return (
    <>
      <AddApp
        step={open?.kind === 'name' || open?.kind === 'offer' ? open : null}
        onStep={onOpen}
        onCodes={(codes) => onOpen({ kind: 'codes', codes })}
      />
      <CodesDialogue codes={open?.kind === 'codes' ? open.codes : null} onKept={close} />
      <Confirm
        title={
          open?.kind === 'remove' ? t.account.removeAppTitle(open.factor.name ?? t.account.unnamedApp) : null
        }
        text={t.account.removeAppText}
        verb={t.account.removeApp}
        isBusy={remove.isPending}
        onConfirm={() => open?.kind === 'remove' && remove.mutate(open.factor.id)}
        onClose={close}
      />
      <Confirm
        title={open?.kind === 'new_codes' ? t.account.newCodesTitle : null}
        text={t.account.newCodesText}
        verb={t.account.newCodes}
        isDangerous={false}
        isBusy={newCodes.isPending}
        onConfirm={() => newCodes.mutate()}
        onClose={close}
      />
    </>
  )
}
