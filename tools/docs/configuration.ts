// Writes docs/configuration.md from the table of settings. Run it after a change of the table:
// npm exec -- node --conditions=source tools/docs/configuration.ts

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CountersignOptions, describeSettings, type SettingDescription } from '@countersign/server'
import { ROOT } from './markdown.ts'

export const CONFIGURATION_FILE = 'docs/configuration.md'

/** The settings of the example, which the page prints as a file. */
export const EXAMPLE: CountersignOptions = {
  issuer: 'https://auth.example.com',
  trustedProxies: ['10.0.0.0/8'],
  signUp: 'closed',
  rateLimitSignInAccount: '10/60',
}

export function describeConfiguration(settings: readonly SettingDescription[]): string {
  return `${INTRODUCTION}\n${settings.map(describe).join('\n')}`
}

const INTRODUCTION = `<!-- Written by tools/docs/configuration.ts from the table of settings. Change that table. -->

# Configuration

Countersign runs without any setting. A setting is read from its environment variable, else from a configuration file, else it has its default.

The file is \`countersign.config.ts\` (its default export) or \`countersign.config.json\` in the folder where the server is started, or the one that \`COUNTERSIGN_CONFIG\` names. It uses the names of the headings below:

\`\`\`json
${JSON.stringify(EXAMPLE, null, 2)}
\`\`\`

Secrets may also be read from a file that the variable with \`_FILE\` names; nothing secret is ever printed. An empty variable counts as not set. Variables that begin with \`COUNTERSIGN_\` and are no setting are mistakes, and so are unknown names in the file. All mistakes are told together, in words, and the server does not start.

A default is the safe choice. An unsafe one has a name that says so. \`countersign settings\` prints the same list.

## Settings
`

function describe({ key, variables, accepts, fallback, reason, secret }: SettingDescription): string {
  const names = variables.map((name) => `\`${name}\``).join(' or ')
  return `### ${key}

${toProse(reason)}

- Set by ${names}${secret ? ' (secret)' : ''}: ${toProse(accepts)}
- Default: ${toProse(fallback)}
`
}

/** Outside code a reader of Markdown takes `<port>` for a tag and shows nothing. */
const toProse = (text: string): string =>
  text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part.replaceAll('<', '\\<') : part))
    .join('`')

if (import.meta.main) writeFileSync(join(ROOT, CONFIGURATION_FILE), describeConfiguration(describeSettings()))
