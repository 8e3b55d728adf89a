/**
 * An authorization request on its way through the pages: sealed and carried by the browser, so that nothing is stored
 * for strangers, nothing of it can be altered, and no page can be told to send somebody elsewhere than the request did.
 */
import { type AuthorizationParameters, parameterNames, type Secrets } from '@countersign/core'
import { z } from 'zod'

export interface Interaction {
  readonly parameters: AuthorizationParameters
  /** Names the pushed request that it began with; null where it came through the browser. */
  readonly pushed: string | null
  readonly startedMs: number
  /** The code of a device, as far as it was typed, where the sign-in is for one; no request goes on then. */
  readonly device?: string | undefined
  /** The page of this authority's own that the sign-in is for; no request goes on then, and nothing of it can be over. */
  readonly own?: string | undefined
}

/** People look for their phone; nobody comes back to a sign-in after an hour. */
export const INTERACTION_MS = 3_600_000
const CONTEXT = 'authorization request'
/** It stands in a URL, beside which a browser sends much else. */
export const INTERACTION_CHARACTERS_MAX = 6000

const parameter = z.string().optional()
export const interactionSchema: z.ZodType<Interaction> = z.object({
  pushed: z.string().nullable(),
  parameters: z.object(Object.fromEntries(parameterNames.map((name) => [name, parameter]))),
  startedMs: z.number(),
  device: z.string().optional(),
  own: z.string().optional(),
})

export function sealInteraction(secrets: Secrets, interaction: Interaction): string {
  return secrets.seal(JSON.stringify(interaction), CONTEXT)
}

/** Null for what is no interaction of ours, or is over. */
export function openInteraction(secrets: Secrets, sealed: string, nowMs: number): Interaction | null {
  const text = tryOpen(secrets, sealed)
  if (text === null) return null
  const interaction = interactionSchema.parse(JSON.parse(text))
  // Whoever finds the tab of yesterday signs in there and goes on.
  const isOver = interaction.own === undefined && nowMs - interaction.startedMs >= INTERACTION_MS
  return isOver ? null : interaction
}

function tryOpen(secrets: Secrets, sealed: string): string | null {
  try {
    return secrets.open(sealed, CONTEXT)
  } catch {
    // Altered, cut off, or sealed for something else: what a stranger sends is no fault of ours.
    return null
  }
}
