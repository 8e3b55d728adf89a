/** Roles: lists of permissions that people and programs hold. */
import { permissions as own, type Permission, type RoleShape } from '@countersign/protocol'
import { Button, Modal, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { rolesQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { shownIn } from '../api/pending-changes.ts'
import { useAction } from '../api/use-action.ts'
import { useOptimistic } from '../api/use-optimistic.ts'
import { useT } from '../i18n/messages.ts'
import { Permissions } from '../keys/key-row.tsx'
import { isGivable, PermissionPicker } from '../keys/permission-picker.tsx'
import { useMay, useMe } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { Chip, Failure, PageHeader, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import css from '../ui/ui.module.css'

type Open = { readonly kind: 'create' } | { readonly kind: 'edit' | 'end'; readonly role: RoleShape }

export function RolesPage(): ReactNode {
  const t = useT()
  const may = useMay()
  const roles = useQuery(rolesQuery)
  const [open, setOpen] = useState<Open | null>(null)
  const close = (): void => setOpen(null)
  const end = useAction({
    run: (id: string) => client.roles.end(id),
    changes: [rolesQuery.queryKey],
    done: () => t.console.roleEnded,
    onDone: close,
  })
  return (
    <>
      <PageHeader
        title={t.console.roles}
        lead={t.console.rolesLead}
        actions={
          may(own.rolesWrite) && (
            <Button onClick={() => setOpen({ kind: 'create' })}>{t.console.createRole}</Button>
          )
        }
      />
      <Section isFlush>
        {roles.isPending && <RowsSkeleton rows={3} />}
        {roles.error !== null && <Failure error={roles.error} onRetry={() => void roles.refetch()} />}
        <ul className={rows.list}>
          {roles.data?.items.map((role) => (
            <RoleRow key={role.id} role={role} onOpen={setOpen} />
          ))}
        </ul>
      </Section>
      <Modal
        opened={open?.kind === 'create' || open?.kind === 'edit'}
        onClose={close}
        size="lg"
        title={open?.kind === 'edit' ? t.console.editRole(open.role.id) : t.console.createRole}
      >
        {open !== null && open.kind !== 'end' && (
          <RoleForm role={open.kind === 'edit' ? open.role : null} onDone={close} />
        )}
      </Modal>
      <Confirm
        title={open?.kind === 'end' ? t.console.endRoleTitle(open.role.id) : null}
        text={t.console.endRoleText}
        verb={t.console.end}
        isBusy={end.isPending}
        onConfirm={() => open?.kind === 'end' && end.mutate(open.role.id)}
        onClose={close}
      />
    </>
  )
}

function RoleRow({
  role,
  onOpen,
}: {
  readonly role: RoleShape
  readonly onOpen: (open: Open) => void
}): ReactNode {
  const t = useT()
  const may = useMay()
  return (
    <li className={rows.row}>
      <span className={rows.rowIcon}>
        <Icon name="roles" />
      </span>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {role.id}
          {role.built_in && <Chip>{t.console.builtIn}</Chip>}
        </div>
        {role.description !== null && <div className={rows.rowText}>{role.description}</div>}
        <Permissions permissions={role.permissions} />
      </div>
      {may(own.rolesWrite) && !role.built_in && (
        <div className={rows.rowEnd}>
          <Button
            variant="default"
            size="xs"
            aria-label={`${t.console.edit}: ${role.id}`}
            onClick={() => onOpen({ kind: 'edit', role })}
          >
            {t.console.edit}
          </Button>
          <Button
            variant="default"
            size="xs"
            aria-label={`${t.console.end}: ${role.id}`}
            onClick={() => onOpen({ kind: 'end', role })}
          >
            {t.console.end}
          </Button>
        </div>
      )}
    </li>
  )
}

/** The description alone, which shows at once: nothing depends on it. */
function useDescribe(id: string): (text: string) => void {
  const t = useT()
  return useOptimistic({
    scope: `role-${id}`,
    run: (text) => client.roles.change(id, { description: toDescription(text) }),
    shows: (text) => [
      shownIn<Roles>(rolesQuery.queryKey, (roles) => ({
        ...roles,
        items: roles.items.map((one) => (one.id === id ? { ...one, description: toDescription(text) } : one)),
      })),
    ],
    done: t.console.saved,
  })
}

type Roles = Awaited<ReturnType<typeof client.roles.list>>

const toDescription = (text: string): string | null => (text === '' ? null : text)

function RoleForm({
  role,
  onDone,
}: {
  readonly role: RoleShape | null
  readonly onDone: () => void
}): ReactNode {
  const t = useT()
  const { permissions: held } = useMe()
  const [id, setId] = useState('')
  const [description, setDescription] = useState(role?.description ?? '')
  const [permissions, setPermissions] = useState<readonly Permission[]>(role?.permissions ?? [])
  const wrong = permissions.some((one) => !isGivable(one, held))
  const save = useAction({
    run: () =>
      role === null
        ? client.roles.create({ id, permissions, ...(description !== '' && { description }) })
        : client.roles.change(role.id, { permissions, description: toDescription(description) }),
    changes: [rolesQuery.queryKey],
    isQuiet: true,
    done: () => t.console.saved,
    onDone,
  })
  const describe = useDescribe(role?.id ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (wrong) return
    const isOnlyText = role !== null && JSON.stringify(role.permissions) === JSON.stringify(permissions)
    if (!isOnlyText || (role.description ?? '') === description) {
      save.mutate()
      return
    }
    describe(description)
    onDone()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      {role === null && (
        <TextInput
          label={t.console.roleId}
          description={t.console.roleIdHint}
          value={id}
          maxLength={40}
          onChange={(event) => setId(event.currentTarget.value)}
          required
          withAsterisk={false}
          data-autofocus
        />
      )}
      <TextInput
        label={t.console.description}
        value={description}
        maxLength={200}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <PermissionPicker
        value={permissions}
        held={held}
        hint={t.console.rolePermissionsHint}
        onChange={setPermissions}
        error={wrong ? t.account.permissionWrong : undefined}
      />
      {save.error !== null && <Failure error={save.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={save.isPending}>
          {role === null ? t.console.createRole : t.common.save}
        </Button>
      </div>
    </form>
  )
}
