/**
 * How long one item of CBOR is (RFC 8949 §3 and Appendix C). The library's decoder takes what is cut short or goes on
 * for too long, and a key of which the last bytes are missing would be a factor that never works.
 */

const DEPTH_MAX = 8

/** Where the item that begins at `start` ends; null where it is not well-formed, or has no length of its own. */
export function endOfCborItem(bytes: Uint8Array, start: number, depth: number = DEPTH_MAX): number | null {
  const first = bytes[start]
  if (first === undefined || depth === 0) return null
  const head = readHead(bytes, start, first & 31)
  if (head === null) return null
  const [argument, after] = head
  switch (first >> 5) {
    case 2:
    case 3:
      return after + argument <= bytes.length ? after + argument : null
    case 4:
      return endOfItems(bytes, after, argument, depth)
    case 5:
      return endOfItems(bytes, after, argument * 2, depth)
    case 6:
      return endOfCborItem(bytes, after, depth - 1)
    default:
      return after
  }
}

/** The argument, and where it ends. Items without a length of their own are not CTAP's CBOR. */
function readHead(bytes: Uint8Array, start: number, info: number): readonly [number, number] | null {
  if (info < 24) return [info, start + 1]
  if (info > 27) return null
  const length = 1 << (info - 24)
  const end = start + 1 + length
  if (end > bytes.length) return null
  const argument = bytes.subarray(start + 1, end).reduce((value, byte) => value * 256 + byte, 0)
  return [argument, end]
}

function endOfItems(bytes: Uint8Array, start: number, count: number, depth: number): number | null {
  let end = start
  // Each item has a byte at least, so a great count ends with the bytes.
  for (let index = 0; index < count; index += 1) {
    const next = endOfCborItem(bytes, end, depth - 1)
    if (next === null) return null
    end = next
  }
  return end
}
