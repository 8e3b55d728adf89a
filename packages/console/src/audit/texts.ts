/** The texts of the page about the audit log. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  since: 'From',
  until: 'Until',
  clear: 'Clear',
  short: { ndjson: 'Export NDJSON', csv: 'Export CSV' },
  formats: { ndjson: 'NDJSON, one event on each line', csv: 'CSV, for spreadsheets' },
  exporting: (n: number) => `${n.toLocaleString('en')} events…`,
  exported: (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'event' : 'events'} exported.`,
  exportCut: (n: number) =>
    `Only the newest ${n.toLocaleString('en')} events were exported. Narrow the filter for the rest.`,
  stop: 'Stop',
  today: 'Today',
  yesterday: 'Yesterday',
  chainTitle: 'The chain',
  chainLead: 'Each event is sealed to the one before. Checking recomputes every seal.',
  chainUnknown: 'not checked yet',
  chainGood: 'intact',
  chainBad: 'broken',
  chainLength: (n: number) => `${n.toLocaleString('en')} ${n === 1 ? 'event was' : 'events were'} checked.`,
  chainUnchained: (n: number) => `${n.toLocaleString('en')} of the last moments are not linked yet.`,
  chainWhat:
    'Somebody has written to the database past this server. Keep it as it is, and look at its backups.',
}

export const auditTexts: Texts<typeof en> = {
  en,
  de: {
    since: 'Von',
    until: 'Bis',
    clear: 'Leeren',
    short: { ndjson: 'NDJSON ausgeben', csv: 'CSV ausgeben' },
    formats: { ndjson: 'NDJSON, ein Ereignis je Zeile', csv: 'CSV, für Tabellen' },
    exporting: (n: number) => `${n.toLocaleString('de')} Ereignisse…`,
    exported: (n: number) => `${n.toLocaleString('de')} ${n === 1 ? 'Ereignis' : 'Ereignisse'} ausgegeben.`,
    exportCut: (n: number) =>
      `Nur die neuesten ${n.toLocaleString('de')} Ereignisse sind ausgegeben. Engen Sie den Filter für den Rest ein.`,
    stop: 'Anhalten',
    today: 'Heute',
    yesterday: 'Gestern',
    chainTitle: 'Die Kette',
    chainLead: 'Jedes Ereignis ist an das vorige gesiegelt. Das Prüfen rechnet jedes Siegel nach.',
    chainUnknown: 'noch nicht geprüft',
    chainGood: 'unversehrt',
    chainBad: 'gebrochen',
    chainLength: (n: number) =>
      `${n.toLocaleString('de')} ${n === 1 ? 'Ereignis wurde' : 'Ereignisse wurden'} geprüft.`,
    chainUnchained: (n: number) =>
      `${n.toLocaleString('de')} der letzten Augenblicke sind noch nicht verkettet.`,
    chainWhat:
      'Jemand hat an diesem Server vorbei in die Datenbank geschrieben. Lassen Sie sie, wie sie ist, und sehen Sie in die Sicherungen.',
  },
}
