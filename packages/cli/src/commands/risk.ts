/** What follows from an unusual sign-in: the policy, its replay over the past, and what was unusual. */
import { readFile } from 'node:fs/promises'
import type { AnomalyShape, RiskPolicyResponse, RiskPolicyShape } from '@countersign/protocol'
import { type Command, pageOptions } from '../command.ts'
import { connect } from '../connection.ts'
import { UsageError } from '../failures.ts'
import { readPage } from '../lists.ts'
import { type Column, type Row, showPage, showRecord, toWhen } from '../show.ts'
import type { Terminal } from '../terminal.ts'

const file = { name: 'file', help: 'A policy as JSON, in the form that risk show --json prints.' }
const DAYS_MAX = 90

const show: Command = {
  name: 'risk show',
  summary: 'Show the risk policy in force',
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPolicy(terminal, await client.risk.policy())
    return 0
  },
}

function showPolicy(terminal: Terminal, shown: RiskPolicyResponse): void {
  const { policy, changed_at: changedAt } = shown
  const rows: Row[] = [
    ['notify at', String(policy.notify_at)],
    ['step up at', String(policy.step_up_at)],
    ['block at', String(policy.block_at)],
    ['without a factor', policy.without_factor],
    ...Object.entries(policy.weights).map(([rule, weight]): Row => [rule, String(weight)]),
    ['machines: notify at', String(policy.machines.notify_at)],
    ['machines: suspend at', String(policy.machines.suspend_at ?? 'never')],
    ...Object.entries(policy.machines.weights).map(
      ([rule, weight]): Row => [`machines: ${rule}`, String(weight)],
    ),
    ['changed', toWhen(changedAt) ?? 'never'],
  ]
  showRecord(terminal, shown, rows)
}

const replay: Command = {
  name: 'risk replay',
  summary: 'Show what a policy would have done to the sign-ins of the last days',
  positionals: [{ ...file, optional: true }],
  options: { days: { type: 'text', value: 'n', help: 'How many days back; 30 unless given, 90 at most.' } },
  connects: true,
  run: async (input, terminal) => {
    const path = input.text('file')
    const days = input.integer('days', 1, DAYS_MAX)
    const policy = path === undefined ? undefined : await readPolicy(path, replay.name)
    const client = await connect(input, terminal)
    const { sign_ins: all, would, did, cut, since } = await client.risk.replay({ policy, days })
    const challenged = would.step_up + would.block
    showRecord(terminal, { sign_ins: all, would, did, cut, since }, [
      ['would have challenged', `${challenged} of ${all}${cut ? ' (there were more)' : ''}`],
      ['would have told of', String(would.notify)],
      ['would have blocked', String(would.block)],
      ['did step up', String(did.step_up)],
      ['did tell of', String(did.notify)],
      ['did block', String(did.block)],
      ['since', toWhen(since)],
    ])
    return 0
  },
}

const set: Command = {
  name: 'risk set',
  summary: 'Put a policy in force; replay it first',
  positionals: [file],
  connects: true,
  run: async (input, terminal) => {
    const policy = await readPolicy(input.required('file'), set.name)
    const client = await connect(input, terminal)
    showPolicy(terminal, await client.risk.setPolicy(policy))
    return 0
  },
}

/** Takes what `risk show --json` prints, with `policy` around it or without. The server looks at what is in it. */
async function readPolicy(path: string, command: string): Promise<RiskPolicyShape> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch {
    throw new UsageError('The policy’s file cannot be read as JSON.', command)
  }
  if (typeof value !== 'object' || value === null) {
    throw new UsageError('The policy’s file does not hold a JSON object.', command)
  }
  return ('policy' in value ? value.policy : value) as RiskPolicyShape
}

const anomalies: Command = {
  name: 'risk anomalies',
  summary: 'List what was unusual, the newest first',
  options: {
    target: { type: 'text', value: 'id', help: 'Of one account, API key or service account.' },
    rule: { type: 'text', value: 'rule', help: 'In which this rule saw something, such as new_network.' },
    action: {
      type: 'text',
      value: 'action',
      help: 'After which this followed: notify, step_up, block, suspend.',
    },
    ...pageOptions,
  },
  connects: true,
  run: async (input, terminal) => {
    const client = await connect(input, terminal)
    showPage(
      terminal,
      await client.risk.anomalies({
        ...readPage(input),
        target: input.text('target'),
        rule: input.text('rule'),
        action: input.text('action'),
      }),
      columns,
    )
    return 0
  },
}

const columns: readonly Column<AnomalyShape>[] = [
  { title: 'at', value: (one) => toWhen(one.at) },
  { title: 'of', value: (one) => one.target?.id ?? null },
  { title: 'action', value: (one) => one.action },
  { title: 'score', value: (one) => String(one.score) },
  { title: 'address', value: (one) => one.address },
  { title: 'saw', value: (one) => one.findings.map(({ saw }) => saw).join(' ') },
]

export const commands: readonly Command[] = [show, replay, set, anomalies]
