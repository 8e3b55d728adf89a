/** A real Apache with Debian’s mod_auth_openidc, on a free port of this machine and out of a temporary folder. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** The variables of `examples/client-apache/site.conf`. */
export type SiteVariables = {
  readonly AUTHORITY: string
  readonly CLIENT_ID: string
  readonly CLIENT_SECRET: string
  readonly COOKIE_SECRET: string
  /** Where people reach the site: `http://127.0.0.1:` and a free port. */
  readonly SITE: string
  readonly APP: string
}

export interface Apache {
  /** What it has complained of since it was last asked. */
  complaints(): Promise<string>
  stop(): Promise<void>
}

const SITE_FILE = join(import.meta.dirname, '../examples/client-apache/site.conf')
const MODULES_FOLDER = '/usr/lib/apache2/modules'
const MODULES = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', 'auth_openidc']
const START_MS = 20_000
const POLL_MS = 50

export async function startApache(program: string, variables: SiteVariables): Promise<Apache> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-apache-'))
  // Its workers are another account, where it is started by root.
  await chmod(folder, 0o755)
  const file = join(folder, 'apache.conf')
  const complaints = createReader(join(folder, 'error.log'))
  await writeFile(file, toConfig(folder, variables))
  const child = spawn(program, ['-D', 'FOREGROUND', '-f', file], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // It would outlive a test that is broken off.
  process.once('exit', () => child.kill('SIGTERM'))
  const said = collect(child)
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForAnswer(child, `${variables.SITE}/goodbye`)
  } catch (cause) {
    const why = `${said()} ${await complaints().catch(() => '')}`
    await stop()
    throw new Error(`Apache did not start: ${why}`, { cause })
  }
  await complaints()
  return { complaints, stop }
}

/** What Debian’s own configuration says elsewhere, and then the site as it stands in the example. */
function toConfig(folder: string, { SITE }: SiteVariables): string {
  const load = MODULES.map((name) => `LoadModule ${name}_module ${MODULES_FOLDER}/mod_${name}.so`)
  return `${load.join('\n')}
ServerRoot "${folder}"
DefaultRuntimeDir "${folder}"
PidFile "${folder}/apache.pid"
Mutex "file:${folder}" default
ErrorLog "${folder}/error.log"
User www-data
Group www-data
Listen ${new URL(SITE).host}
ServerName ${new URL(SITE).host}
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
Include "${SITE_FILE}"
`
}

function createReader(file: string): () => Promise<string> {
  let read = 0
  return async () => {
    const text = await readFile(file, 'utf8')
    const more = text.slice(read)
    read = text.length
    return more
  }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4_000)
  })
  return () => text
}

async function waitForAnswer(child: ChildProcess, url: string): Promise<void> {
  let failure: unknown
  child.once('error', (error) => {
    failure = error
  })
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += POLL_MS) {
    if (failure !== undefined) throw failure
    assert.equal(child.exitCode, null)
    const answer = await fetch(url).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.status === 200) return
    await wait(POLL_MS)
  }
  assert.fail('It does not answer.')
}
