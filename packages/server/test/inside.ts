/** The authority with its walls of glass: what it asks of store and hasher is counted, what it logs is kept. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Context } from '@countersign/core'
import { createLogger } from '../src/adapters/logger.ts'
import { compose } from '../src/compose.ts'
import { createApp } from '../src/http/app.ts'
import { toFetch } from '../src/http/from-request.ts'
import { routes } from '../src/routes/table.ts'
import type { Services } from '../src/services.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { type Answer, bootstrapIn, configOf, type SendOptions, send } from './given.ts'

export interface Inside {
  readonly services: Services
  readonly clock: TestClock
  readonly adminKey: string
  /** Every line that was logged so far. */
  readonly lines: readonly string[]
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  /** What was called since the last time that this was asked, in order: `store.readHead`, `passwords.verify`. */
  takeCalls(): readonly string[]
  /** From now on every such call throws this; null ends it. */
  breakCalls(error: Error | null): void
}

/** Opens one without chores, so that nothing is called but by requests. `ports` stand in for those of the same name. */
export async function inside(
  t: TestContext,
  settings: Record<string, string> = {},
  ports: Partial<Context> = {},
): Promise<Inside> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-inside-'))
  const config = configOf(folder, settings)
  const clock = createTestClock()
  const { secret: adminKey } = await bootstrapIn(folder, settings)
  const composed = await compose(config, clock)
  t.after(async () => {
    await composed.close()
    await rm(folder, { recursive: true, force: true })
  })
  let calls: string[] = []
  let broken: Error | null = null
  const tell = (name: string): void => {
    calls.push(name)
    if (broken !== null) throw broken
  }
  const lines: string[] = []
  const { core } = composed.services
  const services: Services = {
    ...composed.services,
    logger: createLogger({ level: 'debug', clock, write: (line) => void lines.push(line) }),
    core: {
      ...core,
      ...ports,
      store: counted(core.store, (name) => tell(`store.${name}`)),
      passwords: counted(core.passwords, (name) => tell(`passwords.${name}`)),
    },
  }
  const app = createApp(services, routes)
  const fetch = toFetch(app)
  return {
    services,
    clock,
    lines,
    adminKey,
    send: (method, path, options) => send({ fetch }, method, path, options),
    takeCalls: () => {
      const taken = calls
      calls = []
      return taken
    },
    breakCalls: (error) => {
      broken = error
    },
  }
}

/** The same object, whose methods tell when they are called. */
function counted<T extends object>(port: T, tell: (name: string) => void): T {
  return new Proxy(port, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...input: unknown[]) => {
        tell(String(name))
        return Reflect.apply(value, target, input)
      }
    },
  })
}
