/**
 * The ways out of the application, to the server's own sign-in page. The document goes with them, and everything that
 * it knew of the person; the browser may keep it whole for its "back", so a page that comes back that way begins anew.
 */

/** `page`: the address, of our own, to come back to. */
export const leaveToSignIn = (page: string): void => leave({ next: page })

export const leaveSignedOut = (): void => leave({ 'signed-out': '' })

let isLeaving = false

/**
 * In place of the page that nobody is signed in to. The language that was shown goes along: the person may have chosen
 * another than the browser's, and with the sign-out the browser drops what they chose.
 */
function leave(query: Readonly<Record<string, string>>): void {
  // The first reason counts: what is still asked after a sign-out only finds nobody.
  if (isLeaving) return
  isLeaving = true
  const { lang } = document.documentElement
  window.location.replace(`/sign-in?${new URLSearchParams({ ...query, ui_locales: lang })}`)
}

export function beginAnewWhenKept(): void {
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload()
  })
}
