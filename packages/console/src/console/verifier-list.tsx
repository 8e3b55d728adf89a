/** Verifiers by name, and which of them have applied the log up to a position. */
import type { VerifierShape } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { useT } from '../i18n/messages.ts'
import { Chip } from '../ui/parts.tsx'
import ui from '../ui/ui.module.css'
import { PrincipalLink } from './principal-link.tsx'
import css from './verifier-list.module.css'

export interface VerifierNameProps {
  readonly verifier: VerifierShape
}

/** Whose process it is, and the beginning of what it calls itself, which tells two of one program apart. */
export function VerifierName({ verifier: { label, own, principal } }: VerifierNameProps): ReactNode {
  const t = useT()
  if (own) return t.console.ownVerifier
  return (
    <>
      {principal !== null && <PrincipalLink id={principal.id} />} <code className={ui.mono}>{label}…</code>
    </>
  )
}

export interface VerifierListProps {
  readonly verifiers: readonly VerifierShape[]
  readonly position: number
}

export function VerifierList({ verifiers, position }: VerifierListProps): ReactNode {
  const t = useT()
  return (
    <ul className={css.verifiers}>
      {verifiers.map((verifier) => {
        const hasIt = verifier.position >= position
        return (
          <li key={verifier.own ? 'own' : verifier.label}>
            <span>
              <VerifierName verifier={verifier} />
            </span>
            <Chip tone={hasIt ? 'good' : 'warn'}>
              {hasIt ? t.console.hasApplied : t.console.hasNotApplied}
            </Chip>
          </li>
        )
      })}
    </ul>
  )
}
