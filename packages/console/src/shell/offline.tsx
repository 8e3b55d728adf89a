/** Says so when there is no network: what is on the page may be old, and nothing that is done here arrives. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { useT } from '../i18n/messages.ts'
import { Icon } from '../ui/icon.tsx'
import css from './shell.module.css'

export function Offline(): ReactNode {
  const t = useT()
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  return (
    <div role="status">
      {!isOnline && (
        <p className={css.offline}>
          <Icon name="alert" size={16} /> {t.shell.offline}
        </p>
      )}
    </div>
  )
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('online', onChange)
  window.addEventListener('offline', onChange)
  return () => {
    window.removeEventListener('online', onChange)
    window.removeEventListener('offline', onChange)
  }
}
