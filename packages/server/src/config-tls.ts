/** The rows of `config-table.ts` about our own TLS. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface TlsSettings {
  tlsCert: string | null
  tlsKey: string | null
}

export const tlsSettings: SettingRows<TlsSettings> = {
  tlsCert: {
    kind: kinds.filePath,
    fallback: null,
    fallbackText: 'none: the server speaks HTTP, for loopback or behind a proxy that ends TLS',
    reason:
      'The certificate with its chain, in PEM. With it the server speaks TLS 1.2 and 1.3, with the cipher suites that FAPI 2.0 allows. Read again when it changes, without a restart.',
  },
  tlsKey: {
    kind: kinds.filePath,
    fallback: null,
    fallbackText: 'none; required with a certificate',
    reason: 'The private key of the certificate, in PEM. The file should be for its owner only.',
  },
}

/** What must not be, and what to say where it is. */
export function tlsRules({
  tlsCert,
  tlsKey,
  issuer,
}: TlsSettings & { readonly issuer: string }): readonly [isWrong: boolean, words: string][] {
  return [
    [
      (tlsCert === null) !== (tlsKey === null),
      'COUNTERSIGN_TLS_CERT and COUNTERSIGN_TLS_KEY belong together: set both, or neither.',
    ],
    [
      tlsCert !== null && !issuer.startsWith('https:'),
      'COUNTERSIGN_TLS_CERT is set, but COUNTERSIGN_ISSUER does not begin with https.',
    ],
  ]
}
