/** Words of the pages that say what went wrong with the service itself, and not with what somebody asked of it. */

export interface TroubleText {
  readonly title: string
  readonly about: string
  /** What the person does now. */
  readonly advice: string
}

export type Trouble = 'tooOften' | 'away' | 'broken' | 'notFound'

export type TroubleWords = { readonly [T in Trouble]: TroubleText } & { readonly toAccount: string }

export const troublesEn: TroubleWords = {
  tooOften: {
    title: 'Too many requests',
    about: 'More requests came from your network than are answered at once.',
    advice: 'Wait a minute, then go back and try again.',
  },
  away: {
    title: 'Not available right now',
    about: 'The service cannot be reached at the moment.',
    advice: 'Go back and try again in a moment. If this page returns, tell whoever runs the service.',
  },
  broken: {
    title: 'Something went wrong',
    about: 'The mistake is ours, and it stands in our log.',
    advice: 'Go back and try again. If this page returns, tell whoever runs the service.',
  },
  notFound: {
    title: 'Nothing is here',
    about: 'No page has this address. It may be mistyped, cut off, or old.',
    advice: 'If a link brought you here, tell whoever gave it to you.',
  },
  toAccount: 'Go to your account',
}

export const troublesDe: TroubleWords = {
  tooOften: {
    title: 'Zu viele Anfragen',
    about: 'Aus Ihrem Netz kamen mehr Anfragen, als auf einmal beantwortet werden.',
    advice: 'Warten Sie eine Minute, gehen Sie dann zurück und versuchen Sie es noch einmal.',
  },
  away: {
    title: 'Gerade nicht verfügbar',
    about: 'Der Dienst ist im Augenblick nicht erreichbar.',
    advice:
      'Gehen Sie zurück und versuchen Sie es gleich noch einmal. Kommt diese Seite wieder, sagen Sie es den Betreibern des Dienstes.',
  },
  broken: {
    title: 'Etwas ist schiefgegangen',
    about: 'Der Fehler liegt bei uns, und er steht in unserem Protokoll.',
    advice:
      'Gehen Sie zurück und versuchen Sie es noch einmal. Kommt diese Seite wieder, sagen Sie es den Betreibern des Dienstes.',
  },
  notFound: {
    title: 'Hier ist nichts',
    about: 'Keine Seite hat diese Adresse. Vielleicht ist sie vertippt, abgeschnitten oder alt.',
    advice: 'Hat ein Link Sie hierher gebracht, sagen Sie es denen, von denen Sie ihn haben.',
  },
  toAccount: 'Zu Ihrem Konto',
}
