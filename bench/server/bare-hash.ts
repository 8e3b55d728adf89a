/** Checking a password with Argon2id and nothing around it, with the server's own parameters. */
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'

const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const PASSWORD = 'seven quiet otters'

/** Checks in `tasks` loops until the time is over; answers how many checks there were. */
export type BareHash = (tasks: number, untilMs: number) => Promise<number>

export async function openBareHash(): Promise<BareHash> {
  const secret = randomBytes(32)
  const stored = await hash(PASSWORD, { ...PARAMETERS, secret })
  return async (tasks, untilMs) => {
    let operations = 0
    const loop = async (): Promise<void> => {
      for (; performance.now() < untilMs; operations += 1) {
        if (!(await verify(stored, PASSWORD, { secret }))) throw new Error('The bare check refused.')
      }
    }
    await Promise.all(Array.from({ length: tasks }, loop))
    return operations
  }
}
