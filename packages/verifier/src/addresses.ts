/**
 * Internet addresses and blocks of them: is the caller's address in a credential's list? IPv4 as four decimal
 * numbers, IPv6 as in RFC 4291 §2.2, blocks in CIDR form (RFC 4632 §3.1, RFC 4291 §2.3).
 */

/**
 * True when the list is empty or one of its addresses or blocks holds the address. An IPv4 address that came
 * as IPv4-mapped IPv6 counts as IPv4, and a zone id is dropped. What cannot be read is in no block, and
 * neither is an address that nobody knows (null).
 */
export function isAddressAllowed(address: string | null, blocks: readonly string[]): boolean {
  if (blocks.length === 0) return true
  if (address === null) return false
  const groups = parseAddress(address.includes(':') ? address.replace(/%[^%]+$/, '') : address)
  return groups !== null && toBlocks(blocks).some((block) => holdsAddress(block, groups))
}

/**
 * True for an address or a CIDR block that can stand in a list. Bits behind the prefix must be zero:
 * `10.0.0.1/8` may mean one host or sixteen million, and guessing wrong opens the larger one.
 */
export function isAddressBlock(text: string): boolean {
  return parseBlock(text) !== null
}

/** Groups of 16 bits: two for IPv4, eight for IPv6. */
export type Groups = readonly number[]
export interface Block {
  readonly groups: Groups
  readonly prefixBits: number
}

/** Lists belong to verdicts, which do not change, so each is read once for as long as its verdict lives. */
const known = new WeakMap<readonly string[], readonly Block[]>()

function toBlocks(texts: readonly string[]): readonly Block[] {
  const before = known.get(texts)
  if (before !== undefined) return before
  const blocks = texts.map(parseBlock).filter((block) => block !== null)
  known.set(texts, blocks)
  return blocks
}

export function holdsAddress(block: Block, groups: Groups): boolean {
  if (block.groups.length !== groups.length) return false
  return groups.every((group, index) => {
    const mask = toMask(block.prefixBits - index * 16)
    return (group & mask) === block.groups[index]
  })
}

/** The mask of one group when so many bits of the prefix are left; none or all beyond its ends. */
function toMask(bits: number): number {
  return (0xffff << (16 - Math.min(Math.max(bits, 0), 16))) & 0xffff
}

/** An address, or a block in CIDR form whose bits behind the prefix are zero. */
export function parseBlock(text: string): Block | null {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const groups = parseAddress(address)
  if (groups === null) return null
  if (slash === -1) return { groups, prefixBits: groups.length * 16 }
  // Where a mapped address became IPv4, the 96 bits before it are gone from the prefix as well.
  const droppedBits = groups.length === 2 && address.includes(':') ? 96 : 0
  const prefixBits = parseNumber(text.slice(slash + 1), groups.length * 16 + droppedBits) - droppedBits
  const block = { groups, prefixBits }
  return prefixBits >= 0 && holdsAddress(block, groups) ? block : null
}

/** A decimal number without sign or leading zeros, which some readers take for octal; NaN for another. */
function parseNumber(text: string, max: number): number {
  const value = /^(?:0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : Number.NaN
  return value <= max ? value : Number.NaN
}

/** An IPv4 address that came mapped into IPv6 is IPv4 again. */
export function parseAddress(text: string): Groups | null {
  if (!text.includes(':')) return parseIpv4(text)
  const groups = parseIpv6(text)
  // RFC 4291 §2.5.5.2: ::ffff:0:0/96 carries IPv4.
  const isMapped = groups?.every((group, index) => index > 5 || group === (index === 5 ? 0xffff : 0))
  return groups && isMapped ? groups.slice(6) : groups
}

function parseIpv4(text: string): Groups | null {
  const parts = text.split('.').map((part) => parseNumber(part, 255))
  const [a, b, c, d] = parts
  if (parts.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined)
    return null
  return parts.some(Number.isNaN) ? null : [a * 256 + b, c * 256 + d]
}

function parseIpv6(text: string): Groups | null {
  const halves = text.split('::')
  const [left = '', right = ''] = halves
  const head = parseGroups(left, halves.length === 1)
  const tail = parseGroups(right, true)
  if (halves.length > 2 || head === null || tail === null) return null
  if (halves.length === 1) return head.length === 8 ? head : null
  const zeros = 8 - head.length - tail.length
  // RFC 5952 §4.2.2 wants two groups or more behind `::`, but RFC 4291 §2.2 allows one.
  return zeros < 1 ? null : [...head, ...Array<number>(zeros).fill(0), ...tail]
}

/** Groups separated by single colons; the last two may be written as IPv4 where `mayEndInIpv4`. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const embedded = isLast && mayEndInIpv4 && part.includes('.') ? parseIpv4(part) : null
    if (embedded !== null) groups.push(...embedded)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

/** In the one form of RFC 5952 §4: without leading zeros, the longest run of zero groups as `::`. */
export function formatAddress(groups: Groups): string {
  const [high = 0, low = 0] = groups
  if (groups.length === 2) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const run = findZeros(groups)
  const hex = groups.map((group) => group.toString(16))
  if (run.length < 2) return hex.join(':')
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`
}

/** The first of the longest runs. */
function findZeros(groups: Groups): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start }
  }
  return longest
}
