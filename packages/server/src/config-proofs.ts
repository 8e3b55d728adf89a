/** The rows of `config-table.ts` that are about proofs of possession. */
import * as kinds from './config-kinds.ts'
import type { SettingRows } from './config-reader.ts'

export interface ProofSettings {
  dpopNonces: 'off' | 'required'
}

export const proofSettings: SettingRows<ProofSettings> = {
  dpopNonces: {
    kind: kinds.choice('off', 'required'),
    fallback: 'off',
    reason:
      'Whether proofs of possession need a nonce of this server (RFC 9449 §8, §9), so that none can be made in advance. Without it a proof lives a minute and works once. It costs clients a second request now and then.',
  },
}
