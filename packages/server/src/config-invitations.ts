/** The settings of invitations. Rows of the one table of settings. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface InvitationSettings {
  invitationsPerSenderMax: number
  invitationsMax: number
}

export const invitationSettings: SettingRows<InvitationSettings> = {
  invitationsPerSenderMax: {
    kind: kinds.integer(1, 10_000),
    fallback: 100,
    reason:
      'How many invitations of one sender may wait at once. A stolen session of an administrator sends no more mail than that.',
  },
  invitationsMax: {
    kind: kinds.integer(1, 100_000),
    fallback: 1000,
    reason:
      'How many invitations of all senders together may wait at once. Each is a way in that nobody has used.',
  },
}
