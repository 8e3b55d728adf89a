/** “This wasn’t me”: a session is taken back with all that came of it, and the password with it. */
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { mySessionsQuery } from '../api/account-queries.ts'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { Confirm } from '../ui/confirm.tsx'
import { mineTexts } from './texts.ts'

export interface NotMeProps {
  readonly session: string
  readonly device: string
}

export function NotMe({ session, device }: NotMeProps): ReactNode {
  const words = useTexts(mineTexts)
  const [isAsking, setAsking] = useState(false)
  const takeBack = useAction({
    run: () => client.sessions.notMe(session),
    changes: [mySessionsQuery.queryKey, ['api-keys']],
    done: () => words.notMeDone,
    onDone: () => setAsking(false),
  })
  return (
    <>
      <Button
        variant="default"
        size="xs"
        aria-label={`${words.notMe}: ${device}`}
        onClick={() => setAsking(true)}
      >
        {words.notMe}
      </Button>
      <Confirm
        title={isAsking ? words.notMeTitle(device) : null}
        text={words.notMeText}
        verb={words.notMe}
        isBusy={takeBack.isPending}
        onConfirm={() => takeBack.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  )
}
