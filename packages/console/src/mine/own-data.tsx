/** One's own name, one's own data as a file, and the end of one's account. */
import type { MeResponse } from '@countersign/protocol'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { meQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { shownIn } from '../api/pending-changes.ts'
import { useAction } from '../api/use-action.ts'
import { useOptimistic } from '../api/use-optimistic.ts'
import { useT } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { leaveSignedOut } from '../shell/leave.ts'
import { useMe } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { OwnEmail } from './own-email.tsx'
import { mineTexts } from './texts.ts'

export function OwnData(): ReactNode {
  const words = useTexts(mineTexts)
  const download = useAction({
    run: () => client.exportData(),
    onDone: (data) => save(JSON.stringify(data, null, 2)),
  })
  return (
    <>
      <OwnName />
      <OwnEmail />
      <Section title={words.data} lead={words.dataLead}>
        <div className={css.buttons}>
          <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
            {words.download}
          </Button>
          <EndAccount />
        </div>
      </Section>
    </>
  )
}

/** The browser’s own way to a file; the address of the blob is given back at once. */
function save(text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = 'account.json'
  link.click()
  URL.revokeObjectURL(link.href)
}

function OwnName(): ReactNode {
  const t = useT()
  const words = useTexts(mineTexts)
  const { principal } = useMe()
  const [name, setName] = useState(principal.name ?? '')
  const rename = useOptimistic({
    scope: 'own-name',
    run: (text) => client.rename(toName(text)),
    shows: (text) => [
      shownIn<MeResponse>(meQuery.queryKey, (me) => ({
        ...me,
        principal: { ...me.principal, name: toName(text) },
      })),
    ],
    done: words.nameSaved,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    rename(name.trim())
  }
  return (
    <Section title={words.nameTitle} lead={words.nameLead}>
      <form className={css.stack} onSubmit={submit}>
        <TextInput
          aria-label={words.nameTitle}
          value={name}
          maxLength={100}
          autoComplete="name"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={css.buttons}>
          <Button type="submit" variant="default">
            {t.common.save}
          </Button>
        </div>
      </form>
    </Section>
  )
}

const toName = (text: string): string | null => (text === '' ? null : text)

function EndAccount(): ReactNode {
  const words = useTexts(mineTexts)
  const [isAsking, setAsking] = useState(false)
  const end = useAction({
    run: () => client.deleteAccount(),
    onDone: leaveSignedOut,
  })
  return (
    <>
      <Button variant="outline" color="danger" onClick={() => setAsking(true)}>
        {words.end}
      </Button>
      <Confirm
        title={isAsking ? words.endTitle : null}
        text={words.endText}
        verb={words.end}
        isBusy={end.isPending}
        onConfirm={() => end.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
