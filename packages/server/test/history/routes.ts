/**
 * What a simulated node answers a verifier over HTTP: the feed as the real service makes it, questions about
 * credentials, and the key set. Whoever asks is checked by the node's own verifier, as in the real authority.
 */
import type { VerifyResponse } from '@countersign/protocol'
import type { CheckResult, Verdict } from '@countersign/verifier'
import type { Node } from './authority.ts'

export interface SimRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** The API key. */
  readonly key: string
  readonly body: string | null
}

export interface SimAnswer {
  readonly status: number
  readonly body: string
}

const json = (status: number, body: unknown): SimAnswer => ({ status, body: JSON.stringify(body) })
const refuse = (status: number, code: string): SimAnswer => json(status, { code, status })

/** `name` makes decision ids. */
export async function answer(
  node: Node,
  request: SimRequest,
  signal: AbortSignal,
  name: () => string,
): Promise<SimAnswer> {
  try {
    if (request.path === '/.well-known/jwks.json') {
      await node.feed.follow()
      return json(200, { keys: node.keys.published() })
    }
    const refused = refusalOf(await node.checker.check(request.key))
    if (refused !== null) return refused
    switch (`${request.method} ${request.path}`) {
      case 'GET /v1/revocations':
        return await poll(node, request, signal)
      case 'POST /v1/verify':
        return await verify(node, request, name)
      case 'POST /v1/usage':
        return { status: 204, body: '' }
      default:
        return refuse(404, 'not_found')
    }
  } catch {
    return refuse(503, 'store_unavailable')
  }
}

function refusalOf(checked: CheckResult): SimAnswer | null {
  if (checked.ok) return null
  return checked.code === 'verifier_unavailable' ? refuse(503, checked.code) : refuse(401, checked.code)
}

async function poll(node: Node, { query, key }: SimRequest, signal: AbortSignal): Promise<SimAnswer> {
  const answered = await node.feed.poll({
    verifier: query.get('verifier') ?? '',
    principal: null,
    epoch: query.get('epoch'),
    after: Number(query.get('after') ?? 0),
    holdMs: Number(query.get('hold_ms') ?? 0),
    signal,
  })
  switch (answered.kind) {
    case 'abandoned':
      return refuse(499, 'abandoned')
    case 'stopping':
      return refuse(503, 'shutting_down')
    case 'answer': {
      // A key that was revoked during the hold must not be given a lease.
      const refused = answered.waited ? refusalOf(await node.checker.check(key)) : null
      return refused ?? { status: 200, body: answered.body }
    }
  }
}

async function verify(node: Node, { body }: SimRequest, name: () => string): Promise<SimAnswer> {
  const asked: unknown = JSON.parse(body ?? '')
  const credential =
    typeof asked === 'object' && asked !== null && 'credential' in asked ? asked.credential : ''
  const verdict = await verdictOf(node, String(credential))
  const shape: VerifyResponse =
    verdict === null
      ? { active: false, code: 'invalid_credential', decision_id: `dec_${name()}` }
      : toShape(verdict, node.process.clock.nowMs())
  return json(200, shape)
}

/** Null for a credential that is not good. Throws when that cannot be known. */
async function verdictOf(node: Node, credential: string): Promise<Verdict | null> {
  if (!credential.includes('.')) {
    const decided = await node.decide(credential)
    return decided.ok ? decided.verdict : null
  }
  await node.feed.follow()
  const checked = await node.checker.check(credential)
  if (checked.ok) return { ...checked.verdict, position: node.feed.position() }
  if (checked.code === 'verifier_unavailable') throw new Error('The log cannot be read.')
  return null
}

function toShape(verdict: Verdict, nowMs: number): VerifyResponse {
  const { kind, id, path, expiresAtMs, amr, acr } = verdict.credential
  return {
    active: true,
    position: verdict.position,
    principal: { kind: verdict.principal.kind, id: verdict.principal.id },
    credential: {
      kind,
      id,
      path: path.map((one) => ({ kind: one.kind, id: one.id })),
      expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
      amr: [...amr],
      acr,
      auth_time: null,
    },
    permissions: [...verdict.permissions],
    resources: [],
    audiences: [...verdict.audiences],
    cache_seconds: Math.max(0, Math.floor((verdict.usableUntilMs - nowMs) / 1000)),
  }
}
