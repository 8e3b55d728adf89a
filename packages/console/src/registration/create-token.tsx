/** The dialogue that makes an initial access token: what it is for, for how many clients, and until when. */
import type { InitialAccessTokenWithSecret } from '@countersign/client'
import { Button, Modal, Select, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { Cancelled } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { TOKENS } from './queries.ts'
import { registrationTexts } from './texts.ts'

/** What the authority takes at most (RFC 7591 says nothing about it). */
const USES_MAX = 1000
const LIFETIME_SECONDS = { hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 } as const
type Lifetime = keyof typeof LIFETIME_SECONDS

export interface CreateTokenProps {
  readonly isOpen: boolean
  readonly onMade: (made: InitialAccessTokenWithSecret) => void
  readonly onClose: () => void
}

export function CreateToken({ isOpen, onMade, onClose }: CreateTokenProps): ReactNode {
  const words = useTexts(registrationTexts)
  return (
    <Modal opened={isOpen} onClose={onClose} title={words.create}>
      {isOpen && <CreateForm onMade={onMade} />}
    </Modal>
  )
}

function CreateForm({ onMade }: Pick<CreateTokenProps, 'onMade'>): ReactNode {
  const words = useTexts(registrationTexts)
  const [name, setName] = useState('')
  const [uses, setUses] = useState('1')
  const [lifetime, setLifetime] = useState<Lifetime>('day')
  const create = useAction({
    run: () =>
      client.initialAccessTokens.create({
        name: name.trim(),
        usesMax: Number(uses),
        expiresInSeconds: LIFETIME_SECONDS[lifetime],
      }),
    changes: [TOKENS],
    isQuiet: true,
    onDone: onMade,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    create.mutate()
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <TextInput
        label={words.name}
        description={words.nameHint}
        value={name}
        maxLength={100}
        required
        withAsterisk={false}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        type="number"
        label={words.uses}
        description={words.usesHint(USES_MAX)}
        value={uses}
        min={1}
        max={USES_MAX}
        required
        withAsterisk={false}
        onChange={(event) => setUses(event.currentTarget.value)}
      />
      <Select
        label={words.lifetime}
        data={Object.entries(words.lifetimes).map(([value, label]) => ({ value, label }))}
        value={lifetime}
        allowDeselect={false}
        onChange={(value) => value !== null && isLifetime(value) && setLifetime(value)}
      />
      {create.error !== null && !(create.error instanceof Cancelled) && <Failure error={create.error} />}
      <div className={css.buttons}>
        <Button type="submit" loading={create.isPending}>
          {words.create}
        </Button>
      </div>
    </form>
  )
}

const isLifetime = (text: string): text is Lifetime => Object.hasOwn(LIFETIME_SECONDS, text)
