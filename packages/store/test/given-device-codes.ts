/** Codes of devices for tests, and every write of theirs. */
import type { DeviceCode, DeviceDecision, Grant, Session } from '@countersign/core'
import type { Bench } from './bench.ts'
import { DAY, givenAccount, givenSession, MINUTE, makeEvent, makeId, makeText, NOW } from './given.ts'
import { givenClient } from './given-clients.ts'

export interface BegunDevice {
  readonly code: DeviceCode
  readonly digest: string
  readonly userDigest: string
}

export async function givenDeviceCode(
  bench: Bench,
  over: Partial<BegunDevice> = {},
): Promise<BegunDevice & { answer: 'begun' | 'taken' }> {
  const { id: clientId } = await givenClient(bench)
  const code: DeviceCode = {
    grantId: makeId('gra'),
    clientId,
    permissions: ['notes:read'],
    identityScopes: ['openid'],
    audiences: ['https://api.example.com'],
    address: '192.0.2.1',
    createdAtMs: NOW,
    expiresAtMs: NOW + 10 * MINUTE,
  }
  const begun = { code, digest: makeText('device'), userDigest: makeText('user'), ...over }
  return { ...begun, answer: await bench.store.beginDeviceCode({ ...begun, pollMs: 5000 }) }
}

export const givenPersonAt = async (bench: Bench): Promise<Session> =>
  givenSession(bench, await givenAccount(bench))

export const claimBy = (
  { store }: Bench,
  { userDigest }: BegunDevice,
  session: Session,
  nowMs: number = NOW,
): Promise<DeviceCode | null> =>
  store.claimDeviceCode({
    userDigests: ['x', userDigest],
    account: session.accountId,
    session: session.id,
    nowMs,
  })

export const decideBy = (
  { store }: Bench,
  { userDigest, code }: BegunDevice,
  session: Session,
  kind: DeviceDecision['kind'] = 'allowed',
  nowMs: number = NOW,
): Promise<'decided' | 'gone'> =>
  store.decideDeviceCode({
    userDigests: ['x', userDigest],
    decision: {
      kind,
      accountId: session.accountId,
      sessionId: session.id,
      issuedPosition: session.issuedPosition,
    },
    consent:
      kind === 'denied'
        ? null
        : {
            accountId: session.accountId,
            clientId: code.clientId,
            scopes: ['openid', 'notes:read'],
            createdAtMs: nowMs,
            updatedAtMs: nowMs,
          },
    nowMs,
    audit: makeEvent(),
  })

export const grantOfDevice = ({ code }: BegunDevice, session: Session): Grant => ({
  id: code.grantId,
  principalId: session.accountId,
  clientId: code.clientId,
  sessionId: null,
  scope: code.permissions,
  identityScopes: code.identityScopes,
  audiences: code.audiences,
  createdAtMs: NOW,
  expiresAtMs: NOW + DAY,
  endedAtMs: null,
  issuedPosition: session.issuedPosition,
  jkt: null,
})

export const redeemDevice = (
  { store }: Bench,
  begun: BegunDevice,
  session: Session,
  nowMs: number = NOW,
): Promise<'opened' | 'gone'> =>
  store.redeemDeviceCode({
    digest: begun.digest,
    grant: grantOfDevice(begun, session),
    refreshDigest: `${begun.code.grantId} 1`,
    refreshExpiresAtMs: NOW + DAY,
    nowMs,
    audit: makeEvent(),
  })

export async function deviceCodeWritesOf(
  bench: Bench,
): Promise<Record<string, readonly (() => Promise<unknown>)[]>> {
  const begun = await givenDeviceCode(bench)
  const session = await givenPersonAt(bench)
  return {
    beginDeviceCode: [() => givenDeviceCode(bench)],
    claimDeviceCode: [() => claimBy(bench, begun, session)],
    decideDeviceCode: [() => decideBy(bench, begun, session)],
    pollDeviceCode: [
      () => bench.store.pollDeviceCode({ digest: begun.digest, nowMs: NOW, slowerMs: 5000 }),
      () => bench.store.pollDeviceCode({ digest: begun.digest, nowMs: NOW, slowerMs: 5000 }),
    ],
    redeemDeviceCode: [() => redeemDevice(bench, begun, session)],
  }
}
