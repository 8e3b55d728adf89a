/** The console and the account pages: one page that finds its way by its address, and the files that it loads. */
import { CONSOLE_POLICY, consolePage, unbuiltPage } from '../console/page.ts'
import { type AnyRoute, publicRoute } from '../http/route.ts'
import { type Look, lookOf } from '../pages/look.ts'
import { pageFile } from '../pages/reply.ts'
import type { Services } from '../services.ts'
import { notFound } from './answer.ts'
import { sessionCookie } from './oauth-pages/flow.ts'
import { toOwnSignIn } from './oauth-pages/own-sign-in.ts'
import { page } from './pages.ts'

const HTML = 'text/html; charset=utf-8'
/** A file's name changes with its content, so a copy of it is right for good. */
const FOREVER = 'public, max-age=31536000, immutable'

/** Every address that a person may open or reload; `name` is the route's. */
const ADDRESSES = [
  { name: 'account_page', path: '/account', summary: 'One’s own account.' },
  { name: 'account_section_page', path: '/account/:section', summary: 'A part of one’s own account.' },
  { name: 'console_page', path: '/console', summary: 'The console for administrators.' },
  { name: 'console_section_page', path: '/console/:section', summary: 'A part of the console.' },
  { name: 'console_item_page', path: '/console/:section/:item', summary: 'One thing in the console.' },
] as const

/**
 * Whoever brings no session signs in first and comes back, before anything of the application is loaded. Whether a
 * session is a good one is asked by the application, of the API: the page itself says nothing about anybody.
 */
const pages = ADDRESSES.map(({ name, path, summary }) =>
  publicRoute({
    name,
    method: 'GET',
    path,
    summary,
    tag: 'Pages',
    access: 'public',
    responses: {
      200: { description: 'A page or a file of one.' },
      303: { description: 'To the sign-in, which leads back here.' },
    },
    handle: (call) => {
      const isThere = call.services.consoleFiles.index() !== null
      if (!isThere || sessionCookie(call) !== null) {
        return pageFile(toFile(call.services, lookOf(call), toParts(path, call.params)))
      }
      return toOwnSignIn(`${toPath(path, call.params)}${call.search()}`)
    },
  }),
)

const toPath = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))

/**
 * What is loaded for an address, by the names of its files: `account-` stands before those that the console has as well.
 * Where it guesses wrong, nothing is lost but one fetch.
 */
function toParts(path: string, { section }: Readonly<Record<string, string>>): readonly string[] {
  const isConsole = path.startsWith('/console')
  const page = section === undefined ? [] : [`${section}-page`]
  return isConsole ? ['console-pages', ...page] : [...page, ...page.map((name) => `account-${name}`)]
}

function toFile(
  { config, consoleFiles }: Services,
  look: Look,
  parts: readonly string[],
): Parameters<typeof pageFile>[0] {
  const built = consoleFiles.index()
  if (built === null) return { body: unbuiltPage(look), contentType: HTML }
  const facts = {
    name: config.brandName,
    passwordLengthMin: config.passwordLengthMin,
  }
  const ahead = [...new Set(parts.flatMap((part) => consoleFiles.ahead(part)))]
  return { body: consolePage(built, facts, look.scheme, ahead), contentType: HTML, policy: CONSOLE_POLICY }
}

const file = page(
  { name: 'console_file', path: '/assets/console/:file', summary: 'A file of the console.' },
  (call) => {
    const found = call.services.consoleFiles.find(call.params.file ?? '', call.header('accept-encoding'))
    if (found === null) return notFound(call)
    const { body, contentType, encoding } = found
    const headers = { vary: 'accept-encoding', ...(encoding !== null && { 'content-encoding': encoding }) }
    return pageFile({ body, contentType, cacheControl: FOREVER, headers })
  },
)

export const consoleRoutes: readonly AnyRoute[] = [...pages, file]
