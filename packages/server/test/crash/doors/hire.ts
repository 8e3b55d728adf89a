/** One worker for each of the doors, and the settings of the server that they work on. */
import { quiet, type Settings } from '../../processes/spawn.ts'
import type { World } from '../world.ts'
import { createAppWorker } from './apps.ts'
import { createEnrolmentWorker, GUARDED } from './enrolments.ts'
import { createExchangeWorker } from './exchanges.ts'
import { createPasskeyWorker } from './passkeys.ts'
import { createPasswordWorker } from './passwords.ts'
import { createResetWorker } from './resets.ts'
import { SignUpWorker } from './sign-ups.ts'
import type { Worker } from './worker.ts'

export const doorSettings = (more: Settings): Settings => ({
  ...quiet,
  ...more,
  COUNTERSIGN_EMAIL_VERIFICATION: 'required',
  COUNTERSIGN_MFA_ROLES: GUARDED,
  COUNTERSIGN_REFRESH_GRACE_SECONDS: '60',
  COUNTERSIGN_RATE_LIMIT_MAIL: 'dangerously-off',
})

/** The server must be up. */
export async function hire(world: World): Promise<readonly Worker[]> {
  return [
    await createPasswordWorker(world),
    await createResetWorker(world),
    new SignUpWorker(world),
    await createPasskeyWorker(world),
    await createEnrolmentWorker(world),
    await createAppWorker(world),
    await createExchangeWorker(world),
  ]
}
