/** A refusal before the route, for people: too fast, cut off, or with a parameter that stands twice; and outages. */
import { type ErrorCode, errors } from '@countersign/protocol'
import type { Reply } from '../../http/reply.ts'
import type { Look } from '../../pages/look.ts'
import { oauthErrorPage } from '../../pages/oauth-pages.ts'
import { troublePage } from '../../pages/trouble-pages.ts'
import { page } from './replies.ts'

/** Words about JSON would tell a person nothing. */
const ill: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'repeated_name', 'malformed_json'])

export function refusalPage(look: Look, code: ErrorCode, path: string | null): Reply {
  const { status, detail } = errors[code]
  const trouble = troubleOf(status)
  if (trouble !== null) return page(troublePage(look, trouble), { status, outcome: code })
  const parameter = path === null || path === '' ? null : path
  const { mistake, refusal } = look.words
  const message = ill.has(code) ? mistake.malformed : (refusal(code) ?? detail)
  // A form that is malformed is no more than a bad request for a browser; 422 is for programs.
  const shown = status === 422 ? 400 : status
  return page(oauthErrorPage(look, parameter, message), { status: shown, outcome: code })
}

/** Of these nothing is the app's doing, and nobody is to doubt it. */
function troubleOf(status: number): 'tooOften' | 'away' | 'broken' | null {
  if (status === 429) return 'tooOften'
  if (status === 503) return 'away'
  return status >= 500 ? 'broken' : null
}
