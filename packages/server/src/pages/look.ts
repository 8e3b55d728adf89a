/** What all hosted pages have in common for whoever reads them: the brand's name, the language, and light or dark. */
import { chooseLocale, type Locale } from '@countersign/core'
import type { Headers } from '../http/exchange.ts'
import { readScheme, type Scheme } from '../http/scheme-cookie.ts'
import { type Words, words } from './words/words.ts'

export interface Look {
  /** The brand. */
  readonly name: string
  readonly words: Words
  /** As the person chose it on the account pages; null follows the system. */
  readonly scheme: Scheme | null
}

interface Asker {
  readonly services: { readonly config: { readonly brandName: string; readonly mailLanguage: Locale } }
  readonly facts: { readonly locale?: Locale | null }
  readonly header: Headers
}

/** `uiLocales`: what the app says of its user (OIDC Core §3.1.2.1), which comes before what the browser says. */
export function lookOf({ services, facts, header }: Asker, uiLocales = ''): Look {
  const { brandName, mailLanguage } = services.config
  const locale = chooseLocale(uiLocales.replaceAll(' ', ',')) ?? facts.locale ?? mailLanguage
  return { name: brandName, words: words[locale], scheme: readScheme(header('cookie')) }
}
