/** What comes next for a browser that is on its way through an authorization request. */
import { type Authorized, authorize, type ParameterName } from '@countersign/core'
import { readCookie } from '../../http/cookies.ts'
import type { Reply } from '../../http/reply.ts'
import type { Call } from '../../http/route.ts'
import {
  INTERACTION_CHARACTERS_MAX,
  INTERACTION_MS,
  type Interaction,
  openInteraction,
  sealInteraction,
} from './interaction.ts'
import { mistakePage, returnToClient, seeOther } from './replies.ts'

export type PageCall = Pick<Call<unknown, unknown, null>, 'services' | 'header' | 'facts'>

export interface NextOptions {
  readonly decision?: 'allow' | 'deny' | null
  /** In place of the browser's own, right after a sign-in. */
  readonly sessionToken?: string
  readonly cookies?: readonly string[]
  /** Shows the page that is next, where this is the route of that page; else the browser is sent there. */
  readonly show?: (next: Shown, interaction: string) => Reply | null
}

export type Shown = Extract<Authorized, { kind: 'sign_in' | 'ask' }>

export async function next(
  call: PageCall,
  interaction: Interaction,
  options: NextOptions = {},
): Promise<Reply> {
  const { services, facts } = call
  const { cookies = [] } = options
  const { parameters, startedMs, pushed } = interaction
  const input = {
    parameters,
    startedMs,
    // For as long as the interaction could come back.
    pushed: pushed === null ? null : { key: pushed, expiresAtMs: startedMs + 2 * INTERACTION_MS },
    sessionToken: options.sessionToken ?? sessionCookie(call),
    decision: options.decision ?? null,
  }
  const answer = await authorize(services.core, input, facts)
  switch (answer.kind) {
    case 'mistake':
      return mistakeOf(answer.parameter)
    case 'code':
    case 'refused':
      return returnToClient(services.config.issuer, answer, cookies)
    case 'sign_in':
    case 'ask': {
      const sealed = sealInteraction(services.core.secrets, interaction)
      if (sealed.length > INTERACTION_CHARACTERS_MAX) return mistakePage(null, 'The request is too long.')
      const path = answer.kind === 'sign_in' ? '/login' : '/consent'
      const shown = options.show?.(answer, sealed) ?? null
      return shown ?? seeOther(`${path}?interaction=${encodeURIComponent(sealed)}`, cookies)
    }
  }
}

export const mistakeOf = (parameter: ParameterName): Reply =>
  mistakePage(parameter, mistakes[parameter] ?? 'This is not what was expected.')

/** What stands on the page; nothing that was sent does. */
const mistakes: Readonly<Record<string, string>> = {
  client_id: 'there is no such app here.',
  redirect_uri: 'this is no address that the app has registered.',
  request_uri: 'this request is unknown, used, or older than a minute.',
}

export const sessionCookie = ({ services, header }: PageCall): string | null =>
  readCookie(header('cookie'), services.cookies.cookieName)

export const overPage = (): Reply =>
  mistakePage(null, 'The sign-in has taken too long, or its address was cut off.')

export function readInteraction(
  { services, facts }: PageCall,
  sealed: string | undefined,
): Interaction | null {
  return sealed === undefined ? null : openInteraction(services.core.secrets, sealed, facts.nowMs)
}
