/** How the pages answer: a page, the next page, or the way back to the client. */
import type { Authorized, ReturnAddress } from '@countersign/core'
import type { Reply } from '../../http/reply.ts'
import type { Call } from '../../http/route.ts'
import { type Look, lookOf } from '../../pages/look.ts'
import { formPostPage, oauthErrorPage } from '../../pages/oauth-pages.ts'
import { PAGE_POLICY, pageFile } from '../../pages/reply.ts'
import type { Mistake } from '../../pages/words/words.ts'

export type PageCall = Pick<Call<unknown, unknown, null>, 'services' | 'header' | 'facts'>

/** 303 after a password was sent: a 307 would send it along (RFC 9700 §4.12). */
export function seeOther(location: string, cookies: readonly string[] = []): Reply {
  const plain = pageFile({ body: '', contentType: HTML })
  return { ...plain, status: 303, body: null, headers: { ...plain.headers, location }, cookies }
}

export interface PageOptions {
  readonly status?: number
  readonly cookies?: readonly string[]
  /** Where a form of the page may lead in the end: browsers hold redirects to it, too. */
  readonly formTargets?: readonly string[]
  readonly imageSources?: readonly string[]
  readonly outcome?: string
}

export function page(body: string, options: PageOptions = {}): Reply {
  const policy = PAGE_POLICY.replace(
    "form-action 'self'",
    ["form-action 'self'", ...(options.formTargets ?? [])].join(' '),
  ).replace("img-src 'self'", ["img-src 'self'", ...(options.imageSources ?? [])].join(' '))
  return {
    ...pageFile({ body, contentType: HTML, policy }),
    status: options.status ?? 200,
    outcome: options.outcome ?? 'ok',
    ...(options.cookies && { cookies: options.cookies }),
  }
}

const HTML = 'text/html; charset=utf-8'

/** What stands on the page comes from the catalogue; nothing that was sent does. */
export function mistakePage(look: Look, parameter: string | null, mistake: Mistake): Reply {
  const words = look.words.mistake
  const advice = BEGUN_HERE.has(mistake) ? words.beginAgain : words.advice
  const body = oauthErrorPage(look, parameter, words[mistake], advice)
  return page(body, { status: 400, outcome: 'invalid_request' })
}

/** What a person comes to who was on the way here: the app has made no mistake, and is not to be doubted. */
const BEGUN_HERE: ReadonlySet<Mistake> = new Set(['over', 'undecided', 'request_uri'])

/** The source that a URI counts as in a policy. What was registered holds no character that ends one. */
export function sourceOf(uri: string): string {
  const { origin, protocol } = new URL(uri)
  return origin === 'null' ? protocol : origin
}

type Answer = Extract<Authorized, { kind: 'code' | 'refused' }>

/** RFC 6749 §4.1.2 and §4.1.2.1; `iss` in every answer, so that no client takes it for another server's (RFC 9207). */
export function returnToClient(call: PageCall, answer: Answer, cookies: readonly string[] = []): Reply {
  const said: [string, string][] =
    answer.kind === 'code'
      ? [['code', answer.code.reveal()]]
      : [
          ['error', answer.error],
          ['error_description', answer.description],
        ]
  const { to } = answer
  const fields = [
    ...said,
    ...(to.state === null ? [] : [['state', to.state] as const]),
    ['iss', call.services.config.issuer] as const,
  ]
  const reply = to.mode === 'query' ? byQuery(to, fields, cookies) : byForm(call, to, fields, cookies)
  return { ...reply, outcome: answer.kind === 'code' ? 'ok' : answer.error }
}

type Fields = readonly (readonly [string, string])[]

function byQuery({ redirectUri }: ReturnAddress, fields: Fields, cookies: readonly string[]): Reply {
  const query = new URLSearchParams(fields.map(([name, value]) => [name, value]))
  return seeOther(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`, cookies)
}

function byForm(
  call: PageCall,
  { redirectUri }: ReturnAddress,
  fields: Fields,
  cookies: readonly string[],
): Reply {
  const body = formPostPage(lookOf(call), redirectUri, fields)
  return page(body, { cookies, formTargets: [sourceOf(redirectUri)] })
}
