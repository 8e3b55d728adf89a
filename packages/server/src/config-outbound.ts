/** The rows of `config-table.ts` that are about calls to servers that other people have named. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface OutboundSettings {
  outboundHosts: readonly string[]
  outboundNetworks: readonly string[]
  outboundTimeoutMs: number
}

export const outboundSettings: SettingRows<OutboundSettings> = {
  outboundHosts: {
    kind: kinds.list('host names, or with a dot before them for all below', (text) =>
      /^\.?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text),
    ),
    fallback: [],
    fallbackText: 'any host with public addresses',
    reason:
      'The only hosts that documents of clients, such as their `jwks_uri`, are fetched from (ASVS 13.2.4). Name them where you know them.',
  },
  outboundNetworks: {
    kind: kinds.proxies,
    fallback: [],
    fallbackText: 'none',
    reason:
      'Networks that are not public and that may be called all the same, such as 10.20.0.0/16, or 127.0.0.0/8 for development. Without them a client could have us call what only we can reach. Link-local addresses, where clouds keep credentials, stay closed.',
  },
  outboundTimeoutMs: {
    kind: kinds.integer(100, 10_000),
    fallback: 3000,
    reason: 'How long such a call may take: name, connection and answer together.',
  },
}
