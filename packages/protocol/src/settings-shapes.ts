/** The settings of an authority as administrators see them, and what became of a test mail. */

export type * from './overview-shapes.ts'

export type SettingSource = 'default' | 'environment' | 'file'

export interface SettingShape {
  /** Its name in a configuration file. */
  key: string
  /** Its names in the environment. */
  variables: string[]
  /** What it takes, in words. */
  accepts: string
  default: string
  meaning: string
  secret: boolean
  /** Null for secrets, which are never shown. */
  value: string | null
  source: SettingSource
  /** The variable or the file that set it. */
  set_in: string | null
}

/** The shades that pages write in, worked out so that text can be read. */
export interface BrandShades {
  fill: string
  soft: string
  text: string
}

export interface SettingsResponse {
  items: SettingShape[]
  next_cursor: null
  /** Where mail goes, without user and password. */
  mail: { kind: 'off' | 'development' | 'smtp'; target: string }
  brand: { name: string; color: string; light: BrandShades; dark: BrandShades }
}

export interface TestMailResponse {
  /** `no_address`: a program asked, which has none. */
  outcome: 'sent' | 'refused' | 'unreachable' | 'no_server' | 'no_address'
  /** A word for what stood in the way. */
  reason: string | null
  to: string | null
}
