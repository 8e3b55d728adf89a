/**
 * The ways out of the application, to the server's own sign-in page. The document goes with them, and everything that
 * it knew of the person; the browser may keep it whole for its "back", so a page that comes back that way begins anew.
 */

/** `page`: the address, of our own, to come back to. */
export const leaveToSignIn = (page: string): void => leave({ next: page })

export const leaveSignedOut = (): void => leave({ 'signed-out': '' })

/** For a link that somebody follows of their own accord: whoever signs in anew has a fresh proof. */
export const toSignIn = (page: string): string => signInAddress({ next: page })

let isLeaving = false

/** In place of the page that nobody is signed in to. */
function leave(query: Readonly<Record<string, string>>): void {
  // The first reason counts: what is still asked after a sign-out only finds nobody.
  if (isLeaving) return
  isLeaving = true
  window.location.replace(signInAddress(query))
}

/**
 * The language that was shown goes along: the person may have chosen another than the browser's, and with the sign-out
 * the browser drops what they chose.
 */
function signInAddress(query: Readonly<Record<string, string>>): string {
  const { lang } = document.documentElement
  return `/sign-in?${new URLSearchParams({ ...query, ui_locales: lang })}`
}

export function beginAnewWhenKept(): void {
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload()
  })
}
