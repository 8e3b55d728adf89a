/** Every write of the port, used so that it changes as much as it can: for tests about all of them. */
import type { NodeKind } from '@countersign/protocol'
import { keep, present, revoke } from './acts.ts'
import type { Bench } from './bench.ts'
import { factorWritesOf } from './factor-writes.ts'
import {
  change,
  DAY,
  ENTRY_EXPIRES,
  givenAccount,
  givenApiKey,
  givenGrant,
  givenRole,
  givenServiceAccount,
  givenSession,
  makeAccount,
  makeApiKey,
  makeEvent,
  makeHour,
  makeServiceAccount,
  makeSession,
  makeSigningKey,
  NOW,
} from './given.ts'
import { recordAssurance } from './given-assurance.ts'
import { authorizationWritesOf } from './given-authorizations.ts'
import { clientWritesOf } from './given-clients.ts'
import { deviceCodeWritesOf } from './given-device-codes.ts'
import { givenDevice, takeSignInTry } from './given-devices.ts'
import { beginEmailChange, completeEmailChange, verifyEmail } from './given-emails.ts'
import { identityWritesOf } from './given-identities.ts'
import {
  acceptInvitation,
  createInvitation,
  givenInvitation,
  makeInvitation,
  renewInvitation,
} from './given-invitations.ts'
import { givenLink, openLink, resetPassword } from './given-links.ts'
import { logoutWritesOf } from './given-logouts.ts'
import { givenMail } from './given-mails.ts'
import { disown } from './given-not-me.ts'
import { registrationWritesOf } from './given-registrations.ts'
import { makeJudged, makeLearned, makeProgram, suspensionNow } from './given-risk.ts'
import { completeSignUp, givenSignUp } from './given-sign-ups.ts'
import { passwordWritesOf } from './password-writes.ts'

/** For each transaction, uses of it that change as much as it can. */
export async function writesOf(bench: Bench): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const { store, engine } = bench
  await givenAccount(bench, ['administrator'])
  const [role, other] = [await givenRole(bench), await givenRole(bench)]
  const account = await givenAccount(bench, [role.id])
  const program = await givenServiceAccount(bench, [role.id])
  const session = await givenSession(bench, account)
  const family = await givenGrant(bench, account)
  const key = await givenApiKey(bench, program.id)
  const leaving = await givenAccount(bench, [other.id])
  const leavingProgram = await givenServiceAccount(bench, [other.id])
  const crowded = await givenAccount(bench)
  for (let count = 0; count < 2; count += 1) await givenSession(bench, crowded)
  const revoked = await givenRole(bench)
  await givenAccount(bench, [revoked.id])
  await revoke(bench, { kind: 'role', id: revoked.id })
  const next = makeSigningKey()
  const { position } = await store.readHead()
  const fresh = { issuedPosition: position }
  const use = () => present(bench, family, 1, { nowMs: NOW + 1, graceMs: 0 })
  const revoking = (kind: NodeKind, of: string) => () => revoke(bench, { kind, id: of })
  const { id } = account
  const mail = await givenMail(bench, crowded)
  const link = await givenLink(bench, crowded)
  const moving = await givenAccount(bench)
  const emailLink = await givenLink(bench, moving, { purpose: 'change_email', newEmail: 'n@example.com' })
  const verified = await givenAccount(bench)
  const verifyLink = await givenLink(bench, verified, { purpose: 'verify_email' })
  const signUp = await givenSignUp(bench)
  const [accepted, renewed] = [await givenInvitation(bench), await givenInvitation(bench)]
  const invited = await makeInvitation(bench)
  await givenDevice(bench, account)
  const factorWrites = await factorWritesOf(bench, { crowded })
  const identityWrites = await identityWritesOf(bench, { crowded })
  const passwordWrites = await passwordWritesOf(bench)
  return {
    createAccount: [
      () =>
        store.createAccount({
          account: makeAccount(),
          passwordHash: null,
          roles: [role.id],
          audit: makeEvent(),
        }),
    ],
    createFirstAdministrator: [
      () =>
        store.createFirstAdministrator({
          account: makeAccount(),
          passwordHash: 'h',
          service: null,
          ticketDigests: null,
          audit: makeEvent(),
        }),
    ],
    offerSetupTicket: [() => store.offerSetupTicket('t', NOW)],
    replacePasswordHash: [() => store.replacePasswordHash(id, 'hash', 'other')],
    changeAccount: [
      () => store.changeAccount({ id, name: 'Other', ...change() }),
      () => store.changeAccount({ id, roles: [other.id], ...change() }),
      () => store.changeAccount({ id, roles: [role.id], ...change() }),
      () => store.changeAccount({ id: leaving.id, disabledAtMs: NOW, ...change() }),
      () => store.changeAccount({ id: leaving.id, disabledAtMs: null, ...change() }),
    ],
    createServiceAccount: [
      () =>
        store.createServiceAccount({ account: makeServiceAccount(), roles: [role.id], audit: makeEvent() }),
    ],
    changeServiceAccount: [
      () => store.changeServiceAccount({ id: program.id, name: 'Other', ...change() }),
      () => store.changeServiceAccount({ id: program.id, audiences: [], ...change() }),
      () => store.changeServiceAccount({ id: program.id, roles: [], ...change() }),
      () => store.changeServiceAccount({ id: leavingProgram.id, disabledAtMs: NOW, ...change() }),
    ],
    createRole: [() => store.createRole({ ...role, id: 'brand-new' }, makeEvent())],
    changeRole: [
      () => store.changeRole({ id: role.id, description: 'Other', ...change() }),
      () => store.changeRole({ id: role.id, permissions: ['*'], ...change() }),
    ],
    openSession: [
      () =>
        store.openSession({
          session: makeSession(crowded, fresh),
          digest: 'd',
          grant: null,
          sessionsMax: 1,
          entryExpiresAtMs: ENTRY_EXPIRES,
          audit: makeEvent(),
          judged: makeJudged(crowded, {}, makeEvent()),
          learned: makeLearned(crowded),
        }),
    ],
    ...factorWrites,
    ...identityWrites,
    ...passwordWrites,
    beginSignUp: [() => givenSignUp(bench)],
    completeSignUp: [() => completeSignUp(bench, signUp)],
    createInvitation: [() => createInvitation(bench, invited)],
    renewInvitation: [() => renewInvitation(bench, { ...renewed, digest: 'another' })],
    endInvitation: [() => store.endInvitation({ id: renewed.invitation.id, audit: makeEvent() })],
    acceptInvitation: [() => acceptInvitation(bench, accepted)],
    openLink: [() => openLink(bench, crowded)],
    resetPassword: [() => resetPassword(bench, crowded, link)],
    beginEmailChange: [() => beginEmailChange(bench, crowded)],
    completeEmailChange: [() => completeEmailChange(bench, moving, emailLink)],
    verifyEmail: [() => verifyEmail(bench, verified, verifyLink)],
    disownSession: [() => disown(bench, account, session.id)],
    ...(await logoutWritesOf(bench)),
    ...(await deviceCodeWritesOf(bench)),
    claimMails: [() => store.claimMails({ nowMs: NOW, leasedUntilMs: NOW + 1, limit: 9 })],
    settleMail: [
      () =>
        store.settleMail({
          id: mail.id,
          attempt: 1,
          nowMs: NOW,
          settlement: { kind: 'failed', reason: 'x', audit: makeEvent() },
        }),
    ],
    ...(await authorizationWritesOf(bench)),
    ...(await clientWritesOf(bench)),
    ...(await registrationWritesOf(bench)),
    recordUse: [
      () =>
        store.recordUse({
          sessions: [{ id: session.id, atMs: NOW + 9, address: 'x' }],
          apiKeys: [{ id: key.id, atMs: NOW + 9, address: 'x', count: 1 }],
          hours: [{ id: key.id, ...makeHour() }],
        }),
    ],
    createApiKey: [
      () => store.createApiKey({ key: makeApiKey(id, fresh), digest: 'd', keysMax: 99, audit: makeEvent() }),
    ],
    changeApiKey: [() => store.changeApiKey({ id: key.id, change: { permissions: [] }, ...change() })],
    rotateApiKey: [
      () =>
        store.rotateApiKey({
          id: key.id,
          digest: 'e',
          overlapEndsAtMs: NOW + DAY,
          secretsMax: 9,
          ...change(),
        }),
    ],
    // Once consumed, once reused.
    rotateRefreshToken: [use, use],
    keepRefreshToken: [() => keep(bench, family, 1)],
    addSigningKey: [() => store.addSigningKey(next, [], makeEvent())],
    promoteSigningKey: [() => store.promoteSigningKey({ id: next.id, nowMs: NOW, audit: makeEvent() })],
    retireSigningKey: [() => store.retireSigningKey({ id: next.id, nowMs: NOW, audit: makeEvent() })],
    endOtherSessions: [() => store.endOtherSessions({ account: id, keep: null, ...change() })],
    revoke: [
      revoking('session', session.id),
      revoking('api_key', key.id),
      revoking('account', id),
      revoking('role', role.id),
      revoking('client', 'first-party'),
      revoking('issuer', 'x'),
    ],
    endRole: [
      () => store.endRole({ id: revoked.id, ...change() }),
      () => store.endRole({ id: role.id, ...change() }),
    ],
    refuseJudged: [
      () => store.refuseJudged({ judged: makeJudged(account, {}, makeEvent()), audit: makeEvent() }),
    ],
    writeRiskPolicy: [() => store.writeRiskPolicy({ policy: '{}', nowMs: NOW, audit: makeEvent() })],
    writeProgram: [
      () => store.writeProgram(makeProgram(key.id)),
      () => store.writeProgram(makeProgram(key.id, { before: 1, uses: 2, suspension: suspensionNow() })),
    ],
    endAccount: [() => store.endAccount({ id: leaving.id, ...change() })],
    endServiceAccount: [() => store.endServiceAccount({ id: leavingProgram.id, ...change() })],
    recordAssurance: [() => recordAssurance(bench, 'aal2')],
    appendAudit: [() => store.appendAudit([makeEvent()])],
    appendGathered: [() => store.appendGathered([makeEvent()], null)],
    takeChainLease: [() => store.takeChainLease('h', NOW, NOW + 1)],
    appendLinks: [() => store.appendLinks({ holder: 'h', nowMs: NOW, afterPosition: 0, links: [] })],
    pruneLog: [() => store.pruneLog(0, 0)],
    markFollowed: [() => store.markFollowed(NOW)],
    // What it removes when something is dead is looked at in housekeeping.test.ts.
    sweep: [() => store.sweep(NOW - DAY, 100)],
    sweepDevices: [() => store.sweepDevices(NOW + DAY, 100)],
    takeSignInTry: [() => takeSignInTry(bench, id)],
    forgetDevices: [() => store.forgetDevices({ account: id, id: null, audit: makeEvent() })],
    sweepUsage: [() => store.sweepUsage(NOW + DAY, 100)],
    beginEpoch: [() => engine.write('beginEpoch', { epoch: 'x' })],
    checkFingerprints: [() => engine.write('checkFingerprints', { list: [], nowMs: NOW })],
    startEpoch: [() => store.startEpoch('second', makeEvent())],
  }
}
