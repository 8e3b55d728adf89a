/** Where ports meet their adapters: the one place that knows both. */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import {
  type AuditChainer,
  type Clock,
  type Context,
  createAuditChainer,
  createKeyRing,
  type ForeignDocuments,
  judgeProgram,
  type KeyMaker,
  type KeyRing,
  type MintContext,
  type OwnFeed,
  type Places,
  recordAssurance,
  tendSigningKeys,
  type VerifyContext,
} from '@countersign/core'
import { createClientOriginReader } from '@countersign/verifier/guards'
import { systemClock, systemRandom } from './adapters/clock.ts'
import { createCommonPasswords } from './adapters/common-passwords.ts'
import { logFeedEvent } from './adapters/feed-log.ts'
import { hashes } from './adapters/hashes.ts'
import { createLogger, type Logger } from './adapters/logger.ts'
import { createMetrics } from './adapters/metrics.ts'
import { createPasswordHasher, defaultHashConcurrency } from './adapters/password-hasher.ts'
import { openPlaces, type PlaceFiles } from './adapters/places.ts'
import { createKeyMaker, createSigner } from './adapters/signing.ts'
import { systemTimers } from './adapters/timers.ts'
import { totp } from './adapters/totp.ts'
import { webauthn } from './adapters/webauthn.ts'
import { systemFacts } from './chores.ts'
import { createClientDocuments } from './client-documents.ts'
import type { Config } from './config.ts'
import { type Confirmations, createConfirmations } from './confirmations.ts'
import { createConsoleFiles } from './console/files.ts'
import { readLogo } from './console/logo.ts'
import { createDecisions } from './decisions.ts'
import { createFeed } from './feed/feed.ts'
import type { Feed } from './feed/ports.ts'
import { createGatheredAudit } from './gathered-audit.ts'
import { createCookies } from './http/cookies.ts'
import { createDecisionIds } from './ids.ts'
import { createMail } from './mail/mailer.ts'
import { openCounters } from './open-counters.ts'
import { type Opened, openStoreAndSecrets } from './open-store.ts'
import { createDocuments, type Documents } from './outbound/documents.ts'
import { createOutbound } from './outbound/outbound.ts'
import type { Outbound } from './outbound/ports.ts'
import { createOwnVerifier, type OwnVerifier } from './own-verifier.ts'
import { createPasswordChecks, type PasswordChecks } from './password-checks.ts'
import { toPolicy } from './policy.ts'
import { createProgramWatch } from './program-watch.ts'
import type { Providers } from './providers/ports.ts'
import { createProviders } from './providers/providers.ts'
import { routes } from './routes/table.ts'
import type { Services } from './services.ts'
import { StartError } from './start-error.ts'
import { createUsage, type Usage } from './usage.ts'

export interface Composed {
  readonly services: Services
  /** From now on requests are answered with 503. */
  beginStopping(): void
  close(): Promise<void>
}

/** Opens everything, loads or makes the signing keys, and takes the first lease. Tests bring their own clock. */
export async function compose(config: Config, clock: Clock = systemClock): Promise<Composed> {
  const opened = await openStoreAndSecrets(config)
  try {
    return await wire(config, opened, clock)
  } catch (error) {
    await opened.store.close()
    throw error
  }
}

async function wire(config: Config, opened: Opened, clock: Clock): Promise<Composed> {
  const { store } = opened
  const usage = createUsage(store)
  const logger = createLogger({ level: config.logLevel })
  const checks = createPasswordChecks(config, clock)
  const places = await openPlaceFiles(config, logger)
  const outbound = outboundOf(config)
  const documents = createDocuments(outbound, clock)
  const parts = { config, opened, usage, clock, logger, checks, places, documents }
  const { core, ...around } = createCore(parts)
  const { verifier, feed, confirmations } = around
  await feed.follow()
  await settle(core)
  const limits = await openCounters(config, core, logger)
  let stopping = false
  const cookies = createCookies(config.cookieDomain)
  const services: Services = {
    config,
    core,
    keys: core.keys,
    ...around,
    ...watchUses(core, usage),
    places,
    ...createMail(config),
    outbound,
    documents,
    providers: providersOf(config, clock),
    decisions: createDecisions(),
    limiter: limits.counters,
    metrics: createMetrics({
      passwords: core.passwords.queue,
      verifier: () => verifier.checker.stats(),
      feed: () => feed.stats(),
      countersShared: limits.isShared,
    }),
    logger,
    gate: gateOf(config),
    readOrigin: createClientOriginReader({
      trustedProxies: config.trustedProxies,
      header: config.proxyHeader,
    }),
    origins: {
      ownOrigins: new Set([new URL(config.issuer).origin]),
      allowedOrigins: new Set(config.allowedOrigins),
    },
    cookies,
    ...filesOf(config),
    rootVersions: opened.secrets.fingerprints().map(({ version }) => `v${version}`),
    describeApi: async () => {
      const { openApiDocument } = await import('./http/openapi.ts')
      return openApiDocument(routes, config.issuer, cookies.cookieName)
    },
    nextId: createDecisionIds(),
    isStopping: () => stopping,
  }
  return {
    services,
    beginStopping: () => {
      stopping = true
      confirmations.release()
      feed.release()
    },
    close: async () => {
      limits.close()
      await checks.close()
      await store.close()
      logger.flush()
    },
  }
}

/** What has to stand in the log before the first request, once the node follows it. */
async function settle(core: Services['core']): Promise<void> {
  await tendSigningKeys(core, systemFacts(core.clock.nowMs()))
  await recordAssurance(core, systemFacts(core.clock.nowMs()))
}

/** Files that pages are made of, read once. */
const filesOf = (config: Config): Pick<Services, 'consoleFiles' | 'logo'> => ({
  consoleFiles: createConsoleFiles(config.consoleFolder),
  logo: readLogo(config),
})

/** What is used is written down, and what programs do is held against what they are used to. */
const watchUses = (core: Context, usage: Usage): Pick<Services, 'usage' | 'programs'> => ({
  usage,
  programs: createProgramWatch((subject, uses, facts) => judgeProgram(core, subject, uses, facts)),
})

async function openPlaceFiles(config: Config, logger: Logger): Promise<PlaceFiles> {
  try {
    return await openPlaces(config.geoDatabase, (error) =>
      logger.error({ event: 'place_file_damaged', request: null, error }),
    )
  } catch (cause) {
    const files = config.geoDatabase.join(', ')
    throw new StartError(`A data file of places cannot be read, of ${files}.`, { cause })
  }
}

type Core = MintContext & VerifyContext

interface CoreParts {
  readonly config: Config
  readonly opened: Opened
  readonly usage: Usage
  readonly clock: Clock
  readonly logger: Logger
  readonly checks: PasswordChecks
  readonly places: Places
  readonly documents: Documents
}

interface CoreAndFeed {
  readonly core: Core & { passwords: ReturnType<typeof createPasswordHasher> }
  readonly verifier: OwnVerifier
  readonly feed: Feed
  readonly confirmations: Confirmations
  readonly auditChainer: AuditChainer
}

function createCore({
  config,
  opened,
  usage,
  clock,
  logger,
  checks,
  places,
  documents,
}: CoreParts): CoreAndFeed {
  const { store, secrets } = opened
  const policy = toPolicy(config)
  // Calls and memory of their own: whoever names slow servers by the dozen keeps nobody’s registered client waiting.
  const strangers = toForeignDocuments(createDocuments(outboundOf(config), clock), logger)
  const keys: KeyRing = createKeyRing(store, secrets, (ring) => verifier.takeKeys(ring.verifying()))
  const context = (): Context => core
  const verifier = createOwnVerifier({ clock, policy, usage, context, feed: () => feed })
  const feed = createFeed({
    node: randomBytes(16).toString('hex'),
    leaseMs: config.leaseSeconds * 1000,
    clock,
    timers: systemTimers,
    log: store,
    bus: store.bus,
    own: [verifier.checker, verifier.anyAudience],
    onSigningKeys: () => keys.reload(),
    onEvent: (event) => logFeedEvent(logger, event),
  })
  const confirmations = createConfirmations({ clock, timers: systemTimers, feed })
  const auditChainer = createAuditChainer({ store, secrets }, randomBytes(16).toString('hex'))
  const core = {
    store,
    gathered: createGatheredAudit(
      (events) => auditChainer.append(events, clock.nowMs()),
      systemTimers,
      (error) => logger.error({ event: 'audit_failed', request: null, error }),
    ),
    clock,
    random: systemRandom,
    secrets,
    passwords: createPasswordHasher({
      peppers: secrets.passwordPeppers(),
      concurrency: config.passwordHashConcurrency ?? defaultHashConcurrency(availableParallelism()),
    }),
    commonPasswords: createCommonPasswords(),
    ...checks.ports,
    places,
    keyMaker: keyMakerOf(config),
    signer: createSigner(),
    hashes,
    documents: toForeignDocuments(documents, logger),
    strangersDocuments: strangers,
    clientDocuments: createClientDocuments(config, strangers),
    totp,
    webauthn,
    feed: toOwnFeed(feed, confirmations),
    policy,
    keys,
    checkAccessToken: verifier.anyAudience.check.bind(verifier.anyAudience),
  }
  return { core, verifier, feed, confirmations, auditChainer }
}

/** What the doors ask of the log: that this process follows it, and that everybody else does. */
const toOwnFeed = (feed: Feed, confirmations: Confirmations): OwnFeed => ({
  catchUp: () => feed.committed(),
  position: () => feed.position(),
  isConfirmed: (position) => confirmations.read(position).confirmed,
  awaitConfirmed: async (position, waitMs) => (await confirmations.wait(position, waitMs)).confirmed,
})

/** The secret of HS256 is shared with somebody by configuration; every other key is made here. */
function keyMakerOf(config: Config): KeyMaker {
  const maker = createKeyMaker()
  return {
    generate: (algorithm) => {
      if (algorithm !== 'HS256' || config.hs256Secret === null) return maker.generate(algorithm)
      return Promise.resolve({ publicJwk: null, privateKey: config.hs256Secret })
    },
  }
}

/** Why there is no document, the log says: whoever named the URL would learn from it what our network looks like. */
const toForeignDocuments = (documents: Documents, logger: Logger): ForeignDocuments => ({
  async read(url, again) {
    const answer = await documents.read(url, { again })
    if (answer.ok) return answer.value
    logger.warn({ event: `document_${answer.reason}`, request: null })
    return null
  },
})

/** Whoever runs this server has named them, so they stand in no list of hosts; the network is guarded all the same. */
const providersOf = (config: Config, clock: Clock): Providers =>
  createProviders(config.providers, {
    issuer: config.issuer,
    outbound: outboundOf({ ...config, outboundHosts: [] }),
    clock,
  })

const outboundOf = ({ outboundHosts, outboundNetworks, outboundTimeoutMs }: Config): Outbound =>
  createOutbound({
    hosts: outboundHosts,
    networks: outboundNetworks,
    timeoutMs: outboundTimeoutMs,
    timers: systemTimers,
  })

function gateOf(config: Config): Services['gate'] {
  const { host, hostname } = new URL(config.issuer)
  return {
    hosts: new Set([host, ...config.allowedHosts]),
    allowsLoopbackHosts: ['localhost', '127.0.0.1', '[::1]'].includes(hostname),
  }
}
