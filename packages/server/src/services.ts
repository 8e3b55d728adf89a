/** What routes are handed: the doors' context and the server's own parts. */
import type { AuditChainer, KeyRing, MintContext, VerifyContext } from '@countersign/core'
import type { ClientOrigin, IncomingHop } from '@countersign/verifier/guards'
import type { Counters } from './adapters/counters.ts'
import type { Logger } from './adapters/logger.ts'
import type { Metrics } from './adapters/metrics.ts'
import type { PlaceFiles } from './adapters/places.ts'
import type { Config } from './config.ts'
import type { Confirmations } from './confirmations.ts'
import type { ConsoleFiles } from './console/files.ts'
import type { Logo } from './console/logo.ts'
import type { Decisions } from './decisions.ts'
import type { Feed } from './feed/ports.ts'
import type { Cookies } from './http/cookies.ts'
import type { OriginPolicy } from './http/csrf.ts'
import type { GatePolicy } from './http/gate.ts'
import type { MailParts } from './mail/mailer.ts'
import type { Documents } from './outbound/documents.ts'
import type { Outbound } from './outbound/ports.ts'
import type { OwnVerifier } from './own-verifier.ts'
import type { ProgramWatch } from './program-watch.ts'
import type { Providers } from './providers/ports.ts'
import type { Usage } from './usage.ts'

export interface Services extends MailParts {
  readonly config: Config
  readonly core: MintContext & VerifyContext
  readonly keys: KeyRing
  readonly verifier: OwnVerifier
  /** The revocation log as this node reads it, and everybody who follows it here. */
  readonly feed: Feed
  readonly confirmations: Confirmations
  readonly auditChainer: AuditChainer
  readonly usage: Usage
  /** What programs do, until it is held against what they are used to. */
  readonly programs: ProgramWatch
  readonly decisions: Decisions
  readonly places: PlaceFiles
  /** The one way to servers that somebody else has named. */
  readonly outbound: Outbound
  /** JSON documents of such servers, kept for a while. */
  readonly documents: Documents
  /** The services that people may sign in with. */
  readonly providers: Providers
  readonly limiter: Counters
  readonly metrics: Metrics
  readonly logger: Logger
  readonly gate: GatePolicy
  /** The true client behind trusted proxies. */
  readonly readOrigin: (hop: IncomingHop) => ClientOrigin
  readonly origins: OriginPolicy
  readonly cookies: Cookies
  readonly consoleFiles: ConsoleFiles
  /** The versions of the root secrets that this node holds, the newest first. */
  readonly rootVersions: readonly string[]
  readonly logo: Logo
  /** The OpenAPI document; made on first demand, since most starts never ask for it. */
  readonly describeApi: () => Promise<unknown>
  /** The id of the next request, which is also the id of the decision about it. */
  readonly nextId: () => string
  /** Flips before the server stops taking requests: balancers should look elsewhere. */
  readonly isStopping: () => boolean
}
