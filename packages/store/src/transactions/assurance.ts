/** Which levels are demanded: in the audit log, and where they were raised in the revocation log. */
import type { AssurancePolicy, EntryDraft } from '@countersign/core'
import { raisedBy } from '@countersign/core/records'
import {
  type AssuranceLevel,
  assuranceLevels,
  isRoleId,
  type PathNode,
  type RoleId,
} from '@countersign/protocol'
import type { AnswerOf, InputOf } from '../port.ts'
import { toAuditEvent } from '../rows.ts'
import { one, type Script } from '../script.ts'
import { selectLatestAudit } from '../statements/audit.ts'
import { writeAudit } from '../steps/audit.ts'
import { appendEntries } from '../steps/log.ts'
import { holdAdministrators } from '../steps/roles.ts'

export function* recordAssurance(input: InputOf<'recordAssurance'>): Script<AnswerOf<'recordAssurance'>> {
  const { assurance, audit } = input
  // Two nodes that start at once would both find the levels of before.
  yield* holdAdministrators()
  const before = yield* readRecorded(audit.type)
  if (spell(before) === spell(assurance)) return 'same'
  yield* writeAudit(audit)
  yield* appendEntries(toEntries(input, before))
  return 'recorded'
}

const NOTHING: AssurancePolicy = { everyone: null, roles: {} }

function* readRecorded(type: string): Script<AssurancePolicy> {
  const row = yield* one(selectLatestAudit, type)
  if (row === null) return NOTHING
  const { everyone, roles } = toAuditEvent(row).details
  const levels = String(roles ?? '')
    .split(' ')
    .flatMap((item): [RoleId, AssuranceLevel][] => {
      const [role = '', level] = item.split('=')
      const known = toLevel(level)
      return isRoleId(role) && known !== null ? [[role, known]] : []
    })
  return { everyone: toLevel(everyone), roles: Object.fromEntries(levels) }
}

/** What is no level demands nothing. */
const toLevel = (text: unknown): AssuranceLevel | null =>
  assuranceLevels.find((level) => level === text) ?? null

const spell = ({ everyone, roles }: AssurancePolicy): string =>
  JSON.stringify([everyone, Object.entries(roles).sort()])

function toEntries(input: InputOf<'recordAssurance'>, before: AssurancePolicy): readonly EntryDraft[] {
  const raised = raisedBy(before, input.assurance)
  const nodes: readonly PathNode[] =
    raised === 'everyone'
      ? [{ kind: 'issuer', id: input.issuer }]
      : raised.map((id) => ({ kind: 'role', id }))
  const { nowMs: atMs, entryExpiresAtMs: expiresAtMs } = input
  return nodes.map((node) => ({ node, effect: 'rule', atMs, expiresAtMs }))
}
