/** What the sign-in pages say about other services, in each language. */
import type { ProviderSaid, Words } from './words.ts'

export interface ProviderWords {
  readonly said: { readonly [K in ProviderSaid]: string }
  readonly login: Pick<Words['login'], 'providers' | 'withProvider'>
}

export const providersEn: ProviderWords = {
  said: {
    provider_over: 'That sign-in is over, or began in another browser. Please begin again.',
    provider_denied: 'The other service was not allowed to tell who you are. Nothing has happened.',
    provider_unavailable: 'The other service cannot be reached now. Try again later, or sign in another way.',
    provider_failed: 'What the other service answered does not hold, so you are not signed in.',
    provider_unknown:
      'That account opens no account here, and new ones begin by invitation only. If you have one here, sign in to it, and connect the other service on the page “Security”.',
    provider_address_taken:
      'There is an account with your address here already. Sign in to it as you usually do, then connect the other service on the page “Security”.',
    provider_address_unverified:
      'The other service does not say that it has verified your address, and no account begins without that. Sign up with the address instead.',
  },
  login: {
    providers: 'Sign in with another service',
    withProvider: (name) => `Continue with ${name}`,
  },
}

export const providersDe: ProviderWords = {
  said: {
    provider_over:
      'Diese Anmeldung ist vorbei oder hat in einem anderen Browser begonnen. Bitte beginnen Sie noch einmal.',
    provider_denied: 'Der andere Dienst durfte nicht sagen, wer Sie sind. Es ist nichts geschehen.',
    provider_unavailable:
      'Der andere Dienst ist gerade nicht zu erreichen. Versuchen Sie es später, oder melden Sie sich anders an.',
    provider_failed: 'Was der andere Dienst geantwortet hat, stimmt nicht; Sie sind nicht angemeldet.',
    provider_unknown:
      'Dieses Konto öffnet hier keines, und neue gibt es nur auf Einladung. Wenn Sie hier eines haben, melden Sie sich an und verbinden Sie den anderen Dienst auf der Seite „Sicherheit“.',
    provider_address_taken:
      'Mit Ihrer Adresse gibt es hier schon ein Konto. Melden Sie sich an wie sonst, und verbinden Sie den anderen Dienst dann auf der Seite „Sicherheit“.',
    provider_address_unverified:
      'Der andere Dienst sagt nicht, dass er Ihre Adresse geprüft hat, und ohne das beginnt kein Konto. Registrieren Sie sich stattdessen mit der Adresse.',
  },
  login: {
    providers: 'Mit einem anderen Dienst anmelden',
    withProvider: (name) => `Weiter mit ${name}`,
  },
}
