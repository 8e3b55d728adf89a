/**
 * Asks before something ends: the button says what will be done, and what it is done to stands in the title. Where
 * there is no way back, Enter pressed once too often closes it.
 */
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import css from './ui.module.css'

export interface ConfirmProps {
  /** Null while it is closed. */
  readonly title: string | null
  readonly text: string
  readonly verb: string
  readonly isDangerous?: boolean
  readonly isBusy: boolean
  readonly children?: ReactNode
  readonly onConfirm: () => void
  readonly onClose: () => void
}

export function Confirm({ isDangerous = true, ...props }: ConfirmProps): ReactNode {
  const t = useT()
  return (
    <Modal opened={props.title !== null} onClose={props.onClose} title={props.title}>
      <div className={css.stack}>
        <p>{props.text}</p>
        {props.children}
        <div className={css.buttons}>
          <span className={css.awaiting} role="status">
            {props.isBusy && t.common.awaiting}
          </span>
          <Button variant="default" onClick={props.onClose} data-autofocus={isDangerous || undefined}>
            {t.common.cancel}
          </Button>
          <Button
            color={isDangerous ? 'danger' : 'brand'}
            loading={props.isBusy}
            onClick={props.onConfirm}
            data-autofocus={!isDangerous || undefined}
          >
            {props.verb}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
