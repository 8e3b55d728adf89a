/** Trying out the mail server before people depend on it. */
import { sendTestMail, tellMail } from '@countersign/server'
import type { Command } from '../command.ts'
import { dataOptions, findConfig } from '../configuration.ts'
import { Failure, UsageError } from '../failures.ts'
import { showRecord } from '../show.ts'

const test: Command = {
  name: 'mail test',
  summary: 'Send a test message, and say what stands in the way',
  options: {
    to: { type: 'text', value: 'address', required: true, help: 'Who gets it.' },
    ...dataOptions,
  },
  notes: [
    'It is handed to the server of COUNTERSIGN_SMTP_URL at once, with the settings that are found here.',
  ],
  run: async (input, terminal) => {
    const config = await findConfig(input, terminal)
    const sent = await sendTestMail(config, input.required('to'))
    switch (sent.kind) {
      case 'no_server':
        throw new Failure(`There is no mail server: set COUNTERSIGN_SMTP_URL and COUNTERSIGN_MAIL_FROM.`)
      case 'no_address':
        throw new UsageError('--to is not an e-mail address.', test.name)
      case 'refused':
      case 'unreachable':
        throw new Failure(explain(sent.reason))
      case 'sent':
        showRecord(terminal, { sent: true, by: tellMail(config) }, [['handed to', tellMail(config)]])
        return 0
    }
  },
}

export const commands: readonly Command[] = [test]

const REASONS: Readonly<Record<string, string>> = {
  sign_in_refused: 'The mail server refuses the user or the password of COUNTERSIGN_SMTP_URL.',
  no_connection: 'The mail server cannot be reached: check host and port of COUNTERSIGN_SMTP_URL.',
  unknown_host: 'The host of COUNTERSIGN_SMTP_URL has no address.',
  timeout: 'The mail server does not answer in time: is it the right port?',
  tls_refused:
    'The mail server offers no TLS, or a certificate that cannot be trusted. Use smtps://, mend the certificate (NODE_EXTRA_CA_CERTS names authorities of your own), or see COUNTERSIGN_DANGEROUSLY_PLAIN_SMTP.',
}

function explain(reason: string): string {
  const [, status] = /^smtp_(\d{3})$/.exec(reason) ?? []
  if (status !== undefined) return `The mail server refuses this message with the status ${status}.`
  return REASONS[reason] ?? 'The mail server did something that no mail server should do.'
}
