/** Python's Authlib against this server, as the example app and the example service use it. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, preparePython } from './programs/prepare.ts'
import { describeService } from './relying-party/service.ts'
import { describeRelyingParty } from './relying-party/suite.ts'

const complaints = {
  none: /there is no ID token/,
  nonce: /Invalid claim: 'nonce'/,
  altered: /BadSignatureError/,
  foreignKey: /BadSignatureError/,
  unsigned: /UnsupportedAlgorithmError/,
  audience: /Invalid claim: 'aud'/,
  accessToken: /Invalid claim: 'at_hash'/,
}

const absence = new Absence()
const python = requireProgram(absence, 'python3')
const prepare = (module: string): ReturnType<typeof preparePython> | undefined =>
  python === undefined ? undefined : preparePython(python, 'client-python', module, absence)

await describeOrSkip('Authlib', await prepare('countersign_client'), absence, (name, app) =>
  describeRelyingParty(name, app, complaints),
)
await describeOrSkip(
  'Authlib, of a service',
  await prepare('countersign_client.service'),
  absence,
  describeService,
)
