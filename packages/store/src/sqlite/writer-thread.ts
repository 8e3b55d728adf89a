/**
 * The writer's own thread: one writing connection, and a loop that turns whatever has arrived into groups.
 * While one COMMIT waits for the disk, the next group gathers in the port.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { openWritingConnection } from './connection.ts'
import { commitGroup, type Group } from './group.ts'
import type { FromWriter, GroupAnswers, ToWriter, WriteRequest, WriterSettings } from './messages.ts'

if (parentPort === null) throw new Error('This module is run as a worker thread, never imported.')
await start(parentPort, workerData)

async function start(port: MessagePort, settings: WriterSettings): Promise<void> {
  try {
    // biome-ignore lint/plugin: it is our own module, named by whoever opens the engine.
    const { transactions } = await import(settings.transactionsModule)
    const connection = openWritingConnection(settings.file)
    const changes = { isSeen: false }
    connection.watch(settings.watched, () => {
      changes.isSeen = true
    })
    const group = { connection, transactions, limits: settings.limits, monotonicMs: () => performance.now() }
    serve(port, group, { changes, relaxed: new Set(settings.relaxed) })
    send(port, { kind: 'opened' })
  } catch (error) {
    send(port, { kind: 'refused', message: error instanceof Error ? error.message : String(error) })
  }
}

/** Whether a table that is watched has been written to since it was last told. */
interface Changes {
  isSeen: boolean
}

interface Kept {
  readonly changes: Changes
  readonly relaxed: ReadonlySet<string>
}

function serve(port: MessagePort, group: Group, { changes, relaxed }: Kept): void {
  const waiting: WriteRequest[] = []
  let taken = 0
  let isClosing = false

  const take = (message: ToWriter): void => {
    if (message.kind === 'write') for (const request of message.requests) waiting.push(request)
    else if (message.kind === 'ping') send(port, { kind: 'pong' })
    else isClosing = true
  }

  port.on('message', (message: ToWriter) => {
    take(message)
    while (waiting.length > 0) {
      // Reading the port directly saves the way through the event loop between two groups.
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
        take(more.message)
      }
      // Nothing else gets into this group: what comes meanwhile waits in the port.
      group.connection.waitForDisk(waiting.some(({ name }) => !relaxed.has(name)))
      const answers = commitGroup(group, () => waiting[taken++])
      answer(port, answers, changes.isSeen)
      changes.isSeen = false
      waiting.splice(0, taken)
      taken = 0
    }
    if (isClosing) close(port, group)
  })
}

function answer(port: MessagePort, answers: GroupAnswers, isWatchedChanged: boolean): void {
  try {
    send(port, { kind: 'answered', isWatchedChanged, ...answers })
  } catch {
    // One of the values is no plain data. The others are owed their answers all the same.
    send(port, { kind: 'answered', isWatchedChanged, ...withoutUncloneable(answers) })
  }
}

function withoutUncloneable({ values, faults }: GroupAnswers): GroupAnswers {
  const found = [...faults]
  const cloned = values.map((value, index) => {
    try {
      return structuredClone(value)
    } catch (error) {
      const message = `A transaction was committed, but its answer is no plain data: ${error}`
      found.push({ index, kind: 'failed', name: 'TypeError', message, stack: undefined })
      return undefined
    }
  })
  return { values: cloned, faults: found }
}

function close(port: MessagePort, { connection }: Group): void {
  // The reading connection is closed by now, so the log can be moved into the file and removed.
  connection.run('pragma wal_checkpoint(truncate)')
  connection.close()
  port.close()
}

function send(port: MessagePort, message: FromWriter): void {
  port.postMessage(message)
}
