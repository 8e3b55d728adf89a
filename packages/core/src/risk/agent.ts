/**
 * The kind of program behind a user agent: its family and the system it runs on, without versions, so that an
 * upgrade is no new device. A client writes what it likes there, so a known agent never proves anything.
 */

export interface Agent {
  /** "Firefox on Windows": our own words only. */
  readonly name: string
  /** A script or a browser without a person in front of it. */
  readonly isProgram: boolean
}

/** Longer ones are cut: a caller must not buy work. */
const CHARACTERS_MAX = 300

/** The first that is found: browsers name the ones that they descend from, so the more special come first. */
const FAMILIES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\b(?:OPR|OPX|Opera)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Yandex', /\bYaBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\//],
  ['Safari', /\bVersion\/[\d.]+.*\bSafari\//],
]

const SYSTEMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\b(?:Macintosh|Mac OS X)\b/],
  ['Linux', /\b(?:Linux|X11)\b/],
]

const PROGRAM =
  /^$|^(?:curl|wget|python|python-requests|aiohttp|httpx|go-http-client|okhttp|axios|node|undici|got|java|apache-httpclient|libwww-perl|ruby|php|guzzlehttp|postmanruntime|insomnia|scrapy)\b|headless|phantomjs|selenium|puppeteer|playwright/i

export function toAgent(userAgent: string | null): Agent {
  const text = (userAgent ?? '').slice(0, CHARACTERS_MAX).trim()
  const family = FAMILIES.find(([, pattern]) => pattern.test(text))?.[0]
  const system = SYSTEMS.find(([, pattern]) => pattern.test(text))?.[0]
  if (PROGRAM.test(text)) return { name: 'a program', isProgram: true }
  return { name: `${family ?? 'an app'} on ${system ?? 'an unknown system'}`, isProgram: false }
}
