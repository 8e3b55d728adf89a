/** Times as people say them, in their own zone, with the exact one on hover; kept current while the page is open. */
import { type ReactNode, useSyncExternalStore } from 'react'
import { type Language, useSpeech } from '../i18n/messages.ts'

export function Time({ at }: { readonly at: string }): ReactNode {
  const { language } = useSpeech()
  const nowMs = useNow()
  const moment = new Date(at)
  return (
    <time dateTime={at} title={tellExactly(moment, language)}>
      {tellRelatively(moment.getTime() - nowMs, language)}
    </time>
  )
}

/** With seconds and zone, for when it matters. */
export function tellExactly(moment: Date, language: Language): string {
  return moment.toLocaleString(localeOf(language), { dateStyle: 'full', timeStyle: 'long' })
}

/** English is written in many ways; the browser knows the person's. BCP 47. */
export const localeOf = (language: Language): string =>
  navigator.languages.find((one) => one.startsWith(language)) ?? language

const UNITS = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** Less than a minute is now: nobody reads seconds that are past while they read. */
export function tellRelatively(differenceMs: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const [unit, size] = UNITS.find(([, ms]) => Math.abs(differenceMs) >= ms) ?? ['second', 0]
  return size === 0 ? format.format(0, 'second') : format.format(Math.round(differenceMs / size), unit)
}

const TICK_MS = 30_000
let nowMs = Date.now()

/** One clock for all times on the page. */
const subscribe = (onTick: () => void): (() => void) => {
  const timer = setInterval(() => {
    nowMs = Date.now()
    onTick()
  }, TICK_MS)
  return () => clearInterval(timer)
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => nowMs)
