/** Gives the pages below it their texts, and the document its language. */
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { keepLanguage, type Language, loadMessages, type Messages, SpeechContext } from './messages.ts'

export interface SpeechProps {
  readonly first: { readonly language: Language; readonly t: Messages }
  readonly children: ReactNode
}

export function Speech({ first, children }: SpeechProps): ReactNode {
  const [spoken, setSpoken] = useState(first)
  useEffect(() => {
    document.documentElement.lang = spoken.language
  }, [spoken.language])
  const speech = useMemo(
    () => ({
      ...spoken,
      choose: (language: Language): void => {
        keepLanguage(language)
        void loadMessages(language).then((t) => setSpoken({ language, t }))
      },
    }),
    [spoken],
  )
  return <SpeechContext value={speech}>{children}</SpeechContext>
}
