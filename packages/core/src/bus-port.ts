/**
 * How authority nodes on one database talk to each other. A message may be lost together with the listening
 * side, and then costs waiting; what must never happen is that one overtakes another.
 */

export interface BusListener {
  /** A message of any node, this one included, in the order in which they were published. */
  onMessage(text: string): void
  /** From now on everything that is published is heard, until `onLost`. */
  onListening(): void
  onLost(): void
}

export interface Bus {
  /** Hands the texts on, in order and together. Resolves once they cannot be lost before a listener any more. */
  publish(texts: readonly string[]): Promise<void>
  /** Begins to listen, and begins again by itself after every loss. Only to be called once. */
  listen(listener: BusListener): void
  close(): Promise<void>
}

/** Each text is shorter than this many bytes in UTF-8 (the limit of Postgres' NOTIFY). */
export const BUS_TEXT_BYTES_MAX = 8000
