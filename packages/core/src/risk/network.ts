/** Addresses as the rules see them: the block that one customer's address usually moves within. */
import { formatAddress, parseAddress } from '@countersign/verifier'

/**
 * The /24 of an IPv4 address, the /48 of an IPv6 address: within it providers hand out new addresses without
 * the person having moved. Null for what is no address.
 */
export function toNetwork(address: string | null): string | null {
  if (address === null) return null
  const groups = parseAddress(address.replace(/%[^%]+$/, ''))
  if (groups === null) return null
  const [first = 0, second = 0, third = 0] = groups
  if (groups.length === 2) return `${formatAddress([first, second & 0xff00])}/24`
  return `${formatAddress([first, second, third, 0, 0, 0, 0, 0])}/48`
}
