/** The version of this package, as its package.json has it. */
import { readFile } from 'node:fs/promises'

export async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const isRead = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return isRead && typeof manifest.version === 'string' ? manifest.version : 'unknown'
}
