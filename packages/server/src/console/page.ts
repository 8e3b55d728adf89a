/** The one page of the console with the brand written into it, and the page that says how to build it. */
import { html } from 'hono/html'
import type { Scheme } from '../http/scheme-cookie.ts'
import { layout } from '../pages/layout.ts'
import type { Look } from '../pages/look.ts'

/** What the console may know before anybody has signed in. */
export interface ConsoleFacts {
  readonly name: string
  readonly passwordLengthMin: number
}

/** Where the build leaves room for what only the server knows: in the head, and the brand in what is drawn at once. */
const PLACE = '<!--server-->'
const NAME_PLACE = '<!--name-->'

/**
 * Only files of our own origin run, and no text becomes markup or script: Trusted Types are demanded, and there
 * is no policy that could make any.
 */
export const CONSOLE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'"

/**
 * The built page; whatever the configuration says is escaped. `scheme`: null follows the system. `ahead`: the files that the
 * address needs beside those of every page.
 */
export function consolePage(
  built: string,
  facts: ConsoleFacts,
  scheme: Scheme | null,
  ahead: readonly string[],
): string {
  const { name } = facts
  const head = html`<title>${name}</title><meta name="application-name" content="${name}"><meta name="countersign-facts" content="${JSON.stringify(facts)}"><link rel="icon" href="/assets/brand-logo"><link rel="stylesheet" href="/assets/brand.css">${ahead.map((file) => html`<link rel="modulepreload" crossorigin href="/assets/console/${file}">`)}`
  const page = built.replace(PLACE, () => `${head}`).replace(NAME_PLACE, () => `${html`${name}`}`)
  return scheme === null ? page : page.replace('<html ', `<html data-mantine-color-scheme="${scheme}" `)
}

/** For a server that was started from files in which the console was never built. */
export function unbuiltPage({ name, scheme }: Pick<Look, 'name' | 'scheme'>): string {
  const content = html`
<p>These pages are not there yet, because this installation’s console has not been built. Everything else works.</p>
<p>In the folder of the checkout, run <code>npm run build</code>, and start the server again.</p>`
  return layout('The console is not built', content, { name, scheme })
}
