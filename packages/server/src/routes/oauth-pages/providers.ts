/** Signing in with an account elsewhere: the way to a provider, and the way back. */
import {
  auditProviderRefusal,
  type Caller,
  connectIdentity,
  type ProvedIdentity,
  type Refusal,
  signInWithProvider,
} from '@countersign/core'
import { authenticate } from '../../http/authenticate.ts'
import type { Headers } from '../../http/exchange.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../../http/route.ts'
import type { Said } from '../../pages/words/words.ts'
import { type Attempt, newAttempt, openAttempt, sealAttempt, toOneUse } from '../../providers/attempt.ts'
import type { ProviderFailure } from '../../providers/ports.ts'
import {
  type ProviderAnswerQuery,
  type ProviderStartQuery,
  providerAnswerQuerySchema,
  providerStartQuerySchema,
} from '../../schemas/identities.ts'
import { overPage, type PageCall, sessionCookie } from './flow.ts'
import { guardBrowser, isGuarded, isSameBrowser } from './form-guard.ts'
import { type Interaction, sealInteraction } from './interaction.ts'
import { levelOf } from './level.ts'
import { type Asked, asked, goOn } from './login-parts.ts'
import { LOGIN, showLogin } from './login-show.ts'
import { showStep } from './login-steps.ts'
import { seeOther } from './replies.ts'
import { SIGN_UP } from './sign-up.ts'

const responses = {
  200: { description: 'The next page.' },
  303: { description: 'To the provider, to the next page, or back to the client.' },
  400: { description: 'The sign-in page, with what was wrong.' },
  404: { description: 'There is no such provider.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses } as const

const NOBODY: Asked = { sealed: '', interaction: null }

const start: AnyRoute = publicRoute<undefined, ProviderStartQuery>({
  ...row,
  name: 'login_by_provider',
  method: 'GET',
  path: '/login/provider/:provider',
  summary: 'Go to a provider to sign in there.',
  limit: 'token',
  query: providerStartQuerySchema,
  handle: async (call) => {
    const { services, header, facts, query, params } = call
    const { provider = '' } = params
    if (!isKnown(call, provider)) return notThere(call)
    const found = asked(call, query.interaction)
    if (found === null) return overPage(call)
    const csrf = query.csrf ?? ''
    const isOurs = [LOGIN, SIGN_UP].some((purpose) => isGuarded(services, header, purpose, csrf))
    // A foreign page cannot begin it: whoever is led there by one has not asked to be signed in.
    if (!isOurs || call.isHead) return showLogin(call, found, { said: 'stale', status: 403 })
    const { browser, cookies } = guardBrowser(services, header)
    const purpose = { kind: 'sign_in', interaction: found.interaction } as const
    const isAnew = provesAnew(call, found)
    const attempt = newAttempt({ provider, purpose, isAnew, browser, startedMs: facts.nowMs })
    const url = await services.providers.authorizationUrl(
      attempt,
      sealAttempt(services.core.secrets, attempt),
    )
    if (url === null) return showLogin(call, found, { said: 'provider_unavailable', status: 503 })
    return seeOther(url, cookies)
  },
})

/** Whoever has a session comes to prove once more who they are, and so does whoever is sent by an app that asks for that. */
function provesAnew(call: PageCall, { interaction }: Asked): boolean {
  const { prompt, max_age } = interaction?.parameters ?? {}
  return sessionCookie(call) !== null || max_age !== undefined || (prompt ?? '').split(' ').includes('login')
}

type AnswerCall = Call<undefined, ProviderAnswerQuery, null>

const answer: AnyRoute = publicRoute<undefined, ProviderAnswerQuery>({
  ...row,
  name: 'provider_answer',
  method: 'GET',
  path: '/login/provider/:provider/callback',
  summary: 'Come back from a provider.',
  limit: 'sign_in',
  query: providerAnswerQuerySchema,
  handle: async (call) => {
    const { services, header, facts, query, params } = call
    const { provider = '' } = params
    const { state = '' } = query
    if (!isKnown(call, provider)) return notThere(call)
    const attempt = openAttempt(services.core.secrets, state, provider, facts.nowMs)
    const isOurs = attempt !== null && isSameBrowser(services, header, attempt.browser)
    if (!isOurs || call.isHead || !(await services.core.store.useOnce(toOneUse(attempt)))) {
      return showLogin(call, NOBODY, { said: 'provider_over', status: 400 })
    }
    const redeemed = await services.providers.redeem(attempt, new URLSearchParams(call.search()), state)
    if (redeemed.ok) return finish(call, attempt, redeemed.proved)
    await auditProviderRefusal(services.core, { provider, reason: redeemed.reason }, facts)
    return tell(call, attempt, redeemed.reason)
  },
})

/** One that stands in the settings no more, or never did. */
const notThere = (call: PageCall): Reply => ({ ...overPage(call), status: 404, outcome: 'not_found' })

const isKnown = ({ services }: Pick<AnswerCall, 'services'>, provider: string): boolean =>
  services.providers.names.some(({ id }) => id === provider)

/** What they were on their way to, as the browser carries it from here on; null where it is over. */
function goingOn(call: AnswerCall, interaction: Interaction | null): Asked | null {
  if (interaction === null) return NOBODY
  return asked(call, sealInteraction(call.services.core.secrets, interaction))
}

function finish(call: AnswerCall, attempt: Attempt, proved: ProvedIdentity): Promise<Reply> {
  const { purpose } = attempt
  return purpose.kind === 'connect'
    ? connect(call, purpose, proved)
    : signIn(call, goingOn(call, purpose.interaction), proved)
}

async function signIn(call: AnswerCall, found: Asked | null, proved: ProvedIdentity): Promise<Reply> {
  if (found === null) return overPage(call)
  const { services, facts } = call
  const level = await levelOf(call, found.interaction)
  const signed = await signInWithProvider(services.core, { proved, deliver: 'cookie', level }, facts)
  if (signed.ok && signed.kind !== 'signed_in') return showStep(call, found, signed)
  services.metrics.signIn(signed.ok ? 'success' : 'refused')
  if (signed.ok) return goOn(call, found, signed)
  return showLogin(call, found, { said: SAID_OF[signed.code] ?? 'closed', status: 400 })
}

const SAID_OF: Partial<Record<Refusal['code'], Said>> = {
  address_taken: 'provider_address_taken',
  address_unverified: 'provider_address_unverified',
  sign_up_closed: 'provider_unknown',
}

const SAID_ABOUT: Readonly<Record<ProviderFailure, Said>> = {
  denied: 'provider_denied',
  unavailable: 'provider_unavailable',
  answer_refused: 'provider_failed',
}

const SECURITY = '/account/security'

async function connect(
  call: AnswerCall,
  { account, session }: Extract<Attempt['purpose'], { kind: 'connect' }>,
  proved: ProvedIdentity,
): Promise<Reply> {
  const caller = await callerByCookie(call)
  if (caller === null) return backToAccount({ not_connected: 'over' })
  const begun = { account, session }
  const connected = await connectIdentity(call.services.core, caller, { proved, begun }, call.facts)
  return backToAccount(connected.ok ? { connected: proved.provider } : { not_connected: connected.code })
}

const backToAccount = (said: Readonly<Record<string, string>>): Reply =>
  seeOther(`${SECURITY}?${new URLSearchParams(said)}`)

/** The session of the browser and nothing else: no header comes along with a navigation. */
async function callerByCookie({ services, header, facts }: AnswerCall): Promise<Caller | null> {
  const onlyCookie: Headers = (name) => (name === 'cookie' ? header(name) : null)
  const found = await authenticate(services, onlyCookie, facts.address, null)
  return found.ok ? found.caller : null
}

function tell(call: AnswerCall, { purpose }: Attempt, reason: ProviderFailure): Reply | Promise<Reply> {
  if (purpose.kind === 'connect') return backToAccount({ not_connected: reason })
  const found = goingOn(call, purpose.interaction)
  if (found === null) return overPage(call)
  const status = reason === 'unavailable' ? 503 : 400
  return showLogin(call, found, { said: SAID_ABOUT[reason], status })
}

export const providerRoutes: readonly AnyRoute[] = [start, answer]
