/**
 * Light or dark, as the person chose it: kept for these pages, and told to the pages that the server draws, which have no
 * script to ask. The server writes it on this page too, so that it is right from the first moment.
 */
import { localStorageColorSchemeManager, type MantineColorSchemeManager } from '@mantine/core'

/** As the server reads it. */
const COOKIE = '__Host-countersign_scheme'
/** Browsers keep no cookie for longer than 400 days (6265bis §5.5). */
const KEPT_MS = 400 * 86_400_000

/** Read before the application writes there what it shows. */
const given = document.documentElement.dataset.mantineColorScheme

const kept = localStorageColorSchemeManager()

export const schemeManager: MantineColorSchemeManager = {
  ...kept,
  get: (otherwise) => (given === 'light' || given === 'dark' ? given : kept.get(otherwise)),
  set: (scheme) => {
    kept.set(scheme)
    void tell(scheme)
  },
}

/** Browsers before the cookie store show the choice here alone, and those that keep no cookies as well. */
async function tell(scheme: 'light' | 'dark' | 'auto'): Promise<void> {
  if (!('cookieStore' in window)) return
  try {
    if (scheme === 'auto') await window.cookieStore.delete({ name: COOKIE, path: '/' })
    else {
      const expires = Date.now() + KEPT_MS
      await window.cookieStore.set({ name: COOKIE, value: scheme, path: '/', sameSite: 'lax', expires })
    }
  } catch {
    // Nothing is lost but that choice.
  }
}
