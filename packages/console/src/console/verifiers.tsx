/** Who follows the revocation log, how far behind, and when each asked last. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { verifiersQuery } from '../api/admin-queries.ts'
import { useSpeech } from '../i18n/messages.ts'
import rows from '../ui/list.module.css'
import { Chip, Failure, Notice, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { VerifierName } from './verifier-list.tsx'

export function Verifiers(): ReactNode {
  const { t, language } = useSpeech()
  const verifiers = useQuery(verifiersQuery)
  const { data } = verifiers
  if (verifiers.error !== null)
    return <Failure error={verifiers.error} onRetry={() => void verifiers.refetch()} />
  if (data === undefined) return <RowsSkeleton rows={2} />
  return (
    <Section
      title={t.console.verifiers}
      lead={t.console.verifiersLead(data.count, data.lease_ms / 1000)}
      isFlush
    >
      {!data.knows_all && <Notice tone="warn">{t.console.knowsNotAll}</Notice>}
      <div className={rows.scroll}>
        <table className={rows.table}>
          <thead>
            <tr>
              <th scope="col">{t.console.verifier}</th>
              <th scope="col">{t.console.lag}</th>
              <th scope="col">{t.console.asked}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((verifier) => (
              <tr key={verifier.own ? 'own' : verifier.label}>
                <td>
                  <VerifierName verifier={verifier} />
                </td>
                <td>
                  <Chip tone={verifier.behind === 0 ? 'good' : 'warn'}>
                    {verifier.behind === 0 ? t.console.upToDate : t.console.behind(verifier.behind)}
                  </Chip>
                </td>
                <td>
                  {t.console.askedAgo(
                    (verifier.asked_ms_ago / 1000).toLocaleString(language, { maximumFractionDigits: 1 }),
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
