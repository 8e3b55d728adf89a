/** Something that a person does: asks for a fresh proof where one is needed, and tells how it went. */
import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import { useT } from '../i18n/messages.ts'
import { useStepUp } from '../ui/step-up.tsx'
import { useToast } from '../ui/toast.tsx'
import { Cancelled, tell } from './problems.ts'

export interface ActionOptions<I, O> {
  readonly run: (input: I) => Promise<O>
  /** What has changed with it. */
  readonly changes?: readonly QueryKey[]
  readonly done?: (output: O, input: I) => string | undefined
  /** Runs before what has changed is asked for anew. */
  readonly onDone?: (output: O, input: I) => void
  /** The page shows the failure itself. */
  readonly isQuiet?: boolean
}

export function useAction<I = void, O = unknown>(
  options: ActionOptions<I, O>,
): UseMutationResult<O, Error, I> {
  const t = useT()
  const toast = useToast()
  const withProof = useStepUp()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: I) => withProof(() => options.run(input)),
    onSuccess: (output, input) => {
      options.onDone?.(output, input)
      const text = options.done?.(output, input)
      if (text !== undefined) toast.good(text)
    },
    onError: (error) => {
      if (!(error instanceof Cancelled) && options.isQuiet !== true) toast.bad(tell(error, t))
    },
    onSettled: () =>
      Promise.all((options.changes ?? []).map((queryKey) => queries.invalidateQueries({ queryKey }))),
  })
}
