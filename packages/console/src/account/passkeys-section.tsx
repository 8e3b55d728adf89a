/** One’s own passkeys: make one with this device, see them, remove them. */
import type { FactorShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { meQuery, myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Confirm } from '../ui/confirm.tsx'
import rows from '../ui/list.module.css'
import { Empty, Section } from '../ui/parts.tsx'
import { FactorRow } from './factor-row.tsx'
import { makePasskey } from './make-passkey.ts'

export interface PasskeysSectionProps {
  readonly passkeys: readonly FactorShape[]
  /** The recovery codes that come with a first factor. */
  readonly onCodes: (codes: readonly string[]) => void
}

const CHANGES = [myFactorsQuery.queryKey, meQuery.queryKey]

export function PasskeysSection({ passkeys, onCodes }: PasskeysSectionProps): ReactNode {
  const t = useT()
  const [removing, setRemoving] = useState<FactorShape | null>(null)
  const add = useAction({
    run: () => makePasskey(),
    changes: CHANGES,
    done: () => t.account.passkeyAdded,
    onDone: ({ recovery_codes: codes }) => {
      if (codes !== undefined) onCodes(codes.map((code) => code.reveal()))
    },
  })
  const remove = useAction({
    run: (id: string) => client.passkeys.remove(id),
    changes: CHANGES,
    done: () => t.account.passkeyRemoved,
    onDone: () => setRemoving(null),
  })
  const button = client.passkeys.isSupported && (
    <Button loading={add.isPending} onClick={() => add.mutate()}>
      {t.account.addPasskey}
    </Button>
  )
  const isEmpty = passkeys.length === 0
  return (
    <Section title={t.account.passkeys} actions={isEmpty ? undefined : button} isFlush>
      {isEmpty && (
        <Empty
          icon="key"
          title={t.account.passkeysEmpty}
          text={t.account.passkeysEmptyText}
          action={button}
        />
      )}
      <ul className={rows.list}>
        {passkeys.map((factor) => (
          <FactorRow
            key={factor.id}
            factor={factor}
            icon="key"
            unnamed={t.account.unnamedPasskey}
            onRemove={() => setRemoving(factor)}
          />
        ))}
      </ul>
      <Confirm
        title={removing === null ? null : t.account.removeAppTitle(removing.name ?? t.account.unnamedPasskey)}
        text={t.account.removePasskeyText}
        verb={t.account.removeApp}
        isBusy={remove.isPending}
        onConfirm={() => removing !== null && remove.mutate(removing.id)}
        onClose={() => setRemoving(null)}
      />
    </Section>
  )
}
