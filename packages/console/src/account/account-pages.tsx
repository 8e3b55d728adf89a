/** The account pages: what a person sees and does about their own account. */
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { mayUseConsole, useMe } from '../shell/me.ts'
import { NotFound } from '../shell/not-found.tsx'
import { type NavEntry, Shell, SignedIn } from '../shell/shell.tsx'
import { later } from '../ui/later.tsx'
import { useIdle } from '../ui/use-idle.ts'
import { ProfilePage } from './profile-page.tsx'

const SecurityPage = later(async () => (await import('./security-page.tsx')).SecurityPage)
const SessionsPage = later(async () => (await import('./sessions-page.tsx')).SessionsPage)
const KeysPage = later(async () => (await import('./account-keys-page.tsx')).KeysPage)
const ApplicationsPage = later(
  async () => (await import('../applications/applications-page.tsx')).ApplicationsPage,
)
const ActivityPage = later(async () => (await import('../mine/activity-page.tsx')).ActivityPage)

export function AccountPages({ section = '' }: { readonly section: string | undefined }): ReactNode {
  useIdle(() => {
    for (const page of [SecurityPage, SessionsPage, ActivityPage, ApplicationsPage, KeysPage]) page.ahead()
  })
  return (
    <SignedIn>
      <Sections section={section} />
    </SignedIn>
  )
}

function Sections({ section }: { readonly section: string }): ReactNode {
  const t = useT()
  const me = useMe()
  const pages = {
    '': { icon: 'account', text: t.account.profile, page: <ProfilePage /> },
    security: { icon: 'shield', text: t.account.security, page: <SecurityPage /> },
    sessions: { icon: 'desktop', text: t.account.sessionsShort, page: <SessionsPage /> },
    activity: { icon: 'clock', text: t.account.activity, page: <ActivityPage /> },
    applications: { icon: 'grant', text: t.account.applications, page: <ApplicationsPage /> },
    keys: { icon: 'key', text: t.account.keys, page: <KeysPage /> },
  } as const
  if (!isSection(section, pages)) return <NotFound />
  const entries = Object.entries(pages).map(
    ([name, { icon, text }]): NavEntry => ({ href: toHref(name), icon, text }),
  )
  const other: NavEntry | null = mayUseConsole(me)
    ? { href: '/console', icon: 'overview', text: t.shell.console }
    : null
  return (
    <Shell entries={entries} other={other} title={pages[section].text} here={toHref(section)}>
      {pages[section].page}
    </Shell>
  )
}

const toHref = (section: string): string => (section === '' ? '/account' : `/account/${section}`)

const isSection = <T extends object>(section: string, pages: T): section is Extract<keyof T, string> =>
  Object.hasOwn(pages, section)
