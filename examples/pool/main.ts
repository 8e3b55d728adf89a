/** `npm run pool`: the pool as a process. Its settings come from the environment; README.md names them. */
import { createVerifier } from '@countersign/verifier'
import { createPool } from './app.ts'

const { POOL_PORT = '4002', POOL_AUTHORITY = 'http://localhost:4000', POOL_KEY = '' } = process.env
const { POOL_URL = `http://127.0.0.1:${POOL_PORT}`, POOL_AUTHORITY_URL = POOL_AUTHORITY } = process.env
const { POOL_SIGN_IN_AGE_SECONDS = '300' } = process.env
if (POOL_KEY === '') {
  console.error(
    'POOL_KEY is missing: the API key by which the pool follows the authority. See examples/pool/README.md.',
  )
  process.exit(2)
}

const verifier = createVerifier({
  issuer: POOL_AUTHORITY,
  authorityUrl: POOL_AUTHORITY_URL,
  audience: POOL_URL,
  key: POOL_KEY,
  onEvent: (event) => console.log(JSON.stringify(event)),
})
const app = createPool(verifier, { signInAgeMaxSeconds: Number(POOL_SIGN_IN_AGE_SECONDS) })

await verifier.ready().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
await app.listen({ port: Number(POOL_PORT), host: '127.0.0.1' })
console.log(`The pool is listening on ${POOL_URL}`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // The verifier hands in its last report of uses.
    void app.close().then(() => verifier.close())
  })
}
