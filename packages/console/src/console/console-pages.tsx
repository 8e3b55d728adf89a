/** The console for administrators: the sections that the person may look at, and no others. */
import { permissions as own, type Permission } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { Link, Redirect } from 'wouter'
import { useT } from '../i18n/messages.ts'
import { OverviewPage } from '../overview/overview-page.tsx'
import { mayUseConsole, useMay, useMe } from '../shell/me.ts'
import { NotFound } from '../shell/not-found.tsx'
import { type NavEntry, Shell, SignedIn } from '../shell/shell.tsx'
import type { IconName } from '../ui/icon.tsx'
import { later } from '../ui/later.tsx'
import { Empty, PageHeader } from '../ui/parts.tsx'
import { useIdle } from '../ui/use-idle.ts'
import { AllKeysPage } from './keys-page.tsx'
import { PeoplePage } from './people-page.tsx'
import { PersonPage } from './person-page.tsx'
import { ProgramPage } from './program-page.tsx'
import { ProgramsPage } from './programs-page.tsx'
import { RolesPage } from './roles-page.tsx'

/** Loaded when the browser has nothing else to do, or when somebody goes there: the first load does not grow with them. */
const ClientsPage = later(async () => (await import('../clients/clients-page.tsx')).ClientsPage)
const ClientPage = later(async () => (await import('../clients/client-page.tsx')).ClientPage)
const RegistrationPage = later(
  async () => (await import('../registration/registration-page.tsx')).RegistrationPage,
)
const SecretsPage = later(async () => (await import('../secrets/secrets-page.tsx')).SecretsPage)
const RiskPage = later(async () => (await import('../risk/risk-page.tsx')).RiskPage)
const AuditPage = later(async () => (await import('../audit/audit-page.tsx')).AuditPage)
const SettingsPage = later(async () => (await import('../settings/settings-page.tsx')).SettingsPage)
const ExplainPage = later(async () => (await import('../explain/explain-page.tsx')).ExplainPage)
const StartPage = later(async () => (await import('../start/start-page.tsx')).StartPage)
const AdvisorPage = later(async () => (await import('../advisor/advisor-page.tsx')).AdvisorPage)
const parts = [
  ClientsPage,
  ClientPage,
  RegistrationPage,
  SecretsPage,
  RiskPage,
  AuditPage,
  SettingsPage,
  ExplainPage,
  StartPage,
  AdvisorPage,
]

export interface ConsolePagesProps {
  readonly section: string | undefined
  readonly item: string | undefined
}

export function ConsolePages({ section = '', item }: ConsolePagesProps): ReactNode {
  useIdle(() => {
    for (const part of parts) part.ahead()
  })
  return (
    <SignedIn>
      <Sections section={section} item={item} />
    </SignedIn>
  )
}

interface SectionRow {
  readonly name: string
  readonly icon: IconName
  readonly text: string
  /** Null for what everybody in the console sees. */
  readonly needs: Permission | null
  readonly page: ReactNode
  /** The section whose page leads here; it stands for this one at the side. */
  readonly under?: string
  /** The page of one thing in it, by its id. */
  readonly one?: (id: string) => ReactNode
}

function useSections(): readonly SectionRow[] {
  const t = useT().console
  return [
    { name: '', icon: 'overview', text: t.overview, needs: null, page: <OverviewPage /> },
    {
      name: 'people',
      icon: 'people',
      text: t.people,
      needs: own.accountsRead,
      page: <PeoplePage />,
      one: (id) => <PersonPage key={id} id={id} />,
    },
    {
      name: 'programs',
      icon: 'bot',
      text: t.programs,
      needs: own.serviceAccountsRead,
      page: <ProgramsPage />,
      one: (id) => <ProgramPage key={id} id={id} />,
    },
    {
      name: 'clients',
      icon: 'grant',
      text: t.clients,
      needs: own.clientsRead,
      page: <ClientsPage />,
      one: (id) => <ClientPage key={id} id={id} />,
    },
    {
      name: 'registration',
      icon: 'grant',
      text: t.registration,
      needs: own.clientsRead,
      page: <RegistrationPage />,
      under: 'clients',
    },
    { name: 'roles', icon: 'roles', text: t.roles, needs: own.rolesRead, page: <RolesPage /> },
    { name: 'keys', icon: 'key', text: t.keys, needs: own.apiKeysRead, page: <AllKeysPage /> },
    {
      name: 'signing-keys',
      icon: 'rotate',
      text: t.signingKeys,
      needs: own.signingKeysRead,
      page: <SecretsPage />,
    },
    { name: 'risk', icon: 'alert', text: t.risk, needs: own.riskRead, page: <RiskPage /> },
    { name: 'audit', icon: 'audit', text: t.audit, needs: own.auditRead, page: <AuditPage /> },
    {
      name: 'settings',
      icon: 'settings',
      text: t.settings,
      needs: own.settingsRead,
      page: <SettingsPage />,
    },
    { name: 'start', icon: 'flag', text: t.start, needs: null, page: <StartPage /> },
    { name: 'advisor', icon: 'advice', text: t.advisor, needs: null, page: <AdvisorPage /> },
    { name: 'explain', icon: 'explain', text: t.explain, needs: own.decisionsRead, page: <ExplainPage /> },
  ]
}

function Sections({
  section,
  item,
}: {
  readonly section: string
  readonly item: string | undefined
}): ReactNode {
  const t = useT()
  const me = useMe()
  const may = useMay()
  const all = useSections()
  const rows = all.filter(({ needs }) => needs === null || may(needs))
  const row = rows.find(({ name }) => name === section)
  if (row === undefined)
    return all.some(({ name }) => name === section) ? <Redirect to="/console" /> : <NotFound />
  const page = item === undefined ? row.page : row.one?.(decodeURIComponent(item))
  if (page === undefined) return <NotFound />
  const entries = rows
    .filter(({ under }) => under === undefined)
    .map(({ name, icon, text }): NavEntry => ({ href: toHref(name), icon, text }))
  const other: NavEntry = { href: '/account', icon: 'account', text: t.console.toAccount }
  return (
    <Shell
      entries={mayUseConsole(me) ? entries : []}
      other={other}
      title={row.text}
      here={toHref(row.under ?? row.name)}
      isWide
    >
      {mayUseConsole(me) ? (
        page
      ) : (
        <>
          <PageHeader title={t.shell.console} />
          <Empty
            icon="shield"
            title={t.shell.noAccess}
            text={t.shell.noAccessText}
            action={<Link href="/account">{t.console.toAccount}</Link>}
          />
        </>
      )}
    </Shell>
  )
}

const toHref = (section: string): string => (section === '' ? '/console' : `/console/${section}`)
