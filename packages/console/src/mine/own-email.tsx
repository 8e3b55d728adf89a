/** Another address for one's own account: a link goes to it, and until that is used with the password nothing changes. */
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMe } from '../shell/me.ts'
import { Notice, Section } from '../ui/parts.tsx'
import css from '../ui/ui.module.css'
import { mineTexts } from './texts.ts'

export function OwnEmail(): ReactNode {
  const words = useTexts(mineTexts)
  const { principal } = useMe()
  const [email, setEmail] = useState('')
  const [sentTo, setSentTo] = useState<string | null>(null)
  const change = useAction({
    run: (to: string) => client.changeEmail(to),
    onDone: (_, to) => {
      setSentTo(to)
      setEmail('')
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    change.mutate(email.trim())
  }
  return (
    <Section title={words.emailTitle} lead={words.emailLead(principal.email ?? '')}>
      <form className={css.stack} onSubmit={submit}>
        <div role="status">{sentTo !== null && <Notice tone="good">{words.emailSent(sentTo)}</Notice>}</div>
        <TextInput
          type="email"
          label={words.emailNew}
          value={email}
          required
          withAsterisk={false}
          maxLength={254}
          autoComplete="off"
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <div className={css.buttons}>
          <Button type="submit" variant="default" loading={change.isPending}>
            {words.emailSend}
          </Button>
        </div>
      </form>
    </Section>
  )
}
