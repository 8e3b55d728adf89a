/** A certificate that nobody vouches for (RFC 5280 §4.1), made for a test: for 127.0.0.1 and `localhost`, by its own key. */
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'

export function selfSigned(): { key: string; cert: string } {
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const ecdsaWithSha256 = sequence(hex('06082a8648ce3d040302'))
  const name = sequence(wrap(0x31, sequence(hex('0603550403'), wrap(0x0c, Buffer.from('nobody')))))
  const validity = sequence(
    wrap(0x17, Buffer.from('200101000000Z')),
    wrap(0x17, Buffer.from('491231235959Z')),
  )
  const names = sequence(wrap(0x82, Buffer.from('localhost')), wrap(0x87, Buffer.from([127, 0, 0, 1])))
  const extensions = sequence(sequence(hex('0603551d11'), wrap(0x04, names)))
  const body = sequence(
    wrap(0xa0, hex('020102')),
    hex('020101'),
    ecdsaWithSha256,
    name,
    validity,
    name,
    pair.publicKey,
    wrap(0xa3, extensions),
  )
  const signature = sign('sha256', body, createPrivateKey(pair.privateKey))
  const certificate = sequence(body, ecdsaWithSha256, wrap(0x03, Buffer.from([0]), signature))
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n')
  return { key: pair.privateKey, cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n` }
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const sequence = (...parts: readonly Buffer[]): Buffer => wrap(0x30, ...parts)

/** Tag, length, value (X.690 §8.1.3). */
function wrap(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(head), value])
}
