/** The policy as a draft, beside what it would have done; it is in force only when it is put there. */
import type { RiskPolicyShape } from '@countersign/protocol'
import { permissions as permitted } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { client } from '../api/client.ts'
import { useAction } from '../api/use-action.ts'
import { useTexts } from '../i18n/texts.ts'
import { useMay } from '../shell/me.ts'
import { Confirm } from '../ui/confirm.tsx'
import { Failure, Notice } from '../ui/parts.tsx'
import { useFilters } from '../ui/search-params.ts'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { isDescending, isSame } from './draft.ts'
import { MachinesEditor, RulesEditor, ThresholdsEditor } from './policy-editor.tsx'
import { replayQuery, riskPolicyQuery } from './queries.ts'
import { ReplayView, useChallenged } from './replay-view.tsx'
import own from './risk.module.css'
import { riskTexts } from './texts.ts'

export function PolicyView(): ReactNode {
  const { data, error, refetch } = useQuery(riskPolicyQuery)
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <RowsSkeleton rows={6} />
  return <Draft key={data.changed_at} policy={data.policy} changedAt={data.changed_at} />
}

const DAYS = [7, 30, 60] as const
/** Counting is work for the database: not for each step of a slider. */
const SETTLED_MS = 400

interface DraftProps {
  readonly policy: RiskPolicyShape
  readonly changedAt: string | null
}

function Draft({ policy, changedAt }: DraftProps): ReactNode {
  const words = useTexts(riskTexts)
  const [params, setParam] = useFilters()
  const days = DAYS.find((one) => `${one}` === params.get('days')) ?? 30
  const [draft, setDraft] = useState(policy)
  const [settled] = useDebouncedValue(draft, SETTLED_MS)
  const mistaken = isDescending(settled)
  const replay = useQuery({ ...replayQuery(settled, days), enabled: !mistaken })
  const inForce = useQuery(replayQuery(policy, days))
  const change = (part: Partial<RiskPolicyShape>): void => setDraft((before) => ({ ...before, ...part }))
  return (
    <>
      <p className={css.plain}>
        {words.policyLead}{' '}
        {changedAt === null ? (
          `${words.defaults}.`
        ) : (
          <>
            {words.changed} <Time at={changedAt} />.
          </>
        )}
      </p>
      <div className={own.columns}>
        <div>
          <ThresholdsEditor draft={draft} onChange={change} />
          <RulesEditor draft={draft} onChange={change} />
          <MachinesEditor draft={draft} onChange={change} />
        </div>
        <div className={own.side}>
          {isDescending(draft) && (
            <div className={css.spaced}>
              <Notice tone="danger" isAlert>
                {words.mistake}
              </Notice>
            </div>
          )}
          <ReplayView
            replay={replay.data}
            error={replay.error}
            isCounting={replay.isFetching || settled !== draft}
            policy={settled}
            inForce={isSame(settled, policy) ? undefined : inForce.data}
            days={days}
            daysOf={DAYS}
            onDays={(count) => setParam('days', count === 30 ? '' : `${count}`)}
          />
          <Save
            draft={draft}
            policy={policy}
            sentence={useChallenged(replay.data)}
            isReady={!mistaken && settled === draft && !replay.isFetching && replay.error === null}
            onReset={() => setDraft(policy)}
          />
        </div>
      </div>
    </>
  )
}

interface SaveProps {
  readonly draft: RiskPolicyShape
  readonly policy: RiskPolicyShape
  readonly sentence: string
  /** What it would have done is on the page: nothing is put in force before. */
  readonly isReady: boolean
  readonly onReset: () => void
}

function Save({ draft, policy, sentence, isReady, onReset }: SaveProps): ReactNode {
  const words = useTexts(riskTexts)
  const may = useMay()
  const [isAsking, setAsking] = useState(false)
  const save = useAction({
    run: () => client.risk.setPolicy(draft),
    changes: [riskPolicyQuery.queryKey, ['risk-replay']],
    done: () => words.saved,
    onDone: () => setAsking(false),
  })
  if (!may(permitted.riskWrite)) return null
  const isUnchanged = isSame(draft, policy)
  return (
    <div className={own.save}>
      <Button variant="default" disabled={isUnchanged} onClick={onReset}>
        {words.reset}
      </Button>
      <Button disabled={isUnchanged || !isReady} onClick={() => setAsking(true)}>
        {words.save}
      </Button>
      <Confirm
        title={isAsking ? words.saveTitle : null}
        text={words.saveText}
        verb={words.save}
        isDangerous={false}
        isBusy={save.isPending}
        onConfirm={() => save.mutate()}
        onClose={() => setAsking(false)}
      >
        <p>
          <strong>{sentence}</strong>
        </p>
      </Confirm>
    </div>
  )
}
