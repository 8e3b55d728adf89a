/** The small parts that pages are made of: headers, sections, notices, chips, fields to copy. */
import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { tell } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { Icon, type IconName } from './icon.tsx'
import css from './ui.module.css'

export interface PageHeaderProps {
  readonly title: string
  readonly lead?: string
  readonly actions?: ReactNode
}

export function PageHeader({ title, lead, actions }: PageHeaderProps): ReactNode {
  return (
    <div className={css.pageHeader}>
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        {lead !== undefined && <p>{lead}</p>}
      </div>
      {actions !== undefined && <div className={css.actions}>{actions}</div>}
    </div>
  )
}

export interface SectionProps {
  readonly title?: string
  readonly lead?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** The content reaches to the edges, as a list does. */
  readonly isFlush?: boolean
}

export function Section({ title, lead, actions, children, isFlush = false }: SectionProps): ReactNode {
  return (
    <section className={css.section}>
      {title !== undefined && (
        <div className={css.sectionHeader}>
          <div>
            <h2>{title}</h2>
            {lead !== undefined && <p>{lead}</p>}
          </div>
          {actions !== undefined && <div className={css.actions}>{actions}</div>}
        </div>
      )}
      <div className={isFlush ? css.flush : css.padded}>{children}</div>
    </section>
  )
}

export type Tone = 'neutral' | 'brand' | 'good' | 'warn' | 'danger'

export function Chip({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone
  readonly children: ReactNode
}): ReactNode {
  return (
    <span className={css.chip} data-tone={tone}>
      {children}
    </span>
  )
}

export interface NoticeProps {
  readonly tone: Exclude<Tone, 'neutral'>
  readonly title?: string
  readonly children?: ReactNode
  /** Read out at once. */
  readonly isAlert?: boolean
}

export function Notice({ tone, title, children, isAlert = false }: NoticeProps): ReactNode {
  const icon: IconName = tone === 'good' ? 'check' : tone === 'brand' ? 'shield' : 'alert'
  return (
    <div className={css.notice} data-tone={tone} role={isAlert ? 'alert' : undefined}>
      <Icon name={icon} />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  )
}

/** A failure where it happened, with a way on. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}): ReactNode {
  const t = useT()
  const { text, decisionId } = tell(error, t)
  return (
    <Notice tone="danger" isAlert>
      {text}
      {decisionId !== null && <div className={css.decision}>{t.common.decision(decisionId)}</div>}
      {onRetry !== undefined && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {t.common.retry}
        </Button>
      )}
    </Notice>
  )
}

export interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  readonly text: string
  readonly action?: ReactNode
}

/** An empty list says what would stand in it, and how it gets there. */
export function Empty({ icon, title, text, action }: EmptyProps): ReactNode {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>
        <Icon name={icon} size={22} />
      </span>
      <strong>{title}</strong>
      <p>{text}</p>
      {action}
    </div>
  )
}

/** Something to take along: shown whole, copied by one press. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }): ReactNode {
  const t = useT()
  const clipboard = useClipboard({ timeout: 2_000 })
  return (
    <fieldset className={css.copyField} aria-label={label}>
      <code>{value}</code>
      <Tooltip label={clipboard.copied ? t.common.copied : t.common.copy}>
        <ActionIcon
          variant="subtle"
          color="brand"
          aria-label={clipboard.copied ? t.common.copied : `${t.common.copy}: ${label}`}
          onClick={() => clipboard.copy(value)}
        >
          <Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />
        </ActionIcon>
      </Tooltip>
    </fieldset>
  )
}

export interface FactProps {
  readonly label: string
  readonly children: ReactNode
}

export const Facts = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <dl className={css.facts}>{children}</dl>
)

export const Fact = ({ label, children }: FactProps): ReactNode => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)
