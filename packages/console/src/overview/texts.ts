/** The texts of the overview. */
import type { Texts } from '../i18n/texts.ts'

const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`
const zahl = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('de')} ${n === 1 ? one : many}`

const en = {
  lead: 'What needs attention, what is alive, and what happened.',
  attention: 'Needs attention',
  allWell: 'Nothing needs attention: no unused keys, no bare administrators, no mail that is stuck.',
  administrators: (n: number) =>
    n === 1
      ? 'An administrator has no second factor: a single proof opens everything.'
      : `${n} administrators have no second factor: a single proof opens everything.`,
  keysUnused: (n: number) => `${count(n, 'API key has', 'API keys have')} not been used for 90 days.`,
  keysOld: (n: number) =>
    `${count(n, 'API key has a secret that is', 'API keys have secrets that are')} over a year old.`,
  keysEndless: (n: number) => `${count(n, 'API key has', 'API keys have')} no end.`,
  clientsOld: (n: number) =>
    `${count(n, 'OAuth client has a secret that is', 'OAuth clients have secrets that are')} over a year old.`,
  mailsWaiting: (n: number) =>
    `${count(n, 'mail is', 'mails are')} not leaving: the mail server does not take them.`,
  mailsFailed: (n: number) => `${count(n, 'mail was', 'mails were')} given up in the last seven days.`,
  look: 'Look',
  activity: 'Activity',
  period: 'Period',
  periods: { day: '24 hours', week: '7 days', month: '30 days' },
  lines: {
    sign_ins: 'Sign-ins',
    refusals: 'Refused tries',
    proofs: 'Fresh proofs',
    exchanges: 'Tokens for programs',
    revocations: 'Revocations',
  },
  means: {
    sign_ins: 'sessions that were opened',
    refusals: 'wrong passwords and codes',
    proofs: 'second factors asked again',
    exchanges: 'for keys and clients',
    revocations: 'by people and programs',
  },
  label: (name: string, total: number, period: string, most: string) =>
    `${name}: ${total.toLocaleString('en')} in ${period}${most}`,
  most: (n: number, when: string) => `, most of them, ${n.toLocaleString('en')}, at ${when}`,
  cut: 'only the newest were counted',
  numbers: 'The same as numbers',
  when: 'From',
}

export const overviewTexts: Texts<typeof en> = {
  en,
  de: {
    lead: 'Was Aufmerksamkeit braucht, was lebt und was geschah.',
    attention: 'Braucht Aufmerksamkeit',
    allWell:
      'Nichts braucht Aufmerksamkeit: keine unbenutzten Schlüssel, keine ungeschützten Administratoren, keine feststeckenden Mails.',
    administrators: (n: number) =>
      n === 1
        ? 'Ein Administrator hat keinen zweiten Faktor: Ein einziger Nachweis öffnet alles.'
        : `${n} Administratoren haben keinen zweiten Faktor: Ein einziger Nachweis öffnet alles.`,
    keysUnused: (n: number) =>
      `${zahl(n, 'API-Schlüssel wurde', 'API-Schlüssel wurden')} seit 90 Tagen nicht benutzt.`,
    keysOld: (n: number) =>
      `${zahl(n, 'API-Schlüssel hat ein Geheimnis', 'API-Schlüssel haben Geheimnisse')}, älter als ein Jahr.`,
    keysEndless: (n: number) => `${zahl(n, 'API-Schlüssel hat', 'API-Schlüssel haben')} kein Ende.`,
    clientsOld: (n: number) =>
      `${zahl(n, 'OAuth-Client hat ein Geheimnis', 'OAuth-Clients haben Geheimnisse')}, älter als ein Jahr.`,
    mailsWaiting: (n: number) =>
      `${zahl(n, 'Mail geht', 'Mails gehen')} nicht hinaus: Der Mailserver nimmt sie nicht.`,
    mailsFailed: (n: number) =>
      `${zahl(n, 'Mail wurde', 'Mails wurden')} in den letzten sieben Tagen aufgegeben.`,
    look: 'Ansehen',
    activity: 'Geschehen',
    period: 'Zeitraum',
    periods: { day: '24 Stunden', week: '7 Tage', month: '30 Tage' },
    lines: {
      sign_ins: 'Anmeldungen',
      refusals: 'Abgewiesene Versuche',
      proofs: 'Frische Nachweise',
      exchanges: 'Tokens für Programme',
      revocations: 'Widerrufe',
    },
    means: {
      sign_ins: 'geöffnete Sitzungen',
      refusals: 'falsche Passwörter und Codes',
      proofs: 'erneut verlangte zweite Faktoren',
      exchanges: 'für Schlüssel und Clients',
      revocations: 'durch Menschen und Programme',
    },
    label: (name: string, total: number, period: string, most: string) =>
      `${name}: ${total.toLocaleString('de')} in ${period}${most}`,
    most: (n: number, when: string) => `, die meisten, ${n.toLocaleString('de')}, um ${when}`,
    cut: 'nur die neuesten sind gezählt',
    numbers: 'Dasselbe als Zahlen',
    when: 'Ab',
  },
}
