/** The authority inside another app: settings by name in, one `fetch` handler out. */
import { parseConfig } from './config.ts'
import type { ProviderOption } from './config-providers.ts'
import type { Settings } from './config-table.ts'
import { type Countersign, createAuthority } from './create.ts'
import { StartError } from './start-error.ts'

/**
 * Any of the settings that `countersign settings` lists, by their camelCase names; in a configuration file's
 * form, so that a lifetime is a number and a database a URL. What is absent has its default.
 */
export type CountersignOptions = {
  readonly [K in keyof Settings]?: K extends 'providers' ? readonly ProviderOption[] : OptionValue
}
export type { ProviderOption } from './config-providers.ts'
export type OptionValue = string | number | boolean | readonly string[]

/**
 * Opens an authority for embedding. It answers every path under its issuer that begins with `/v1`, `/oauth` or
 * `/.well-known`; hand it those requests. Reads no environment. Throws `StartError` that names all mistakes.
 */
export async function createCountersign(options: CountersignOptions = {}): Promise<Countersign> {
  const parsed = parseConfig({}, { path: 'The options', values: options })
  if (!parsed.ok) throw new StartError(parsed.mistakes.join('\n'))
  const { fetch, answer, close } = await createAuthority(parsed.config)
  return { fetch, answer, close }
}
