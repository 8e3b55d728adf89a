/** A refusal before the route, for people: too fast, cut off, or with a parameter that stands twice. */
import { type ErrorCode, errors } from '@countersign/protocol'
import type { Reply } from '../../http/reply.ts'
import type { Look } from '../../pages/look.ts'
import { oauthErrorPage } from '../../pages/oauth-pages.ts'
import { page } from './replies.ts'

/** Words about JSON would tell a person nothing. */
const ill: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'repeated_name', 'malformed_json'])

export function refusalPage(look: Look, code: ErrorCode, path: string | null): Reply {
  const { status, detail } = errors[code]
  const parameter = path === null || path === '' ? null : path
  const { mistake, refusal } = look.words
  const message = ill.has(code) ? mistake.malformed : (refusal(code) ?? detail)
  // A form that is malformed is no more than a bad request for a browser; 422 is for programs.
  const shown = status === 422 ? 400 : status
  return page(oauthErrorPage(look, parameter, message), { status: shown, outcome: code })
}
