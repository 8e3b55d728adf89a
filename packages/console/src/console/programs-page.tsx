/** Service accounts: programs with rights of their own. */
import { permissions as own, type ServiceAccountShape } from '@countersign/protocol'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { programsQuery } from '../api/admin-queries.ts'
import { client } from '../api/client.ts'
import { Bulk, LISTED, SelectableRow, type Selection, useSelection } from '../bulk/selection.tsx'
import { useT } from '../i18n/messages.ts'
import { useMay } from '../shell/me.ts'
import { Icon } from '../ui/icon.tsx'
import rows from '../ui/list.module.css'
import { PagedList } from '../ui/pages.tsx'
import { Chip, Empty, PageHeader, Section } from '../ui/parts.tsx'
import { Time } from '../ui/time.tsx'
import css from '../ui/ui.module.css'
import { EditPrincipal } from './edit-principal.tsx'

const CHANGES = [['programs'], ['tree'], ['api-keys'], ['overview']]

export function ProgramsPage(): ReactNode {
  const t = useT()
  const may = useMay()
  const programs = useInfiniteQuery(programsQuery)
  const selection = useSelection()
  const [isCreating, setCreating] = useState(false)
  const create = may(own.serviceAccountsWrite) && (
    <Button onClick={() => setCreating(true)}>{t.console.createProgram}</Button>
  )
  return (
    <>
      <PageHeader title={t.console.programs} lead={t.console.programsLead} actions={create} />
      <Section isFlush>
        <PagedList
          query={programs}
          row={(program) => (
            <ProgramRow
              key={program.id}
              program={program}
              selection={may(own.serviceAccountsWrite) ? selection : null}
            />
          )}
          empty={<Empty icon="bot" title={t.console.programsNone} text={t.console.programsNoneText} />}
        />
      </Section>
      <Bulk
        noun="service-accounts"
        selection={selection}
        list={(cursor) => client.serviceAccounts.list({ limit: LISTED, cursor })}
        changes={CHANGES}
      />
      <EditPrincipal
        title={t.console.createProgram}
        verb={t.console.createProgram}
        from={isCreating ? { name: '', roles: [], audiences: [] } : null}
        changes={[['programs']]}
        save={({ name, roles, audiences }) =>
          client.serviceAccounts.create({ name, roles, audiences: audiences ?? [] })
        }
        onClose={() => setCreating(false)}
      />
    </>
  )
}

interface ProgramRowProps {
  readonly program: ServiceAccountShape
  readonly selection: Selection | null
}

function ProgramRow({ program, selection }: ProgramRowProps): ReactNode {
  const t = useT()
  return (
    <SelectableRow selection={selection} id={program.id} name={program.name}>
      <Link href={`/console/programs/${program.id}`} className={rows.rowLink ?? ''}>
        <span className={rows.rowIcon}>
          <Icon name="bot" />
        </span>
        <span className={rows.rowBody}>
          <span className={rows.rowTitle}>{program.name}</span>
          <span className={rows.rowText}>
            {program.audiences.length === 0 ? program.id : program.audiences.join(', ')}
          </span>
        </span>
        <span className={rows.rowEnd}>
          {program.disabled_at !== null && <Chip tone="danger">{t.console.disabled}</Chip>}
          {program.roles.map((role) => (
            <Chip key={role}>{role}</Chip>
          ))}
          <span className={css.quiet}>
            {t.common.created} <Time at={program.created_at} />
          </span>
          <Icon name="chevron" size={16} />
        </span>
      </Link>
    </SelectableRow>
  )
}
