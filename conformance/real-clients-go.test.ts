/** Go's go-oidc and x/oauth2 against this server, as the example app uses them. */
import { requireProgram } from '@countersign/tools/programs'
import { Absence, describeOrSkip, prepareGo } from './programs/prepare.ts'
import { describeRelyingParty } from './relying-party/suite.ts'

const complaints = {
  none: /there is no ID token/,
  nonce: /nonce does not match/,
  altered: /failed to verify signature/,
  foreignKey: /failed to verify signature/,
  unsigned: /malformed jwt|unexpected signature algorithm/,
  audience: /expected audience/,
  accessToken: /access token hash does not match/,
}

const absence = new Absence()
const go = requireProgram(absence, 'go')
const command = go === undefined ? undefined : await prepareGo(go, 'client-go', absence)

await describeOrSkip('go-oidc and x/oauth2', command, absence, (name, app) =>
  describeRelyingParty(name, app, complaints),
)
