/** What the two drivers offer to the store: snapshots for reading, named transactions for writing. */
import type { Script } from './script.ts'

/** Transactions by name, so that a driver may run them on another thread. Inputs and outputs are plain data. */
export type Transactions = Readonly<Record<string, (input: never) => Script<unknown>>>

export type InputOf<T extends Transactions, N extends keyof T> = Parameters<T[N]>[0]
export type OutputOf<T extends Transactions, N extends keyof T> =
  ReturnType<T[N]> extends Script<infer R> ? R : never

export interface Engine<T extends Transactions> {
  /** Runs a script that only reads, in one snapshot of committed data. */
  read<R>(script: () => Script<R>): Promise<R>
  /**
   * Like `read`, but may answer from memory what it answered for this key, as long as no table that may be recalled
   * has been written to since. Where another process can write too, it may be `RECALLED_MS_MAX` late to see that.
   */
  recall<R>(key: string, script: () => Script<R>): Promise<R>
  /** Runs a named transaction; resolves after its COMMIT has reached the disk, rejects with nothing done. */
  write<N extends keyof T & string>(name: N, input: InputOf<T, N>): Promise<OutputOf<T, N>>
  /** Answers when the database does. Throws `StoreUnavailable` otherwise. */
  ping(): Promise<void>
  /** Finishes what was accepted, then closes. */
  close(): Promise<void>
}
