/** The dialogue that adds an authenticator app: first a name, then the seed and the first code that proves it has arrived. */
import type { TotpOffer } from '@countersign/client'
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { meQuery, myFactorsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useToast } from '../ui/toast.tsx'
import { TotpForm } from '../ui/totp-form.tsx'
import css from '../ui/ui.module.css'

/** How far it has got. */
export type AddAppStep = { readonly kind: 'name' } | { readonly kind: 'offer'; readonly offer: TotpOffer }

export interface AddAppProps {
  /** Null while it is closed. */
  readonly step: AddAppStep | null
  readonly onStep: (step: AddAppStep | null) => void
  /** The recovery codes that come with a first factor. Without any, the dialogue closes. */
  readonly onCodes: (codes: readonly string[]) => void
}

export function AddApp({ step, onStep, onCodes }: AddAppProps): ReactNode {
  const t = useT()
  const toast = useToast()
  const close = (): void => onStep(null)
  const confirm = useAction({
    run: ({ id, code }: { id: string; code: string }) => client.factors.confirm(id, code),
    changes: [myFactorsQuery.queryKey, meQuery.queryKey],
    isQuiet: true,
    onDone: ({ recovery_codes: codes }) => {
      toast.good(t.account.appAdded)
      if (codes === undefined) close()
      else onCodes(codes.map((code) => code.reveal()))
    },
  })
  return (
    <Modal opened={step !== null} onClose={close} title={t.account.addApp}>
      {step?.kind === 'name' && <NameForm onOffer={(offer) => onStep({ kind: 'offer', offer })} />}
      {step?.kind === 'offer' && (
        <TotpForm
          offer={step.offer}
          onCode={async (code) => {
            await confirm.mutateAsync({ id: step.offer.factor.id, code })
          }}
        />
      )}
    </Modal>
  )
}

function NameForm({ onOffer }: { readonly onOffer: (offer: TotpOffer) => void }): ReactNode {
  const t = useT()
  const [name, setName] = useState('')
  const begin = useAction({
    run: (wanted: string) => client.factors.enrolTotp(wanted === '' ? undefined : wanted),
    onDone: onOffer,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    begin.mutate(name.trim())
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <TextInput
        label={t.account.appName}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <div className={css.buttons}>
        <Button type="submit" loading={begin.isPending}>
          {t.signIn.continue}
        </Button>
      </div>
    </form>
  )
}
