/** The texts of inviting people. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  invite: 'Invite',
  title: 'Invitations',
  lead: 'Whoever uses the link makes an account with these roles, as far as whoever invited may still give them.',
  dialogue: 'Invite somebody',
  about: 'The address gets a link, for a week and one use, by which its reader chooses a password.',
  sent: 'The invitation is on its way.',
  resend: 'Send again',
  resent: 'Another link is on its way; the one before has ended.',
  revoke: 'Take back',
  revokeTitle: (email: string) => `Take back the invitation of ${email}?`,
  revokeText: 'Its link makes no account any more.',
  revoked: 'The invitation is taken back.',
  until: 'Ends',
  over: 'Ended',
  labelled: (verb: string, email: string) => `${verb}: ${email}`,
  left: (count: number) =>
    count === 0
      ? 'As many invitations wait as may. Take one back, or wait until some are accepted.'
      : `You may send ${count} more until some are accepted or taken back.`,
}

export const invitationTexts: Texts<typeof en> = {
  en,
  de: {
    invite: 'Einladen',
    title: 'Einladungen',
    lead: 'Wer den Link benutzt, legt ein Konto mit diesen Rollen an, soweit der Einladende sie noch vergeben darf.',
    dialogue: 'Jemanden einladen',
    about:
      'Die Adresse bekommt einen Link, der eine Woche und einmal gilt; wer ihn liest, wählt damit ein Passwort.',
    sent: 'Die Einladung ist unterwegs.',
    resend: 'Erneut senden',
    resent: 'Ein anderer Link ist unterwegs; der vorige gilt nicht mehr.',
    revoke: 'Zurücknehmen',
    revokeTitle: (email) => `Einladung von ${email} zurücknehmen?`,
    revokeText: 'Ihr Link legt kein Konto mehr an.',
    revoked: 'Die Einladung ist zurückgenommen.',
    until: 'Endet',
    over: 'Abgelaufen',
    labelled: (verb, email) => `${verb}: ${email}`,
    left: (count) =>
      count === 0
        ? 'Es warten so viele Einladungen, wie warten dürfen. Nehmen Sie eine zurück, oder warten Sie, bis einige angenommen sind.'
        : `Bis einige angenommen oder zurückgenommen sind, dürfen Sie noch ${count} senden.`,
  },
}
