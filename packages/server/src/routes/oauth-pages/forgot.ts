/** The page for whoever forgot the password: it has a link sent, and says the same for every address. */
import { requestPasswordReset } from '@countersign/core'
import { onBeat } from '../../adapters/beat.ts'
import { toLimitFields } from '../../http/limit-fields.ts'
import { limitMail } from '../../http/limits.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { closedPage, forgotPage, sentPage } from '../../pages/account-pages.ts'
import { lookOf } from '../../pages/look.ts'
import { type ForgotForm, forgotFormSchema, interactionQuerySchema } from '../../schemas/oauth-pages.ts'
import { refusalText } from './beside-login.ts'
import type { PageCall } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import { page } from './replies.ts'

const PURPOSE = 'forgot'
const PATH = '/forgot-password'
const responses = {
  200: { description: 'The page.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses, path: PATH } as const

const show: AnyRoute = publicRoute<undefined, { interaction?: string | undefined }>({
  ...row,
  name: 'forgot_password_page',
  method: 'GET',
  summary: 'Have a link sent that sets a new password, by a page.',
  query: interactionQuerySchema,
  handle: (call) => {
    const { interaction = '' } = call.query
    if (call.services.config.mail.kind !== 'off') return showForm(call, interaction, {})
    const look = lookOf(call)
    const message = refusalText(look, 'reset_closed')
    return page(closedPage(look, 'forgot', message, { interaction, csrf: '' }), { status: 403 })
  },
})

interface Again {
  readonly identifier?: string
  readonly message?: string
  readonly status?: number
}

function showForm(call: PageCall, interaction: string, again: Again): Reply {
  const guard = guardForm(call.services, call.header, PURPOSE)
  const { identifier = '', message = null, status = 200 } = again
  const body = forgotPage(lookOf(call), { form: { interaction, csrf: guard.csrf }, identifier, message })
  return page(body, { status, cookies: guard.cookies })
}

const submit: AnyRoute = publicRoute<ForgotForm>({
  ...row,
  name: 'forgot_password',
  method: 'POST',
  summary: 'Have the link sent.',
  limit: 'sign_up',
  body: forgotFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { identifier = '', interaction = '', csrf = '' } = call.body
    const look = lookOf(call)
    const again = (message: string, status: number): Reply =>
      showForm(call, interaction, { identifier, message, status })
    if (!isGuarded(call.services, call.header, PURPOSE, csrf)) return again(look.words.said.stale, 403)
    const limited = await limitMail(call.services, identifier)
    if (limited !== null && !limited.allowed) {
      const reply = again(refusalText(look, 'rate_limited'), 429)
      return { ...reply, headers: { ...reply.headers, ...toLimitFields(limited) }, outcome: 'rate_limited' }
    }
    const answer = await onBeat(() => requestPasswordReset(call.services.core, identifier, call.facts))
    if (!answer.ok) return { ...again(refusalText(look, answer.code), 400), outcome: answer.code }
    return page(sentPage(look, look.words.forgot.sent, { interaction, csrf: '' }))
  },
})

export const forgotRoutes: readonly AnyRoute[] = [show, submit]
