/**
 * Sectors of clients (OIDC Core §8.1): a client with pairwise subjects knows people by names of its sector's own. Which
 * sector that is has to be shown by whoever owns the host, or a stranger would choose to be told what a bank is told.
 */
import type { ClientSettings } from './client.ts'

type Described = Pick<ClientSettings, 'subjectType' | 'sectorIdentifierUri' | 'redirectUris'>

/**
 * The sector of a client with pairwise subjects; null for one that is told everybody's own id. A client that is sent back
 * to no host of its own, as an app on a device, is a sector by itself: `127.0.0.1` is everybody's.
 */
export function sectorOf(client: Described & { readonly id: string }): string | null {
  if (client.subjectType !== 'pairwise') return null
  if (client.sectorIdentifierUri !== null) return new URL(client.sectorIdentifierUri).hostname
  const [host] = hostsOf(client)
  // With a space in it, which no host has.
  return host === undefined ? `client ${client.id}` : host
}

/** Whether a sector cannot be read off the redirect URIs, so that one has to be named. */
export function needsSectorUri(client: Described): boolean {
  const hosts = hostsOf(client)
  const isMixed = hosts.length === 1 && client.redirectUris.some((uri) => !uri.startsWith('https:'))
  return (
    client.subjectType === 'pairwise' && client.sectorIdentifierUri === null && (hosts.length > 1 || isMixed)
  )
}

/** Of those that somebody can own. */
const hostsOf = ({ redirectUris }: Described): readonly string[] => [
  ...new Set(redirectUris.filter((uri) => uri.startsWith('https:')).map((uri) => new URL(uri).hostname)),
]

/** §8.1: what stands at the sector's URI names every redirect URI of the client, to the letter. */
export const isListedIn = (document: unknown, { redirectUris }: Described): boolean =>
  Array.isArray(document) && redirectUris.every((uri) => document.includes(uri))
