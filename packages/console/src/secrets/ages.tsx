/** Root secrets, API keys and client secrets by their age, each with the way to where it is rotated. */
import { isServiceAccountId, type SecretsResponse } from '@countersign/protocol'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { client } from '../api/client.ts'
import { useTexts } from '../i18n/texts.ts'
import rows from '../ui/list.module.css'
import { Chip, Empty, Failure, Section } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { Time, useNow } from '../ui/time.tsx'
import css from './secrets.module.css'
import { secretsTexts } from './texts.ts'

const OLD_MS = 365 * 86_400_000
const UNUSED_MS = 90 * 86_400_000

export const secretsQuery = queryOptions({ queryKey: ['secrets'], queryFn: () => client.secrets.list() })

export function Ages(): ReactNode {
  const words = useTexts(secretsTexts)
  const secrets = useQuery(secretsQuery)
  if (secrets.error !== null) return <Failure error={secrets.error} onRetry={() => void secrets.refetch()} />
  if (secrets.data === undefined) return <RowsSkeleton rows={4} />
  const { root, api_keys: keys, clients } = secrets.data
  return (
    <>
      <Section title={words.root} lead={words.rootLead} isFlush>
        <ul className={rows.list}>
          {root.map((one) => (
            <RootRow key={one.version} secret={one} />
          ))}
        </ul>
      </Section>
      <Section title={words.keys} lead={words.keysLead} isFlush>
        {keys.length === 0 ? (
          <Empty icon="key" title={words.noKeys} text={words.noKeysText} />
        ) : (
          <AgeTable
            rows={keys.map((key) => ({
              ...key,
              href: `/console/${isServiceAccountId(key.owner) ? 'programs' : 'people'}/${key.owner}`,
            }))}
            caption={words.keys}
            isUnusedOdd
          />
        )}
      </Section>
      <Section title={words.clients} lead={words.clientsLead} isFlush>
        {clients.length === 0 ? (
          <Empty icon="grant" title={words.noClients} text={words.noClientsText} />
        ) : (
          <AgeTable
            rows={clients.map((one) => ({ ...one, href: `/console/clients/${encodeURIComponent(one.id)}` }))}
            caption={words.clients}
            isUnusedOdd={false}
          />
        )}
      </Section>
    </>
  )
}

function RootRow({ secret }: { readonly secret: SecretsResponse['root'][number] }): ReactNode {
  const words = useTexts(secretsTexts)
  return (
    <li className={rows.row}>
      <div className={rows.rowBody}>
        <div className={rows.rowTitle}>
          {secret.version}
          {secret.current && <Chip tone="good">{words.current}</Chip>}
          {!secret.current && secret.held && <Chip>{words.opens}</Chip>}
          {!secret.held && <Chip tone="warn">{words.notHeld}</Chip>}
        </div>
        <div className={rows.rowText}>
          {secret.seen_at === null ? (
            words.unknownAge
          ) : (
            <>
              {words.since} <Time at={secret.seen_at} />
            </>
          )}
        </div>
      </div>
    </li>
  )
}

interface Aged {
  readonly id: string
  readonly name: string
  readonly href: string
  readonly made_at: string
  readonly last_used_at: string | null
}

interface AgeTableProps {
  readonly rows: readonly Aged[]
  readonly caption: string
  /** A key that nobody uses should go; a client may have other ways to be used. */
  readonly isUnusedOdd: boolean
}

function AgeTable({ rows: aged, caption, isUnusedOdd }: AgeTableProps): ReactNode {
  const words = useTexts(secretsTexts)
  const nowMs = useNow()
  const isLongUnused = ({ made_at: made, last_used_at: used }: Aged): boolean =>
    isUnusedOdd && nowMs - Date.parse(used ?? made) > UNUSED_MS
  return (
    <div className={css.scroll}>
      <table className={rows.table}>
        <caption className={css.hidden}>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.age}</th>
            <th scope="col">{words.lastUse}</th>
          </tr>
        </thead>
        <tbody>
          {aged.map((one) => (
            <tr key={one.id}>
              <td>
                <Link href={one.href}>{one.name}</Link>
              </td>
              <td>
                <Time at={one.made_at} />{' '}
                {nowMs - Date.parse(one.made_at) > OLD_MS && <Chip tone="warn">{words.old}</Chip>}
              </td>
              <td>
                {one.last_used_at === null ? words.never : <Time at={one.last_used_at} />}{' '}
                {isLongUnused(one) && <Chip tone="warn">{words.unused}</Chip>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
