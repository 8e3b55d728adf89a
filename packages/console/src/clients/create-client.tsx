/** Registers a client: first what it is, which settles most, and then what only its owner knows. */
import type { ClientWithSecret } from '@countersign/client'
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { Cancelled, fieldMistake } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { ChoiceCards } from '../ui/choice-cards.tsx'
import { Failure, Notice } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import {
  Audiences,
  IdTokenAlgorithmPicker,
  MethodPicker,
  RedirectUris,
  Scopes,
  ServiceAccountPicker,
} from './client-fields.tsx'
import {
  type ClientDraft,
  clientKinds,
  hasPeople,
  needsServiceAccount,
  toClientId,
  toMore,
  toRequest,
  usualMethod,
} from './kinds.ts'
import { MoreFields } from './more-fields.tsx'
import { clientTexts } from './texts.ts'

export interface CreateClientProps {
  readonly isOpen: boolean
  readonly onMade: (made: ClientWithSecret) => void
  readonly onClose: () => void
}

export function CreateClient({ isOpen, onMade, onClose }: CreateClientProps): ReactNode {
  const words = useTexts(clientTexts)
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.create} size="lg">
      {isOpen && <ClientForm onMade={onMade} />}
    </Modal>
  )
}

const EMPTY: ClientDraft = {
  kind: 'web',
  id: '',
  name: '',
  redirectUris: [],
  scopes: ['openid', 'profile', 'email'],
  audiences: [],
  serviceAccountId: null,
  method: usualMethod('web'),
  idTokenAlgorithm: null,
  more: toMore('web'),
}

function ClientForm({ onMade }: { readonly onMade: (made: ClientWithSecret) => void }): ReactNode {
  const words = useTexts(clientTexts)
  const [draft, setDraft] = useState(EMPTY)
  const [hasOwnId, setHasOwnId] = useState(false)
  const change = (part: Partial<ClientDraft>): void => setDraft((before) => ({ ...before, ...part }))
  const create = useAction({
    run: () => client.clients.create(toRequest(draft)),
    changes: [['clients']],
    isQuiet: true,
    done: () => words.registered,
    onDone: onMade,
  })
  const isForPeople = hasPeople(draft.more)
  const uriMistake = fieldMistake(create.error, 'redirect_uris')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <ChoiceCards
        legend={words.kind}
        name="kind"
        choices={clientKinds.map((id) => ({ id, label: words.kinds[id], means: words.kindMeans[id] }))}
        value={[draft.kind]}
        onChange={([kind = draft.kind]) =>
          change({
            kind,
            scopes: kind === 'service' ? [] : EMPTY.scopes,
            method: usualMethod(kind),
            more: { ...draft.more, grant_types: toMore(kind).grant_types },
          })
        }
      />
      <Notice tone="brand" title={words.whatIsSet}>
        {words.kindSets[draft.kind]}
      </Notice>
      <TextInput
        label={words.name}
        description={isForPeople ? words.nameHint : undefined}
        value={draft.name}
        maxLength={100}
        required
        withAsterisk={false}
        onChange={({ currentTarget: { value: name } }) =>
          change({ name, ...(!hasOwnId && { id: toClientId(name) }) })
        }
      />
      <TextInput
        label={words.id}
        description={words.idHint}
        value={draft.id}
        maxLength={40}
        required
        withAsterisk={false}
        onChange={(event) => {
          setHasOwnId(event.currentTarget.value !== '')
          change({ id: event.currentTarget.value })
        }}
      />
      <DraftFields draft={draft} error={create.error} onChange={change} />
      {create.error !== null && uriMistake === undefined && !(create.error instanceof Cancelled) && (
        <Failure error={create.error} />
      )}
      <div className={css.buttons}>
        <Button type="submit" loading={create.isPending}>
          {words.create}
        </Button>
      </div>
    </form>
  )
}

interface DraftFieldsProps {
  readonly draft: ClientDraft
  readonly error: Error | null
  readonly onChange: (part: Partial<ClientDraft>) => void
}

/** What depends on the kind, and what few clients need. */
function DraftFields({ draft, error, onChange: change }: DraftFieldsProps): ReactNode {
  const isForPeople = hasPeople(draft.more)
  return (
    <>
      {needsServiceAccount(draft.more) && (
        <ServiceAccountPicker
          value={draft.serviceAccountId}
          onChange={(serviceAccountId) => change({ serviceAccountId })}
        />
      )}
      {isForPeople && (
        <RedirectUris
          value={draft.redirectUris}
          error={fieldMistake(error, 'redirect_uris')}
          isPublic={draft.method === 'none'}
          onChange={(redirectUris) => change({ redirectUris })}
        />
      )}
      <Scopes value={draft.scopes} hasPeople={isForPeople} onChange={(scopes) => change({ scopes })} />
      <Audiences value={draft.audiences} onChange={(audiences) => change({ audiences })} />
      <MethodPicker value={draft.method} onChange={(method) => change({ method })} />
      {isForPeople && (
        <IdTokenAlgorithmPicker
          value={draft.idTokenAlgorithm}
          onChange={(idTokenAlgorithm) => change({ idTokenAlgorithm })}
        />
      )}
      <MoreFields
        value={draft.more}
        hasPeople={isForPeople}
        mistakeOf={(field) => fieldMistake(error, field)}
        onChange={(part) => change({ more: { ...draft.more, ...part } })}
      />
    </>
  )
}
