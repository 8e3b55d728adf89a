/** What the pages beside sign-in say of a refusal. */
import { type ErrorCode, errors } from '@countersign/protocol'
import type { Look } from '../../pages/look.ts'

/** In these forms the address is all that a rule of ours can find malformed. */
export const refusalText = ({ words }: Look, code: ErrorCode): string =>
  code === 'invalid_request' ? words.said.no_address : (words.refusal(code) ?? errors[code].detail)
