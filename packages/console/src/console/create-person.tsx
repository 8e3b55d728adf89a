/** Creates an account with a first password and roles. */
import { Secret } from '@countersign/client'
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { facts } from '../facts.ts'
import { useT } from '../i18n/messages.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { EmailInput } from './email-input.tsx'
import { RolePicker } from './role-picker.tsx'

export function CreatePerson({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean
  readonly onClose: () => void
}): ReactNode {
  const t = useT()
  return (
    <Modal opened={isOpen} onClose={onClose} title={t.console.createPerson}>
      {isOpen && <PersonForm onDone={onClose} />}
    </Modal>
  )
}

function PersonForm({ onDone }: { readonly onDone: () => void }): ReactNode {
  const t = useT()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [roles, setRoles] = useState<readonly string[]>(['member'])
  const create = useAction({
    run: () =>
      client.accounts.create({
        email: email.trim(),
        password: new Secret(password),
        roles,
        ...(name.trim() !== '' && { name: name.trim() }),
      }),
    changes: [['people']],
    isQuiet: true,
    done: () => t.console.created,
    onDone,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <EmailInput value={email} onChange={setEmail} />
      <TextInput
        label={t.common.name}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
      />
      <PasswordInput
        label={t.console.password}
        description={t.console.passwordHint(facts.passwordLengthMin)}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="new-password"
        required
        withAsterisk={false}
        visibilityToggleButtonProps={{ 'aria-label': t.signIn.showPassword }}
      />
      <RolePicker value={roles} onChange={setRoles} />
      {create.error !== null && <Failure error={create.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={create.isPending}>
          {t.console.createPerson}
        </Button>
      </div>
    </form>
  )
}
