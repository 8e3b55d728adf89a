/** For machines: the first administrator and an administrator's API key, without a browser. */
import { toPrintable } from '@countersign/client'
import { errors } from '@countersign/protocol'
import { bootstrapAuthority } from '@countersign/server'
import type { Command } from '../command.ts'
import { dataOptions, findConfig, tellPlace } from '../configuration.ts'
import { Failure, UsageError } from '../failures.ts'
import { readSecret } from '../secret-input.ts'
import { showRecord } from '../show.ts'

const bootstrap: Command = {
  name: 'bootstrap',
  summary: 'Create the first administrator and an administrator’s API key',
  options: {
    email: { type: 'text', value: 'address', required: true, help: 'The address to sign in with.' },
    'password-stdin': { type: 'flag', required: true, help: 'Read the password from standard input.' },
    name: { type: 'text', value: 'name', help: 'What the administrator is called.' },
    ...dataOptions,
  },
  notes: [
    'The key belongs to a service account and is shown this once. Refuses when there is an administrator. A server may be running meanwhile.',
  ],
  run: async (input, terminal) => {
    const email = input.required('email')
    const config = await findConfig(input, terminal)
    const password = await readSecret(terminal, 'password')
    tellPlace(terminal, config)
    const made = await bootstrapAuthority(config, { email, password, name: input.text('name') ?? null })
    if (!made.ok) throw refusal(made)
    const { account, apiKey } = made
    const json = {
      account: { id: account.id, email: account.email },
      api_key: { id: apiKey.id, secret: apiKey.secret.reveal() },
    }
    showRecord(terminal, json, [
      ['administrator', account.email],
      ['account', account.id],
      ['API key', apiKey.id],
      ['secret', apiKey.secret.reveal()],
    ])
    if (terminal.isTty) terminal.err('The secret is not shown again. Keep it where programs keep theirs.')
    return 0
  },
}

export const commands: readonly Command[] = [bootstrap]

interface Refused {
  readonly code: keyof typeof errors
  readonly fields?: readonly { readonly path: string; readonly message: string }[]
}

function refusal({ code, fields = [] }: Refused): Error {
  if (code === 'setup_closed')
    return new Failure('There is an administrator already, so nothing was created.')
  const [field] = fields
  if (field !== undefined) return new UsageError(`${toPrintable(field.path)}: ${field.message}`, 'bootstrap')
  return new Failure(errors[code].detail)
}
