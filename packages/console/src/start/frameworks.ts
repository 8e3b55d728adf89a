/** The smallest protected API in each framework: what it imports, and one route that wants a credential of ours. */

export const frameworks = ['Hono', 'Express', 'Fastify', 'node:http'] as const
export type Framework = (typeof frameworks)[number]

export function protectedApi(framework: Framework, origin: string, audience: string): string {
  const { entry, imports, app, start } = parts[framework]
  return `import { createVerifier } from '@countersign/verifier'
import { createGuard } from '@countersign/verifier/${entry}'
${imports}

const verifier = createVerifier({
  issuer: '${origin}',
  audience: '${audience}',
  key: process.env.COUNTERSIGN_KEY,
})
const guard = createGuard(verifier)
${app}
await verifier.ready()
${start}`
}

interface Parts {
  readonly entry: string
  readonly imports: string
  readonly app: string
  readonly start: string
}

const parts: Readonly<Record<Framework, Parts>> = {
  Hono: {
    entry: 'hono',
    imports: `import { serve } from '@hono/node-server'
import { Hono } from 'hono'`,
    app: `const app = new Hono()

app.get('/hello', guard(), (c) => c.text(\`Hello, \${c.var.principal.id}.\`))
`,
    start: 'serve({ fetch: app.fetch, port: 4100 })',
  },
  Express: {
    entry: 'express',
    imports: `import express from 'express'`,
    app: `const app = express()

app.get('/hello', guard(), (req, res) => {
  res.send(\`Hello, \${res.locals.principal.id}.\`)
})
`,
    start: 'app.listen(4100)',
  },
  Fastify: {
    entry: 'fastify',
    imports: `import Fastify from 'fastify'`,
    app: `const app = Fastify()

app.register(guard.plugin)
app.get('/hello', { onRequest: guard() }, async (request) => \`Hello, \${request.principal.id}.\`)
`,
    start: 'await app.listen({ port: 4100 })',
  },
  'node:http': {
    entry: 'node',
    imports: `import { createServer } from 'node:http'`,
    app: `const hello = guard({}, (req, res, caller) => {
  res.end(\`Hello, \${caller.principal.id}.\`)
})
`,
    start: 'createServer(hello).listen(4100)',
  },
}
