/** The texts of the page about initial access tokens. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  title: 'Initial access tokens',
  lead: 'Whoever has one may register programs as OAuth clients by themselves: so many, until then.',
  back: 'OAuth clients',
  create: 'Make a token',
  none: 'No token yet',
  noneText:
    'Make one for a team or a program that is to register its own client, tell it to them, and they send it to /oauth/register. You see here what is left of it, and take it back when it is no longer needed.',
  left: (left: number, max: number) => `${left} of ${max} uses left`,
  createdBy: 'made by',
  endsAt: 'ends',
  endedAt: 'ended',
  lastUsed: 'last used',
  neverUsed: 'never used',
  usedUp: 'used up',
  over: 'ended',
  off: 'Registration is off',
  offText:
    'No token lets anybody in now. To turn it on, start the server with this setting; clients then need one of these tokens:',
  offMeans: 'What such clients may be, and all the other settings about them:',
  setting: 'Setting',
  toSettings: 'Settings',
  open: 'Nobody needs a token',
  openText:
    'Registration is open to everybody. To ask for a token each time, start the server with this setting:',
  name: 'What is it for?',
  nameHint: 'You find it by this again. Clients do not see it.',
  uses: 'How many clients may register with it?',
  usesHint: (max: number) => `From 1 to ${max.toLocaleString('en')}.`,
  lifetime: 'How long does it work?',
  lifetimes: { hour: 'an hour', day: 'a day', week: '7 days', month: '30 days' },
  secret: 'Initial access token',
  howToUse: 'A client registers with it so',
  revoke: 'Take back',
  revokeTitle: (name: string) => `Take back “${name}”?`,
  revokeText:
    'Nothing registers with it any more. Clients that have, stay; end them one by one where they should not.',
  revoked: 'The token is taken back.',
  labelled: (verb: string, name: string) => `${verb}: ${name}`,
}

export const registrationTexts: Texts<typeof en> = {
  en,
  de: {
    title: 'Initial Access Tokens',
    lead: 'Wer eines hat, darf Programme selbst als OAuth-Clients eintragen: so viele, bis dahin.',
    back: 'OAuth-Clients',
    create: 'Token machen',
    none: 'Noch kein Token',
    noneText:
      'Machen Sie eines für ein Team oder ein Programm, das seinen Client selbst eintragen soll, und teilen Sie es ihm mit; es wird an /oauth/register gesendet. Hier sehen Sie, was davon übrig ist, und nehmen es zurück, wenn es nicht mehr gebraucht wird.',
    left: (left, max) => `noch ${left} von ${max}`,
    createdBy: 'gemacht von',
    endsAt: 'endet',
    endedAt: 'endete',
    lastUsed: 'zuletzt benutzt',
    neverUsed: 'nie benutzt',
    usedUp: 'aufgebraucht',
    over: 'abgelaufen',
    off: 'Die Registrierung ist aus',
    offText:
      'Zurzeit lässt kein Token jemanden hinein. Zum Einschalten starten Sie den Server mit dieser Einstellung; Clients brauchen dann eines dieser Tokens:',
    offMeans: 'Was solche Clients sein dürfen, und alle anderen Einstellungen dazu:',
    setting: 'Einstellung',
    toSettings: 'Einstellungen',
    open: 'Niemand braucht ein Token',
    openText:
      'Die Registrierung steht jedem offen. Damit jedes Mal ein Token verlangt wird, starten Sie den Server mit dieser Einstellung:',
    name: 'Wofür ist es?',
    nameHint: 'Daran finden Sie es wieder. Clients sehen es nicht.',
    uses: 'Wie viele Clients dürfen sich damit eintragen?',
    usesHint: (max) => `Von 1 bis ${max.toLocaleString('de')}.`,
    lifetime: 'Wie lange gilt es?',
    lifetimes: { hour: 'eine Stunde', day: 'ein Tag', week: '7 Tage', month: '30 Tage' },
    secret: 'Initial Access Token',
    howToUse: 'So trägt ein Client sich damit ein',
    revoke: 'Zurücknehmen',
    revokeTitle: (name) => `„${name}“ zurücknehmen?`,
    revokeText:
      'Damit trägt sich nichts mehr ein. Clients, die es getan haben, bleiben; beenden Sie einzeln, was nicht bleiben soll.',
    revoked: 'Das Token ist zurückgenommen.',
    labelled: (verb, name) => `${verb}: ${name}`,
  },
}
