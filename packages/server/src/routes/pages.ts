/** Hosted pages and their files, and the first administrator's set-up. */

import { completeSetup } from '@countersign/core'
import { isErrorCode, Secret, type SignUpRequest } from '@countersign/protocol'
import { z } from 'zod'
import { json } from '../http/reply.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { brandStyle } from '../pages/brand.ts'
import { linkScript } from '../pages/link-pages.ts'
import { lookOf } from '../pages/look.ts'
import { PASSKEY_SCRIPT, passkeyScript } from '../pages/passkey-script.ts'
import { PICTURE_POLICY, pageFile } from '../pages/reply.ts'
import { setupPage } from '../pages/setup-page.ts'
import { errorPage, startPage } from '../pages/start-page.ts'
import { styleSheet } from '../pages/style.ts'
import { WAIT_SCRIPT, waitScript } from '../pages/wait-script.ts'
import { accountSchema, setupSchema } from '../schemas/principals.ts'
import { notFound, refused } from './answer.ts'
import { toAccountShape } from './shapes.ts'

type PageText = { name: string; path: string; summary: string }

export function page(
  { name, path, summary }: PageText,
  handle: Parameters<typeof publicRoute>[0]['handle'],
): AnyRoute {
  const responses = { 200: { description: 'A page or a file of one.' } }
  return publicRoute({
    name,
    method: 'GET',
    path,
    summary,
    tag: 'Pages',
    access: 'public',
    responses,
    handle,
  })
}

const HTML = 'text/html; charset=utf-8'
const CSS = 'text/css; charset=utf-8'
const ASSET_CACHE = 'public, max-age=300'

const start = page({ name: 'start_page', path: '/', summary: 'A page for people.' }, (call) =>
  pageFile({ body: startPage(call.services.config.issuer, lookOf(call)), contentType: HTML }),
)
const style = page({ name: 'page_style', path: '/assets/page.css', summary: 'The style sheet.' }, () =>
  pageFile({ body: styleSheet, contentType: CSS, cacheControl: ASSET_CACHE }),
)
const brand = page(
  { name: 'brand_style', path: '/assets/brand.css', summary: 'The brand’s colour, for all pages.' },
  ({ services }) =>
    pageFile({
      body: brandStyle(services.config.brandColor),
      contentType: CSS,
      cacheControl: ASSET_CACHE,
    }),
)
const logo = page(
  { name: 'brand_logo', path: '/assets/brand-logo', summary: 'The brand’s mark, for all pages.' },
  ({ services }) =>
    pageFile({
      body: services.logo.body,
      contentType: services.logo.contentType,
      cacheControl: ASSET_CACHE,
      policy: PICTURE_POLICY,
    }),
)
const linkFile = page(
  { name: 'link_script', path: '/assets/link.js', summary: 'The script of pages behind links.' },
  () =>
    pageFile({
      body: linkScript,
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: ASSET_CACHE,
    }),
)
const waitFile = page(
  { name: 'wait_script', path: WAIT_SCRIPT, summary: 'The script that counts a wait down.' },
  () =>
    pageFile({
      body: waitScript,
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: ASSET_CACHE,
    }),
)
const passkeyFile = page(
  { name: 'passkey_script', path: PASSKEY_SCRIPT, summary: 'The script that asks for passkeys.' },
  () =>
    pageFile({
      body: passkeyScript,
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: ASSET_CACHE,
    }),
)
const setup = page(
  { name: 'setup_page', path: '/setup', summary: 'Create the first administrator.' },
  (call) => {
    const body = setupPage(lookOf(call), call.services.core.policy.passwordLengthMin)
    return pageFile({ body, contentType: HTML })
  },
)
const error = page(
  { name: 'error_page', path: '/docs/errors/:code', summary: 'What an error code means.' },
  (call) => {
    const code = call.params.code ?? ''
    if (!isErrorCode(code)) return notFound(call)
    const body = errorPage(code, lookOf(call))
    // Kept, unlike the other pages: what is kept was drawn for these cookies, light or dark.
    return pageFile({ body, contentType: HTML, cacheControl: ASSET_CACHE, headers: { vary: 'cookie' } })
  },
)

const completeSetupRoute: AnyRoute = publicRoute<SignUpRequest & { ticket: string }>({
  name: 'complete_setup',
  method: 'POST',
  path: '/v1/setup',
  summary: 'Create the first administrator with the ticket of the set-up link.',
  tag: 'Signing in',
  access: 'public',
  limit: 'sign_up',
  setsCookies: true,
  body: setupSchema,
  responses: { 201: { description: 'The administrator.', schema: z.object({ account: accountSchema }) } },
  handle: async (call) => {
    const { email, password, name, ticket } = call.body
    const input = { email, password: new Secret(password), name: name ?? null, ticket }
    const answer = await completeSetup(call.services.core, input, call.facts)
    return answer.ok ? json(201, { account: toAccountShape(answer.account) }) : refused(call, answer)
  },
})

export const pageRoutes: readonly AnyRoute[] = [
  start,
  style,
  brand,
  logo,
  linkFile,
  waitFile,
  passkeyFile,
  setup,
  error,
  completeSetupRoute,
]
