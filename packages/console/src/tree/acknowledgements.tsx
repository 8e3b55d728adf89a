/** A revocation on its way to every verifier, followed until it is confirmed. */
import { permissions as own, type RevokeResponse } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { verifiersUntilQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { VerifierList } from '../console/verifier-list.tsx'
import { useSpeech } from '../i18n/messages.ts'
import { useMay } from '../shell/me.ts'
import { Icon } from '../ui/icon.tsx'
import { tellExactly } from '../ui/time.tsx'
import css from './tree.module.css'

/** As often as a person can see; it is asked for a few seconds at most. */
const FOLLOW_MS = 200

type Following = Omit<RevokeResponse, 'ended'>

/** Which of them have acknowledged; those whose lease runs out leave the list. */
function Each({ position }: { readonly position: number }): ReactNode {
  const may = useMay()
  const { data } = useQuery({ ...verifiersUntilQuery(position), enabled: may(own.revocationsRead) })
  return data === undefined ? null : <VerifierList verifiers={data.items} position={position} />
}

export function Acknowledgements({ begun }: { readonly begun: RevokeResponse }): ReactNode {
  const { t, language } = useSpeech()
  const { data = begun } = useQuery<Following>({
    queryKey: ['revocation', begun.id],
    queryFn: () => client.followRevocation(begun.id),
    initialData: begun,
    enabled: !begun.confirmed,
    refetchInterval: ({ state }) => (state.data?.confirmed === true ? false : FOLLOW_MS),
  })
  const counted = data.acknowledged + data.lapsed
  return (
    <div className={css.revocation} data-confirmed={data.confirmed} role="status">
      <strong>
        <Icon name={data.confirmed ? 'check' : 'clock'} />{' '}
        {data.confirmed ? t.console.confirmed : t.console.waiting}
      </strong>
      <progress
        max={Math.max(1, data.verifiers)}
        value={data.confirmed ? Math.max(1, data.verifiers) : counted}
        aria-label={t.console.revocation}
      />
      <span>
        {t.console.acknowledged(data.acknowledged, data.verifiers)}
        {data.lapsed > 0 && `, ${t.console.lapsed(data.lapsed)}`}
        {data.confirmed && `, ${t.console.within(Math.ceil(data.elapsed_ms).toLocaleString(language))}`}
      </span>
      <Each position={begun.position} />
      <span className={css.more}>
        {t.console.signatureOnly} {tellExactly(new Date(data.signature_only_until), language)}
      </span>
    </div>
  )
}
