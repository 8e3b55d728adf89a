/** When a signing key was what, worked out from the moments that the authority tells. */
import type { SigningKeyShape } from '@countersign/protocol'

export interface Part {
  readonly kind: 'announced' | 'signing' | 'checked'
  readonly fromMs: number
  readonly toMs: number
}

/** A key signs until the next of its kind does, and is checked until it is retired. */
export function toParts(
  key: SigningKeyShape,
  all: readonly SigningKeyShape[],
  nowMs: number,
): readonly Part[] {
  const endMs = key.retired_at === null ? nowMs : Date.parse(key.retired_at)
  const createdMs = Date.parse(key.created_at)
  if (key.promoted_at === null) return [{ kind: 'announced', fromMs: createdMs, toMs: endMs }]
  const promotedMs = Date.parse(key.promoted_at)
  const later = all
    .filter(
      (one) => one.purpose === key.purpose && one.algorithm === key.algorithm && one.promoted_at !== null,
    )
    .map((one) => Date.parse(one.promoted_at ?? ''))
    .filter((ms) => ms > promotedMs)
  const signedUntilMs = Math.min(endMs, ...later)
  const parts: Part[] = [
    { kind: 'announced', fromMs: createdMs, toMs: promotedMs },
    { kind: 'signing', fromMs: promotedMs, toMs: signedUntilMs },
    { kind: 'checked', fromMs: signedUntilMs, toMs: endMs },
  ]
  return parts.filter(({ fromMs, toMs }) => toMs > fromMs)
}
