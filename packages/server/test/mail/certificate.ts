/** A certificate that its own key has signed (RFC 5280), for a server that nobody knows. */
import { generateKeyPairSync, sign } from 'node:crypto'

export interface Identity {
  readonly cert: string
  readonly key: string
}

/** For one IPv4 address, as its four bytes. */
export function makeIdentity(address: readonly [number, number, number, number]): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from('a test')))))
  const algorithm = sequence(oid('2a8648ce3d040302'))
  const time = (text: string): Buffer => tagged(0x18, Buffer.from(text))
  const names = tagged(0x04, sequence(tagged(0x87, Buffer.from(address))))
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(time('20200101000000Z'), time('20990101000000Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(sequence(oid('551d11'), names))),
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  const bytes = sequence(body, algorithm, tagged(0x03, signature)).toString('base64')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${bytes.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** DER: a tag, a length, and what it holds (X.690 §8.1). */
function tagged(tag: number, content: Uint8Array): Buffer {
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(parts))

const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))
