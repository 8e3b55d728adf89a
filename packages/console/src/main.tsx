/** Starts the pages. */
import './theme/mantine.ts'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { loadMessages, preferredLanguage } from './i18n/messages.ts'
import { beginAnewWhenKept } from './shell/leave.ts'

beginAnewWhenKept()
void start()

/** A function, since a catalogue that is loaded by a module at its top would wait for that very module. */
async function start(): Promise<void> {
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no place for the application.')
  const language = preferredLanguage()
  const t = await loadMessages(language)
  createRoot(root).render(<App first={{ language, t }} />)
}
