/** Those who call the routes that are compared: each with credentials of their own, known by the id that a route answers. */
import { type Wire, withWires } from '../server/wire.ts'

/** As many on both sides: a server that knows one caller alone would be flattered. */
export const CALLERS = 32

/** What both sides' keys are limited to: so much that nobody is refused while it is counted. */
export const LIMIT = { requests: 1_000_000, windowSeconds: 86_400 } as const

export interface Caller {
  /** Of the account that holds the credential, as the protected route answers it. */
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
}

export const emailOf = (index: number): string => `person-${index}@example.com`

/** The `Cookie` header of a browser that has been given these. */
export function toCookies(headers: Headers): string {
  const pairs = headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
  // A cookie that is set twice is the one that was set last.
  return [...new Map(pairs.map((pair) => [pair.split('=', 1)[0], pair])).values()].join('; ')
}

/** What a child has written down for its parent. */
export function parseCallers(text: string): readonly Caller[] {
  const callers: Caller[] = JSON.parse(text)
  if (callers.length !== CALLERS) throw new Error(`There are ${callers.length} callers.`)
  return callers
}

/**
 * Throws unless the route lets each of them in as who they are, and nobody without a credential: what is compared
 * has to protect.
 */
export async function checkAnswers(
  port: number,
  callers: readonly Caller[],
  toBytes: (headers: Caller['headers']) => string,
): Promise<void> {
  await withWires(port, 1, async ([wire]) => {
    for (const { id, headers } of callers) {
      const { status, body } = await ask(wire, toBytes(headers))
      if (status !== 200 || body !== JSON.stringify({ id })) {
        throw new Error(`The caller ${id} was answered ${status}: ${body.slice(0, 200)}`)
      }
    }
    const { status } = await ask(wire, toBytes({}))
    if (status !== 401) throw new Error(`A caller without a credential was answered ${status}.`)
  })
}

function ask(wire: Wire | undefined, bytes: string): ReturnType<Wire['send']> {
  if (wire === undefined) throw new Error('There is no connection.')
  return wire.send(bytes)
}
