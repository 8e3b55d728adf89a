/** `npm run gym`: the gym as a process. Its settings come from the environment; README.md names them. */
import { createVerifier } from '@countersign/verifier'
import { createAdaptorServer } from '@hono/node-server'
import { createGym } from './app.ts'

const { GYM_PORT = '4001', GYM_AUTHORITY = 'http://localhost:4000', GYM_KEY = '' } = process.env
const { GYM_URL = `http://localhost:${GYM_PORT}`, GYM_COOKIE = '__Host-countersign_session' } = process.env
if (GYM_KEY === '') {
  console.error(
    'GYM_KEY is missing: the API key by which the gym follows the authority. See examples/gym/README.md.',
  )
  process.exit(2)
}

const verifier = createVerifier({
  issuer: GYM_AUTHORITY,
  audience: GYM_URL,
  key: GYM_KEY,
  cookieName: GYM_COOKIE,
  onEvent: (event) => console.log(JSON.stringify(event)),
})
const server = createAdaptorServer({ fetch: createGym(verifier).fetch })

await verifier.ready().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
server.listen(Number(GYM_PORT), '127.0.0.1', () => console.log(`The gym is listening on ${GYM_URL}`))

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    // Streams end with their principals, and those with the verifier, which hands in its last report of uses.
    void verifier.close()
  })
}
