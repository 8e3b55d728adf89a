/** The catalogues of texts and the one in use. A text that a catalogue lacks is a mistake that the compiler finds. */
import { createContext, useContext } from 'react'
import { en } from './en.ts'

/** The shape of the English catalogue, with any words in it. */
export type Messages = Widened<typeof en>

export type Widened<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Widened<T[K]>
}

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

export interface Speech {
  readonly language: Language
  readonly t: Messages
  readonly choose: (language: Language) => void
}

export const SpeechContext = createContext<Speech>({ language: 'en', t: en, choose: () => {} })

export const useSpeech = (): Speech => useContext(SpeechContext)
export const useT = (): Messages => useContext(SpeechContext).t

/** Loaded when it is needed: most people read one language. */
export async function loadMessages(language: Language): Promise<Messages> {
  if (language === 'en') return en
  const { de } = await import('./de.ts')
  return de
}

const KEPT = 'countersign-language'

/** What the person chose, else the first of the browser's languages that there is. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEPT) ?? '', ...navigator.languages]
  return wanted.map((one) => one.slice(0, 2)).find(isLanguage) ?? 'en'
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language)
}

const isLanguage = (text: string): text is Language => Object.hasOwn(languages, text)
