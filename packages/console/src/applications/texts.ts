/** The texts of the page about what a person has allowed. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  title: 'Applications',
  lead: 'What you have allowed applications to do in your name, and the browsers that know you.',
  allowed: 'Applications you allowed',
  none: 'No application yet',
  noneText:
    'When another site or app signs you in with this account, you are asked first, and it stands here afterwards.',
  since: 'allowed',
  scopes: {
    openid: 'know that it is you',
    profile: 'your name',
    email: 'your e-mail address',
    offline_access: 'act while you are away',
  },
  end: 'Take back',
  endTitle: (name: string) => `Take back what ${name} may do?`,
  endText: 'Everything that it was given ends at once, everywhere. It has to ask you again.',
  ended: 'It has ended everywhere.',
  devices: 'Browsers that know you',
  devicesLead:
    'You have signed in on these before, so that strangers who try passwords cannot lock you out there.',
  devicesNone: 'No browser is known.',
  unknown: 'A browser',
  here: 'this one',
  seen: 'last seen',
  trusted: 'no second factor until',
  forget: 'Forget',
  forgotten: 'The browser is forgotten.',
}

export const applicationTexts: Texts<typeof en> = {
  en,
  de: {
    title: 'Anwendungen',
    lead: 'Was Sie Anwendungen in Ihrem Namen erlaubt haben, und die Browser, die Sie kennen.',
    allowed: 'Anwendungen, denen Sie etwas erlaubt haben',
    none: 'Noch keine Anwendung',
    noneText:
      'Wenn eine andere Seite oder App Sie mit diesem Konto anmeldet, werden Sie erst gefragt, und danach steht sie hier.',
    since: 'erlaubt',
    scopes: {
      openid: 'wissen, dass Sie es sind',
      profile: 'Ihr Name',
      email: 'Ihre E-Mail-Adresse',
      offline_access: 'handeln, während Sie fort sind',
    },
    end: 'Zurücknehmen',
    endTitle: (name: string) => `Zurücknehmen, was ${name} darf?`,
    endText: 'Alles, was sie bekommen hat, endet sofort und überall. Sie muss Sie erneut fragen.',
    ended: 'Es ist überall beendet.',
    devices: 'Browser, die Sie kennen',
    devicesLead:
      'Hier haben Sie sich schon angemeldet; Fremde, die Passwörter probieren, können Sie dort nicht aussperren.',
    devicesNone: 'Kein Browser ist bekannt.',
    unknown: 'Ein Browser',
    here: 'dieser',
    seen: 'zuletzt gesehen',
    trusted: 'kein zweiter Faktor bis',
    forget: 'Vergessen',
    forgotten: 'Der Browser ist vergessen.',
  },
}
