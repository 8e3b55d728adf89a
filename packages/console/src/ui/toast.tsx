/** Short notices at the edge of the page, read out by screen readers. Good news leaves by itself; bad news stays longer. */
import { CloseButton } from '@mantine/core'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'
import type { Told } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { Icon } from './icon.tsx'
import css from './toast.module.css'

export interface Toaster {
  readonly good: (text: string) => void
  readonly bad: (told: Told) => void
}

interface Toast extends Told {
  readonly id: number
  readonly tone: 'good' | 'bad'
}

const ToastContext = createContext<Toaster>({ good: () => {}, bad: () => {} })
const STAYS_MS = { good: 5_000, bad: 12_000 }
const TOASTS_MAX = 4

export const useToast = (): Toaster => useContext(ToastContext)

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const t = useT()
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const next = useRef(0)
  const drop = useCallback((id: number) => setToasts((all) => all.filter((one) => one.id !== id)), [])
  const toaster = useMemo(() => {
    const show = (tone: Toast['tone'], told: Told): void => {
      next.current += 1
      const id = next.current
      setToasts((all) => [...all, { id, tone, ...told }].slice(-TOASTS_MAX))
      setTimeout(() => drop(id), STAYS_MS[tone])
    }
    return {
      good: (text: string) => show('good', { text, decisionId: null }),
      bad: (told: Told) => show('bad', told),
    }
  }, [drop])
  return (
    <ToastContext value={toaster}>
      {children}
      <div className={css.shelf} aria-live="polite" role="status">
        {toasts.map(({ id, tone, text, decisionId }) => (
          <div key={id} className={css.toast} data-tone={tone}>
            <Icon name={tone === 'good' ? 'check' : 'alert'} />
            <div className={css.text}>
              {text}
              {decisionId !== null && <div className={css.decision}>{t.common.decision(decisionId)}</div>}
            </div>
            <CloseButton size="sm" aria-label={t.common.close} onClick={() => drop(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  )
}
