import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { before, test } from 'node:test'
import { createClient } from '@countersign/client'
import type { AccountDetailShape, FactorsResponse } from '@countersign/protocol'
import { givenAdministrator, PASSWORD, run, runJson } from './given.ts'

let url: string
let env: Record<string, string>

before(async (t) => {
  assert.ok('after' in t)
  const given = await givenAdministrator(t)
  url = given.server.url
  env = given.env
})

/** What an authenticator app shows now (RFC 6238). */
function codeOf(seed: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...seed].map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('a factor is listed without its secret, removed, and then the password is enough again', async () => {
  const email = 'eve@example.com'
  const args = ['accounts', 'create', '--email', email, '--password-stdin', '--keep-password']
  await runJson<{ account: AccountDetailShape }>(args, { env, stdin: PASSWORD })
  const own = createClient({ baseUrl: url })
  const input = { email, password: PASSWORD, deliver: 'session_token' } as const
  await own.signIn(input)
  const offer = await own.factors.enrolTotp('A phone')
  await own.factors.confirm(offer.factor.id, codeOf(offer.secret.reveal()))
  await assert.rejects(own.signIn(input), /second factor/)
  const factors = ['accounts', 'factors', email]

  const listed = await runJson<FactorsResponse>(factors, { env })
  const shown = await run(factors, { env })
  const both = await run([...factors, '--remove', offer.factor.id, '--reopen'], { env })
  assert.deepEqual(
    listed.items.map(({ id, name }) => [id, name]),
    [[offer.factor.id, 'A phone']],
  )
  assert.ok(!JSON.stringify(listed).includes(offer.secret.reveal()))
  assert.match(shown.stdout, /^fac_\w+\ttotp\tA phone\t/)
  assert.equal(both.code, 2)
  assert.equal(
    (await runJson<{ reopened: string }>([...factors, '--reopen'], { env })).reopened.slice(0, 4),
    'acc_',
  )

  const removed = await runJson([...factors, '--remove', offer.factor.id], { env })

  assert.deepEqual(removed, { removed: offer.factor.id })
  assert.equal((await own.signIn(input)).status, 'signed_in')
  assert.equal((await run([...factors, '--remove', offer.factor.id], { env })).code, 1)
})
