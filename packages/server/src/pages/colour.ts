/** Colours by the arithmetic of OKLCH and WCAG 2.2: a brand's colour is moved until what is written in it can be read. */

/** WCAG 2.2 §1.4.3, with a little to spare for rounding. */
export const CONTRAST_MIN = 4.6

export type Rgb = readonly [red: number, green: number, blue: number]

/** `#rrggbb`; anything else is a mistake of ours, since the configuration has been read. */
export function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

export function toHex(colour: Rgb): string {
  return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** WCAG 2.2's contrast ratio, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

/** The nearest colour of the same hue, darker or lighter, that can be read on all of the grounds. */
export function readableOn(colour: Rgb, grounds: readonly Rgb[], direction: 'darker' | 'lighter'): Rgb {
  const step = direction === 'darker' ? -0.01 : 0.01
  let moved = colour
  for (let steps = 0; steps < 100; steps += 1) {
    if (grounds.every((ground) => contrast(moved, ground) >= CONTRAST_MIN)) return moved
    moved = shift(moved, step)
  }
  return direction === 'darker' ? [0, 0, 0] : [255, 255, 255]
}

/** `share` of the colour on the ground, as a thin layer of paint would look. */
export function tint(colour: Rgb, ground: Rgb, share: number): Rgb {
  const mix = (index: 0 | 1 | 2): number => colour[index] * share + ground[index] * (1 - share)
  return [mix(0), mix(1), mix(2)]
}

/** The same hue with another lightness, which is a number from 0 to 1 (OKLab). */
export function shift(colour: Rgb, by: number): Rgb {
  const [lightness, a, b] = toOklab(colour)
  const next = Math.min(1, Math.max(0, lightness + by))
  // What a screen cannot show loses colour before it loses its hue.
  for (let chroma = 1; chroma > 0; chroma -= 0.05) {
    const tried = fromOklab(next, a * chroma, b * chroma)
    if (tried.every((part) => part >= -0.5 && part <= 255.5)) return clip(tried)
  }
  return clip(fromOklab(next, 0, 0))
}

const clip = ([red, green, blue]: Rgb): Rgb => [bound(red), bound(green), bound(blue)]
const bound = (part: number): number => Math.min(255, Math.max(0, part))

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue)
}

function toLinear(part: number): number {
  const share = part / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

function toGamma(share: number): number {
  const sign = Math.sign(share)
  const size = Math.abs(share)
  return 255 * sign * (size <= 0.0031308 ? size * 12.92 : 1.055 * size ** (1 / 2.4) - 0.055)
}

/** Björn Ottosson's OKLab, from linear sRGB. */
function toOklab(colour: Rgb): Rgb {
  const [r, g, b] = [toLinear(colour[0]), toLinear(colour[1]), toLinear(colour[2])]
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    toGamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toGamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toGamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}
