/** The rows of `config-table.ts` that are about proofs of possession, and about what refusals tell. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface ProofSettings {
  dpopNonces: 'off' | 'required'
  refusalHints: 'off' | 'development'
}

export const proofSettings: SettingRows<ProofSettings> = {
  dpopNonces: {
    kind: kinds.choice('off', 'required'),
    fallback: 'off',
    reason:
      'Whether proofs of possession need a nonce of this server (RFC 9449 §8, §9), so that none can be made in advance. Without it a proof lives a minute and works once. It costs clients a second request now and then.',
  },
  refusalHints: {
    kind: kinds.choice('off', 'development'),
    fallback: 'off',
    reason:
      'Whether a refusal of a credential tells its caller why, as `hint`: for whoever develops on this machine. `development` needs an issuer on it, and counts only for requests that come straight from it. Everywhere else a refusal tells nothing, and those who may read decisions look it up.',
  },
}

/** What contradicts hints. */
export const hintRules = (
  values: Pick<ProofSettings, 'refusalHints'> & { readonly issuer: string },
): readonly (readonly [boolean, string])[] => [
  [
    values.refusalHints === 'development' && !kinds.isLoopbackName(new URL(values.issuer).hostname),
    'COUNTERSIGN_REFUSAL_HINTS tells callers why they were refused, which is for an issuer on this machine alone.',
  ],
]
