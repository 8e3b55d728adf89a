/** An authority as `serve` starts it, with an administrator's key for those who measure its feed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@countersign/protocol'
import { bootstrapAuthority, loadConfig, serve } from '@countersign/server'
import { PASSWORD } from '../server/api.ts'
import { readBusy } from '../server/busy.ts'
import { answer } from '../server/child.ts'
import { findFreePort } from '../server/ports.ts'

const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'feed-'))
const port = await findFreePort()
const environment = {
  COUNTERSIGN_DATA: folder,
  COUNTERSIGN_PORT: String(port),
  COUNTERSIGN_HOST: '127.0.0.1',
}
const parsed = await loadConfig(environment, folder)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const administrator = { email: 'admin@example.com', password: new Secret(PASSWORD), name: null }
const made = await bootstrapAuthority(parsed.config, administrator)
if (!made.ok) throw new Error('The first administrator could not be made.')
const key = made.apiKey.secret.reveal()
const server = await serve(parsed.config)

answer({ ports: () => ({ port }), key: () => ({ key }), busy: readBusy }, async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
