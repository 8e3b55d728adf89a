/**
 * Which addresses may be called when a stranger has named the host (ASVS 1.3.6, 13.2.4): those of the public
 * Internet and, beside them, networks that the operator opened. By the IANA special-purpose registries.
 */
import { isAddressAllowed } from '@countersign/verifier'

/** True for an address that may be called. What cannot be read may not. */
export function isCallable(address: string, openNetworks: readonly string[]): boolean {
  if (isAddressAllowed(address, neverCalled)) return false
  if (openNetworks.length > 0 && isAddressAllowed(address, openNetworks)) return true
  // IPv4 that came mapped into IPv6 (`::ffff:10.0.0.1`) is read as IPv4 by both.
  return isAddressAllowed(address, globalUnicast) && !isAddressAllowed(address, specialPurpose)
}

export const isLoopback = (address: string): boolean => isAddressAllowed(address, ['127.0.0.0/8', '::1'])

/**
 * Opened by no setting. Whoever may read a cloud's metadata service is that machine; the second line has those that
 * do not stand on a link-local address. The rest is no single host.
 */
const neverCalled = [
  ...['169.254.0.0/16', 'fe80::/10'],
  ...['168.63.129.16', '192.0.0.192', '100.100.100.200', 'fd00:ec2::254', 'fd20:ce::254'],
  ...['0.0.0.0/8', '::/128', '224.0.0.0/4', '255.255.255.255', 'ff00::/8'],
]

/** Of IPv6 only what is handed out today; everything else is local, reserved, or carries IPv4 inside. */
const globalUnicast = ['0.0.0.0/0', '2000::/3']

const specialPurpose = [
  ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...[
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '240.0.0.0/4',
  ],
  // Protocol assignments with Teredo, documentation, 6to4: the first and the last lead on to some IPv4 address.
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]
