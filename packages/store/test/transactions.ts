/** The registry under test, and one transaction more by which tests reach round it: to break rows on purpose. */
import { run, type Script, type Value } from '../src/script.ts'
import { transactions as real, type StoreTransactions } from '../src/transactions.ts'

/** Changes rows as no transaction of ours does. */
function* tamper(input: Tampering): Script<number> {
  return yield* run({ name: input.name, text: input.text }, ...input.values)
}

export interface Tampering {
  readonly name: string
  readonly text: string
  readonly values: readonly Value[]
}

export type TestTransactions = StoreTransactions & { readonly tamper: typeof tamper }

export const transactions: TestTransactions = { ...real, tamper }
