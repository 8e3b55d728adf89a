/** Which rows of a list are chosen, one by one or all that match; kept while more pages of it are loaded. */
import { VisuallyHidden } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/messages.ts'
import { later } from '../ui/later.tsx'
import css from './selection.module.css'

/** How many rows are asked for at once where all that match are gathered. */
export const LISTED = 200

/** Loaded once something is chosen. */
const BulkBar = later(async () => (await import('./bulk-bar.tsx')).BulkBar, null)

export interface Selection {
  readonly ids: ReadonlySet<string>
  /** All that match, whether or not they were loaded. */
  readonly isAll: boolean
  toggle(id: string): void
  takeAll(): void
  clear(): void
}

interface Chosen {
  readonly scope: string
  readonly ids: ReadonlySet<string>
  readonly isAll: boolean
}

/** `scope` is the filter: what was chosen under another one is chosen no longer. */
export function useSelection(scope = ''): Selection {
  const [kept, setKept] = useState<Chosen>({ scope, ids: new Set(), isAll: false })
  const { ids, isAll } = kept.scope === scope ? kept : { ids: new Set<string>(), isAll: false }
  return {
    ids,
    isAll,
    toggle: (id) => {
      const next = new Set(ids)
      if (!next.delete(id)) next.add(id)
      setKept({ scope, ids: next, isAll: false })
    },
    takeAll: () => setKept({ scope, ids, isAll: true }),
    clear: () => setKept({ scope, ids: new Set(), isAll: false }),
  }
}

export interface SelectBoxProps {
  readonly selection: Selection
  readonly id: string
  readonly name: string
}

export function SelectBox({ selection, id, name }: SelectBoxProps): ReactNode {
  const t = useT()
  return (
    <label className={css.reach}>
      <input
        type="checkbox"
        className={css.box}
        checked={selection.isAll || selection.ids.has(id)}
        onChange={() => selection.toggle(id)}
      />
      <VisuallyHidden>{t.console.select(name)}</VisuallyHidden>
    </label>
  )
}

/** A row that can be chosen: the box stands before it. */
export function SelectableRow({
  selection,
  id,
  name,
  children,
}: Omit<SelectBoxProps, 'selection'> & {
  /** Null for whoever may only look. */
  readonly selection: Selection | null
  readonly children: ReactNode
}): ReactNode {
  if (selection === null) return <li>{children}</li>
  return (
    <li className={css.row}>
      <SelectBox selection={selection} id={id} name={name} />
      {children}
    </li>
  )
}

export type BulkProps = Parameters<typeof BulkBar>[0]

export function Bulk(props: BulkProps): ReactNode {
  if (props.selection.ids.size === 0 && !props.selection.isAll) return null
  return <BulkBar {...props} />
}
