/** Lists what can be set, from the same table that the server reads; or what is set at an authority that runs. */

import type { SettingShape } from '@countersign/protocol'
import { describeSettings, type SettingDescription } from '@countersign/server'
import type { Command } from '../command.ts'
import { connect } from '../connection.ts'
import { type Column, showPage } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const settings: Command = {
  name: 'settings',
  summary: 'Show every setting, its default and its reason; or what a running authority has set',
  options: {
    live: {
      type: 'flag',
      help: 'Ask the authority for its values and where each was set; needs settings:read.',
    },
  },
  connects: true,
  notes: [
    'Settings come from the environment, else from countersign.config.ts or countersign.config.json in the working directory, else from the default.',
    'Without --live nobody is asked. Values of secrets are never shown.',
  ],
  run: async (input, terminal) => {
    if (input.flag('live')) {
      showPage(terminal, await (await connect(input, terminal)).settings.list(), columns)
      return 0
    }
    const all = describeSettings()
    if (terminal.json) terminal.out(JSON.stringify({ items: all }))
    else for (const one of all) show(one, terminal)
    return 0
  },
}

export const commands: readonly Command[] = [settings]

const columns: readonly Column<SettingShape>[] = [
  { title: 'setting', value: (one) => one.variables[0] ?? one.key },
  {
    title: 'value',
    value: (one) => (one.secret ? (one.source === 'default' ? null : '(secret)') : one.value),
  },
  { title: 'from', value: (one) => one.set_in ?? one.source },
]

function show(setting: SettingDescription, terminal: Terminal): void {
  const { style } = terminal
  const names = setting.variables.join(' or ')
  if (!terminal.isTty) {
    terminal.out([names, setting.key, setting.fallback, setting.accepts, setting.reason].join('\t'))
    return
  }
  terminal.out(`${style.bold(names)} ${style.dim(`(${setting.key})`)}`)
  terminal.out(`  ${setting.reason}`)
  terminal.out(`  ${style.dim('takes')} ${setting.accepts}${setting.secret ? style.yellow(' · secret') : ''}`)
  terminal.out(`  ${style.dim('default')} ${setting.fallback}\n`)
}
