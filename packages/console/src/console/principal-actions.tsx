/** What can be done to a principal as a whole: change it, disable it, end it. */
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { useAction } from '../api/use-action.ts'
import { useT } from '../i18n/messages.ts'
import { Confirm } from '../ui/confirm.tsx'

export interface PrincipalActionsProps {
  readonly name: string
  readonly isDisabled: boolean
  readonly queryKey: readonly string[]
  /** The list that it stands in. */
  readonly list: { readonly href: string; readonly key: readonly string[] }
  readonly onEdit: () => void
  readonly setDisabled: (disabled: boolean) => Promise<unknown>
  readonly end: () => Promise<unknown>
}

export function PrincipalActions(props: PrincipalActionsProps): ReactNode {
  const t = useT()
  const [, go] = useLocation()
  const [asked, setAsked] = useState<'disable' | 'end' | null>(null)
  const close = (): void => setAsked(null)
  const changes = [props.queryKey, props.list.key, ['tree'], ['api-keys']]
  const switchOver = useAction({
    run: props.setDisabled,
    changes,
    done: () => t.console.saved,
    onDone: close,
  })
  const end = useAction({
    run: props.end,
    changes: [props.list.key],
    done: () => t.console.principalEnded,
    onDone: () => go(props.list.href),
  })
  return (
    <>
      <Button variant="default" onClick={props.onEdit}>
        {t.console.edit}
      </Button>
      {props.isDisabled ? (
        <Button variant="default" loading={switchOver.isPending} onClick={() => switchOver.mutate(false)}>
          {t.console.enable}
        </Button>
      ) : (
        <Button variant="default" onClick={() => setAsked('disable')}>
          {t.console.disable}
        </Button>
      )}
      <Button variant="outline" color="danger" onClick={() => setAsked('end')}>
        {t.console.delete}
      </Button>
      <Confirm
        title={asked === 'disable' ? t.console.disableTitle(props.name) : null}
        text={t.console.disableText}
        verb={t.console.disable}
        isBusy={switchOver.isPending}
        onConfirm={() => switchOver.mutate(true)}
        onClose={close}
      />
      <Confirm
        title={asked === 'end' ? t.console.endPrincipalTitle(props.name) : null}
        text={t.console.endPrincipalText}
        verb={t.console.delete}
        isBusy={end.isPending}
        onConfirm={() => end.mutate()}
        onClose={close}
      />
    </>
  )
}
