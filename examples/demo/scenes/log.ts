/** Scene: who did what with which credential, and why somebody was turned away, as the authority has written it down. */
import assert from 'node:assert/strict'
import { type ApiKeyUsageShape, Secret } from '@countersign/protocol'
import type { Stage } from '../stage.ts'
import type { Town } from '../town.ts'
import { apiKey, createVisit, expect } from '../visitor.ts'

export interface Questions {
  /** What the pool told Noah when it turned him away. */
  readonly decisionId: string
  /** The key that the turnstile has now. */
  readonly keyId: string
}

export async function readTheLog(stage: Stage, town: Town, { decisionId, keyId }: Questions): Promise<void> {
  stage.chapter(
    'Who did what',
    'The gym and the pool checked by themselves, and report in batches. A caller learns a decision id, the owner the reason.',
  )
  await stage.step('The gym and the pool close, and hand in their last report', () => town.closeApis())
  await stage.step('What was the turnstile’s key used for?', () => readUsage(town, keyId), tellUsage)
  await stage.step(
    'Why was Noah turned away?',
    () => readReason(town, decisionId),
    (reason) => `${decisionId}: ${reason}`,
  )
  const { items } = await stage.step(
    'And everything that was done is in the audit log',
    () => town.owner.audit.list({ limit: 200 }),
    (page) => `${page.items.length} events`,
  )
  const types = new Set(items.map((event) => event.type))
  for (const type of ['revocation.committed', 'api_key.exchanged']) {
    assert.ok(types.has(type), `The audit log lacks ${type}.`)
  }
}

function tellUsage(hours: readonly ApiKeyUsageShape[]): string {
  return hours.map(({ route, count, refused }) => `${route}: ${count} let in, ${refused} refused`).join('; ')
}

async function readUsage(town: Town, keyId: string): Promise<readonly ApiKeyUsageShape[]> {
  const body = await asOwner(town, `GET /v1/api-keys/${keyId}/usage`)
  const items = typeof body === 'object' && body !== null && 'items' in body ? body.items : null
  assert.ok(Array.isArray(items) && items.length > 0, 'Nothing was reported of the turnstile’s key.')
  return items
}

async function readReason(town: Town, decisionId: string): Promise<string> {
  const body = await asOwner(town, `GET /v1/decisions/${decisionId}`)
  const found = typeof body === 'object' && body !== null && 'decision' in body ? body.decision : null
  const reason = typeof found === 'object' && found !== null && 'reason' in found ? found.reason : null
  assert.equal(reason, 'revoked')
  return reason
}

async function asOwner({ authority }: Town, request: string): Promise<unknown> {
  const authorization = apiKey(new Secret(authority.administratorKey))
  const answer = await expect(
    createVisit({ where: 'authority', at: authority.url, request, authorization }),
    200,
  )
  return answer.body
}
