/** What administrators do: accounts, service accounts, roles, signing keys and the audit log. */
import type {
  AccountDetailShape,
  AuditEventShape,
  BulkItemShape,
  BulkRequest,
  BulkResponse,
  CredentialTreeResponse,
  DecisionResponse,
  EmailVerificationResponse,
  FactorsResponse,
  NotMeResponse,
  Page,
  PrincipalNameShape,
  RoleShape,
  Secret,
  ServiceAccountShape,
  SigningKeyShape,
  VerifiersResponse,
} from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'
import { type Clients, createClients } from './clients.ts'
import { type AccountIdentities, createAccountIdentities } from './identities.ts'
import { createInitialAccessTokens, type InitialAccessTokens } from './initial-access-tokens.ts'
import { createInvitations, type Invitations } from './invitations.ts'
import { createOverseeing, type Overseeing } from './overseeing.ts'
import { createRisk, type Risk } from './risk.ts'

export interface CreateAccountInput {
  readonly email: string
  readonly password: Secret
  readonly name?: string | undefined
  readonly roles?: readonly string[] | undefined
  /** By default the password that is given here has to be changed at the first sign-in. */
  readonly requirePasswordChange?: boolean | undefined
}
export interface ChangeAccountInput {
  /** Both the old and the new one are told; it counts as not verified. */
  readonly email?: string | undefined
  readonly name?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly disabled?: boolean | undefined
}
export interface CreateServiceAccountInput {
  readonly name: string
  readonly roles?: readonly string[] | undefined
  readonly audiences?: readonly string[] | undefined
}
export type ChangeServiceAccountInput = Partial<CreateServiceAccountInput> & {
  readonly disabled?: boolean | undefined
}
export interface CreateRoleInput {
  readonly id: string
  readonly description?: string | undefined
  readonly permissions: readonly string[]
}
export interface ChangeRoleInput {
  readonly description?: string | null | undefined
  readonly permissions?: readonly string[] | undefined
}
export interface AccountsQuery extends PageQuery {
  /** Finds the one account of this address. */
  readonly email?: string | undefined
  /** Finds all with this text in their address or name. */
  readonly search?: string | undefined
}
export interface AuditQuery extends PageQuery {
  readonly type?: string | undefined
  readonly actor?: string | undefined
  readonly target?: string | undefined
  /** RFC 3339. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export interface AuditChain {
  readonly intact: boolean
  /** How many events are linked, and how many of the last moments are not yet; where it is intact. */
  readonly length?: number
  readonly unchained?: number
  readonly broken_at?: number
  readonly cause?: 'missing' | 'altered'
}

/** What one does with any kind of thing that has an id. */
export interface Collection<T, Create, Change, Query = PageQuery> {
  list(query?: Query): Promise<Page<T>>
  create(input: Create): Promise<T>
  read(id: string): Promise<T>
  change(id: string, change: Change): Promise<T>
  end(id: string): Promise<void>
}

export type BulkInput = Pick<BulkRequest, 'action' | 'ids'> & { readonly dryRun?: boolean | undefined }
export type BulkNoun = 'accounts' | 'service-accounts' | 'clients' | 'api-keys'

export interface Administration extends Overseeing {
  readonly accounts: Collection<AccountDetailShape, CreateAccountInput, ChangeAccountInput, AccountsQuery> & {
    /** Another password at the next sign-in; all sessions end, unless they are kept. Answers how many did. */
    requirePasswordChange(id: string, keepSessions?: boolean): Promise<{ ended: number }>
    /** Sends its owner a link that shows that they read the mail of the address. */
    verifyEmail(id: string): Promise<EmailVerificationResponse>
    /** A session of theirs is somebody else’s: ends it with all that came of it, and the password. */
    notMe(id: string, session: string): Promise<NotMeResponse>
  }
  readonly invitations: Invitations
  readonly initialAccessTokens: InitialAccessTokens
  readonly serviceAccounts: Collection<
    ServiceAccountShape,
    CreateServiceAccountInput,
    ChangeServiceAccountInput
  >
  readonly clients: Clients
  /** Roles are few: the list holds them all, and there is nothing more to read about one. */
  readonly roles: Omit<Collection<RoleShape, CreateRoleInput, ChangeRoleInput>, 'read'>
  readonly signingKeys: {
    list(): Promise<Page<SigningKeyShape>>
    /** Publishes the next key, or promotes it once it has been published for long enough; `immediately` waits for the verifiers on the feed only. */
    rotate(immediately?: boolean): Promise<Page<SigningKeyShape>>
    /** For a compromised key: everything it signed ends now, and another one signs from now on. */
    remove(id: string): Promise<Page<SigningKeyShape>>
  }
  /** The second factors of others: seen, removed when lost, opened again when guessing has closed them. */
  readonly accountFactors: {
    list(account: string): Promise<FactorsResponse>
    remove(account: string, id: string): Promise<void>
    reopen(account: string): Promise<void>
  }
  readonly accountIdentities: AccountIdentities
  /** Has a link sent to the owner, who sets a new password with it; nobody else sees either. */
  startPasswordReset(account: string): Promise<void>
  readonly risk: Risk
  /**
   * Ends, disables or enables up to a hundred by their ids; with `dryRun` it only tells what that would do. Each is
   * done by itself: the answer says what became of every one. Sent again, what was done is `unchanged`.
   */
  bulk(noun: BulkNoun, input: BulkInput): Promise<readonly BulkItemShape[]>
  readonly audit: {
    list(query?: AuditQuery): Promise<Page<AuditEventShape>>
    /** Recomputes the whole chain, which takes time where there is much. */
    verifyChain(): Promise<AuditChain>
  }
  /** What lives under a principal: its sessions and grants. Its API keys are listed by `apiKeys`. */
  readonly trees: {
    ofAccount(id: string): Promise<CredentialTreeResponse>
    ofServiceAccount(id: string): Promise<CredentialTreeResponse>
  }
  /**
   * What accounts and service accounts are called, by at most 100 ids: those that the caller may read (`accounts:read`,
   * `service-accounts:read`) and that have not ended, in no order.
   */
  readonly principalNames: { list(ids: readonly string[]): Promise<readonly PrincipalNameShape[]> }
  /** The processes that follow the revocation log, and how far each has got. */
  readonly verifiers: { list(): Promise<VerifiersResponse> }
  /** Why a request was refused, as long as that is remembered. */
  readonly decisions: { read(id: string): Promise<DecisionResponse['decision']> }
}

export function createAdministration(call: Call): Administration {
  const signingKeys = '/v1/signing-keys'
  return {
    accounts: {
      ...createCollection(call, '/v1/accounts', 'account', toCreateAccount),
      requirePasswordChange: async (id, keepSessions = false) => {
        const path = `/v1/accounts/${encodeURIComponent(id)}/require-password-change`
        return parseAnswer(
          await call({ method: 'POST', path, json: { keep_sessions: keepSessions } }),
          'ended',
        )
      },
      verifyEmail: async (id) => {
        const path = `/v1/accounts/${encodeURIComponent(id)}/verify-email`
        return parseAnswer(await call({ method: 'POST', path }), 'status')
      },
      notMe: async (id, session) => {
        const path = `/v1/accounts/${encodeURIComponent(id)}/sessions/${encodeURIComponent(session)}/not-me`
        return parseAnswer(await call({ method: 'POST', path }), 'ended', 'next')
      },
    },
    invitations: createInvitations(call),
    initialAccessTokens: createInitialAccessTokens(call),
    serviceAccounts: createCollection(call, '/v1/service-accounts', 'service_account', asItIs),
    clients: createClients(call),
    roles: createCollection(call, '/v1/roles', 'role', asItIs),
    signingKeys: {
      list: async () => parseAnswer(await call({ method: 'GET', path: signingKeys }), 'items'),
      rotate: async (immediately = false) =>
        parseAnswer(
          await call({ method: 'POST', path: `${signingKeys}/rotate`, json: { immediately } }),
          'items',
        ),
      remove: async (id) =>
        parseAnswer(
          await call({ method: 'DELETE', path: `${signingKeys}/${encodeURIComponent(id)}` }),
          'items',
        ),
    },
    accountFactors: {
      list: async (account) =>
        parseAnswer(await call({ method: 'GET', path: factorsPath(account) }), 'items'),
      remove: async (account, id) => {
        await call({ method: 'DELETE', path: `${factorsPath(account)}/${encodeURIComponent(id)}` })
      },
      reopen: async (account) => {
        await call({ method: 'POST', path: `${factorsPath(account)}/reopen`, idempotent: true })
      },
    },
    accountIdentities: createAccountIdentities(call),
    startPasswordReset: async (account) => {
      const path = `/v1/accounts/${encodeURIComponent(account)}/reset-password`
      await call({ method: 'POST', path })
    },
    risk: createRisk(call),
    bulk: async (noun, { dryRun = false, action, ids }) => {
      const json = { action, ids, dry_run: dryRun }
      const body = await call({ method: 'POST', path: `/v1/${noun}/bulk`, json })
      return parseAnswer<BulkResponse>(body, 'items').items
    },
    audit: {
      list: async (query = {}) =>
        parseAnswer(await call({ method: 'GET', path: '/v1/audit', query: { ...query } }), 'items'),
      verifyChain: async () => parseAnswer(await call({ method: 'GET', path: '/v1/audit/chain' }), 'intact'),
    },
    ...createOverseeing(call),
    ...createLooks(call),
  }
}

/** What is only looked at. */
function createLooks(
  call: Call,
): Pick<Administration, 'trees' | 'principalNames' | 'verifiers' | 'decisions'> {
  return {
    trees: {
      ofAccount: (id) => readTree(call, `/v1/accounts/${encodeURIComponent(id)}`),
      ofServiceAccount: (id) => readTree(call, `/v1/service-accounts/${encodeURIComponent(id)}`),
    },
    principalNames: {
      list: async (ids) => {
        const query = { ids: ids.join(',') }
        const body = await call({ method: 'GET', path: '/v1/principal-names', query })
        return parseAnswer<Page<PrincipalNameShape>>(body, 'items').items
      },
    },
    verifiers: {
      list: async () =>
        parseAnswer(await call({ method: 'GET', path: '/v1/verifiers' }), 'items', 'position'),
    },
    decisions: {
      read: async (id) => {
        const body = await call({ method: 'GET', path: `/v1/decisions/${encodeURIComponent(id)}` })
        return parseAnswer<DecisionResponse>(body, 'decision').decision
      },
    },
  }
}

const toCreateAccount = ({ password, requirePasswordChange, ...rest }: CreateAccountInput): object => ({
  ...rest,
  password: password.reveal(),
  require_password_change: requirePasswordChange,
})
const readTree = async (call: Call, path: string): Promise<CredentialTreeResponse> =>
  parseAnswer(await call({ method: 'GET', path: `${path}/tree` }), 'sessions', 'grants')

const factorsPath = (account: string): string => `/v1/accounts/${encodeURIComponent(account)}/factors`

const asItIs = (input: object): object => input

function createCollection<T, Create extends object, Change extends object>(
  call: Call,
  path: string,
  member: string,
  toJson: (input: Create) => object,
): Collection<T, Create, Change, AccountsQuery> {
  const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`
  const toOne = (body: unknown): T => {
    const found = parseAnswer<Record<string, T>>(body, member)[member]
    if (found === undefined) throw new TypeError(`The answer lost its member ${member}.`)
    return found
  }
  return {
    list: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path, query: { ...query } }), 'items'),
    create: async (input) => toOne(await call({ method: 'POST', path, json: toJson(input) })),
    read: async (id) => toOne(await call({ method: 'GET', path: pathOf(id) })),
    change: async (id, change) => toOne(await call({ method: 'PATCH', path: pathOf(id), json: change })),
    end: async (id) => {
      await call({ method: 'DELETE', path: pathOf(id) })
    },
  }
}
