/** The registry under test, and one transaction more by which tests reach round it: to break rows on purpose. */
import { run, type Script, type Value } from '../src/script.ts'
import { transactions as real, type StoreTransactions } from '../src/transactions.ts'

/** Changes rows as no transaction of ours does. */
function* tamper(input: { readonly text: string; readonly values: readonly Value[] }): Script<number> {
  return yield* run({ name: `tamper ${input.text}`.slice(0, 63), text: input.text }, ...input.values)
}

export type TestTransactions = StoreTransactions & { readonly tamper: typeof tamper }

export const transactions: TestTransactions = { ...real, tamper }
