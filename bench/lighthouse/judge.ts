/** One page as Lighthouse judges it, in a browser that runs already. */
import { median } from '../measure.ts'

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const
/** A single load says more about what the machine did beside it. */
const LOADS = 3
/** Now and then it misses the beginning of a load, and asks to be run again. */
const MISSES_MAX = 2

export type Preset = 'mobile' | 'desktop'

/** From 0 to 100. */
export interface Scores {
  readonly performance: number
  readonly accessibility: number
  readonly bestPractices: number
}

export type Judge = (url: string, preset: Preset, cookie: string | null) => Promise<Scores>

/** Null where Lighthouse is not installed. `port` is the browser's debugging port. */
export async function openJudge(port: number): Promise<Judge | null> {
  const found = await import('lighthouse').catch(missing)
  if (found === null) return null
  const { default: lighthouse, desktopConfig } = found
  return async (url, preset, cookie) => {
    const flags = {
      port,
      logLevel: 'error',
      onlyCategories: CATEGORIES,
      ...(cookie !== null && { extraHeaders: { cookie } }),
    } as const
    const loads: (readonly number[])[] = []
    let misses = 0
    while (loads.length < LOADS) {
      const result = await lighthouse(url, flags, preset === 'desktop' ? desktopConfig : undefined)
      if (result === undefined) throw new Error(`Lighthouse said nothing about ${url}.`)
      const { categories, runtimeError } = result.lhr
      if (runtimeError === undefined) {
        loads.push(CATEGORIES.map((name) => Math.round((categories[name]?.score ?? Number.NaN) * 100)))
        continue
      }
      misses += 1
      if (misses > MISSES_MAX) throw new Error(`${url}: ${runtimeError.message}`)
    }
    const middle = (at: number): number => median(loads.map((scores) => scores[at] ?? Number.NaN))
    return { performance: middle(0), accessibility: middle(1), bestPractices: middle(2) }
  }
}

function missing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null
  throw error
}
