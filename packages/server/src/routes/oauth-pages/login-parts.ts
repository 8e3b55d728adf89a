/** What the routes of the sign-in pages share: what somebody is on their way to, and how they go on. */
import type { SignedIn } from '@countersign/core'
import { deviceCookie } from '../../http/device-cookie.ts'
import type { Reply } from '../../http/reply.ts'
import { codesPage } from '../../pages/login-pages.ts'
import { type Look, lookOf } from '../../pages/look.ts'
import { next, type PageCall, readInteraction } from './flow.ts'
import type { Interaction } from './interaction.ts'
import { page, seeOther, sourceOf } from './replies.ts'

export interface Asked {
  /** As the browser carries it; empty where somebody signs in for no app. */
  readonly sealed: string
  readonly interaction: Interaction | null
}

/** Null where it was given and is over. */
export function asked(call: PageCall, sealed: string | undefined): Asked | null {
  if (sealed === undefined || sealed === '') return { sealed: '', interaction: null }
  const interaction = readInteraction(call, sealed)
  return interaction === null ? null : { sealed, interaction }
}

export const lookAt = (call: PageCall, interaction: Interaction | null): Look =>
  lookOf(call, interaction?.parameters.ui_locales)

/** The last step of the form is the client's address, if that is a URI at all; whether it is its own is asked later. */
export function targetsOf(interaction: Interaction | null): readonly string[] {
  const uri = interaction?.parameters.redirect_uri
  return uri !== undefined && URL.canParse(uri) ? [sourceOf(uri)] : []
}

/** With the new session, at once: the recovery codes that have come with it, what was asked for, or the start page. */
export function goOn(
  call: PageCall,
  { sealed, interaction }: Asked,
  signedIn: SignedIn,
): Reply | Promise<Reply> {
  const { session, sessionToken, deviceSecrets, recoveryCodes } = signedIn
  if (sessionToken === null) throw new Error('A page opened a session without a cookie.')
  const maxAgeSeconds = Math.floor((session.expiresAtMs - call.facts.nowMs) / 1000)
  const device = deviceSecrets.length > 0 ? [deviceCookie(deviceSecrets)] : []
  const cookies = [call.services.cookies.session(sessionToken, maxAgeSeconds), ...device]
  if (recoveryCodes.length > 0) {
    // The question's page knows what is next, also where there is nothing to ask.
    const path = interaction === null ? '/' : `/consent?interaction=${encodeURIComponent(sealed)}`
    return page(codesPage(lookAt(call, interaction), recoveryCodes, path), { cookies })
  }
  if (interaction === null) return seeOther('/', cookies)
  return next(call, interaction, { sessionToken: sessionToken.reveal(), cookies })
}
