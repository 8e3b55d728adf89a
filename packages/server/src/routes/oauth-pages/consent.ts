/** The page on which people allow an app to act for them, or do not (ASVS 10.7). */

import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { lookOf } from '../../pages/look.ts'
import { consentPage, formPostScript, logoOf } from '../../pages/oauth-pages.ts'
import { pageFile } from '../../pages/reply.ts'
import { type ConsentForm, consentFormSchema, interactionQuerySchema } from '../../schemas/oauth-pages.ts'
import { next, overPage, type PageCall, readInteraction, type Shown, sessionCookie } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import type { Interaction } from './interaction.ts'
import { mistakePage, page, sourceOf } from './replies.ts'

const responses = {
  200: { description: 'The page.' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'A page that names the mistake.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses } as const

/** Bound to the session and the request: an answer counts for what was asked, by whom it was asked of. */
function purposeOf(call: PageCall, sealed: string): string {
  return `consent ${sessionCookie(call) ?? ''} ${sealed}`
}

const show: AnyRoute = publicRoute<undefined, { interaction?: string | undefined }>({
  ...row,
  name: 'consent_page',
  method: 'GET',
  path: '/consent',
  summary: 'What an app asks for.',
  limit: 'token',
  query: interactionQuerySchema,
  handle: (call) => {
    const interaction = readInteraction(call, call.query.interaction)
    if (interaction === null || call.isHead) return overPage(call)
    return next(call, interaction, { show: (shown, sealed) => showConsent(call, shown, sealed, interaction) })
  },
})

function showConsent(
  call: PageCall,
  shown: Shown,
  sealed: string,
  { parameters }: Interaction,
): Reply | null {
  if (shown.kind !== 'ask') return null
  const { client, request, audiences, to, email } = shown
  const logo = logoOf(client)
  const guard = guardForm(call.services, call.header, purposeOf(call, sealed))
  const body = consentPage(lookOf(call, parameters.ui_locales), {
    form: { interaction: sealed, csrf: guard.csrf },
    client,
    email,
    scopes: [...request.identityScopes, ...request.permissions],
    audiences,
    returnsTo: sourceOf(to.redirectUri),
    host: hostOf(to.redirectUri),
  })
  return page(body, {
    cookies: guard.cookies,
    formTargets: [sourceOf(to.redirectUri)],
    imageSources: logo === null ? [] : [sourceOf(logo)],
  })
}

/** A private scheme has no host, and says the same by its name. */
const hostOf = (uri: string): string => new URL(uri).host || sourceOf(uri)

const submit: AnyRoute = publicRoute<ConsentForm>({
  ...row,
  name: 'consent',
  method: 'POST',
  path: '/consent',
  summary: 'Allow what an app asks for, or deny it.',
  limit: 'token',
  body: consentFormSchema,
  bodyForm: 'form',
  handle: (call) => {
    const { interaction: sealed = '', csrf = '', decision } = call.body
    const interaction = readInteraction(call, sealed)
    if (interaction === null) return overPage(call)
    if (decision === undefined) return mistakePage(lookOf(call), null, 'undecided')
    if (!isGuarded(call.services, call.header, purposeOf(call, sealed), csrf)) {
      // Asked again: nothing was allowed by a form that did not come from our own page.
      return next(call, interaction, { show: (shown, again) => showConsent(call, shown, again, interaction) })
    }
    return next(call, interaction, { decision })
  },
})

const script: AnyRoute = publicRoute({
  name: 'form_post_script',
  method: 'GET',
  path: '/assets/form-post.js',
  summary: 'Sends the answer to the client by a form.',
  tag: 'Pages',
  access: 'public',
  responses: { 200: { description: 'A file of a page.' } },
  handle: () =>
    pageFile({
      body: formPostScript,
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: 'public, max-age=300',
    }),
})

export const consentRoutes: readonly AnyRoute[] = [show, submit, script]
