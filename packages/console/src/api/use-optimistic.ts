/**
 * A change that shows before the authority has answered. Only for texts that can be changed back at any time: never for
 * what grants, refuses or ends anything, which `useAction` does and shows when it is proven.
 */
import { ApiProblem } from '@countersign/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Messages, useT } from '../i18n/messages.ts'
import { useStepUp } from '../ui/step-up.tsx'
import { useToast } from '../ui/toast.tsx'
import { PendingChanges, type Shown } from './pending-changes.ts'
import { Cancelled, type Told, tell } from './problems.ts'
import { queryClient } from './query-client.ts'

const pending = new PendingChanges(queryClient)

export interface OptimisticOptions {
  /** What it is about. Changes of one thing are sent one after the other, so that the last one stays. */
  readonly scope: string
  readonly run: (text: string) => Promise<unknown>
  readonly shows: (text: string) => readonly Shown[]
  /** Said when the authority has answered, and not before. */
  readonly done: string
}

export function useOptimistic({ scope, run, shows, done }: OptimisticOptions): (text: string) => void {
  const t = useT()
  const toast = useToast()
  const withProof = useStepUp()
  const queries = useQueryClient()
  const { mutate } = useMutation({
    scope: { id: scope },
    mutationFn: (text: string) => withProof(() => run(text)),
    onMutate: (text) => pending.begin(shows(text)),
    onSuccess: (_output, _text, change) => {
      change.accepted()
      toast.good(done)
    },
    onError: (error, text, change) => {
      change?.refused()
      toast.bad(tellTakenBack(error, text, t))
    },
    // Not waited for: the next change of the same thing is not held up by it.
    onSettled: (_output, _error, text) => {
      for (const { queryKey } of shows(text)) void queries.invalidateQueries({ queryKey })
    },
  })
  return mutate
}

/** The text that was typed is in it, since the form that it was typed into may be closed. */
function tellTakenBack(error: unknown, text: string, t: Messages): Told {
  if (error instanceof Cancelled) return { text: t.takenBack.refused(text), decisionId: null }
  const { text: why, decisionId } = tell(error, t)
  // Without an answer, and after a failure within, nobody knows what the authority has done.
  const isKnown = error instanceof ApiProblem && error.status < 500
  const said = isKnown ? t.takenBack.refused(text) : t.takenBack.unknown(text)
  return { text: `${said} ${why}`, decisionId }
}
