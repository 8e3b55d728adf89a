/** The first administrator and the ticket that lets one be made; both close once one exists. */
import { ADMINISTRATOR } from '@countersign/protocol'
import type { AnswerOf, InputOf } from '../port.ts'
import { one, Rollback, run, type Script } from '../script.ts'
import {
  deleteSetupTickets,
  insertSetupTicket,
  selectAnyAdministrator,
  useSetupTicket,
} from '../statements/accounts.ts'
import { insertPrincipalRole } from '../statements/roles.ts'
import { insertAccount, insertApiKey, insertServiceAccount } from '../steps/accounts.ts'
import { writeAudit } from '../steps/audit.ts'
import { holdAdministrators } from '../steps/roles.ts'

export function* createFirstAdministrator(
  input: InputOf<'createFirstAdministrator'>,
): Script<AnswerOf<'createFirstAdministrator'>> {
  yield* holdAdministrators()
  if ((yield* one(selectAnyAdministrator, ADMINISTRATOR)) !== null) return 'closed'
  const { ticketDigests, account, service } = input
  if (ticketDigests !== null && !(yield* useTicket(ticketDigests, input.audit.atMs))) return 'closed'
  // The ticket comes back with everything else: whoever mistyped an address may try again.
  if (!(yield* insertAccount(account, input.passwordHash))) throw new Rollback('address_taken')
  yield* run(insertPrincipalRole, account.id, ADMINISTRATOR)
  if (service !== null) {
    yield* insertServiceAccount(service.account)
    yield* run(insertPrincipalRole, service.account.id, ADMINISTRATOR)
    yield* insertApiKey(service.key, service.digest)
  }
  yield* run(deleteSetupTickets)
  yield* writeAudit(input.audit)
  return 'created'
}

/** One secret has one digest under each pepper that is still known. */
function* useTicket(digests: readonly string[], nowMs: number): Script<boolean> {
  for (const digest of digests) {
    if ((yield* run(useSetupTicket, digest, nowMs)) === 1) return true
  }
  return false
}

export function* offerSetupTicket(input: {
  digest: string
  expiresAtMs: number
}): Script<AnswerOf<'offerSetupTicket'>> {
  yield* holdAdministrators()
  if ((yield* one(selectAnyAdministrator, ADMINISTRATOR)) !== null) return 'closed'
  yield* run(deleteSetupTickets)
  yield* run(insertSetupTicket, input.digest, input.expiresAtMs)
  return 'offered'
}
