/** Changes what a client may be sent back to, ask for, and be called. */
import { type ClientShape, isIdentityScope } from '@countersign/protocol'
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client as api } from '../api/client.ts'
import { shownIn, shownInPages } from '../api/pending-changes.ts'
import { Cancelled, fieldMistake } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useOptimistic } from '../api/use-optimistic.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { toChange, withGrants } from './changes.ts'
import {
  Audiences,
  IdTokenAlgorithmPicker,
  MethodPicker,
  RedirectUris,
  Scopes,
  ServiceAccountPicker,
} from './client-fields.tsx'
import { hasPeople, needsServiceAccount } from './kinds.ts'
import { MoreFields } from './more-fields.tsx'
import { clientQuery } from './queries.ts'
import { clientTexts } from './texts.ts'

export interface EditClientProps {
  readonly client: ClientShape
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function EditClient({ client, isOpen, onClose }: EditClientProps): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <Modal opened={isOpen} onClose={onClose} title={`${words.edit}: ${client.name}`} size="lg">
      {isOpen && <EditForm client={client} onDone={onClose} />}
    </Modal>
  )
}

interface EditFormProps {
  readonly client: ClientShape
  readonly onDone: () => void
}

function EditForm({ client, onDone }: EditFormProps): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  const [draft, setDraft] = useState(client)
  const change = (part: Partial<ClientShape>): void => setDraft((before) => withGrants(before, part))
  const isForPeople = hasPeople(draft)
  const isForService = needsServiceAccount(draft)
  const { save, submit } = useSaving(client, draft, onDone)
  const uriMistake = fieldMistake(save.error, 'redirect_uris')
  return (
    <form className={css.stack} onSubmit={submit}>
      <TextInput
        label={words.name}
        description={words.nameHint}
        value={draft.name}
        maxLength={100}
        required
        withAsterisk={false}
        data-autofocus
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      {isForPeople && (
        <RedirectUris
          value={draft.redirect_uris}
          error={uriMistake}
          isPublic={draft.token_endpoint_auth_method === 'none'}
          onChange={(uris) => change({ redirect_uris: [...uris] })}
        />
      )}
      {isForService && (
        <ServiceAccountPicker
          value={draft.service_account_id}
          onChange={(id) => change({ service_account_id: id })}
        />
      )}
      <Scopes
        value={draft.scopes}
        hasPeople={isForPeople || client.scopes.some(isIdentityScope)}
        onChange={(scopes) => change({ scopes: [...scopes] })}
      />
      <Audiences value={draft.audiences} onChange={(all) => change({ audiences: [...all] })} />
      <MethodPicker
        value={draft.token_endpoint_auth_method}
        onChange={(picked) => change({ token_endpoint_auth_method: picked })}
      />
      {isForPeople && (
        <IdTokenAlgorithmPicker
          value={draft.id_token_signed_response_alg}
          onChange={(algorithm) => change({ id_token_signed_response_alg: algorithm })}
        />
      )}
      <MoreFields
        value={draft}
        hasPeople={isForPeople}
        mistakeOf={(field) => fieldMistake(save.error, field)}
        onChange={change}
      />
      {save.error !== null && uriMistake === undefined && !(save.error instanceof Cancelled) && (
        <Failure error={save.error} />
      )}
      <div className={css.buttons}>
        <Button type="submit" loading={save.isPending}>
          {t.common.save}
        </Button>
      </div>
    </form>
  )
}

/** All that was changed, when the authority has answered; or a name that shows at once. */
function useSaving(client: ClientShape, draft: ClientShape, onDone: () => void) {
  const t = useT()
  const save = useAction({
    run: () => api.clients.change(client.id, toChange(client, draft)),
    changes: [clientQuery(client.id).queryKey, ['clients']],
    isQuiet: true,
    done: () => t.console.saved,
    onDone,
  })
  const rename = useRename(client.id)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const change = toChange(client, draft)
    if (change.name === undefined || Object.keys(change).length > 1) {
      save.mutate()
      return
    }
    rename(change.name)
    onDone()
  }
  return { save, submit }
}

/** The name alone, which shows at once: nothing depends on it. */
function useRename(id: string): (text: string) => void {
  const t = useT()
  const named =
    (text: string) =>
    (one: ClientShape): ClientShape => ({ ...one, name: text })
  return useOptimistic({
    scope: id,
    run: (text) => api.clients.change(id, { name: text }),
    shows: (text) => [
      shownIn(clientQuery(id).queryKey, named(text)),
      shownInPages(['clients'], id, named(text)),
    ],
    done: t.console.saved,
  })
}
