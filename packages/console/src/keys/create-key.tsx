/** Makes an API key: a name, the permissions, an end, and the addresses it may come from. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { Permission } from '@countersign/protocol'
import { Button, Modal, Select, TagsInput, TextInput } from '@mantine/core'
import type { QueryKey } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { Cancelled } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useMe } from '../shell/me.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { isGivable, PermissionPicker } from './permission-picker.tsx'

const DAY_SECONDS = 86_400
const LIFETIME_SECONDS = {
  week: 7 * DAY_SECONDS,
  month: 30 * DAY_SECONDS,
  quarter: 90 * DAY_SECONDS,
  year: 365 * DAY_SECONDS,
  none: undefined,
} as const
type Lifetime = keyof typeof LIFETIME_SECONDS

export interface CreateKeyProps {
  readonly isOpen: boolean
  /** Whose key it becomes; the person's own unless given. */
  readonly serviceAccountId?: string
  readonly changes: readonly QueryKey[]
  readonly onMade: (made: ApiKeyWithSecret) => void
  readonly onClose: () => void
}

export function CreateKey({ isOpen, onClose, ...form }: CreateKeyProps): ReactNode {
  const t = useT()
  return (
    <Modal opened={isOpen} onClose={onClose} title={t.account.createKey} size="lg">
      {isOpen && <KeyForm {...form} />}
    </Modal>
  )
}

function KeyForm({
  serviceAccountId,
  changes,
  onMade,
}: Omit<CreateKeyProps, 'isOpen' | 'onClose'>): ReactNode {
  const t = useT()
  const { permissions: held } = useMe()
  const [name, setName] = useState('')
  const [permissions, setPermissions] = useState<readonly Permission[]>([])
  const [lifetime, setLifetime] = useState<Lifetime>('quarter')
  const [addresses, setAddresses] = useState<string[]>([])
  const wrong = permissions.some((one) => !isGivable(one, held))
  const create = useAction({
    run: () =>
      client.apiKeys.create({
        name: name.trim(),
        permissions: [...permissions],
        service_account_id: serviceAccountId,
        expires_in: LIFETIME_SECONDS[lifetime],
        ...(addresses.length > 0 && { allow_addresses: addresses }),
      }),
    changes,
    isQuiet: true,
    onDone: onMade,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!wrong) create.mutate()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <p>{t.account.createKeyLead}</p>
      <TextInput
        label={t.account.keyName}
        placeholder={t.account.keyNameExample}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        required
        withAsterisk={false}
        data-autofocus
      />
      <PermissionPicker
        value={permissions}
        held={held}
        hint={t.account.permissionsHint}
        onChange={setPermissions}
        error={wrong ? t.account.permissionWrong : undefined}
      />
      <Select
        label={t.account.lifetime}
        data={Object.entries(t.account.lifetimes).map(([value, label]) => ({ value, label }))}
        value={lifetime}
        allowDeselect={false}
        onChange={(value) => value !== null && isLifetime(value) && setLifetime(value)}
      />
      <TagsInput
        label={t.account.addresses}
        description={t.account.addressesHint}
        value={addresses}
        splitChars={[',', ' ']}
        onChange={setAddresses}
      />
      {create.error !== null && !(create.error instanceof Cancelled) && <Failure error={create.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={create.isPending} disabled={permissions.length === 0}>
          {t.account.create}
        </Button>
      </div>
    </form>
  )
}

const isLifetime = (text: string): text is Lifetime => Object.hasOwn(LIFETIME_SECONDS, text)
