/** Messages that tests begin with: written as everything writes them, together with a change. */
import type { Account, QueuedMail } from '@countersign/core'
import type { Bench } from './bench.ts'
import { DAY, makeId, NOW } from './given.ts'
import { confirm, makeFactor, offer } from './given-factors.ts'

export function makeMail(account: Account, over: Partial<QueuedMail> = {}): QueuedMail {
  const id = makeId('mai')
  return {
    id,
    kind: 'factor_added',
    accountId: account.id,
    sealed: `sealed ${id}`,
    createdAtMs: NOW,
    expiresAtMs: NOW + DAY,
    ...over,
  }
}

export async function givenMail(bench: Bench, account: Account): Promise<QueuedMail> {
  const factor = makeFactor(account)
  const mail = makeMail(account)
  const offered = await offer(bench, factor, { factorsMax: 100 })
  const confirmed = await confirm(bench, factor, { mails: [mail] })
  if (confirmed.kind !== 'confirmed') throw new Error(`${offered} ${confirmed.kind}`)
  return mail
}
