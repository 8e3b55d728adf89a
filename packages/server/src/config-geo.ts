/** The row of `config-table.ts` about data files of places. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface GeoSettings {
  geoDatabase: readonly string[]
}

const paths = kinds.list('paths of files', (text) => text.length <= 1024)

const files: kinds.Kind<readonly string[]> = {
  accepts: paths.accepts,
  read: (raw, folder) => {
    const found = paths.read(raw, folder)
    if (!found.ok) return found
    const resolved = found.value.map((path) => kinds.filePath.read(path, folder))
    return { ok: true, value: resolved.flatMap((one) => (one.ok ? [one.value] : [])) }
  },
}

export const geoSettings: SettingRows<GeoSettings> = {
  geoDatabase: {
    variable: 'COUNTERSIGN_GEO_DATABASE',
    kind: files,
    fallback: [],
    fallbackText: 'none: places and providers are unknown, and the rules about them silent',
    reason:
      'Files in the MMDB format, such as GeoLite2-City and GeoLite2-ASN or those of DB-IP; what one does not know, the next one may. Read at the start and again when they change. No address leaves this machine.',
  },
}
