/** The brand on every page: its name, its mark, and its colour in the shades that pages use, light and dark. */
import { html } from 'hono/html'
import { parseHex, type Rgb, readableOn, shift, tint, toHex } from './colour.ts'

const WHITE: Rgb = [255, 255, 255]
/** The grounds of both schemes; the style sheets of hosted pages and of the console name the same. */
const PAPER = { light: parseHex('#f7f8fa'), dark: parseHex('#111318') }
const CARD = { light: WHITE, dark: parseHex('#191c23') }

/** The style sheet that says what the brand's colour is. Whatever colour was set, what is written in it can be read. */
export function brandStyle(colour: string): string {
  const light = toRules(shades(colour, 'light'))
  const dark = toRules(shades(colour, 'dark'))
  // Pages follow the system, unless somebody chose otherwise, which stands on the root element.
  return `:root { ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
:root:is([data-scheme='light'], [data-mantine-color-scheme='light']) { ${light} }
:root:is([data-scheme='dark'], [data-mantine-color-scheme='dark']) { ${dark} }
`
}

/** `fill` carries white text, `text` is written on paper, cards and `soft`. */
export function shades(
  colour: string,
  scheme: 'light' | 'dark',
): Readonly<Record<'fill' | 'fill-hover' | 'soft' | 'text', string>> {
  const fill = readableOn(parseHex(colour), [WHITE], 'darker')
  const soft = tint(fill, CARD[scheme], scheme === 'light' ? 0.08 : 0.24)
  const grounds = [PAPER[scheme], CARD[scheme], soft]
  const text = readableOn(parseHex(colour), grounds, scheme === 'light' ? 'darker' : 'lighter')
  return {
    fill: toHex(fill),
    'fill-hover': toHex(shift(fill, -0.05)),
    soft: toHex(soft),
    text: toHex(text),
  }
}

const toRules = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `--brand-${name}: ${value};`)
    .join(' ')

/** The mark where no logo is set: two ticks, since everything here is signed twice. */
export function defaultLogo(colour: string): string {
  const { fill } = shades(colour, 'light')
  return `${html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32"><rect width="32" height="32" rx="9" fill="${fill}"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path d="M7 17.2l4.2 4.3 8.6-10"/><path d="M15.6 20.6l.9.9 8.6-10" opacity=".72"/></g></svg>`}`
}
