/** Reading what a program is used to, and who is told of it. */
import {
  ADMINISTRATOR,
  type ApiKeyId,
  isAccountId,
  isApiKeyId,
  isPrincipalId,
  type PrincipalId,
  type ServiceAccountId,
} from '@countersign/protocol'
import { integer, integerOrNull, narrowed, text } from '../columns.ts'
import type { AnswerOf } from '../port.ts'
import { all, one, type Script } from '../script.ts'
import * as sql from '../statements/programs.ts'
import { selectPolicy } from '../statements/risk.ts'

/** More would be a list and not a warning. */
const ADMINISTRATORS_TOLD_MAX = 10

export function* readProgram(subject: ApiKeyId | ServiceAccountId): Script<AnswerOf<'readProgram'>> {
  const isKey = isApiKeyId(subject)
  const found = yield* one(isKey ? sql.selectProgramKey : sql.selectProgramAccount, subject)
  if (found === null) return null
  const program = yield* one(sql.selectProgram, subject)
  const policy = yield* one(selectPolicy)
  return {
    owner: narrowed(found, 'owner', isPrincipalId),
    name: text(found, 'name'),
    isKey,
    isSuspended: integerOrNull(found, 'suspended_at') !== null,
    policy: policy === null ? null : text(policy, 'policy'),
    memory: program === null ? null : text(program, 'memory'),
    uses: program === null ? 0 : integer(program, 'uses'),
  }
}

export function* readWatchers(owner: PrincipalId): Script<AnswerOf<'readWatchers'>> {
  const rows = isAccountId(owner)
    ? yield* all(sql.selectPersonToTell, owner)
    : yield* all(sql.listAdministratorsToTell, ADMINISTRATOR, ADMINISTRATORS_TOLD_MAX)
  return rows.map((row) => ({ id: narrowed(row, 'id', isAccountId), email: text(row, 'email') }))
}
