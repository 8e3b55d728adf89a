/** A range server in the form of Have I Been Pwned, on a real port, which notes what it is asked. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface RangeServerFixture {
  readonly url: URL
  readonly asked: readonly Asked[]
  /** From now on everything is answered like this. */
  answer(listener: (res: ServerResponse, prefix: string) => void): void
  leak(...passwords: readonly string[]): void
}

export async function givenRangeServer(t: Pick<TestContext, 'after'>): Promise<RangeServerFixture> {
  const leaked = new Set<string>()
  const asked: Asked[] = []
  let listener = (res: ServerResponse, prefix: string): void => {
    res.writeHead(200, { 'content-type': 'text/plain' }).end(rangeOf(prefix, leaked))
  }
  const onRequest: RequestListener = (req, res) => {
    let body = ''
    req.on('data', (chunk) => {
      body += String(chunk)
    })
    req.on('end', () => {
      const { method = '', url = '', headers } = req
      asked.push({ method, url, headers, body })
      listener(res, url.slice(url.lastIndexOf('/') + 1))
    })
  }
  const server = createServer(onRequest)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http://127.0.0.1:${port}/range/`),
    asked,
    answer: (next) => {
      listener = next
    },
    leak: (...passwords) => {
      for (const password of passwords) leaked.add(sha1(password))
    },
  }
}

export const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase()

/** As the original answers when padding is asked for: what leaked, other suffixes, and padding with the count 0. */
export function rangeOf(prefix: string, leaked: ReadonlySet<string>): string {
  const others = Array.from(
    { length: 20 },
    (_, index) => `${sha1(`${prefix} ${index}`).slice(5)}:${index + 1}`,
  )
  const padding = Array.from({ length: 5 }, (_, index) => `${sha1(`${prefix} pad ${index}`).slice(5)}:0`)
  const found = [...leaked].filter((one) => one.startsWith(prefix)).map((one) => `${one.slice(5)}:7`)
  return [...others, ...found, ...padding].sort().join('\r\n')
}
