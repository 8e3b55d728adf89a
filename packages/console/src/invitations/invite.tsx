/** The dialogue that invites somebody by their address. */
import { Button, Modal } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { EmailInput } from '../console/email-input.tsx'
import { RolePicker } from '../console/role-picker.tsx'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { INVITATIONS } from './queries.ts'
import { Room } from './room.tsx'
import { invitationTexts } from './texts.ts'

export function Invite(): ReactNode {
  const texts = useTexts(invitationTexts)
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {texts.invite}
      </Button>
      <Modal opened={isOpen} onClose={close} title={texts.dialogue}>
        {isOpen && <InviteForm onDone={close} />}
      </Modal>
    </>
  )
}

function InviteForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const texts = useTexts(invitationTexts)
  const [email, setEmail] = useState('')
  const [roles, setRoles] = useState<readonly string[]>(['member'])
  const send = useAction({
    run: () => client.invitations.send({ email: email.trim(), roles }),
    changes: [INVITATIONS],
    isQuiet: true,
    done: () => texts.sent,
    onDone,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <p>{texts.about}</p>
      <Room />
      <EmailInput value={email} onChange={setEmail} />
      <RolePicker value={roles} onChange={setRoles} />
      {send.error !== null && <Failure error={send.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={send.isPending}>
          {texts.invite}
        </Button>
      </div>
    </form>
  )
}
