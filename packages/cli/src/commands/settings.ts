/** Lists what can be set, from the same table that the server reads. */
import { describeSettings, type SettingDescription } from '@countersign/server'
import type { Command } from '../command.ts'
import type { Terminal } from '../terminal.ts'

const settings: Command = {
  name: 'settings',
  summary: 'Show every setting, its default and its reason',
  notes: [
    'Settings come from the environment, else from countersign.config.ts or countersign.config.json in the working directory, else from the default.',
  ],
  run: async (_input, terminal) => {
    const all = describeSettings()
    if (terminal.json) terminal.out(JSON.stringify({ items: all }))
    else for (const one of all) show(one, terminal)
    return 0
  },
}

export const commands: readonly Command[] = [settings]

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
