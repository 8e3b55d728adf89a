/** The vectors for verifiers, with the verifier in Python. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, preparePython } from '../programs/prepare.ts'
import { describeVerifier } from './suite.ts'

const absence = new Absence()
const python = requireProgram(absence, 'python3')
const command =
  python === undefined
    ? undefined
    : await preparePython(python, 'verifier-python', 'countersign_verifier', absence)

await describeOrSkip('the verifier in Python', command, absence, describeVerifier)
