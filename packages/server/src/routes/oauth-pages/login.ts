/** The pages on which people sign in: password, then the second factor where the account has one. */
import { type FactorWay, type SignedIn, type StepRequired, signIn, signInWithFactor } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { deviceCookie } from '../../http/device-cookie.ts'
import { toLimitFields } from '../../http/limit-fields.ts'
import { limitAccount } from '../../http/limits.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../../http/route.ts'
import { elsewherePage, factorPage, loginPage } from '../../pages/login-pages.ts'
import { type Look, lookOf } from '../../pages/look.ts'
import type { Said } from '../../pages/words/words.ts'
import {
  type FactorForm,
  factorFormSchema,
  interactionQuerySchema,
  type LoginForm,
  loginFormSchema,
} from '../../schemas/oauth-pages.ts'
import { waitFields } from '../answer.ts'
import { next, overPage, type PageCall, readInteraction } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import type { Interaction } from './interaction.ts'
import { levelOf } from './level.ts'
import { page, seeOther, sourceOf } from './replies.ts'

const LOGIN = 'login'
const responses = {
  200: { description: 'The page.' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses } as const

interface Asked {
  /** As the browser carries it; empty where somebody signs in for no app. */
  readonly sealed: string
  readonly interaction: Interaction | null
}

/** Null where it was given and is over. */
function asked(call: PageCall, sealed: string | undefined): Asked | null {
  if (sealed === undefined || sealed === '') return { sealed: '', interaction: null }
  const interaction = readInteraction(call, sealed)
  return interaction === null ? null : { sealed, interaction }
}

const show: AnyRoute = publicRoute<undefined, { interaction?: string | undefined }>({
  ...row,
  name: 'login_page',
  method: 'GET',
  path: '/login',
  summary: 'Sign in on a page.',
  query: interactionQuerySchema,
  handle: (call) => {
    const found = asked(call, call.query.interaction)
    return found === null ? overPage(call) : showLogin(call, found, {})
  },
})

interface Again {
  readonly said?: Said
  readonly identifier?: string
  readonly waitSeconds?: number
  readonly status?: number
}

const lookAt = (call: PageCall, interaction: Interaction | null): Look =>
  lookOf(call, interaction?.parameters.ui_locales)

async function showLogin(call: PageCall, { sealed, interaction }: Asked, again: Again): Promise<Reply> {
  const { services, header } = call
  const guard = guardForm(services, header, LOGIN)
  const client =
    interaction === null ? null : await services.core.store.readClient(interaction.parameters.client_id ?? '')
  const hint = interaction?.parameters.login_hint ?? ''
  const look = lookAt(call, interaction)
  const { said, waitSeconds = null } = again
  const { mail, signUp } = services.config
  const body = loginPage(look, {
    form: { interaction: sealed, csrf: guard.csrf },
    clientName: client?.name ?? null,
    identifier: again.identifier ?? hint.slice(0, 254),
    message:
      waitSeconds === null
        ? said === undefined
          ? null
          : look.words.said[said]
        : look.words.wait(waitSeconds),
    waitSeconds,
    canReset: mail.kind !== 'off',
    canSignUp: signUp === 'open',
  })
  const { cookies } = guard
  return page(body, { status: again.status ?? 200, cookies, formTargets: targetsOf(interaction) })
}

/** The last step of the form is the client's address, if that is a URI at all; whether it is its own is asked later. */
function targetsOf(interaction: Interaction | null): readonly string[] {
  const uri = interaction?.parameters.redirect_uri
  return uri !== undefined && URL.canParse(uri) ? [sourceOf(uri)] : []
}

const submit: AnyRoute = publicRoute<LoginForm>({
  ...row,
  name: 'login',
  method: 'POST',
  path: '/login',
  summary: 'Sign in with a password on a page.',
  limit: 'sign_in',
  body: loginFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { identifier = '', password = '', csrf = '' } = call.body
    const found = asked(call, call.body.interaction)
    if (found === null) return overPage(call)
    const again = (said: Said, status = 400): Promise<Reply> =>
      showLogin(call, found, { said, identifier, status })
    if (!isGuarded(call.services, call.header, LOGIN, csrf)) return again('stale', 403)
    const limited = limitAccount(call.services, identifier, call.facts.deviceSecrets)
    if (limited !== null && !limited.allowed) {
      const fields = toLimitFields(limited)
      const waitSeconds = Number(fields['retry-after'] ?? 1)
      const reply = await showLogin(call, found, { waitSeconds, identifier, status: 429 })
      return { ...reply, headers: { ...reply.headers, ...fields }, outcome: 'rate_limited' }
    }
    const input = {
      email: identifier,
      password: new Secret(password),
      deliver: 'cookie',
      refresh: 'body',
      level: await levelOf(call, found.interaction),
    } as const
    const answer = await signIn(call.services.core, input, call.facts)
    if (answer.ok && answer.kind !== 'signed_in') return showStep(call, found, answer)
    call.services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (answer.ok) return goOn(call, found, answer)
    if (answer.code === 'too_many_failures') {
      const waitSeconds = answer.retryAfterSeconds ?? 1
      const reply = await showLogin(call, found, { waitSeconds, identifier, status: 429 })
      const wait = waitFields(waitSeconds)
      return { ...reply, headers: { ...reply.headers, ...wait }, outcome: answer.code }
    }
    // Of the refusals only this one may be told: it comes after the right password.
    return again(answer.code === 'invalid_credentials' ? 'wrong' : 'closed')
  },
})

/** A code is asked for here; what needs a script, or another password, elsewhere. */
function showStep(call: PageCall, found: Asked, answer: StepRequired): Reply {
  if (answer.kind === 'factor_required' && answer.ways.some(isWay)) {
    return toFactorPage(call, found, { ticket: answer.ticket.reveal(), ways: answer.ways, said: null })
  }
  const look = lookAt(call, found.interaction)
  const body = elsewherePage(look, look.words.said[elsewhere[answer.kind]])
  return page(body, { status: 400, outcome: answer.kind })
}

const elsewhere: Readonly<Record<StepRequired['kind'], Said>> = {
  factor_required: 'passkey_elsewhere',
  factor_enrolment_required: 'enrol_elsewhere',
  password_change_required: 'change_elsewhere',
}

interface FactorStep {
  readonly ticket: string
  readonly ways: readonly FactorWay[]
  readonly said: Said | null
  readonly status?: number
}

/** The form's proof is bound to the ticket: a foreign page cannot have somebody finish another one's sign-in. */
const factorPurpose = (ticket: string): string => `factor ${ticket}`

function toFactorPage(call: PageCall, { sealed, interaction }: Asked, step: FactorStep): Reply {
  const guard = guardForm(call.services, call.header, factorPurpose(step.ticket))
  const form = { interaction: sealed, csrf: guard.csrf }
  const { cookies } = guard
  const look = lookAt(call, interaction)
  const message = step.said && look.words.said[step.said]
  return page(factorPage(look, { form, ticket: step.ticket, ways: step.ways, message }), {
    status: step.status ?? 200,
    cookies,
    formTargets: targetsOf(interaction),
  })
}

const submitFactor: AnyRoute = publicRoute<FactorForm>({
  ...row,
  name: 'login_factor',
  method: 'POST',
  path: '/login/factor',
  summary: 'Finish signing in on a page, with a second factor.',
  limit: 'sign_in',
  body: factorFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { ticket = '', code = '', csrf = '' } = call.body
    const found = asked(call, call.body.interaction)
    if (found === null) return overPage(call)
    const { services, header, facts } = call
    if (!isGuarded(services, header, factorPurpose(ticket), csrf)) {
      return showLogin(call, found, { said: 'stale', status: 403 })
    }
    // A code of the app is six digits; everything else that people type here is a recovery code.
    const way = /^\s*\d{3}\s?\d{3}\s*$/.test(code) ? 'totp' : 'recovery_code'
    const evidence = { way, code: new Secret(code) } as const
    const input = { ticket, evidence, deliver: 'cookie', refresh: null } as const
    const answer = await signInWithFactor(services.core, input, facts)
    if (answer.ok && answer.kind !== 'signed_in') return showStep(call, found, answer)
    services.metrics.signIn(answer.ok ? 'success' : 'refused')
    if (answer.ok) return goOn(call, found, answer)
    if (answer.code !== 'invalid_factor') {
      return showLogin(call, found, { said: 'again', status: 400 })
    }
    const ways = (call.body.ways ?? '').split(' ').filter(isWay)
    return toFactorPage(call, found, { ticket, ways, said: 'wrong_code', status: 400 })
  },
})

const isWay = (word: string): word is FactorWay => word === 'totp' || word === 'recovery_code'

/** With the new session, at once: what was asked for, or the start page. */
function goOn(
  call: Call<unknown, unknown, null>,
  { interaction }: Asked,
  signedIn: SignedIn,
): Reply | Promise<Reply> {
  const { session, sessionToken, deviceSecrets } = signedIn
  if (sessionToken === null) throw new Error('A page opened a session without a cookie.')
  const maxAgeSeconds = Math.floor((session.expiresAtMs - call.facts.nowMs) / 1000)
  const cookies = [call.services.cookies.session(sessionToken, maxAgeSeconds), deviceCookie(deviceSecrets)]
  if (interaction === null) return seeOther('/', cookies)
  return next(call, interaction, { sessionToken: sessionToken.reveal(), cookies })
}

export const loginRoutes: readonly AnyRoute[] = [show, submit, submitFactor]
