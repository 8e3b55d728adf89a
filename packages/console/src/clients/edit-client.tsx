/** Changes what a client may be sent back to, ask for, and be called. */
import { type ChangeClientRequest, type ClientShape, isIdentityScope } from '@countersign/protocol'
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client as api } from '../api/client.ts'
import { Cancelled, fieldMistake } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import {
  Audiences,
  IdTokenAlgorithmPicker,
  RedirectUris,
  Scopes,
  SecretMethodPicker,
  ServiceAccountPicker,
  secretMethods,
} from './client-fields.tsx'
import { clientQuery } from './queries.ts'
import { clientTexts } from './texts.ts'

export interface EditClientProps {
  readonly client: ClientShape
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function EditClient({ client, isOpen, onClose }: EditClientProps): ReactNode {
  const t = useT()
  const words = useTexts(clientTexts)
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={`${words.edit}: ${client.name}`}
      size="lg"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
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
  const change = (part: Partial<ClientShape>): void => setDraft((before) => ({ ...before, ...part }))
  const hasPeople = client.grant_types.includes('authorization_code')
  const hasSecret = secretMethods.some((one) => one === client.token_endpoint_auth_method)
  const save = useAction({
    run: () => api.clients.change(client.id, toChange(client, draft)),
    changes: [clientQuery(client.id).queryKey, ['clients']],
    isQuiet: true,
    done: () => t.console.saved,
    onDone,
  })
  const uriMistake = fieldMistake(save.error, 'redirect_uris')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save.mutate()
  }
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
      {hasPeople && (
        <RedirectUris
          value={draft.redirect_uris}
          error={uriMistake}
          isPublic={client.type === 'public'}
          onChange={(uris) => change({ redirect_uris: [...uris] })}
        />
      )}
      {client.service_account_id !== null && (
        <ServiceAccountPicker
          value={draft.service_account_id}
          onChange={(id) => change({ service_account_id: id })}
        />
      )}
      <Scopes
        value={draft.scopes}
        hasPeople={hasPeople || client.scopes.some(isIdentityScope)}
        onChange={(scopes) => change({ scopes: [...scopes] })}
      />
      <Audiences value={draft.audiences} onChange={(all) => change({ audiences: [...all] })} />
      {hasSecret && (
        <SecretMethodPicker
          value={draft.token_endpoint_auth_method}
          onChange={(picked) => change({ token_endpoint_auth_method: picked })}
        />
      )}
      {hasPeople && (
        <IdTokenAlgorithmPicker
          value={draft.id_token_signed_response_alg}
          onChange={(algorithm) => change({ id_token_signed_response_alg: algorithm })}
        />
      )}
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

/** What costs the authority more than a write (a key, an end of secrets) is named only where it was changed. */
function toChange(client: ClientShape, draft: ClientShape): ChangeClientRequest {
  const hasPeople = client.grant_types.includes('authorization_code')
  const method = draft.token_endpoint_auth_method
  return {
    name: draft.name.trim(),
    scopes: draft.scopes,
    audiences: draft.audiences,
    ...(hasPeople && { redirect_uris: draft.redirect_uris }),
    ...(method !== client.token_endpoint_auth_method && { token_endpoint_auth_method: method }),
    ...(draft.id_token_signed_response_alg !== client.id_token_signed_response_alg && {
      id_token_signed_response_alg: draft.id_token_signed_response_alg,
    }),
    ...(draft.service_account_id !== client.service_account_id && {
      service_account_id: draft.service_account_id,
    }),
  }
}
