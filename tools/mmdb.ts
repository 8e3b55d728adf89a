/** Writes small data files in the MaxMind DB format, version 2.0, for IPv4 prefixes: enough for tests. */

export type Field = string | number | boolean | { readonly [name: string]: Field }

const RECORD_BYTES = 4
const MARKER = '\xab\xcd\xefMaxMind.com'
const EMPTY = -1

/** Records by prefix, such as `203.0.113.0/24`. */
export function makeMmdb(records: Readonly<Record<string, Field>>): Buffer {
  const nodes: [number, number][] = [[EMPTY, EMPTY]]
  const data: Buffer[] = []
  let dataBytes = 0
  const leaves = new Map<string, number>()
  for (const [prefix, record] of Object.entries(records)) {
    const [address = '', length = '32'] = prefix.split('/')
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
    const encoded = encode(record)
    // Pointers to data are filled in when the number of nodes is known.
    leaves.set(bits.slice(0, Number(length)), dataBytes)
    data.push(encoded)
    dataBytes += encoded.length
  }
  const pointers = new Map<string, number>()
  for (const bits of leaves.keys()) {
    let node = 0
    for (const [depth, bit] of [...bits].entries()) {
      const side = bit === '1' ? 1 : 0
      if (depth === bits.length - 1) {
        pointers.set(`${node} ${side}`, leaves.get(bits) ?? 0)
        continue
      }
      const pair = nodes[node] ?? [EMPTY, EMPTY]
      if (pair[side] === EMPTY) {
        pair[side] = nodes.push([EMPTY, EMPTY]) - 1
        nodes[node] = pair
      }
      node = pair[side]
    }
  }
  const tree = Buffer.alloc(nodes.length * RECORD_BYTES * 2)
  for (const [node, pair] of nodes.entries()) {
    for (const side of [0, 1] as const) {
      const pointer = pointers.get(`${node} ${side}`)
      const own = pair[side] === EMPTY ? nodes.length : pair[side]
      const value = pointer === undefined ? own : nodes.length + 16 + pointer
      tree.writeUInt32BE(value, (node * 2 + side) * RECORD_BYTES)
    }
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1,
    database_type: 'Test',
    ip_version: 4,
    node_count: nodes.length,
    record_size: RECORD_BYTES * 8,
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from(MARKER, 'latin1'), metadata])
}

function encode(field: Field): Buffer {
  if (typeof field === 'string') {
    const text = Buffer.from(field)
    return Buffer.concat([control(2, text.length), text])
  }
  if (typeof field === 'boolean') return control(14, field ? 1 : 0)
  if (typeof field === 'number' && Number.isInteger(field) && field >= 0) {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(field)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (typeof field === 'number') {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleBE(field)
    return Buffer.concat([control(3, 8), bytes])
  }
  const entries = Object.entries(field)
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, value]) => [encode(name), encode(value)]),
  ])
}

/** Type and size; types above 7 are extended, sizes here stay below 29 or fit one more byte. */
function control(type: number, size: number): Buffer {
  const own = size < 29 ? size : 29
  const first = type <= 7 ? [(type << 5) | own] : [own, type - 7]
  return Buffer.from(size < 29 ? first : [...first, size - 29])
}
