/** The settings of the server: its brand, its mail, and every setting with its default, meaning and origin. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useTexts } from '../i18n/texts.ts'
import { Failure, PageHeader } from '../ui/parts.tsx'
import { RowsSkeleton } from '../ui/skeletons.tsx'
import { BrandPreview } from './brand-preview.tsx'
import { Mail } from './mail.tsx'
import { SettingsList } from './settings-list.tsx'
import { settingsTexts } from './texts.ts'

/** They change when the server starts, so that asking once is enough while somebody looks. */
const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: () => client.settings.list(),
  staleTime: 60_000,
})

export function SettingsPage(): ReactNode {
  const words = useTexts(settingsTexts)
  const { data, error, refetch } = useQuery(settingsQuery)
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <RowsSkeleton rows={8} />}
      {data !== undefined && (
        <>
          <BrandPreview brand={data.brand} />
          <Mail mail={data.mail} />
          <SettingsList settings={data.items} />
        </>
      )}
    </>
  )
}
