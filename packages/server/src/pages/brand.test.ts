/** Whatever colour a brand has, what is written in it and on it can be read (WCAG 2.2 §1.4.3). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brandStyle, defaultLogo, shades } from './brand.ts'
import { contrast, parseHex, type Rgb, shift, toHex } from './colour.ts'

const WHITE: Rgb = [255, 255, 255]
const GROUNDS = {
  light: ['#f7f8fa', '#ffffff'],
  dark: ['#111318', '#191c23'],
} as const

// The corners of what screens show, greys, and colours that brands have.
const COLOURS = [
  ...['#000000', '#ffffff', '#808080', '#ff0000', '#00ff00', '#0000ff', '#ffff00', '#00ffff', '#ff00ff'],
  ...['#3a55d9', '#f7df1e', '#ff4500', '#1db954', '#0a66c2', '#fffffe', '#010101'],
]

for (const colour of COLOURS) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`${colour}, ${scheme}: white on the fill, and the text on every ground, have 4.5 to 1`, () => {
      const { fill, 'fill-hover': hover, soft, text } = shades(colour, scheme)

      assert.ok(contrast(parseHex(fill), WHITE) >= 4.5, fill)
      assert.ok(contrast(parseHex(hover), WHITE) >= 4.5, hover)
      for (const ground of [...GROUNDS[scheme], soft]) {
        assert.ok(contrast(parseHex(text), parseHex(ground)) >= 4.5, `${text} on ${ground}`)
      }
    })
  }
}

test('a colour that can be read as it is stays as it is', () => {
  assert.equal(shades('#3a55d9', 'light').fill, '#3a55d9')
})

test('contrast is what WCAG says of the extremes and of a grey', () => {
  assert.equal(contrast(WHITE, [0, 0, 0]), 21)
  assert.equal(contrast(WHITE, WHITE), 1)
  assert.equal(contrast(parseHex('#767676'), WHITE).toFixed(2), '4.54')
})

test('a colour that is moved nowhere comes back, through OKLab', () => {
  for (const colour of COLOURS) assert.equal(toHex(shift(parseHex(colour), 0)), colour)
})

test('the style sheet and the mark hold colours and nothing else that was configured', () => {
  assert.match(brandStyle('#3a55d9'), /^:root \{ --brand-fill: #3a55d9;/)
  assert.doesNotMatch(brandStyle('#3a55d9'), /url|@import|</)
  assert.match(defaultLogo('#3a55d9'), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*fill="#3a55d9"/)
})
