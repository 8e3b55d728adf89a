/** The devices that an account is known on: what a sign-in brings and takes, and a person's own list of them. */
import type { DeviceId, Secret } from '@countersign/protocol'
import { type Caller, speaksForPrincipal, toActor } from '../caller.ts'
import type { Context, RequestFacts } from '../context.ts'
import { DEVICE_SECRETS_MAX, type Device } from '../devices/device.ts'
import type { DeviceDraft } from '../devices-port.ts'
import { makeAudit, makeId, makeSecret } from '../make.ts'
import { type Outcome, refuse } from '../outcome.ts'
import type { SessionDelivery } from '../sessions/session.ts'
import { accountOf } from './principals.ts'

export interface PreparedDevice {
  readonly draft: DeviceDraft
  readonly fresh: Secret | null
}

/**
 * `isBrowser`: whether a secret could be kept, so that one is made. What was presented is never taken over for an
 * account that did not know it: somebody else may have put it there, and would be known with it.
 */
export function prepareDevice(context: Context, isBrowser: boolean, facts: RequestFacts): PreparedDevice {
  const presented = deviceDigests(context, facts)
  if (!isBrowser) return { draft: { presented, fresh: null }, fresh: null }
  const secret = makeSecret(context.random)
  const fresh = {
    id: makeId(context, 'dev', facts.nowMs),
    digest: context.secrets.digest(secret),
    name: facts.device,
  }
  return { draft: { presented, fresh }, fresh: secret }
}

/** Whether whoever takes the session is a browser, which keeps cookies. */
export const isForBrowser = (delivery: SessionDelivery, refresh: 'body' | 'cookie'): boolean =>
  delivery === 'cookie' || (delivery === 'jwt' && refresh === 'cookie')

/** By what a sign-in is judged: the device that the account knows, or the name that it is to be known by from now on. */
export const judgedDevice = (known: DeviceId | null, { draft }: PreparedDevice): DeviceId | null =>
  known ?? draft.fresh?.id ?? null

/** What is looked for among the devices of an account. */
export function deviceDigests(context: Pick<Context, 'secrets'>, facts: RequestFacts): readonly string[] {
  return facts.deviceSecrets.slice(0, DEVICE_SECRETS_MAX).flatMap((secret) => context.secrets.digests(secret))
}

/** What the browser holds from now on: all that it presented, which may be others', and the new one before them. */
export function keptSecrets(
  { draft, fresh }: PreparedDevice,
  taken: DeviceId | null,
  facts: RequestFacts,
): readonly Secret[] {
  if (fresh === null) return []
  const isNew = taken === draft.fresh?.id
  return [...(isNew ? [fresh] : []), ...facts.deviceSecrets].slice(0, DEVICE_SECRETS_MAX)
}

export async function listOwnDevices(
  context: Context,
  caller: Caller,
  facts: RequestFacts,
): Promise<Outcome<{ devices: readonly Device[]; current: DeviceId | null }>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  if (account === null) return refuse('permission_denied')
  const devices = await context.store.listDevices(account)
  const current = await context.store.readDevice(account, deviceDigests(context, facts))
  return { ok: true, devices, current: current?.id ?? null }
}

/** One, or all where `id` is null. Sessions on it stay as they are; the next sign-in there is one of a stranger. */
export async function forgetOwnDevices(
  context: Context,
  caller: Caller,
  id: DeviceId | null,
  facts: RequestFacts,
): Promise<Outcome<{ forgotten: number }>> {
  const account = speaksForPrincipal(caller) ? accountOf(caller) : null
  if (account === null) return refuse('permission_denied')
  const audit = makeAudit(context, facts, {
    type: id === null ? 'device.all_forgotten' : 'device.forgotten',
    actor: toActor(caller),
    target: { kind: 'account', id: account },
    details: id === null ? {} : { device: id },
  })
  const forgotten = await context.store.forgetDevices({ account, id, audit })
  // Someone else's device is answered like none at all (ASVS 8.2.2).
  return forgotten === 0 && id !== null ? refuse('not_found') : { ok: true, forgotten }
}
