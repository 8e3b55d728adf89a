/** Changes a principal's name and roles, and a program's audiences. */
import { Button, Modal, TagsInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { RolePicker } from './role-picker.tsx'

export interface PrincipalDraft {
  readonly name: string
  readonly roles: readonly string[]
  /** Null for people, who have none. */
  readonly audiences: readonly string[] | null
}

export interface EditPrincipalProps {
  readonly title: string
  readonly verb: string
  /** What it is now; null while the dialogue is closed. */
  readonly from: PrincipalDraft | null
  readonly changes: readonly (readonly string[])[]
  readonly save: (draft: PrincipalDraft) => Promise<unknown>
  /** Its name alone, which nothing depends on; where it is there already. */
  readonly rename?: (name: string) => void
  readonly onClose: () => void
}

export function EditPrincipal({ title, from, ...form }: EditPrincipalProps): ReactNode {
  return (
    <Modal opened={from !== null} onClose={form.onClose} title={title}>
      {from !== null && <DraftForm from={from} {...form} />}
    </Modal>
  )
}

type DraftFormProps = Omit<EditPrincipalProps, 'title' | 'from'> & { readonly from: PrincipalDraft }

function DraftForm({ from, verb, changes, save, rename, onClose }: DraftFormProps): ReactNode {
  const t = useT()
  const [draft, setDraft] = useState(from)
  const saving = useAction({
    run: () => save({ ...draft, name: draft.name.trim() }),
    changes,
    isQuiet: true,
    done: () => t.console.saved,
    onDone: onClose,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (rename === undefined || !isOnlyName(from, draft)) {
      saving.mutate()
      return
    }
    rename(draft.name.trim())
    onClose()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <TextInput
        label={t.common.name}
        value={draft.name}
        maxLength={100}
        required
        withAsterisk={false}
        onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        data-autofocus
      />
      <RolePicker value={draft.roles} onChange={(roles) => setDraft({ ...draft, roles })} />
      {draft.audiences !== null && (
        <TagsInput
          label={t.console.audiences}
          description={t.console.audiencesHint}
          value={[...draft.audiences]}
          splitChars={[',', ' ']}
          onChange={(audiences) => setDraft({ ...draft, audiences })}
        />
      )}
      {saving.error !== null && <Failure error={saving.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={saving.isPending}>
          {verb}
        </Button>
      </div>
    </form>
  )
}

/** What roles and audiences allow is shown when the authority has said so. */
const isOnlyName = (before: PrincipalDraft, after: PrincipalDraft): boolean =>
  before.name !== after.name.trim() &&
  JSON.stringify([before.roles, before.audiences]) === JSON.stringify([after.roles, after.audiences])
