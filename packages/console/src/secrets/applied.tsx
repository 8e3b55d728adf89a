/** Who has applied the change up to a position of the log: followed until everybody has. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { client } from '../api/client.ts'
import { useTexts } from '../i18n/texts.ts'
import { Chip } from '../ui/parts.tsx'
import ui from '../ui/ui.module.css'
import css from './secrets.module.css'
import { secretsTexts } from './texts.ts'

const FOLLOW_MS = 400

export function Applied({ position }: { readonly position: number }): ReactNode {
  const words = useTexts(secretsTexts)
  const { data } = useQuery({
    queryKey: ['verifiers', 'until', position],
    queryFn: () => client.verifiers.list(),
    refetchInterval: ({ state }) =>
      state.data?.items.every((one) => one.position >= position) === true ? false : FOLLOW_MS,
  })
  if (data === undefined) return null
  const applied = data.items.filter((one) => one.position >= position).length
  const isDone = applied === data.items.length
  return (
    <section className={css.applied} aria-label={words.applied} data-done={isDone}>
      <strong role="status">
        {isDone ? words.allApplied : words.someApplied(applied, data.items.length)}
      </strong>
      <progress value={applied} max={Math.max(1, data.items.length)} aria-label={words.applied} />
      <ul>
        {data.items.map(({ label, own, position: at }) => (
          <li key={own ? 'own' : label}>
            {own ? words.ownVerifier : <code className={ui.mono}>{label}…</code>}{' '}
            <Chip tone={at >= position ? 'good' : 'warn'}>{at >= position ? words.has : words.hasNot}</Chip>
          </li>
        ))}
      </ul>
    </section>
  )
}
