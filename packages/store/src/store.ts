/** Core's port, answered by an engine: each method is one read or one named transaction, and nothing else. */
import type {
  AccountStore,
  AliasStore,
  ApiKeyStore,
  AuditStore,
  AuthorizationStore,
  ClientStore,
  DeviceCodeStore,
  GrantStore,
  Housekeeping,
  LogoutStore,
  LogStore,
  RegistrationStore,
  RevocationStore,
  RoleStore,
  ServiceAccountStore,
  SessionStore,
  SigningKeyStore,
  Store,
} from '@countersign/core'
import { readAuthorizationCode, readRefreshToken } from './above.ts'
import type { Engine } from './engine.ts'
import { createPeopleStore } from './people-store.ts'
import * as aliases from './reads/aliases.ts'
import * as audit from './reads/audit.ts'
import * as authorizations from './reads/authorizations.ts'
import * as clients from './reads/clients.ts'
import * as credentials from './reads/credentials.ts'
import * as deviceCodes from './reads/device-codes.ts'
import * as log from './reads/log.ts'
import * as logouts from './reads/logouts.ts'
import * as principals from './reads/principals.ts'
import * as registrations from './reads/registrations.ts'
import * as revocations from './reads/revocations.ts'
import * as usage from './reads/usage.ts'
import { toAuditValues } from './steps/audit.ts'
import type { StoreTransactions } from './transactions.ts'

type StoreEngine = Engine<StoreTransactions>

/** What verdicts about clients depend on, and the log: read with nearly every request, and seldom written to. */
export const recalledTables: readonly string[] = [
  'log_head',
  'revocations',
  'clients',
  'client_secrets',
  'accounts',
  'service_accounts',
  'roles',
  'principal_roles',
]

/**
 * What a loss of power may undo while nothing has come of it: a code that was never redeemed. Redeeming one waits for the
 * disk, and with it for what was written before (ADR 0043). None of these appends to the revocation log.
 */
export const relaxedTransactions: readonly (keyof StoreTransactions)[] = ['repeatAuthorization']

export function createStore(engine: StoreEngine): Store {
  return {
    ...createLogStore(engine),
    ...createPrincipalStore(engine),
    ...createCredentialStore(engine),
    ...createClientStore(engine),
    ...createAuthorizationStore(engine),
    ...createPeopleStore(engine),
    ...createRecordStore(engine),
    ...createLogoutStore(engine),
    ...createDeviceCodeStore(engine),
  }
}

function createLogStore(engine: StoreEngine): LogStore & RevocationStore {
  return {
    readHead: () => engine.read(log.readHead),
    readEntries: (position, limit) =>
      engine.recall(`entries ${position} ${limit}`, () => log.readEntries(position, limit)),
    pruneLog: (nowMs, keepPositions) => engine.write('pruneLog', { nowMs, keepPositions }),
    markFollowed: (nowMs) => engine.write('markFollowed', { nowMs }),
    startEpoch: (epoch, event) => engine.write('startEpoch', { epoch, audit: event }),

    revoke: (input) => engine.write('revoke', input),
    countUnder: (node, nowMs, sinceMs) => engine.read(() => revocations.countUnder(node, nowMs, sinceMs)),
    readRevocation: (id) => engine.read(() => log.readRevocation(id)),
    readOwner: (node) => engine.read(() => revocations.readOwner(node)),
  }
}

function createPrincipalStore(engine: StoreEngine): AccountStore & ServiceAccountStore & RoleStore {
  return {
    createAccount: (input) => engine.write('createAccount', input),
    createFirstAdministrator: (input) => engine.write('createFirstAdministrator', input),
    offerSetupTicket: (digest, expiresAtMs) => engine.write('offerSetupTicket', { digest, expiresAtMs }),
    readAccount: (id) => engine.read(() => principals.readAccount(id)),
    readAccountByEmail: (email) => engine.read(() => principals.readAccountByEmail(email)),
    listAccounts: (page) => engine.read(() => principals.listAccounts(page)),
    readPrincipalNames: (ids) => engine.read(() => principals.readPrincipalNames(ids)),
    listEnabledAdministrators: (max) => engine.read(() => principals.listEnabledAdministrators(max)),
    replacePasswordHash: (id, from, to) => engine.write('replacePasswordHash', { id, from, to }),
    changeAccount: (input) => engine.write('changeAccount', input),
    endAccount: (input) => engine.write('endAccount', input),

    createServiceAccount: (input) => engine.write('createServiceAccount', input),
    readServiceAccount: (id) => engine.read(() => principals.readServiceAccount(id)),
    listServiceAccounts: (page) => engine.read(() => principals.listServiceAccounts(page)),
    changeServiceAccount: (input) => engine.write('changeServiceAccount', input),
    endServiceAccount: (input) => engine.write('endServiceAccount', input),

    createRole: (role, event) => engine.write('createRole', { role, audit: event }),
    listRoles: () => engine.read(principals.listRoles),
    changeRole: (input) => engine.write('changeRole', input),
    endRole: (input) => engine.write('endRole', input),
  }
}

function createCredentialStore(engine: StoreEngine): SessionStore & GrantStore & ApiKeyStore {
  return {
    openSession: (input) => engine.write('openSession', input),
    readSessionForVerdict: (id) => engine.read(() => credentials.readSessionForVerdict(id)),
    listSessions: (account, nowMs) => engine.read(() => credentials.listSessions(account, nowMs)),
    endOtherSessions: (input) => engine.write('endOtherSessions', input),
    recordUse: (uses) => engine.write('recordUse', uses),

    listGrants: (principal, nowMs, limit) =>
      engine.read(() => credentials.listGrants(principal, nowMs, limit)),
    readRefreshToken: (grant, digests) => readRefreshToken(engine, grant, digests),
    rotateRefreshToken: (input) => engine.write('rotateRefreshToken', input),
    keepRefreshToken: (input) => engine.write('keepRefreshToken', input),

    createApiKey: (input) => engine.write('createApiKey', input),
    readApiKey: (id) => engine.read(() => credentials.readApiKey(id)),
    listApiKeys: (owner, page) => engine.read(() => credentials.listApiKeys(owner, page)),
    readApiKeyAudiences: (ids) => engine.read(() => usage.readApiKeyAudiences(ids)),
    listApiKeyUsage: (id, after, limit) => engine.read(() => usage.listApiKeyUsage(id, after, limit)),
    readApiKeyForVerdict: (id) => engine.read(() => credentials.readApiKeyForVerdict(id)),
    changeApiKey: (input) => engine.write('changeApiKey', input),
    rotateApiKey: (input) => engine.write('rotateApiKey', input),
  }
}

function createClientStore(engine: StoreEngine): ClientStore & RegistrationStore & AliasStore {
  return {
    readAliases: (sector, nodes) => engine.read(() => aliases.readAliases(sector, nodes)),
    keepAliases: (input) => engine.write('keepAliases', input),
    resolveAliases: (names, sector) => engine.read(() => aliases.resolveAliases(names, sector)),
    createClient: (input) => engine.write('createClient', input),
    readClient: (id) => engine.read(() => clients.readClient(id)),
    listClients: (page) => engine.read(() => clients.listClients(page)),
    readClientToIssue: (id) => engine.recall(`client ${id}`, () => clients.readClientToIssue(id)),
    changeClient: (input) => engine.write('changeClient', input),
    rotateClientSecret: (input) => engine.write('rotateClientSecret', input),
    keepDocumentClient: (input) => engine.write('keepDocumentClient', input),
    endClient: (input) => engine.write('endClient', input),
    useOnce: (input) => engine.write('useOnce', input),
    createInitialAccessToken: (input) => engine.write('createInitialAccessToken', input),
    endInitialAccessToken: (input) => engine.write('endInitialAccessToken', input),
    findInitialAccessToken: (digests, nowMs) =>
      engine.read(() => registrations.findInitialAccessToken(digests, nowMs)),
    listInitialAccessTokens: (page) => engine.read(() => registrations.listInitialAccessTokens(page)),
    registerClient: (input) => engine.write('registerClient', input),
    sweepRegistrations: (input) => engine.write('sweepRegistrations', input),
  }
}

function createAuthorizationStore(engine: StoreEngine): AuthorizationStore {
  return {
    readConsent: (account, client) => engine.read(() => authorizations.readConsent(account, client)),
    listConsents: (account) => engine.read(() => authorizations.listConsents(account)),
    issueAuthorizationCode: (input) =>
      engine.write(
        input.consent === null && !input.isFirstUse ? 'repeatAuthorization' : 'issueAuthorizationCode',
        input,
      ),
    readAuthorizationCode: (digests) => readAuthorizationCode(engine, digests),
    redeemAuthorizationCode: (input) => engine.write('redeemAuthorizationCode', input),
    readLiveGrant: (id, nowMs) => engine.read(() => authorizations.readLiveGrant(id, nowMs)),
    endConsent: (input) => engine.write('endConsent', input),
  }
}

function createLogoutStore(engine: StoreEngine): LogoutStore {
  return {
    listLapsing: (beforeMs, limit) => engine.read(() => logouts.listLapsing(beforeMs, limit)),
    settleLapses: (input) => engine.write('settleLapses', input),
    markLogouts: (input) => engine.write('markLogouts', input),
    claimLogouts: (input) => engine.write('claimLogouts', input),
    settleLogout: (input) => engine.write('settleLogout', input),
  }
}

function createDeviceCodeStore(engine: StoreEngine): DeviceCodeStore {
  return {
    beginDeviceCode: (input) => engine.write('beginDeviceCode', input),
    claimDeviceCode: (input) => engine.write('claimDeviceCode', input),
    decideDeviceCode: (input) => engine.write('decideDeviceCode', input),
    readDeviceCode: (digests) => engine.read(() => deviceCodes.readDeviceCode(digests)),
    pollDeviceCode: (input) => engine.write('pollDeviceCode', input),
    redeemDeviceCode: (input) => engine.write('redeemDeviceCode', input),
  }
}

function createRecordStore(engine: StoreEngine): SigningKeyStore & AuditStore & Housekeeping {
  return {
    listSigningKeys: () => engine.read(audit.listSigningKeys),
    listIdTokenAlgorithms: () => engine.read(clients.listIdTokenAlgorithms),
    addSigningKey: (key, onlyIfNone, event) =>
      engine.write('addSigningKey', { key, onlyIfNone, audit: event }),
    promoteSigningKey: (input) => engine.write('promoteSigningKey', input),
    retireSigningKey: (input) => engine.write('retireSigningKey', input),

    appendAudit: (events) => engine.write('appendAudit', { events }),
    // As values already: there are hundreds at once, and names cost the way to the writer's thread more than what they name.
    appendGathered: (events, chain) =>
      engine.write('appendGathered', { rows: events.map(toAuditValues), chain }),
    recordAssurance: (input) => engine.write('recordAssurance', input),
    listAudit: (query) => engine.read(() => audit.listAudit(query)),
    listActivity: (account, page) => engine.read(() => audit.listActivity(account, page)),
    takeChainLease: (holder, nowMs, untilMs) => engine.write('takeChainLease', { holder, nowMs, untilMs }),
    readUnchained: (limit) => engine.read(() => audit.readUnchained(limit)),
    appendLinks: (input) => engine.write('appendLinks', input),
    countEvents: (input) => engine.read(() => audit.countEvents(input)),
    readAttention: (input) => engine.read(() => audit.readAttention(input)),
    readSecretAges: (input) => engine.read(() => audit.readSecretAges(input)),
    readChain: (afterPosition, limit) => engine.read(() => audit.readChain(afterPosition, limit)),

    sweep: (beforeMs, limit) => engine.write('sweep', { beforeMs, limit }),
    sweepUsage: (beforeMs, limit) => engine.write('sweepUsage', { beforeMs, limit }),
    sweepUsed: (beforeMs, limit) => engine.write('sweepUsed', { beforeMs, limit }),
    sweepDevices: (beforeMs, limit) => engine.write('sweepDevices', { beforeMs, limit }),
    ping: () => engine.ping(),
  }
}
