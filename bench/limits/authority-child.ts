/**
 * The process that is measured: an authority behind a proxy on this machine, with its limits as they are by default,
 * so that the load generator can come from many addresses.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, serve } from '@countersign/server'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'authority-'))
const port = await findFreePort()
const environment = {
  COUNTERSIGN_DATA: folder,
  COUNTERSIGN_PORT: String(port),
  COUNTERSIGN_HOST: '127.0.0.1',
  COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1',
}
const parsed = await loadConfig(environment, folder)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const server = await serve(parsed.config)

answer({ ports: () => ({ port }), busy: readBusy }, async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
