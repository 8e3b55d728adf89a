/** The frame of every page behind the sign-in: the sections at the side, the person at its foot, the page in the middle. */
import { ActionIcon, Drawer } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { meQuery } from '../api/account-queries.ts'
import { isSignedOut } from '../api/problems.ts'
import { facts } from '../facts.ts'
import { useT } from '../i18n/messages.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Failure } from '../ui/parts.tsx'
import { PageSkeleton } from '../ui/skeletons.tsx'
import { Brand } from './brand.tsx'
import { focusPage } from './kept-focus.ts'
import { leaveToSignIn } from './leave.ts'
import { MeContext } from './me.ts'
import { Offline } from './offline.tsx'
import css from './shell.module.css'
import { UserMenu } from './user-menu.tsx'

export interface NavEntry {
  readonly href: string
  readonly icon: IconName
  readonly text: string
}

export interface ShellProps {
  readonly entries: readonly NavEntry[]
  /** The way to the other half: from the account to the console, and back. */
  readonly other: NavEntry | null
  /** Of the page, for the window and its history. */
  readonly title: string
  /** Where the entry leads that the page belongs to. */
  readonly here: string
  /** Narrow pages are read, wide ones hold tables. */
  readonly isWide?: boolean
  readonly children: ReactNode
}

/** Shows its page to whoever is signed in, and sends everybody else to sign in and come back. */
export function SignedIn({ children }: { readonly children: ReactNode }): ReactNode {
  const [path] = useLocation()
  const search = useSearch()
  const { data: me, error, refetch } = useQuery(meQuery)
  const isLeaving = isSignedOut(error)
  useEffect(() => {
    if (isLeaving) leaveToSignIn(search === '' ? path : `${path}?${search}`)
  }, [isLeaving, path, search])
  if (isLeaving) return <PageSkeleton />
  if (me !== undefined) return <MeContext value={me}>{children}</MeContext>
  if (error === null) return <PageSkeleton />
  return (
    <main className={css.alone}>
      <Brand />
      <Failure error={error} onRetry={() => void refetch()} />
    </main>
  )
}

export function Shell({ entries, other, title, here, isWide = false, children }: ShellProps): ReactNode {
  const t = useT()
  const [path] = useLocation()
  const [isOpen, setOpen] = useState(false)
  useArrival(path, `${title} · ${facts.name}`)
  const side = (
    <>
      <Entries entries={entries} here={here} onFollow={() => setOpen(false)} />
      <div className={css.foot}>
        {other !== null && <NavLink entry={other} isHere={false} onFollow={() => setOpen(false)} />}
        <UserMenu />
      </div>
    </>
  )
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content">
        {t.common.skip}
      </a>
      <nav className={css.top} aria-label={t.shell.menuBar}>
        <ActionIcon
          variant="subtle"
          color="brand"
          size="lg"
          aria-label={t.shell.menu}
          aria-expanded={isOpen}
          onClick={() => setOpen(true)}
        >
          <Icon name="menu" size={20} />
        </ActionIcon>
        <Brand />
      </nav>
      <Drawer opened={isOpen} onClose={() => setOpen(false)} size={270} title={<Brand />}>
        <nav className={css.drawer} aria-label={t.shell.navigation}>
          {side}
        </nav>
      </Drawer>
      <nav className={css.side} aria-label={t.shell.navigation}>
        <div className={css.sideTop}>
          <Brand />
        </div>
        {side}
      </nav>
      <main className={css.main} id="content" tabIndex={-1}>
        <Offline />
        <div className={css.page} data-wide={isWide}>
          {children}
        </div>
      </main>
    </div>
  )
}

/** A new page begins at its top, for eyes and for screen readers alike; the first one is left as the browser opened it. */
function useArrival(path: string, title: string): void {
  const before = useRef(path)
  useEffect(() => {
    document.title = title
    if (before.current === path) return
    before.current = path
    window.scrollTo(0, 0)
    focusPage()
  }, [path, title])
}

interface EntriesProps {
  readonly entries: readonly NavEntry[]
  readonly here: string
  readonly onFollow: () => void
}

function Entries({ entries, here, onFollow }: EntriesProps): ReactNode {
  return (
    <div className={css.nav}>
      {entries.map((entry) => (
        <NavLink key={entry.href} entry={entry} isHere={entry.href === here} onFollow={onFollow} />
      ))}
    </div>
  )
}

function NavLink({
  entry,
  isHere,
  onFollow,
}: {
  readonly entry: NavEntry
  readonly isHere: boolean
  readonly onFollow: () => void
}): ReactNode {
  return (
    <Link
      href={entry.href}
      className={css.link ?? ''}
      aria-current={isHere ? 'page' : undefined}
      onClick={onFollow}
    >
      <Icon name={entry.icon} />
      <span>{entry.text}</span>
    </Link>
  )
}
