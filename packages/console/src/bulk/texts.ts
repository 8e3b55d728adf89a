/** The texts of doing one thing to many. */
import type { BulkNoun } from '@countersign/client'
import type { BulkActionShape } from '@countersign/protocol'
import type { Texts } from '../i18n/texts.ts'

type Nouns = Readonly<Record<BulkNoun, (count: string) => string>>
type Actions = Readonly<Record<BulkActionShape, string>>
type Verbs = Readonly<Record<BulkNoun, Actions>>

const nouns: Nouns = {
  accounts: (count) => (count === '1' ? '1 person' : `${count} people`),
  'service-accounts': (count) => (count === '1' ? '1 service account' : `${count} service accounts`),
  clients: (count) => (count === '1' ? '1 client' : `${count} clients`),
  'api-keys': (count) => (count === '1' ? '1 API key' : `${count} API keys`),
}
const plain: Actions = { end: 'End', disable: 'Disable', enable: 'Enable' }
const verbs: Verbs = {
  accounts: { ...plain, end: 'Delete' },
  'service-accounts': { ...plain, end: 'Delete' },
  clients: plain,
  'api-keys': { ...plain, disable: 'Suspend', enable: 'Resume' },
}

const en = {
  bar: 'What is to be done with those chosen',
  chosen: (count: string) => `${count} chosen`,
  allChosen: 'All that match are chosen',
  takeAll: 'Choose all that match',
  clear: 'Choose none',
  nouns,
  verbs,
  gathering: (count: string) => `Looking for all that match: ${count} so far`,
  looking: (at: string, of: string) => `Dry run: ${at} of ${of} looked at. Nothing is changed.`,
  running: (at: string, of: string) => `${at} of ${of}`,
  progress: 'Progress',
  would: (what: string) => `This changes ${what}.`,
  wouldNone: 'There is nothing to do.',
  ends: (sessions: string, grants: string, keys: string) =>
    `With them end: sessions ${sessions}, grants ${grants}, API keys ${keys}.`,
  unchanged: (count: string) => `${count} are so already.`,
  own: 'What you are signed in with is left out.',
  refused: (count: string) => `${count} are left out, since that is refused:`,
  forGood: 'This cannot be undone.',
  each: 'Each is done by itself and stands in the audit log by itself.',
  stop: 'Stop',
  stopped: (at: string, of: string) => `Stopped after ${at} of ${of}. What was done stays done.`,
  interrupted: (at: string, of: string) =>
    `Interrupted after ${at} of ${of}. Of the next hundred it is not known whether they were done; going on tells.`,
  goOn: 'Go on',
  done: (what: string) => `Done: ${what}.`,
}

const nounsInGerman: Nouns = {
  accounts: (count) => (count === '1' ? '1 Person' : `${count} Personen`),
  'service-accounts': (count) => (count === '1' ? '1 Dienstkonto' : `${count} Dienstkonten`),
  clients: (count) => (count === '1' ? '1 Client' : `${count} Clients`),
  'api-keys': (count) => (count === '1' ? '1 API-Schlüssel' : `${count} API-Schlüssel`),
}
const plainInGerman: Actions = { end: 'Beenden', disable: 'Sperren', enable: 'Freigeben' }

export const bulkTexts: Texts<typeof en> = {
  en,
  de: {
    bar: 'Was mit den gewählten geschehen soll',
    chosen: (count) => `${count} gewählt`,
    allChosen: 'Alle passenden sind gewählt',
    takeAll: 'Alle passenden wählen',
    clear: 'Keine wählen',
    nouns: nounsInGerman,
    verbs: {
      accounts: { ...plainInGerman, end: 'Löschen' },
      'service-accounts': { ...plainInGerman, end: 'Löschen' },
      clients: plainInGerman,
      'api-keys': { ...plainInGerman, disable: 'Aussetzen', enable: 'Wieder zulassen' },
    },
    gathering: (count) => `Alle passenden werden gesucht: bisher ${count}`,
    looking: (at, of) => `Probelauf: ${at} von ${of} angesehen. Nichts wird geändert.`,
    running: (at, of) => `${at} von ${of}`,
    progress: 'Fortschritt',
    would: (what) => `Das ändert ${what}.`,
    wouldNone: 'Es gibt nichts zu tun.',
    ends: (sessions, grants, keys) =>
      `Damit enden: Sitzungen ${sessions}, Zugriffe von Apps ${grants}, API-Schlüssel ${keys}.`,
    unchanged: (count) => `${count} sind schon so.`,
    own: 'Womit Sie angemeldet sind, bleibt ausgenommen.',
    refused: (count) => `${count} bleiben ausgenommen, weil das abgewiesen wird:`,
    forGood: 'Das lässt sich nicht rückgängig machen.',
    each: 'Jede Änderung geschieht für sich und steht für sich im Audit-Protokoll.',
    stop: 'Anhalten',
    stopped: (at, of) => `Nach ${at} von ${of} angehalten. Was getan ist, bleibt getan.`,
    interrupted: (at, of) =>
      `Nach ${at} von ${of} unterbrochen. Von den nächsten hundert ist unbekannt, ob sie getan sind; Weitermachen zeigt es.`,
    goOn: 'Weitermachen',
    done: (what) => `Getan: ${what}.`,
  },
}
