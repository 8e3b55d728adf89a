/** As much of CBOR (RFC 8949) as an authenticator writes: whole numbers, bytes, text, maps. In canonical form. */

export type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor> | readonly Cbor[]

export function toCbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    const entries = [...value].flatMap(([key, one]) => [toCbor(key), toCbor(one)])
    return Buffer.concat([head(5, value.size), ...entries])
  }
  const items = [...(value as readonly Cbor[])]
  return Buffer.concat([head(4, items.length), ...items.map(toCbor)])
}

/** §3: the major type and its argument, in as few bytes as it takes. */
function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.from([type | argument])
  if (argument < 256) return Buffer.from([type | 24, argument])
  if (argument < 65_536) return Buffer.from([type | 25, argument >> 8, argument & 255])
  const long = Buffer.alloc(5)
  long.writeUInt8(type | 26)
  long.writeUInt32BE(argument, 1)
  return long
}
