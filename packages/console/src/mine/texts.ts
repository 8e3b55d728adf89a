/** The texts about one's own name, data and activity. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  nameTitle: 'Your name',
  nameLead: 'Shown to you, to administrators, and to applications that you allow it.',
  nameSaved: 'Your name is saved.',
  emailTitle: 'Your e-mail address',
  emailLead: (email: string) => `It is ${email}. With another one you sign in from then on.`,
  emailNew: 'New address',
  emailSend: 'Send a link',
  emailSent: (email: string) =>
    `If ${email} can be used, a link is on its way to it. Nothing changes until you open it and enter your password.`,
  activity: 'Recent activity',
  activityLead: 'What you did, and what was done to your account.',
  activityNone: 'Nothing yet',
  activityNoneText: 'Sign-ins, new factors, keys and changes will stand here.',
  by: { you: 'you', administrator: 'an administrator', somebody: 'somebody', system: 'the system' },
  data: 'Your data',
  dataLead: 'Everything that is known about you here, as one file, without secrets.',
  download: 'Download',
  end: 'Delete my account',
  endTitle: 'Delete your account for good?',
  endText: 'You are signed out everywhere, and what names you is erased. There is no way back.',
  notMe: 'This wasn’t me',
  notMeTitle: (device: string) => `Was ${device} somebody else?`,
  notMeText:
    'The session ends at once with all keys that were made in it, and no password from before works any more: a link for a new one is sent to your address, or you choose one next time.',
  notMeDone: 'It has ended, with all that came of it. Choose a new password now.',
}

export const mineTexts: Texts<typeof en> = {
  en,
  de: {
    nameTitle: 'Ihr Name',
    nameLead: 'Für Sie, für Administratoren und für Anwendungen, denen Sie es erlauben.',
    nameSaved: 'Ihr Name ist gespeichert.',
    emailTitle: 'Ihre E-Mail-Adresse',
    emailLead: (email) => `Sie lautet ${email}. Mit einer anderen melden Sie sich von da an an.`,
    emailNew: 'Neue Adresse',
    emailSend: 'Link senden',
    emailSent: (email) =>
      `Wenn ${email} in Frage kommt, ist ein Link dorthin unterwegs. Bis Sie ihn öffnen und Ihr Passwort eingeben, ändert sich nichts.`,
    activity: 'Letzte Vorgänge',
    activityLead: 'Was Sie taten und was mit Ihrem Konto geschah.',
    activityNone: 'Noch nichts',
    activityNoneText: 'Hier stehen bald Anmeldungen, neue Faktoren, Schlüssel und Änderungen.',
    by: { you: 'Sie', administrator: 'ein Administrator', somebody: 'jemand', system: 'das System' },
    data: 'Ihre Daten',
    dataLead: 'Alles, was hier über Sie bekannt ist, als eine Datei, ohne Geheimnisse.',
    download: 'Herunterladen',
    end: 'Mein Konto löschen',
    endTitle: 'Ihr Konto endgültig löschen?',
    endText: 'Sie werden überall abgemeldet, und was Sie benennt, wird getilgt. Es gibt keinen Weg zurück.',
    notMe: 'Das war ich nicht',
    notMeTitle: (device: string) => `War ${device} jemand anderes?`,
    notMeText:
      'Die Sitzung endet sofort mit allen Schlüsseln, die darin gemacht wurden, und kein Passwort von vorher gilt mehr: Ein Link für ein neues geht an Ihre Adresse, oder Sie wählen beim nächsten Mal eins.',
    notMeDone: 'Es ist beendet, mit allem, was daraus wurde. Wählen Sie jetzt ein neues Passwort.',
  },
}
