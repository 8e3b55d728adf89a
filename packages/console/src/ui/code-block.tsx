/** Code or configuration to take along: shown whole, copied by one press. */
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import css from './code-block.module.css'
import { Icon } from './icon.tsx'

export function CodeBlock({ title, code }: { readonly title: string; readonly code: string }): ReactNode {
  const t = useT()
  const clipboard = useClipboard({ timeout: 2_000 })
  return (
    <figure className={css.figure} aria-label={title}>
      <figcaption>
        <span>{title}</span>
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<Icon name={clipboard.copied ? 'check' : 'copy'} size={14} />}
          aria-label={clipboard.copied ? t.common.copied : `${t.common.copy}: ${title}`}
          onClick={() => clipboard.copy(code)}
        >
          {clipboard.copied ? t.common.copied : t.common.copy}
        </Button>
      </figcaption>
      <pre>
        <code>{code}</code>
      </pre>
    </figure>
  )
}
