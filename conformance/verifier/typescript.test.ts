/** The vectors for verifiers, with the verifier of this house. */
import { fileURLToPath } from 'node:url'
import { describeVerifier } from './suite.ts'

const program = fileURLToPath(new URL('./typescript-program.ts', import.meta.url))

describeVerifier('the verifier in TypeScript', {
  file: process.execPath,
  args: ['--conditions=source', program],
})
