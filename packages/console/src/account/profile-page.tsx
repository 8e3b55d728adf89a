/** Who the person is here, what they may do, and whether the account is safe. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { myFactorsQuery } from '../api/account-queries.ts'
import { useT } from '../i18n/messages.ts'
import { OwnData } from '../mine/own-data.tsx'
import { useMe } from '../shell/me.ts'
import { Chip, CopyField, Fact, Facts, Notice, PageHeader, Section } from '../ui/parts.tsx'
import { CardsSkeleton } from '../ui/skeletons.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'

export function ProfilePage(): ReactNode {
  const t = useT()
  const { principal } = useMe()
  // The warning above everything else would push it down.
  const { isLoading } = useQuery(myFactorsQuery)
  return (
    <>
      <PageHeader
        title={principal.name ?? principal.email ?? t.account.profile}
        lead={t.account.profileLead}
      />
      {isLoading ? <CardsSkeleton /> : <Profile />}
    </>
  )
}

function Profile(): ReactNode {
  const t = useT()
  const { principal, permissions } = useMe()
  return (
    <>
      <Safety />
      <Section>
        <Facts>
          {principal.email !== undefined && <Fact label={t.account.email}>{principal.email}</Fact>}
          <Fact label={t.account.signedInBy}>
            <SignedInBy />
          </Fact>
        </Facts>
        <div className={css.below}>
          <span className={css.label}>{t.account.accountId}</span>
          <CopyField label={t.account.accountId} value={principal.id} />
        </div>
      </Section>
      <Section title={t.account.rights}>
        <Rights permissions={permissions} />
      </Section>
      {principal.kind === 'account' && <OwnData />}
    </>
  )
}

function Safety(): ReactNode {
  const t = useT()
  const [, go] = useLocation()
  const { data: factors } = useQuery(myFactorsQuery)
  if (factors === undefined || factors.items.length > 0) return null
  return (
    <div className={css.callout}>
      <Notice tone="warn">{t.account.factorOff}</Notice>
      <Button variant="default" onClick={() => go('/account/security')}>
        {t.account.addFactor}
      </Button>
    </div>
  )
}

function SignedInBy(): ReactNode {
  const t = useT()
  const { credential } = useMe()
  const level = credential.acr?.split(':').at(-1) ?? ''
  const levels: Readonly<Record<string, string>> = t.account.level
  return (
    <>
      {levels[level] ?? credential.kind}
      {credential.auth_time !== null && (
        <>
          {', '}
          <Time at={credential.auth_time} />
        </>
      )}
    </>
  )
}

function Rights({ permissions }: { readonly permissions: readonly string[] }): ReactNode {
  const t = useT()
  if (permissions.includes('*')) return <p className={css.plain}>{t.account.rightsAll}</p>
  if (permissions.length === 0) return <p className={css.plain}>{t.account.rightsNone}</p>
  return (
    <div className={css.chips}>
      {permissions.map((permission) => (
        <Chip key={permission}>
          <code>{permission}</code>
        </Chip>
      ))}
    </div>
  )
}
