/** The vectors for verifiers, with the verifier in Go. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, prepareGo } from './prepare.ts'

const absence = new Absence()
const go = requireProgram(absence, 'go')
const command = go === undefined ? undefined : await prepareGo(go, absence)

describeOrSkip('the verifier in Go', command, absence)
