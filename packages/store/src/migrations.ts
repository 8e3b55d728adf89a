/**
 * The schema, as one ordered list that only grows. Types need no translation: ids and digests are text, times
 * are bigint milliseconds, a flag is a time that may be null, lists are JSON as text. Ids are time-ordered and
 * rows are stored by them, so that inserts land next to one another.
 */
import type { Migration } from './migrate.ts'
import { emailChanges, invitations, links, mails, origins, signUps } from './schema/account-life.ts'
import { aliases } from './schema/aliases.ts'
import {
  assurance,
  authorizations,
  clientSignIns,
  clients,
  idTokenAlgorithms,
  logoutAddresses,
  proofs,
  publishedKeys,
  registrations,
  registrationTimes,
  sealedClientSecrets,
} from './schema/clients.ts'
import { deviceCodes } from './schema/device-codes.ts'
import { credentials, log, principals } from './schema/principals.ts'
import { household, records, secretAges } from './schema/records.ts'
import {
  devices,
  factors,
  identities,
  networks,
  passkeys,
  passwords,
  programs,
  risk,
  trustedDevices,
} from './schema/sign-in.ts'
import { announcements, followers, usage } from './schema/verifiers.ts'

export const migrations: readonly Migration[] = [
  {
    id: 1,
    name: 'beginning',
    statements: [...principals, ...credentials, ...log, ...records, ...household],
  },
  { id: 2, name: 'followers', statements: followers },
  { id: 3, name: 'announcements', statements: announcements },
  { id: 4, name: 'usage', statements: usage },
  { id: 5, name: 'factors', statements: factors },
  { id: 6, name: 'passwords', statements: passwords },
  { id: 7, name: 'mails', statements: mails },
  { id: 8, name: 'clients', statements: clients },
  { id: 9, name: 'passkeys', statements: passkeys },
  { id: 10, name: 'risk', statements: risk },
  { id: 11, name: 'links', statements: links },
  { id: 12, name: 'authorizations', statements: authorizations },
  { id: 13, name: 'sign_ups', statements: signUps },
  { id: 14, name: 'devices', statements: devices },
  { id: 15, name: 'assurance', statements: assurance },
  { id: 16, name: 'origins', statements: [...origins, ...emailChanges] },
  { id: 17, name: 'proofs', statements: proofs },
  { id: 18, name: 'published_keys', statements: publishedKeys },
  { id: 19, name: 'networks', statements: networks },
  { id: 20, name: 'logout_addresses', statements: logoutAddresses },
  { id: 21, name: 'client_sign_ins', statements: clientSignIns },
  { id: 22, name: 'device_codes', statements: deviceCodes },
  { id: 23, name: 'programs', statements: programs },
  { id: 24, name: 'secret_ages', statements: secretAges },
  { id: 25, name: 'id_token_algorithms', statements: idTokenAlgorithms },
  { id: 26, name: 'trusted_devices', statements: trustedDevices },
  { id: 27, name: 'sealed_client_secrets', statements: sealedClientSecrets },
  { id: 28, name: 'invitations', statements: invitations },
  { id: 29, name: 'registrations', statements: registrations },
  { id: 30, name: 'registration_times', statements: registrationTimes },
  { id: 31, name: 'aliases', statements: aliases },
  { id: 32, name: 'identities', statements: identities },
]
