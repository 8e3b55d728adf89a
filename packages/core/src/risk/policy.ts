/** How much each rule weighs and what follows from the sum: a setting of the authority that can be edited and replayed. */

export const RULES = [
  'new_network',
  'known_network',
  'new_country',
  'impossible_travel',
  'new_device',
  'known_device',
  'unusual_hours',
  'recent_failures',
  'breached_password',
  'automation',
  'hosting_network',
  'little_history',
] as const
export type RuleName = (typeof RULES)[number]

/** Those about API keys and service accounts. */
export const MACHINE_RULES = ['new_network', 'new_agent', 'unusual_hours', 'burst'] as const
export type MachineRuleName = (typeof MACHINE_RULES)[number]

export interface RiskPolicy {
  /** The points of a rule at its strongest, 0 to 100; 0 switches it off. Those about what is known, and about little that is known, take points away. */
  readonly weights: Readonly<Record<RuleName, number>>
  /** The least sum with which each follows. Not descending. */
  readonly notifyAt: number
  readonly stepUpAt: number
  readonly blockAt: number
  /** What becomes of a step-up where the account has no second factor to step up with. */
  readonly withoutFactor: 'notify' | 'block'
  readonly machines: {
    readonly weights: Readonly<Record<MachineRuleName, number>>
    readonly notifyAt: number
    /** From here on an API key is suspended until a person lets it work again. */
    readonly suspendAt: number
  }
}

export type RiskAction = 'allow' | 'notify' | 'step_up' | 'block'
export type MachineAction = 'allow' | 'notify' | 'suspend'

export const RISK_WEIGHT_MAX = 100
export const THRESHOLD_MAX = 1000
/** No sum of machine rules reaches it: a false alarm stops somebody's production, so stopping has to be asked for. */
export const SUSPEND_NEVER: number = THRESHOLD_MAX

/** Tuned on simulated worlds and measured in others: docs/risk.md. */
export const DEFAULT_RISK_POLICY: RiskPolicy = {
  weights: {
    new_network: 18,
    known_network: 80,
    new_country: 12,
    impossible_travel: 12,
    new_device: 78,
    known_device: 60,
    unusual_hours: 24,
    recent_failures: 20,
    breached_password: 18,
    automation: 30,
    hosting_network: 22,
    little_history: 39,
  },
  notifyAt: 20,
  stepUpAt: 40,
  blockAt: 170,
  withoutFactor: 'notify',
  machines: {
    weights: { new_network: 36, new_agent: 20, unusual_hours: 15, burst: 40 },
    notifyAt: 30,
    suspendAt: SUSPEND_NEVER,
  },
}

export function machineActionOf({ machines }: RiskPolicy, score: number): MachineAction {
  if (score >= machines.suspendAt) return 'suspend'
  return score >= machines.notifyAt ? 'notify' : 'allow'
}

export function actionOf(policy: RiskPolicy, score: number): RiskAction {
  if (score >= policy.blockAt) return 'block'
  if (score >= policy.stepUpAt) return 'step_up'
  return score >= policy.notifyAt ? 'notify' : 'allow'
}

/** As it was stored; null where it is none that this version would take. */
export function parseRiskPolicy(text: string): RiskPolicy | null {
  const stored: unknown = JSON.parse(text)
  if (!isRiskPolicy(stored)) return null
  // Those that were stored before keys could be suspended do not suspend any.
  // Nor do they take anything away for a reason that they do not name.
  const { little_history: littleHistory = 0 } = stored.weights as Partial<RiskPolicy['weights']>
  const { suspendAt = SUSPEND_NEVER } = stored.machines as Partial<RiskPolicy['machines']>
  const weights = { ...stored.weights, little_history: littleHistory }
  const policy = { ...stored, weights, machines: { ...stored.machines, suspendAt } }
  return checkRiskPolicy(policy).length === 0 ? policy : null
}

/** Only that its parts are there; what they hold, `checkRiskPolicy` looks at. */
function isRiskPolicy(value: unknown): value is RiskPolicy {
  const hasPart = (part: string, of: unknown): boolean =>
    typeof of === 'object' && of !== null && Object.hasOwn(of, part)
  if (!hasPart('weights', value) || !hasPart('machines', value)) return false
  const policy = value as RiskPolicy
  const isAnswer = policy.withoutFactor === 'notify' || policy.withoutFactor === 'block'
  return (
    isAnswer &&
    hasPart('weights', policy.machines) &&
    RULES.every((rule) => rule === 'little_history' || hasPart(rule, policy.weights))
  )
}

export interface PolicyFault {
  readonly path: string
  readonly message: string
}

/** What is wrong with a policy that somebody wants to set, by its path on the wire; empty where nothing is. */
export function checkRiskPolicy(policy: RiskPolicy): readonly PolicyFault[] {
  const { weights, machines, notifyAt, stepUpAt, blockAt } = policy
  const isOrdered = notifyAt <= stepUpAt && stepUpAt <= blockAt
  return [
    ...RULES.flatMap((rule) => checkNumber(`weights.${rule}`, weights[rule], 0, RISK_WEIGHT_MAX)),
    ...checkNumber('notify_at', notifyAt, 1, THRESHOLD_MAX),
    ...checkNumber('step_up_at', stepUpAt, 1, THRESHOLD_MAX),
    ...checkNumber('block_at', blockAt, 1, THRESHOLD_MAX),
    // Otherwise a sum that blocks could be one that does not even tell anybody.
    ...(isOrdered ? [] : [{ path: 'step_up_at', message: 'Not below notify_at, and not above block_at.' }]),
    ...MACHINE_RULES.flatMap((rule) =>
      checkNumber(`machines.weights.${rule}`, machines.weights[rule], 0, RISK_WEIGHT_MAX),
    ),
    ...checkNumber('machines.notify_at', machines.notifyAt, 1, THRESHOLD_MAX),
    ...checkNumber('machines.suspend_at', machines.suspendAt, 1, THRESHOLD_MAX),
    ...(machines.notifyAt <= machines.suspendAt
      ? []
      : [{ path: 'machines.suspend_at', message: 'Not below machines.notify_at.' }]),
  ]
}

function checkNumber(path: string, value: number, min: number, max: number): readonly PolicyFault[] {
  if (Number.isInteger(value) && value >= min && value <= max) return []
  return [{ path, message: `A whole number from ${min} to ${max}.` }]
}
