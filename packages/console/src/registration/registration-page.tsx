/** Initial access tokens (RFC 7591 §1.2): what lets clients register themselves, given away and taken back. */
import type { InitialAccessTokenWithSecret } from '@countersign/client'
import { type InitialAccessTokenShape, permissions as own } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { PagedList } from '../ui/pages.tsx'
import { Empty, PageHeader, Section } from '../ui/parts.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'
import { CreateToken } from './create-token.tsx'
import { ModeNotice } from './mode-notice.tsx'
import { TOKENS, tokensQuery } from './queries.ts'
import { registrationTexts } from './texts.ts'
import { TokenRow } from './token-row.tsx'

export function RegistrationPage(): ReactNode {
  const words = useTexts(registrationTexts)
  const may = useMay()
  const tokens = useInfiniteQuery(tokensQuery)
  const [isCreating, setCreating] = useState(false)
  const [made, setMade] = useState<InitialAccessTokenWithSecret | null>(null)
  const [asked, setAsked] = useState<InitialAccessTokenShape | null>(null)
  const create = may(own.clientsWrite) && <Button onClick={() => setCreating(true)}>{words.create}</Button>
  const isEmpty = tokens.data?.pages.every(({ items }) => items.length === 0) === true
  return (
    <>
      <PageHeader
        title={words.title}
        lead={words.lead}
        actions={
          <>
            <Link href="/console/clients">{words.back}</Link>
            {!isEmpty && create}
          </>
        }
      />
      <ModeNotice mode={tokens.data?.pages.at(-1)?.registration} />
      <Section isFlush>
        <PagedList
          query={tokens}
          row={(one) => <TokenRow key={one.id} token={one} onRevoke={() => setAsked(one)} />}
          empty={<Empty icon="grant" title={words.none} text={words.noneText} action={create} />}
        />
      </Section>
      <CreateToken
        isOpen={isCreating}
        onMade={(answer) => {
          setCreating(false)
          setMade(answer)
        }}
        onClose={() => setCreating(false)}
      />
      <SecretOnce label={words.secret} secret={made?.secret ?? null} onKept={() => setMade(null)}>
        <CodeBlock title={words.howToUse} code={registerCall(window.location.origin)} />
      </SecretOnce>
      <Revoke token={asked} onClose={() => setAsked(null)} />
    </>
  )
}

interface RevokeProps {
  /** Null while nothing is asked. */
  readonly token: InitialAccessTokenShape | null
  readonly onClose: () => void
}

function Revoke({ token, onClose }: RevokeProps): ReactNode {
  const words = useTexts(registrationTexts)
  const revoke = useAction({
    run: (id: string) => client.initialAccessTokens.end(id),
    changes: [TOKENS],
    done: () => words.revoked,
    onDone: onClose,
  })
  return (
    <Confirm
      title={token === null ? null : words.revokeTitle(token.name)}
      text={words.revokeText}
      verb={words.revoke}
      isBusy={revoke.isPending}
      onConfirm={() => token !== null && revoke.mutate(token.id)}
      onClose={onClose}
    />
  )
}

/** RFC 7591 §3.1, with a placeholder: the secret stands in one place, above. */
const registerCall = (origin: string): string => `curl ${origin}/oauth/register \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{ "client_name": "Notes", "redirect_uris": ["https://notes.example.com/callback"] }'`
