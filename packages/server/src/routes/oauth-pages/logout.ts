/** The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0) and the page that asks first. */
import {
  type LoggedOut,
  type LogOutMistake,
  type LogOutParameters,
  type LogOutRequest,
  logOut,
  readLogOutRequest,
} from '@countersign/core'
import { isClientId } from '@countersign/protocol'
import { z } from 'zod'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { loggedOutPage, logOutPage } from '../../pages/logout-pages.ts'
import { lookOf } from '../../pages/look.ts'
import {
  type ConfirmLogOutForm,
  confirmLogOutSchema,
  type LogOutQuery,
  logOutFormSchema,
  logOutQuerySchema,
} from '../../schemas/logout.ts'
import { overPage, type PageCall, sessionCookie } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import { mistakePage, page, seeOther, sourceOf } from './replies.ts'

const PATH = '/logout'
const CONTEXT = 'logout request'
/** As for sign-ins: nobody comes back to a question after an hour. */
const REQUEST_MS = 3_600_000
const responses = {
  200: { description: 'A page that asks, or says that it is done.' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'A page that names the mistake; nobody is sent anywhere.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', limit: 'token', responses } as const

const byQuery: AnyRoute = publicRoute<undefined, LogOutQuery>({
  ...row,
  name: 'end_session',
  method: 'GET',
  path: PATH,
  summary: 'Sign out at the wish of a client; a browser comes here.',
  query: logOutQuerySchema,
  handle: async (call) => {
    const { request: sealed, ...parameters } = call.query
    if (sealed !== undefined) {
      const request = openRequest(call, sealed)
      return request === null ? overPage(call) : answer(call, request)
    }
    const request = await readLogOutRequest(call.services.core, parameters)
    return typeof request === 'string' ? mistakeOf(call, request) : answer(call, request)
  },
})

const byForm: AnyRoute = publicRoute<LogOutParameters>({
  ...row,
  name: 'end_session_by_form',
  method: 'POST',
  path: PATH,
  summary: 'The same by a form (RP-Initiated Logout §2).',
  body: logOutFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const request = await readLogOutRequest(call.services.core, call.body)
    if (typeof request === 'string') return mistakeOf(call, request)
    // The form comes from another site, with which browsers send no cookie of ours; they do with what follows. The
    // ID token stays out of the address.
    return seeOther(`${PATH}?request=${encodeURIComponent(sealRequest(call, request))}`)
  },
})

const confirm: AnyRoute = publicRoute<ConfirmLogOutForm>({
  ...row,
  name: 'confirm_end_session',
  method: 'POST',
  path: `${PATH}/confirm`,
  summary: 'Sign out, after the question.',
  body: confirmLogOutSchema,
  bodyForm: 'form',
  handle: (call) => {
    const { request: sealed = '', csrf = '' } = call.body
    const request = openRequest(call, sealed)
    if (request === null) return overPage(call)
    // Asked again: nobody is signed out by a form that did not come from our own page.
    const isConfirmed = isGuarded(call.services, call.header, purposeOf(call, sealed), csrf)
    return answer(call, request, isConfirmed)
  },
})

/** Bound to the session and the request: an answer counts for what was asked, by whom it was asked of. */
const purposeOf = (call: PageCall, sealed: string): string => `logout ${sessionCookie(call) ?? ''} ${sealed}`

type LogOutCall = PageCall & { readonly isHead: boolean }

async function answer(call: LogOutCall, asked: LogOutRequest, isConfirmed = false): Promise<Reply> {
  const { services, facts } = call
  // Whoever looks ahead with HEAD is shown the question, and signs nobody out (ASVS 3.5.3).
  const request = call.isHead ? { ...asked, hintedSession: null } : asked
  const input = { request, sessionToken: sessionCookie(call), isConfirmed }
  const answered = await logOut(services.core, input, facts)
  switch (answered.kind) {
    case 'mistake':
      return mistakeOf(call, answered.parameter)
    case 'ask':
      return ask(call, request, answered)
    case 'done':
      return done(call, answered)
  }
}

function ask(call: PageCall, request: LogOutRequest, asked: Extract<LoggedOut, { kind: 'ask' }>): Reply {
  const sealed = sealRequest(call, request)
  const guard = guardForm(call.services, call.header, purposeOf(call, sealed))
  const body = logOutPage(lookOf(call), {
    request: sealed,
    csrf: guard.csrf,
    clientName: asked.client?.name ?? null,
    email: asked.email,
  })
  const formTargets = asked.to === null ? [] : [sourceOf(asked.to.redirectUri)]
  return page(body, { cookies: guard.cookies, formTargets })
}

function done(call: PageCall, { to, position }: Extract<LoggedOut, { kind: 'done' }>): Reply {
  const { services } = call
  if (position !== null) services.confirmations.committed(position)
  // Also where there was no session any more: what the browser still holds is of no use.
  const { cleared: cookies } = services.cookies
  const reply = to === null ? page(loggedOutPage(lookOf(call)), { cookies }) : seeOther(toUri(to), cookies)
  // ASVS 14.3.1: what the browser kept for this origin goes too; cookies were cleared one by one.
  return { ...reply, headers: { ...reply.headers, 'clear-site-data': '"cache", "storage"' } }
}

function toUri({ redirectUri, state }: { redirectUri: string; state: string | null }): string {
  if (state === null) return redirectUri
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}

const mistakeOf = (call: PageCall, parameter: LogOutMistake): Reply =>
  mistakePage(lookOf(call), parameter, parameter === 'client_id' ? 'id_token_client' : parameter)

const schema = z.object({
  clientId: z.string().refine(isClientId).nullable(),
  hintedSession: z.string().nullable(),
  redirectUri: z.string().nullable(),
  state: z.string().nullable(),
  expiresAtMs: z.number(),
})

function sealRequest({ services, facts }: PageCall, request: LogOutRequest): string {
  const expiresAtMs = facts.nowMs + REQUEST_MS
  return services.core.secrets.seal(JSON.stringify({ ...request, expiresAtMs }), CONTEXT)
}

/** Null for what was not sealed here, and for what is over. */
function openRequest({ services, facts }: PageCall, sealed: string): LogOutRequest | null {
  const text = tryOpen(services, sealed)
  if (text === null) return null
  const { expiresAtMs, ...request } = schema.parse(JSON.parse(text))
  return facts.nowMs < expiresAtMs ? request : null
}

function tryOpen({ core }: PageCall['services'], sealed: string): string | null {
  try {
    return core.secrets.open(sealed, CONTEXT)
  } catch {
    // What a stranger sends is no fault of ours.
    return null
  }
}

export const logoutRoutes: readonly AnyRoute[] = [byQuery, byForm, confirm]
