/** What is used of `lighthouse`, which is too heavy for everybody's `npm ci` and is there only where somebody has installed it. */
declare module 'lighthouse' {
  export interface LighthouseResult {
    readonly lhr: {
      /** Scores from 0 to 1 by id; null where it could not tell. */
      readonly categories: Readonly<Record<string, { readonly score: number | null } | undefined>>
      readonly runtimeError?: { readonly code: string; readonly message: string }
    }
  }
  export interface LighthouseFlags {
    /** The debugging port of a browser that runs already. */
    readonly port: number
    readonly logLevel: 'error'
    readonly onlyCategories: readonly string[]
    readonly extraHeaders?: Readonly<Record<string, string>>
  }
  export const desktopConfig: object
  export default function lighthouse(
    url: string,
    flags: LighthouseFlags,
    config?: object,
  ): Promise<LighthouseResult | undefined>
}
