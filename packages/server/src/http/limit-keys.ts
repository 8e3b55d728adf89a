/**
 * What counters are kept for: networks in place of single addresses, and addresses of mail in a form so coarse that no
 * spelling of one is counted apart.
 */
import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { formatAddress, type Groups, parseAddress } from '@countersign/verifier'

export interface CountedNetworks {
  /** The smallest network that one caller has to itself. */
  readonly narrow: string
  /** One of many customers, to be counted as well, with a larger bound; null where there is none. */
  readonly wide: string | null
}

/**
 * An IPv4 address is counted by itself. One of IPv6 is counted by its /64, since whoever has one address of a /64 has
 * them all (RFC 4291 §2.5.1), and by its /48, since that is what a customer of a hoster is commonly given (RFC 6177).
 * Callers whose address nobody knows are counted together.
 */
export function countedNetworks(address: string | null): CountedNetworks {
  const name = address ?? ''
  const known = lately.get(name)
  if (known !== undefined) return known
  const counted = toCounted(address)
  if (lately.size >= LATELY_MAX) lately.clear()
  lately.set(name, counted)
  return counted
}

/** A request asks several times for its own address, and callers come back. */
const lately = new Map<string, CountedNetworks>()
const LATELY_MAX = 1_000

function toCounted(address: string | null): CountedNetworks {
  const groups = address === null ? null : parseAddress(address.replace(/%[^%]*$/, ''))
  if (groups === null) return { narrow: 'unknown', wide: null }
  const counted = embeddedIpv4(groups) ?? groups
  if (counted.length === 2) return { narrow: formatAddress(counted), wide: null }
  return { narrow: toBlock(counted, 64), wide: toBlock(counted, 48) }
}

/** RFC 6052 §2.1: behind 64:ff9b::/96 stands all of IPv4, which must not share one counter. Mapped addresses are IPv4 already. */
function embeddedIpv4(groups: Groups): Groups | null {
  const isTranslated = [0x64, 0xff9b, 0, 0, 0, 0].every((group, index) => groups[index] === group)
  return groups.length === 8 && isTranslated ? groups.slice(6) : null
}

const toBlock = (groups: Groups, bits: 48 | 64): string =>
  `${formatAddress(groups.map((group, index) => (index < bits / 16 ? group : 0)))}/${bits}`

/** A hash, so that addresses of people are not kept in memory as they were typed. */
export function mailboxKey(email: string, device = ''): string {
  return createHash('sha256')
    .update(`${device} ${foldMailbox(email)}`)
    .digest('base64url')
}

/** No address is longer (RFC 5321 §4.5.3.1.3); what is, is none, and is counted by its beginning. */
const CHARACTERS_MAX = 254

/**
 * Coarser than accounts are told apart: width, compatible signs and what nobody sees are folded, dots in the local part
 * and what follows `+` go, and the domain is in its ASCII form. Those are mailboxes that many providers deliver as
 * one. Two people who are counted together share a bound that each of them could use up for the other anyway.
 */
export function foldMailbox(text: string): string {
  const folded = fold(fold(text).normalize('NFKC')).replaceAll(/[\p{Default_Ignorable_Code_Point}\s]/gu, '')
  const at = folded.lastIndexOf('@')
  const local = (at === -1 ? folded : folded.slice(0, at)).replace(/(?<=.)\+.*$/s, '').replaceAll('.', '')
  const domain = at === -1 ? '' : folded.slice(at + 1, at + 1 + CHARACTERS_MAX).replace(/\.$/, '')
  return `${local.slice(0, CHARACTERS_MAX)}@${domainToASCII(domain) || domain}`
}

/** As accounts are compared, so that whatever they take for the same is the same here. */
const fold = (text: string): string => text.trim().normalize('NFC').toLowerCase()
