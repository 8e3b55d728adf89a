/** What all hosted pages have in common for whoever reads them: the brand's name, and the language. */
import { chooseLocale, type Locale } from '@countersign/core'
import { type Words, words } from './words/words.ts'

export interface Look {
  /** The brand. */
  readonly name: string
  readonly words: Words
}

interface Asker {
  readonly services: { readonly config: { readonly brandName: string; readonly mailLanguage: Locale } }
  readonly facts: { readonly locale?: Locale | null }
}

/** `uiLocales`: what the app says of its user (OIDC Core §3.1.2.1), which comes before what the browser says. */
export function lookOf({ services, facts }: Asker, uiLocales = ''): Look {
  const { brandName, mailLanguage } = services.config
  const locale = chooseLocale(uiLocales.replaceAll(' ', ',')) ?? facts.locale ?? mailLanguage
  return { name: brandName, words: words[locale] }
}
