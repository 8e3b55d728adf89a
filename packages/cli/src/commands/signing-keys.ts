/** Keys that sign tokens. */
import type { SigningKeyShape } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { type Column, showPage, toWhen } from '../show.ts'

const list: Command = {
  name: 'signing-keys list',
  summary: 'List signing keys and their states',
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.signingKeys.list(), columns)
    return 0
  },
}

const columns: readonly Column<SigningKeyShape>[] = [
  { title: 'id', value: (key) => key.id },
  { title: 'algorithm', value: (key) => key.algorithm },
  { title: 'signs', value: (key) => (key.purpose === 'all' ? 'all tokens' : 'ID tokens') },
  { title: 'state', value: (key) => key.state },
  { title: 'created', value: (key) => toWhen(key.created_at) },
  { title: 'signs since', value: (key) => toWhen(key.promoted_at) },
  { title: 'retired', value: (key) => toWhen(key.retired_at) },
]

const rotate: Command = {
  name: 'signing-keys rotate',
  summary: 'Publish a next key, or promote the one that has been published for long enough',
  options: {
    immediately: {
      type: 'flag',
      help: 'Promote as soon as every verifier on the feed has it; readers that only cache the key set may refuse new tokens until they fetch it.',
    },
  },
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.signingKeys.rotate(input.flag('immediately')), columns)
    return 0
  },
}

const remove: Command = {
  name: 'signing-keys remove',
  summary: 'Remove a compromised key: everything it signed ends now',
  positionals: [{ name: 'id', help: 'The signing key’s id.' }],
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.signingKeys.remove(input.required('id')), columns)
    return 0
  },
}

export const commands: readonly Command[] = [list, rotate, remove]
