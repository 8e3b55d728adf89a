/** Where each setting came from, and what it says: for administrators, so without the value of any secret. */
import { basename } from 'node:path'

export interface SettingOrigin {
  readonly source: 'default' | 'environment' | 'file'
  /** The variable, or the file's name without its folder. */
  readonly setIn: string | null
  /** As it was set; null for a secret, and where the default stands. */
  readonly value: string | null
}

export const DEFAULTED: SettingOrigin = { source: 'default', setIn: null, value: null }

const VALUE_CHARACTERS_MAX = 2000

export interface FoundSetting {
  readonly raw: unknown
  /** The variable that it was found in, or null for the file. */
  readonly variable: string | null
  readonly filePath: string | null
}

export function originOf(isSecret: boolean, { raw, variable, filePath }: FoundSetting): SettingOrigin {
  return {
    source: variable === null ? 'file' : 'environment',
    setIn: variable ?? (filePath === null ? null : basename(filePath)),
    value: isSecret ? null : toText(raw).slice(0, VALUE_CHARACTERS_MAX),
  }
}

const toText = (raw: unknown): string =>
  typeof raw === 'string' ? raw : Array.isArray(raw) ? raw.join(',') : (JSON.stringify(raw) ?? '')
