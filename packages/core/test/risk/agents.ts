/** User agents as browsers and scripts send them, with versions that go up as the months pass. */
import type { Random } from './random.ts'

export interface Browser {
  readonly family: 'Chrome' | 'Firefox' | 'Safari' | 'Edge' | 'Samsung'
  readonly system: 'Windows' | 'macOS' | 'Linux' | 'iOS' | 'Android'
}

const MONTH_MS = 30 * 86_400_000

export const DESKTOPS: readonly Browser[] = [
  { family: 'Chrome', system: 'Windows' },
  { family: 'Edge', system: 'Windows' },
  { family: 'Safari', system: 'macOS' },
  { family: 'Chrome', system: 'macOS' },
  { family: 'Firefox', system: 'Windows' },
  { family: 'Firefox', system: 'Linux' },
]

export const PHONES: readonly Browser[] = [
  { family: 'Chrome', system: 'Android' },
  { family: 'Safari', system: 'iOS' },
  { family: 'Samsung', system: 'Android' },
  { family: 'Firefox', system: 'Android' },
]

const SCRIPTS = [
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  'curl/8.9.1',
  'okhttp/4.12.0',
  'HeadlessChrome',
] as const

export function toUserAgent({ family, system }: Browser, atMs: number): string {
  const version = 120 + Math.floor(atMs / MONTH_MS)
  const machine = {
    Windows: 'Windows NT 10.0; Win64; x64',
    macOS: 'Macintosh; Intel Mac OS X 10_15_7',
    Linux: 'X11; Linux x86_64',
    iOS: `iPhone; CPU iPhone OS 17_${version % 9} like Mac OS X`,
    Android: `Linux; Android ${12 + (version % 4)}; K`,
  }[system]
  const webkit = `Mozilla/5.0 (${machine}) AppleWebKit/537.36 (KHTML, like Gecko)`
  switch (family) {
    case 'Firefox':
      return `Mozilla/5.0 (${machine}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
    case 'Safari':
      return `${webkit} Version/${version - 103}.1 Safari/605.1.15`
    case 'Edge':
      return `${webkit} Chrome/${version}.0.0.0 Safari/537.36 Edg/${version}.0.0.0`
    case 'Samsung':
      return `${webkit} SamsungBrowser/${version - 95}.0 Chrome/${version}.0.0.0 Mobile Safari/537.36`
    case 'Chrome':
      return `${webkit} Chrome/${version}.0.0.0 Safari/537.36`
  }
}

export function scriptAgent(random: Random): string {
  const name = random.pick(SCRIPTS)
  if (name !== 'HeadlessChrome') return name
  return 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36'
}
