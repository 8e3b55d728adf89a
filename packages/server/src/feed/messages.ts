/**
 * What authority nodes tell each other (lease protocol, rule 9): where their verifiers are, which positions are
 * awaited, and that the log has grown. Whatever is not understood blocks nothing but acknowledgement.
 */
import { BUS_TEXT_BYTES_MAX } from '@countersign/core'

/** A node's state in one moment. What is missing here was not known to it. */
export interface Report {
  readonly type: 'report'
  readonly node: string
  /** Counts the node's own reports, so that it knows them again. */
  readonly number: number
  readonly leaseMs: number
  /** It remembers every verifier that may hold a lease from it. */
  readonly complete: boolean
  readonly epoch: string
  /** The head that it had read when it made this. */
  readonly head: number
  /** The lowest position of its verifiers in this epoch; null when it has none. */
  readonly lowest: number | null
  readonly verifiers: number
  /** For each position that is awaited: how many are behind, and how many of those that were have lapsed. */
  readonly awaited: readonly (readonly [position: number, behind: number, lapsed: number])[]
}

export interface Changes {
  readonly type: 'changes'
  readonly node: string
  readonly epoch: string
  /** Verifiers that have asked after a higher position than before. */
  readonly changes: readonly (readonly [verifier: string, position: number])[]
}

export interface Wake {
  readonly type: 'wake'
  readonly node: string
  readonly epoch: string
  readonly position: number
  /** Somebody waits until everybody has asked after it. */
  readonly awaited: boolean
}

/** Said by a node of another version: it is there, and that is all that can be told. */
export interface Foreign {
  readonly type: 'foreign'
  readonly node: string
}

export type Message = Report | Changes | Wake

const VERSION = 1

/** Ids and positions have no escapes in JSON, so a character is a byte. */
const CHANGES_CHARACTERS_MAX = BUS_TEXT_BYTES_MAX - 500
/** How many awaited positions one report tells of: about 3,000 bytes. */
export const AWAITED_MAX = 60

export const toText = (message: Message): string => JSON.stringify({ version: VERSION, ...message })

/** As many messages as it takes for each to fit. */
export function toChanges(
  node: string,
  epoch: string,
  all: readonly (readonly [verifier: string, position: number])[],
): Changes[] {
  const messages: Changes[] = []
  let changes: (readonly [string, number])[] = []
  let characters = 0
  const finish = (): void => {
    if (changes.length > 0) messages.push({ type: 'changes', node, epoch, changes })
    changes = []
    characters = 0
  }
  for (const change of all) {
    const length = change[0].length + String(change[1]).length + 6
    if (characters + length > CHANGES_CHARACTERS_MAX) finish()
    changes.push(change)
    characters += length
  }
  finish()
  return messages
}

/** Null for a text that no node has written. */
export function parseMessage(text: string): Message | Foreign | null {
  const value = parseObject(text)
  if (value === null || typeof value.node !== 'string') return null
  const { node } = value
  if (value.version !== VERSION) return { type: 'foreign', node }
  switch (value.type) {
    case 'report':
      return parseReport(node, value) ?? { type: 'foreign', node }
    case 'changes':
      return parseChanges(node, value)
    case 'wake':
      return parseWake(node, value)
    default:
      return { type: 'foreign', node }
  }
}

type Json = Readonly<Record<string, unknown>>

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    // Anybody who may connect to the database can say anything on its channels.
    return null
  }
}

function parseReport(node: string, value: Json): Report | null {
  const { number, leaseMs, complete, epoch, head, lowest, verifiers, awaited } = value
  const isReport =
    isCount(number) &&
    isCount(leaseMs) &&
    typeof complete === 'boolean' &&
    typeof epoch === 'string' &&
    isCount(head) &&
    (lowest === null || isCount(lowest)) &&
    isCount(verifiers) &&
    Array.isArray(awaited)
  if (!isReport) return null
  const counts = awaited.filter(isCounts)
  return { type: 'report', node, number, leaseMs, complete, epoch, head, lowest, verifiers, awaited: counts }
}

function parseChanges(node: string, { epoch, changes }: Json): Changes | null {
  if (typeof epoch !== 'string' || !Array.isArray(changes)) return null
  return { type: 'changes', node, epoch, changes: changes.filter(isChange) }
}

function parseWake(node: string, { epoch, position, awaited }: Json): Wake | null {
  if (typeof epoch !== 'string' || !isCount(position)) return null
  return { type: 'wake', node, epoch, position, awaited: awaited === true }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

const isCounts = (value: unknown): value is [number, number, number] =>
  Array.isArray(value) && value.length === 3 && value.every(isCount)

const isChange = (value: unknown): value is [string, number] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isCount(value[1])
