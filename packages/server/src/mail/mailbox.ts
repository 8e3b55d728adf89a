/** Where mail ends up while nothing is set up to send it: in memory, the newest messages only, to be looked at. */
import type { Message } from './render.ts'
import type { Transport } from './smtp.ts'

/** Older ones make room. */
const MESSAGES_MAX = 100

export interface Mailbox extends Transport {
  /** The newest first. */
  list(): readonly Message[]
  find(id: string): Message | null
}

export function createMailbox(): Mailbox {
  const messages = new Map<string, Message>()
  return {
    async send(message) {
      messages.set(message.id, message)
      for (const id of messages.keys()) {
        if (messages.size <= MESSAGES_MAX) break
        messages.delete(id)
      }
      return { kind: 'sent' }
    },
    list: () => [...messages.values()].reverse(),
    find: (id) => messages.get(id) ?? null,
  }
}
