/** Every transaction by its name. The names are those of core's port, and what a writer thread is sent. */
import * as accounts from './transactions/accounts.ts'
import * as aliases from './transactions/aliases.ts'
import * as apiKeys from './transactions/api-keys.ts'
import * as assurance from './transactions/assurance.ts'
import * as audit from './transactions/audit.ts'
import * as authorizations from './transactions/authorizations.ts'
import * as clients from './transactions/clients.ts'
import * as deviceCodes from './transactions/device-codes.ts'
import * as devices from './transactions/devices.ts'
import * as factors from './transactions/factors.ts'
import * as grants from './transactions/grants.ts'
import * as housekeeping from './transactions/housekeeping.ts'
import * as identities from './transactions/identities.ts'
import * as invitations from './transactions/invitations.ts'
import * as links from './transactions/links.ts'
import * as logouts from './transactions/logouts.ts'
import * as mails from './transactions/mails.ts'
import * as notMe from './transactions/not-me.ts'
import * as passkeys from './transactions/passkeys.ts'
import * as passwords from './transactions/passwords.ts'
import * as programs from './transactions/programs.ts'
import * as registrations from './transactions/registrations.ts'
import * as revocations from './transactions/revocations.ts'
import * as risk from './transactions/risk.ts'
import * as roles from './transactions/roles.ts'
import * as serviceAccounts from './transactions/service-accounts.ts'
import * as sessions from './transactions/sessions.ts'
import * as setup from './transactions/setup.ts'
import * as signUps from './transactions/sign-ups.ts'
import * as signingKeys from './transactions/signing-keys.ts'
import * as tickets from './transactions/tickets.ts'

export type StoreTransactions = typeof accounts &
  typeof aliases &
  typeof apiKeys &
  typeof assurance &
  typeof audit &
  typeof authorizations &
  typeof clients &
  typeof deviceCodes &
  typeof devices &
  typeof factors &
  typeof grants &
  typeof housekeeping &
  typeof identities &
  typeof passwords &
  typeof links &
  typeof logouts &
  typeof mails &
  typeof notMe &
  typeof passkeys &
  typeof programs &
  typeof registrations &
  typeof revocations &
  typeof risk &
  typeof roles &
  typeof serviceAccounts &
  typeof sessions &
  typeof setup &
  typeof signUps &
  typeof invitations &
  typeof signingKeys &
  typeof tickets

export const transactions: StoreTransactions = {
  ...accounts,
  ...aliases,
  ...apiKeys,
  ...assurance,
  ...audit,
  ...authorizations,
  ...clients,
  ...deviceCodes,
  ...devices,
  ...factors,
  ...grants,
  ...housekeeping,
  ...identities,
  ...passwords,
  ...links,
  ...logouts,
  ...mails,
  ...notMe,
  ...passkeys,
  ...programs,
  ...registrations,
  ...revocations,
  ...risk,
  ...roles,
  ...serviceAccounts,
  ...sessions,
  ...setup,
  ...signUps,
  ...invitations,
  ...signingKeys,
  ...tickets,
}
