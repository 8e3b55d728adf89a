/** The risk policy, its replay over the past, and what was unusual. */
import type {
  AnomalyShape,
  Page,
  RiskPolicyResponse,
  RiskPolicyShape,
  RiskReplayShape,
} from '@countersign/protocol'
import { parseAnswer } from './answers.ts'
import type { PageQuery } from './api-keys.ts'
import type { Call } from './caller.ts'

export interface AnomaliesQuery extends PageQuery {
  /** Of one account, key or service account. */
  readonly target?: string | undefined
  /** In which this rule saw something. */
  readonly rule?: string | undefined
  /** What followed: `notify`, `step_up`, `block` or `suspend`. */
  readonly action?: string | undefined
}

export interface Risk {
  policy(): Promise<RiskPolicyResponse>
  /** In force from the next sign-in on. */
  setPolicy(policy: RiskPolicyShape): Promise<RiskPolicyResponse>
  /** What a policy, or the one in force, would have done to the sign-ins of the last days. Changes nothing. */
  replay(input?: {
    readonly policy?: RiskPolicyShape | undefined
    readonly days?: number | undefined
  }): Promise<RiskReplayShape>
  anomalies(query?: AnomaliesQuery): Promise<Page<AnomalyShape>>
}

const POLICY = '/v1/risk/policy'

export function createRisk(call: Call): Risk {
  return {
    policy: async () => parseAnswer(await call({ method: 'GET', path: POLICY }), 'policy'),
    setPolicy: async (policy) =>
      parseAnswer(await call({ method: 'PUT', path: POLICY, json: policy, idempotent: true }), 'policy'),
    replay: async (input = {}) => {
      const json = { ...input }
      const answer = await call({ method: 'POST', path: `${POLICY}/replay`, json, idempotent: true })
      return parseAnswer<{ replay: RiskReplayShape }>(answer, 'replay').replay
    },
    anomalies: async (query = {}) =>
      parseAnswer(await call({ method: 'GET', path: '/v1/anomalies', query: { ...query } }), 'items'),
  }
}
