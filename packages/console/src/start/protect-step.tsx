/** An API of one's own behind a guard: its key, the code for its framework, and a wait until it has connected and been called. */
import type { ApiKeyWithSecret } from '@countersign/client'
import type { ApiKeyShape } from '@countersign/protocol'
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { isProblem } from '../api/problems.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { Notice } from '../ui/parts.tsx'
import { type Framework, frameworks, protectedApi } from './frameworks.ts'
import css from './start.module.css'
import { startTexts } from './texts.ts'

const WATCH_MS = 1_500
const ROLE = 'verifier'
const PERMISSIONS = ['credentials:verify', 'revocations:read']

export interface ProtectStepProps {
  /** What the first request to the API is made with. */
  readonly caller: ApiKeyWithSecret
  readonly onDone: () => void
}

export function ProtectStep({ caller, onDone }: ProtectStepProps): ReactNode {
  const words = useTexts(startTexts)
  const [framework, setFramework] = useState<Framework>('Hono')
  const [made, setMade] = useState<ApiKeyWithSecret | null>(null)
  const make = useAction({
    run: () => makeVerifierKey(words.apiName),
    changes: [['api-keys'], ['programs'], ['roles']],
    onDone: setMade,
  })
  if (made === null) {
    return (
      <Button loading={make.isPending} onClick={() => make.mutate()}>
        {words.makeApiKey}
      </Button>
    )
  }
  const { origin } = window.location
  const call = `curl -H 'X-API-Key: ${caller.secret.reveal()}' http://localhost:4100/hello`
  return (
    <div className={css.request}>
      <SegmentedControl
        size="xs"
        aria-label={words.framework}
        data={[...frameworks]}
        value={framework}
        onChange={(value) => {
          const chosen = frameworks.find((one) => one === value)
          if (chosen !== undefined) setFramework(chosen)
        }}
      />
      <CodeBlock title={framework} code={protectedApi(framework, origin, origin)} />
      <CodeBlock title={words.run} code={`COUNTERSIGN_KEY='${made.secret.reveal()}' node api.js`} />
      <CodeBlock title={words.call} code={call} />
      <Watch api={made.api_key} caller={caller.api_key.id} onDone={onDone} />
    </div>
  )
}

/** A service account that may do what a verifier must, and nothing else, with one key. */
async function makeVerifierKey(name: string): Promise<ApiKeyWithSecret> {
  try {
    await client.roles.create({ id: ROLE, permissions: PERMISSIONS })
  } catch (error) {
    // Whoever was here before has made it.
    if (!isProblem(error, 'conflict')) throw error
  }
  const { id } = await client.serviceAccounts.create({ name, roles: [ROLE] })
  return client.apiKeys.create({ name, permissions: PERMISSIONS, service_account_id: id })
}

interface WatchProps {
  /** The key of the API itself. */
  readonly api: Pick<ApiKeyShape, 'id' | 'owner'>
  readonly caller: string
  readonly onDone: () => void
}

/** First the API follows the log, then it reports that the key was used there. */
function Watch({ api, caller, onDone }: WatchProps): ReactNode {
  const words = useTexts(startTexts)
  const state = useQuery({
    queryKey: ['first-protected', api.id],
    queryFn: async () => {
      const uses = await client.apiKeys.usage(caller)
      const isCalled = uses.items.some((use) => use.reported_by === api.owner.id)
      if (isCalled) onDone()
      // Its own key was used: that others follow the log says nothing of this API.
      const { last_used_at: connectedAt } = await client.apiKeys.read(api.id)
      return { isCalled, isConnected: connectedAt !== null }
    },
    refetchInterval: ({ state: { data } }) => (data?.isCalled === true ? false : WATCH_MS),
  })
  const { isCalled = false, isConnected = false } = state.data ?? {}
  return (
    <div role="status">
      {isCalled ? (
        <Notice tone="good">{words.gotProtected}</Notice>
      ) : (
        <span className={css.waiting}>
          <span className={css.pulse} aria-hidden />
          {isConnected ? words.waitingCall : words.waitingApi}
        </span>
      )}
    </div>
  )
}
