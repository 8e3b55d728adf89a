/** Where to go after the sign-in: only to our own pages, whatever the address says (ASVS 3.7.2). */

const OWN_PAGES = /^\/(?:account|console)(?:[/?]|$)/

export function safeNext(next: string | null): string {
  if (next === null || !OWN_PAGES.test(next)) return '/account'
  // A browser reads backslashes and controls in ways of its own; none of our addresses has them.
  const url = URL.parse(next, window.location.origin)
  return url !== null && url.origin === window.location.origin && OWN_PAGES.test(url.pathname)
    ? `${url.pathname}${url.search}`
    : '/account'
}
