/** What comes next for a browser that is on its way through an authorization request. */
import { type Authorized, authorize, type ParameterName } from '@countersign/core'
import { readCookie } from '../../http/cookies.ts'
import type { Reply } from '../../http/reply.ts'
import { lookOf } from '../../pages/look.ts'
import type { Mistake } from '../../pages/words/words.ts'
import {
  INTERACTION_CHARACTERS_MAX,
  INTERACTION_MS,
  type Interaction,
  openInteraction,
  sealInteraction,
} from './interaction.ts'
import { mistakePage, type PageCall, returnToClient, seeOther } from './replies.ts'

export type { PageCall } from './replies.ts'

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
  const { parameters, startedMs, pushed, device, own } = interaction
  if (own !== undefined) return seeOther(own, cookies)
  if (device !== undefined) return seeOther(`/device?${new URLSearchParams({ user_code: device })}`, cookies)
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
      return mistakeOf(call, answer.parameter)
    case 'code':
    case 'refused':
      return returnToClient(call, answer, cookies)
    case 'sign_in':
    case 'ask': {
      const sealed = sealInteraction(services.core.secrets, interaction)
      if (sealed.length > INTERACTION_CHARACTERS_MAX) return mistakePage(lookOf(call), null, 'too_long')
      const path = answer.kind === 'sign_in' ? '/login' : '/consent'
      const shown = options.show?.(answer, sealed) ?? null
      return shown ?? seeOther(`${path}?interaction=${encodeURIComponent(sealed)}`, cookies)
    }
  }
}

export const mistakeOf = (call: PageCall, parameter: ParameterName): Reply =>
  mistakePage(lookOf(call), parameter, mistakes[parameter] ?? 'other')

const mistakes: Readonly<Partial<Record<ParameterName, Mistake>>> = {
  client_id: 'client_id',
  redirect_uri: 'redirect_uri',
  request: 'request',
  request_uri: 'request_uri',
}

export const sessionCookie = ({ services, header }: PageCall): string | null =>
  readCookie(header('cookie'), services.cookies.cookieName)

export const overPage = (call: PageCall): Reply => mistakePage(lookOf(call), null, 'over')

export function readInteraction(
  { services, facts }: PageCall,
  sealed: string | undefined,
): Interaction | null {
  return sealed === undefined ? null : openInteraction(services.core.secrets, sealed, facts.nowMs)
}
