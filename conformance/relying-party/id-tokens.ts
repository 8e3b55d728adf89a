/** ID tokens that an app must not believe (OpenID Connect Core §3.1.3.7): somebody on the line to it alters them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { at } from '../given.ts'
import type { Body } from './between.ts'
import type { Stage } from './stage.ts'
import { assertRefused } from './visitor.ts'

/** What the program says about an ID token that is not to be believed: its own words, and those of its library. */
export interface Complaints {
  readonly none: RegExp
  readonly nonce: RegExp
  readonly altered: RegExp
  readonly foreignKey: RegExp
  readonly unsigned: RegExp
  readonly audience: RegExp
  readonly accessToken: RegExp
}

type Substitution = (body: Body, another: Body) => Body | Promise<Body>

export function describeIdTokens({ between, visitor, tokensOfAnother }: Stage, complaints: Complaints): void {
  test('an ID token with the nonce of another request signs nobody in', async () => {
    const somebody = await visitor()

    const answer = await somebody.signIn({ request: (url) => url.searchParams.set('nonce', 'another') })

    assertRefused(answer, 400, complaints.nonce)
  })

  const substitutions: readonly [what: string, words: RegExp, substitute: Substitution][] = [
    ['no ID token at all', complaints.none, ({ id_token: _, ...rest }) => rest],
    ['an ID token whose claims were altered', complaints.altered, alter],
    ['an ID token by a foreign key under the name of ours', complaints.foreignKey, resign],
    ['an ID token that nobody signed', complaints.unsigned, unsign],
    ['both tokens of another app', complaints.audience, (_, another) => another],
    [
      'the access token of another app',
      complaints.accessToken,
      (body, { access_token }) => ({ ...body, access_token }),
    ],
  ]
  for (const [what, words, substitute] of substitutions) {
    test(`${what} in the answer of the token endpoint: nobody is signed in`, async (t) => {
      const somebody = await visitor()
      const back = await somebody.comeBack()
      // All but what is tried is right: also what was given to another app has the nonce of this request.
      const another = await tokensOfAnother(somebody.attempt().nonce)
      between.alter(t, '/oauth/token', (body) => substitute(body, another))

      assertRefused(await somebody.send('GET', `${back.pathname}${back.search}`), 400, words)
      assert.equal((await somebody.send('GET', '/me')).status, 401)
    })
  }
}

/** Another person in the claims, under the signature of before. */
function alter(body: Body): Body {
  const [header, , signature] = at(body, 'id_token').split('.')
  const claims = { ...decodeJwt(at(body, 'id_token')), sub: 'acc_00000000000000000000000000' }
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return { ...body, id_token: `${header}.${payload}.${signature}` }
}

async function resign(body: Body): Promise<Body> {
  const { privateKey } = await generateKeyPair('ES256')
  const { kid, typ } = decodeProtectedHeader(at(body, 'id_token'))
  const forged = new SignJWT(decodeJwt(at(body, 'id_token')))
    .setProtectedHeader({ alg: 'ES256', ...(kid && { kid }), ...(typ && { typ }) })
    .sign(privateKey)
  return { ...body, id_token: await forged }
}

const unsign = (body: Body): Body => ({
  ...body,
  id_token: new UnsecuredJWT(decodeJwt(at(body, 'id_token'))).encode(),
})
