/** Requests of Hono: through the adapter's own on Node, through `Request` everywhere else. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { closeResponse } from './node-wire.ts'
import type { Connection, Wire } from './wire.ts'

/** What `@hono/node-server` hands over beside the request. */
interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

const isNodeBindings = (env: unknown): env is NodeBindings =>
  typeof env === 'object' && env !== null && 'incoming' in env && 'outgoing' in env

export const isOnNode = (context: Context): boolean => isNodeBindings(context.env)

export const honoWire: Wire<Context, Context> = {
  method: (context) => context.req.method,
  path: (context) => context.req.url.replace(/^[a-z]+:\/\/[^/?#]*/i, ''),
  rawHeaders: (context) => {
    const env: unknown = context.env
    return isNodeBindings(env) ? env.incoming.rawHeaders : [...context.req.raw.headers].flat()
  },
  connection: (context) => {
    const env: unknown = context.env
    return isNodeBindings(env) ? env.incoming.socket : toConnection(context.req.url)
  },
  setField: (context, name, value) => context.header(name, value),
  closeOn: (signal, context) => {
    const env: unknown = context.env
    if (isNodeBindings(env)) closeResponse(signal, env.outgoing)
  },
}

const LOCAL_URL = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)/

/** Whoever built the request holds the socket, so the URL speaks for it. */
const toConnection = (url: string): Connection => ({
  encrypted: url.startsWith('https:'),
  isLocal: LOCAL_URL.test(url),
})
