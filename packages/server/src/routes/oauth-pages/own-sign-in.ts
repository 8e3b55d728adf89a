/** Where people sign in for the pages of this authority itself, the account pages and the console, and come back to them. */
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { type OwnSignInQuery, ownSignInQuerySchema } from '../../schemas/oauth-pages.ts'
import { sealInteraction } from './interaction.ts'
import { showLogin } from './login-show.ts'
import { seeOther } from './replies.ts'

/** `next` leads nowhere else: a sign-in that sends people to strangers would lend them its name (ASVS 3.7.2). */
const OWN_PAGES = /^\/(?:account|console)(?:[/?]|$)/
const ACCOUNT = '/account'
/** Any: only what follows it is kept. */
const BASE = 'http://authority.invalid'

export const ownSignInRoutes: readonly AnyRoute[] = [
  publicRoute<undefined, OwnSignInQuery>({
    name: 'sign_in_page',
    method: 'GET',
    path: '/sign-in',
    summary: 'Sign in for the account pages or the console.',
    tag: 'Pages',
    access: 'public',
    errorForm: 'page',
    limit: 'token',
    responses: { 200: { description: 'The page.' } },
    query: ownSignInQuerySchema,
    handle: (call) => {
      const { services, facts, query } = call
      const interaction = {
        parameters: { ui_locales: query.ui_locales },
        pushed: null,
        startedMs: facts.nowMs,
        own: toOwnPage(query.next),
      }
      const sealed = sealInteraction(services.core.secrets, interaction)
      return showLogin(call, { sealed, interaction }, { isSignedOut: query['signed-out'] !== undefined })
    },
  }),
]

/** Sends whoever brings no session to sign in and come back to `page`, a path of our own with its query. */
export function toOwnSignIn(page: string): Reply {
  return seeOther(`/sign-in?${new URLSearchParams({ next: page })}`)
}

/** The path and query of a page of ours; the account where `next` is none. Read as browsers read it, dots and backslashes included. */
function toOwnPage(next: string | undefined): string {
  if (next === undefined || !OWN_PAGES.test(next)) return ACCOUNT
  const url = URL.parse(next, BASE)
  const isOwn = url !== null && url.origin === BASE && OWN_PAGES.test(url.pathname)
  return isOwn ? `${url.pathname}${url.search}` : ACCOUNT
}
