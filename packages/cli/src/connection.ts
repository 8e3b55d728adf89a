/** Which authority a command talks to, and as whom. Keys come from standard input or the environment, never from the command line. */
import { readFile } from 'node:fs/promises'
import { type Client, type ClientCredential, createClient } from '@countersign/client'
import { Secret } from '@countersign/protocol'
import { UsageError } from './failures.ts'
import type { Input } from './input.ts'
import { readSecret } from './secret-input.ts'
import type { Terminal } from './terminal.ts'
import { API_KEY, API_KEY_FILE, URL_VARIABLE } from './variables.ts'

export const DEFAULT_URL = 'http://localhost:4000'

/** A client for the command's options. Throws UsageError where there is no key or the URL cannot be used. */
export async function connect(input: Input, terminal: Terminal): Promise<Client> {
  const key = await findKey(input, terminal)
  if (key === null) {
    throw new UsageError(
      `There is no API key: set ${API_KEY} or ${API_KEY_FILE}, or pipe it in with --key-stdin.`,
    )
  }
  return openClient(input, terminal, key)
}

export function openClient(input: Input, terminal: Terminal, key: Secret): Client {
  const baseUrl = input.text('url') ?? (terminal.env[URL_VARIABLE] || DEFAULT_URL)
  try {
    return createClient({ baseUrl, credential: toCredential(key) })
  } catch (error) {
    // The client's TypeErrors are about what it was given: here, about what the person gave.
    if (error instanceof TypeError) throw new UsageError(error.message)
    throw error
  }
}

/** True where the person named an authority or a key, rather than leaving both to defaults. */
export function namesAuthority(input: Input, terminal: Terminal): boolean {
  const { env } = terminal
  const isInEnvironment = [URL_VARIABLE, API_KEY, API_KEY_FILE].some((name) => Boolean(env[name]))
  return isInEnvironment || input.text('url') !== undefined || input.flag('key-stdin')
}

export async function findKey(input: Input, terminal: Terminal): Promise<Secret | null> {
  if (input.flag('key-stdin')) return readSecret(terminal, 'API key')
  const { [API_KEY]: key, [API_KEY_FILE]: file } = terminal.env
  if (key && file) throw new UsageError(`${API_KEY} and ${API_KEY_FILE} are both set; drop one.`)
  if (key) return new Secret(key)
  return file ? readKeyFile(file) : null
}

async function readKeyFile(path: string): Promise<Secret> {
  try {
    return new Secret((await readFile(path, 'utf8')).trim())
  } catch {
    throw new UsageError(`The file that ${API_KEY_FILE} names cannot be read.`)
  }
}

/** Any credential will do where a key is asked for: its form says what it is. */
function toCredential(key: Secret): ClientCredential {
  const text = key.reveal()
  if (text.split('.').length === 3) return { accessToken: key }
  return /^[a-z][a-z0-9]{1,11}_ses(?:live|test)_/.test(text) ? { sessionToken: key } : { apiKey: key }
}
