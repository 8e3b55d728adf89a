/** The page for whoever has no account yet. */
import { signUp } from '@countersign/core'
import { Secret } from '@countersign/protocol'
import { onBeat } from '../../adapters/beat.ts'
import { toLimitFields } from '../../http/limit-fields.ts'
import { limitMail } from '../../http/limits.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { closedPage, sentPage, signUpPage } from '../../pages/account-pages.ts'
import { toQuery } from '../../pages/form-parts.ts'
import { lookOf } from '../../pages/look.ts'
import { nameSchema } from '../../schemas/common.ts'
import { interactionQuerySchema, type SignUpForm, signUpFormSchema } from '../../schemas/oauth-pages.ts'
import { refusalText } from './beside-login.ts'
import type { PageCall } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import { page, seeOther } from './replies.ts'

/** What the form's proof is bound to. */
export const SIGN_UP = 'sign-up'
const PATH = '/sign-up'
const responses = {
  200: { description: 'The page, or that a mail is on its way.' },
  303: { description: 'The account is made: to the sign-in page.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses, path: PATH } as const

const show: AnyRoute = publicRoute<undefined, { interaction?: string | undefined }>({
  ...row,
  name: 'sign_up_page',
  method: 'GET',
  summary: 'Create an account on a page.',
  query: interactionQuerySchema,
  handle: (call) => {
    const { interaction = '' } = call.query
    if (call.services.config.signUp === 'open') return showForm(call, { interaction }, null, 200)
    const look = lookOf(call)
    const message = refusalText(look, 'sign_up_closed')
    return page(closedPage(look, 'sign-up', message, { interaction, csrf: '' }), { status: 403 })
  },
})

function showForm(call: PageCall, typed: SignUpForm, message: string | null, status: number): Reply {
  const guard = guardForm(call.services, call.header, SIGN_UP)
  const { interaction = '', identifier = '', name = '' } = typed
  const body = signUpPage(lookOf(call), {
    form: { interaction, csrf: guard.csrf },
    identifier,
    personName: name,
    message,
    passwordLengthMin: call.services.core.policy.passwordLengthMin,
    providers: call.services.providers.names,
  })
  return page(body, { status, cookies: guard.cookies })
}

const submit: AnyRoute = publicRoute<SignUpForm>({
  ...row,
  name: 'sign_up_by_page',
  method: 'POST',
  summary: 'Create the account.',
  limit: 'sign_up',
  body: signUpFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { identifier = '', password = '', name = '', interaction = '', csrf = '' } = call.body
    const { services, facts } = call
    const look = lookOf(call)
    const again = (message: string, status: number): Reply => showForm(call, call.body, message, status)
    if (!isGuarded(services, call.header, SIGN_UP, csrf)) return again(look.words.said.stale, 403)
    const isVerified = services.config.emailVerification === 'required'
    const limited = isVerified ? await limitMail(services, identifier) : null
    if (limited !== null && !limited.allowed) {
      const reply = again(refusalText(look, 'rate_limited'), 429)
      return { ...reply, headers: { ...reply.headers, ...toLimitFields(limited) }, outcome: 'rate_limited' }
    }
    const called = nameSchema.optional().safeParse(name.trim() === '' ? undefined : name.trim())
    if (!called.success) return again(look.words.mistake.other, 400)
    const input = { email: identifier, password: new Secret(password), name: called.data ?? null }
    const begin = () => signUp(services.core, input, facts)
    const answer = isVerified ? await onBeat(begin) : await begin()
    if (!answer.ok) return { ...again(refusalText(look, answer.code), 400), outcome: answer.code }
    if (answer.kind === 'check_mail') {
      return page(sentPage(look, look.words.signUp.sent, { interaction, csrf: '' }))
    }
    return seeOther(`/login${toQuery(interaction)}`)
  },
})

export const signUpPageRoutes: readonly AnyRoute[] = [show, submit]
