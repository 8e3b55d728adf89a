import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InvitationShape } from '@countersign/protocol'
import { givenAdministrator, run, runJson } from './given.ts'

test('somebody is invited, sent another link, listed, and not invited any more', async (t) => {
  const { env } = await givenAdministrator(t, { COUNTERSIGN_INVITATIONS_MAX: '2' })
  type Answer = { invitation: InvitationShape }
  const args = ['invitations', 'send', 'Mia@example.com', '--role', 'administrator', '--expires-in', '2d']
  const { invitation } = await runJson<Answer>(args, { env })
  const again = await run(args, { env })
  await runJson<Answer>(['invitations', 'send', 'ida@example.com'], { env })
  const full = await run(['invitations', 'send', 'ina@example.com'], { env })
  const { invitation: resent } = await runJson<Answer>(['invitations', 'resend', invitation.id], { env })
  const list = await run(['invitations', 'list'], { env })
  const lengthOf = ({ expires_at, created_at }: InvitationShape) =>
    Date.parse(expires_at) - Date.parse(created_at)

  assert.deepEqual([invitation.email, invitation.roles], ['mia@example.com', ['administrator']])
  assert.equal(lengthOf(invitation), 2 * 86_400_000)
  assert.match(again.stderr, /conflict/)
  assert.match(full.stderr, /too_many_invitations/)
  assert.match(list.stderr, /You may send 0 more\./)
  assert.ok(lengthOf(resent) >= 7 * 86_400_000)
  assert.match(list.stdout, /mia@example\.com\tadministrator\t/)
  assert.deepEqual(await runJson(['invitations', 'revoke', invitation.id], { env }), {
    revoked: invitation.id,
  })
  assert.match((await run(['invitations', 'revoke', invitation.id], { env })).stderr, /not_found/)
})
