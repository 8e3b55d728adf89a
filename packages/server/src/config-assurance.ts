/** The settings of assurance levels (NIST SP 800-63B-4 §2). Rows of the one table of settings. */
import { type AssuranceLevel, assuranceLevels, isRoleId } from '@countersign/protocol'
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface AssuranceSettings {
  assurance: 'off' | AssuranceLevel
  /** `role=level`, each role once. */
  assuranceRoles: readonly string[]
}

const roleWithLevel = (text: string): boolean => {
  const [role = '', level = '', more] = text.split('=')
  return isRoleId(role) && isLevel(level) && more === undefined
}

const isLevel = (text: string): text is AssuranceLevel => assuranceLevels.some((level) => level === text)

export const assuranceSettings: SettingRows<AssuranceSettings> = {
  assurance: {
    kind: kinds.choice('off', ...assuranceLevels),
    fallback: 'off',
    reason:
      'What every sign-in of a person has to reach, and how long a session lives on it (NIST SP 800-63B-4 §2). `aal2`: two factors, for a day, or an hour without use. `aal3`: a passkey that cannot be copied, for half a day, or a quarter of an hour.',
  },
  assuranceRoles: {
    kind: kinds.list('roles with a level, such as administrator=aal3', roleWithLevel),
    fallback: [],
    fallbackText: 'none',
    reason: 'The same for the holders of roles, where that is more.',
  },
}

/** Of two levels for one role the last one counts, as the last of two settings would. */
export const levelsByRole = (items: readonly string[]): Readonly<Record<string, AssuranceLevel>> =>
  Object.fromEntries(
    items.flatMap((item) => {
      const [role = '', level = ''] = item.split('=')
      return isLevel(level) ? [[role, level]] : []
    }),
  )

/** What contradicts a setting that takes no factors, and what is said about it. */
export const assuranceRules = (
  values: AssuranceSettings & { readonly mfa: string; readonly mfaRoles: readonly string[] },
): readonly (readonly [boolean, string])[] => {
  const isOff = values.mfa === 'off'
  const levels = [values.assurance, ...values.assuranceRoles]
  return [
    [
      isOff && values.mfaRoles.length > 0,
      'COUNTERSIGN_MFA_ROLES is set, but COUNTERSIGN_MFA is off; drop one of them.',
    ],
    [
      isOff && levels.some((level) => /aal[23]$/.test(level)),
      'COUNTERSIGN_ASSURANCE or COUNTERSIGN_ASSURANCE_ROLES demands a second factor, but COUNTERSIGN_MFA is off.',
    ],
  ]
}
