/**
 * Our own TLS: the certificate and its key from files, in use as soon as they are replaced. FAPI 2.0 Security Profile §5.2
 * and BCP 195 say which versions and cipher suites.
 */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'

/** In OpenSSL's words. The three of TLS 1.3 that are on by default are allowed as they are. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** What `createServer` and `setSecureContext` of `node:https` take. */
export interface TlsOptions extends SecureContextOptions {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface Certificate {
  readonly options: TlsOptions
  /** Tells one pair of files from another. */
  readonly fingerprint: string
  readonly expiresAtMs: number
}

/** A pair of files that cannot be used, in a sentence without anything of the key. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError'
}

/** Throws `CertificateError` where the files cannot be read, do not belong together, or are not valid yet or any more. */
export async function readCertificate(files: CertificateFiles, nowMs: number): Promise<Certificate> {
  const [cert, key] = await Promise.all([read(files.certFile), read(files.keyFile)])
  const options: TlsOptions = { cert, key, minVersion: 'TLSv1.2', ciphers: CIPHERS }
  const parsed = parse(files, options)
  const [fromMs, expiresAtMs] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]
  if (!(fromMs <= nowMs && nowMs < expiresAtMs)) {
    throw new CertificateError(
      `The certificate in ${files.certFile} is good from ${parsed.validFrom} to ${parsed.validTo}, and not now.`,
    )
  }
  return { options, fingerprint: parsed.fingerprint256, expiresAtMs }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown cause'
    throw new CertificateError(`The file ${file} cannot be read (${code}).`, { cause })
  }
}

/** OpenSSL's own words name no file, and might name what is in it. */
function parse({ certFile, keyFile }: CertificateFiles, options: TlsOptions): X509Certificate {
  try {
    const certificate = new X509Certificate(options.cert.toString())
    // Also where the pair does not belong together.
    createSecureContext(options)
    return certificate
  } catch {
    throw new CertificateError(
      `The files ${certFile} and ${keyFile} are no certificate with its private key, both in PEM.`,
    )
  }
}
