/** Words of the pages for signing out at the wish of an app and for devices without a browser. */

export interface LogOutWords {
  readonly title: string
  readonly as: string
  /** After the name of the app. */
  readonly asks: string
  readonly about: string
  readonly submit: string
  readonly cancel: string
  readonly doneTitle: string
  readonly done: string
}

export interface DeviceWords {
  readonly title: string
  readonly about: string
  readonly as: string
  readonly code: string
  readonly warning: string
  readonly submit: string
  readonly unknown: string
  readonly tooMany: string
  readonly tooWeak: string
  readonly askTitle: string
  /** After the name of the app; before the code. */
  readonly asks: string
  readonly where: string
  readonly lifetime: string
  readonly compare: string
  readonly begunFrom: string
  readonly allowedTitle: string
  readonly allowed: string
  readonly deniedTitle: string
  readonly denied: string
}

export const logOutEn: LogOutWords = {
  title: 'Sign out?',
  as: 'You are signed in as',
  asks: 'asks to sign you out here.',
  about: 'What apps were given until you sign out ends with it.',
  submit: 'Sign out',
  cancel: 'Stay signed in',
  doneTitle: 'Signed out',
  done: 'You are signed out here.',
}

export const logOutDe: LogOutWords = {
  title: 'Abmelden?',
  as: 'Sie sind angemeldet als',
  asks: 'möchte Sie hier abmelden.',
  about: 'Was Apps bis zu Ihrer Abmeldung erhalten haben, endet damit.',
  submit: 'Abmelden',
  cancel: 'Angemeldet bleiben',
  doneTitle: 'Abgemeldet',
  done: 'Sie sind hier abgemeldet.',
}

export const deviceEn: DeviceWords = {
  title: 'Connect a device',
  about: 'Enter the code that your device shows.',
  as: 'Signed in as',
  code: 'Code',
  warning: 'Nobody has to send you such a code: never enter one from a message or a call.',
  submit: 'Continue',
  unknown: 'This code is unknown, has expired or was used.',
  tooMany: 'Too many codes. Wait a while, then try again.',
  tooWeak:
    'This app demands a stronger or newer sign-in. Sign in again with all that you have, and have the device begin anew.',
  askTitle: 'Allow this device?',
  asks: 'asks for access on a device that shows the code',
  where: 'Good at',
  lifetime: 'Until you take it back or it has not been used for a while.',
  compare: 'Go on only if this device is before you, shows this code, and you have begun this yourself.',
  begunFrom: 'Begun from the network address',
  allowedTitle: 'Device connected',
  allowed: 'Done. Your device goes on by itself; you can close this page.',
  deniedTitle: 'Denied',
  denied: 'The device was given nothing. You can close this page.',
}

export const deviceDe: DeviceWords = {
  title: 'Gerät verbinden',
  about: 'Geben Sie den Code ein, den Ihr Gerät zeigt.',
  as: 'Angemeldet als',
  code: 'Code',
  warning:
    'Niemand muss Ihnen so einen Code schicken: Geben Sie nie einen aus einer Nachricht oder einem Anruf ein.',
  submit: 'Weiter',
  unknown: 'Dieser Code ist unbekannt, abgelaufen oder schon benutzt.',
  tooMany: 'Zu viele Codes. Warten Sie eine Weile und versuchen Sie es dann noch einmal.',
  tooWeak:
    'Diese App verlangt eine stärkere oder neuere Anmeldung. Melden Sie sich neu an, mit allem, was Sie haben, und lassen Sie das Gerät noch einmal beginnen.',
  askTitle: 'Dieses Gerät zulassen?',
  asks: 'möchte Zugriff auf einem Gerät, das diesen Code zeigt:',
  where: 'Gilt bei',
  lifetime: 'Bis Sie es zurücknehmen oder es eine Weile nicht benutzt wurde.',
  compare:
    'Gehen Sie nur weiter, wenn dieses Gerät vor Ihnen steht, diesen Code zeigt und Sie das selbst begonnen haben.',
  begunFrom: 'Begonnen von der Netzadresse',
  allowedTitle: 'Gerät verbunden',
  allowed: 'Fertig. Ihr Gerät macht von selbst weiter; Sie können diese Seite schließen.',
  deniedTitle: 'Abgelehnt',
  denied: 'Das Gerät hat nichts erhalten. Sie können diese Seite schließen.',
}
