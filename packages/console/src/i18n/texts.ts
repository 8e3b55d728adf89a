/** Texts of one page in every language, loaded with the page, so that the first load does not grow with each page. */
import { type Language, useSpeech, type Widened } from './messages.ts'

export type Texts<T> = { readonly en: T } & Readonly<Record<Exclude<Language, 'en'>, Widened<T>>>

export function useTexts<T>(texts: Texts<T>): Widened<T> | T {
  const { language } = useSpeech()
  return texts[language]
}
