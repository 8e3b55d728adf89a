/** The page on which people sign in, with a password or with a passkey alone; the steps after it are in login-steps.ts. */
import { signIn, signInWithPasskey } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { readBrowser } from '../../http/asking-browser.ts'
import { toLimitFields } from '../../http/limit-fields.ts'
import { limitAccount } from '../../http/limits.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import type { Said } from '../../pages/words/words.ts'
import {
  interactionQuerySchema,
  type LoginForm,
  loginFormSchema,
  type PasskeyForm,
  passkeyFormSchema,
} from '../../schemas/oauth-pages.ts'
import { assertionSchema } from '../../schemas/passkeys.ts'
import { waitFields } from '../answer.ts'
import { overPage } from './flow.ts'
import { isGuarded } from './form-guard.ts'
import { levelOf } from './level.ts'
import { asked, goOn } from './login-parts.ts'
import { LOGIN, showLogin } from './login-show.ts'
import { readJson, showStep } from './login-steps.ts'

const responses = {
  200: { description: 'The page.' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses } as const

const show: AnyRoute = publicRoute<undefined, { interaction?: string | undefined }>({
  ...row,
  name: 'login_page',
  method: 'GET',
  path: '/login',
  summary: 'Sign in on a page.',
  limit: 'token',
  query: interactionQuerySchema,
  handle: (call) => {
    const found = asked(call, call.query.interaction)
    return found === null ? overPage(call) : showLogin(call, found, {})
  },
})

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
    const limited = await limitAccount(call.services, identifier, call.facts.deviceSecrets)
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
    if (answer.code === 'too_many_failures' || answer.code === 'rate_limited') {
      const waitSeconds = answer.retryAfterSeconds ?? 1
      const reply = await showLogin(call, found, { waitSeconds, identifier, status: 429 })
      const wait = waitFields(waitSeconds)
      return { ...reply, headers: { ...reply.headers, ...wait }, outcome: answer.code }
    }
    // Of the refusals only this one may be told: it comes after the right password.
    return again(answer.code === 'invalid_credentials' ? 'wrong' : 'closed')
  },
})

const byPasskey: AnyRoute = publicRoute<PasskeyForm>({
  ...row,
  name: 'login_passkey',
  method: 'POST',
  path: '/login/passkey',
  summary: 'Sign in with a passkey alone on a page.',
  limit: 'passkey',
  body: passkeyFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { services, header, facts, body } = call
    const found = asked(call, body.interaction)
    if (found === null) return overPage(call)
    if (!isGuarded(services, header, LOGIN, body.csrf ?? '')) {
      return showLogin(call, found, { said: 'stale', status: 403 })
    }
    const parsed = assertionSchema.safeParse(readJson(body.credential))
    const input = {
      deliver: 'cookie',
      browser: readBrowser(header, services.origins),
      level: await levelOf(call, found.interaction),
    } as const
    const answer = parsed.success
      ? await signInWithPasskey(services.core, { ...input, credential: parsed.data }, facts)
      : null
    services.metrics.signIn(answer?.ok ? 'success' : 'refused')
    if (answer?.ok) return goOn(call, found, answer)
    return showLogin(call, found, { said: 'passkey_failed', status: 400 })
  },
})

export const loginRoutes: readonly AnyRoute[] = [show, submit, byPasskey]
