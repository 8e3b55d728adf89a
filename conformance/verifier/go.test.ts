/** The vectors for verifiers, with the verifier in Go. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, prepareGo } from '../programs/prepare.ts'
import { describeVerifier } from './suite.ts'

const absence = new Absence()
const go = requireProgram(absence, 'go')
const command = go === undefined ? undefined : await prepareGo(go, 'verifier-go', absence)

await describeOrSkip('the verifier in Go', command, absence, describeVerifier)
