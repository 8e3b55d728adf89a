/** What a share of so many cases says about the true one: Wilson's interval, which keeps near 0 and 1. */

export interface Share {
  readonly hits: number
  readonly of: number
}

/** 95 %. */
const Z = 1.959964

export function wilson({ hits, of }: Share): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 }
  const share = hits / of
  const norm = 1 + Z ** 2 / of
  const middle = share + Z ** 2 / (2 * of)
  const reach = Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))
  return { low: Math.max(0, (middle - reach) / norm), high: Math.min(1, (middle + reach) / norm) }
}

export function showShare(share: Share): string {
  const { low, high } = wilson(share)
  const percent = (value: number): string => (100 * value).toFixed(2)
  const part = share.of === 0 ? 0 : share.hits / share.of
  return `${percent(part)} % (${percent(low)}–${percent(high)}; ${share.hits} of ${share.of})`
}
