/** What the texts of real credentials tell, read as anybody can. */
import type { RealStage } from '../real.ts'

/** The stage, which is there only when a test runs. */
export type On = () => RealStage

export const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** The id of a session token or API key. */
export const idOf = (credential: string): string => {
  const [, kind = '', body = ''] = /^[a-z0-9]+_(ses|key)[a-z]+_([0-9a-z]{26})_/.exec(credential) ?? []
  return `${kind}_${body}`
}
