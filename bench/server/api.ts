/** The few calls to a running authority that prepare what is measured. */

export const PASSWORD = 'seven quiet otters'

/** The answer's JSON. Throws for every other status than 2xx: what follows would measure refusals. */
export async function call(
  port: number,
  method: string,
  path: string,
  options: { readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<unknown> {
  const { json, headers } = options
  const body = json === undefined ? null : JSON.stringify(json)
  const base = `http://localhost:${port}`
  const response = await fetch(`${base}${path}`, {
    method,
    // As a page of the same site would send it; Better Auth insists.
    headers: { origin: base, ...headers, ...(body !== null && { 'content-type': 'application/json' }) },
    body,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`)
  return JSON.parse(text)
}

/** The text at a path of an answer. Throws where there is none. */
export function at(answer: unknown, ...path: readonly string[]): string {
  let value: unknown = answer
  for (const name of path)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  if (typeof value !== 'string') throw new TypeError(`The answer has no ${path.join('.')}.`)
  return value
}

/** Accounts that can sign in with `PASSWORD`. */
export async function signUp(port: number, count: number): Promise<readonly string[]> {
  const emails = Array.from({ length: count }, (_, index) => `person-${index}@example.com`)
  const together = 8
  for (let start = 0; start < count; start += together) {
    await Promise.all(
      emails
        .slice(start, start + together)
        .map((email) => call(port, 'POST', '/v1/sign-up', { json: { email, password: PASSWORD } })),
    )
  }
  return emails
}

export async function signIn(
  port: number,
  email: string,
  deliver: 'session_token' | 'jwt',
): Promise<unknown> {
  return call(port, 'POST', '/v1/sign-in', { json: { email, password: PASSWORD, deliver } })
}

/** A key of the person's own. */
export async function createApiKey(port: number, sessionToken: string): Promise<string> {
  const answer = await call(port, 'POST', '/v1/api-keys', {
    headers: { authorization: `Bearer ${sessionToken}` },
    json: { name: 'bench', permissions: [] },
  })
  return at(answer, 'secret')
}
