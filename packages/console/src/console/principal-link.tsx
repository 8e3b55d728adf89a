/** A person or program by name, with the way to its page; by its id until the name is known, and where nobody may know it. */
import { isAccountId, isPrincipalId } from '@countersign/protocol'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { principalNameQuery, toReadPrincipal } from '../api/principal-names.ts'
import { useMay } from '../shell/me.ts'

/** An id of anything else, and one that has no page for who looks at it, stays as it is. */
export function PrincipalLink({ id }: { readonly id: string }): ReactNode {
  const may = useMay()
  const isShown = isPrincipalId(id) && may(toReadPrincipal(id))
  const { data: name } = useQuery({ ...principalNameQuery(id), enabled: isShown })
  if (!isShown) return id
  return (
    <Link href={`/console/${isAccountId(id) ? 'people' : 'programs'}/${encodeURIComponent(id)}`} title={id}>
      {name ?? id}
    </Link>
  )
}
