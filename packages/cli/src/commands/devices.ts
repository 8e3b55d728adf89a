/** One's own known devices, with a session or access token in place of a key. */
import type { DeviceShape } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { type Column, showPage, showRecord, toWhen } from '../show.ts'

const list: Command = {
  name: 'devices list',
  summary: 'List the browsers in which you signed in before and are known',
  connects: true,
  notes: [
    'Call it with a session token or access token of your own in place of the API key: keys have no devices.',
  ],
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(terminal, await client.devices.list(), columns)
    return 0
  },
}

const columns: readonly Column<DeviceShape>[] = [
  { title: 'id', value: (one) => one.id },
  { title: 'device', value: (one) => one.name },
  { title: 'known since', value: (one) => toWhen(one.created_at) },
  { title: 'last seen', value: (one) => toWhen(one.last_seen_at) },
  { title: 'no second factor until', value: (one) => toWhen(one.trusted_until) },
]

const forget: Command = {
  name: 'devices forget',
  summary: 'Forget one of your devices, or all of them; sessions on them stay',
  positionals: [{ name: 'id', optional: true, help: 'The device’s id.' }],
  options: { all: { type: 'flag', help: 'Forget all your devices.' } },
  connects: true,
  run: async (input, terminal) => {
    const id = input.text('id')
    if ((id === undefined) !== input.flag('all')) {
      throw new UsageError('Name one device, or say --all.', forget.name)
    }
    const client = await connect(input, terminal)
    if (id === undefined) {
      const { forgotten } = await client.devices.forgetAll()
      showRecord(terminal, { forgotten }, [['forgotten', String(forgotten)]])
      return 0
    }
    await client.devices.forget(id)
    showRecord(terminal, { forgotten: id }, [['forgotten', id]])
    return 0
  },
}

export const commands: readonly Command[] = [list, forget]
