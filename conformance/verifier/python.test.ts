/** The vectors for verifiers, with the verifier in Python. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, preparePython } from './prepare.ts'

const absence = new Absence()
const python = requireProgram(absence, 'python3')
const command = python === undefined ? undefined : await preparePython(python, absence)

describeOrSkip('the verifier in Python', command, absence)
