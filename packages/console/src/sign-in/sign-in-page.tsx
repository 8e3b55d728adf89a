/** Signing in: the password, then whatever the account or the policy asks for beside it. */
import { type FactorRequired, PasswordChangeRequired, type SignedIn } from '@countersign/client'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { facts } from '../facts.ts'
import { useT } from '../i18n/messages.ts'
import { Brand } from '../shell/brand.tsx'
import { Notice } from '../ui/parts.tsx'
import { RecoveryCodes } from '../ui/recovery-codes.tsx'
import { EnrolStep } from './enrol-step.tsx'
import { FactorStep } from './factor-step.tsx'
import { NewPasswordStep } from './new-password-step.tsx'
import { safeNext } from './next.ts'
import { PasskeyButton } from './passkey-button.tsx'
import { PasswordStep } from './password-step.tsx'
import css from './sign-in.module.css'

type Step =
  | { readonly kind: 'password' }
  | { readonly kind: 'factor' | 'enrol'; readonly required: FactorRequired }
  | { readonly kind: 'new_password'; readonly required: PasswordChangeRequired }
  | { readonly kind: 'codes'; readonly codes: readonly string[] }

function toStep(required: FactorRequired | PasswordChangeRequired): Step {
  if (required instanceof PasswordChangeRequired) return { kind: 'new_password', required }
  return { kind: required.mustEnrol ? 'enrol' : 'factor', required }
}

export function SignInPage(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const search = new URLSearchParams(useSearch())
  const [step, setStep] = useState<Step>({ kind: 'password' })
  useEffect(() => {
    document.title = `${t.signIn.title} · ${facts.name}`
  }, [t])

  const goOn = (): void => {
    queries.clear()
    go(safeNext(search.get('next')), { replace: true })
  }
  const signedIn = ({ recovery_codes: codes }: SignedIn): void => {
    if (codes === undefined) goOn()
    else setStep({ kind: 'codes', codes: codes.map((code) => code.reveal()) })
  }
  const goFurther = (required: FactorRequired | PasswordChangeRequired): void => setStep(toStep(required))
  const startOver = (): void => setStep({ kind: 'password' })
  return (
    <main className={css.page}>
      <div className={css.card}>
        <Brand />
        {step.kind === 'password' && (
          <>
            <Arrival search={search} />
            <PasswordStep onSignedIn={signedIn} onRequired={goFurther} />
            <PasskeyButton onSignedIn={signedIn} />
            <Beside />
          </>
        )}
        {step.kind === 'factor' && (
          <FactorStep
            required={step.required}
            onSignedIn={signedIn}
            onRequired={goFurther}
            onStartOver={startOver}
          />
        )}
        {step.kind === 'enrol' && (
          <EnrolStep ticket={step.required.ticket} onSignedIn={signedIn} onStartOver={startOver} />
        )}
        {step.kind === 'new_password' && (
          <NewPasswordStep
            required={step.required}
            onSignedIn={signedIn}
            onRequired={goFurther}
            onStartOver={startOver}
          />
        )}
        {step.kind === 'codes' && <RecoveryCodes isPage codes={step.codes} onKept={goOn} />}
      </div>
    </main>
  )
}

/** Why the person is here, where it was not their own idea. */
function Arrival({ search }: { readonly search: URLSearchParams }): ReactNode {
  const t = useT()
  if (search.has('signed-out')) return <Notice tone="good">{t.signIn.signedOut}</Notice>
  if (search.has('ended')) return <Notice tone="warn">{t.signIn.wasEnded}</Notice>
  return null
}

/** Pages of the server: they work without this one. */
function Beside(): ReactNode {
  const t = useT()
  if (!facts.canReset && !facts.isSignUpOpen) return null
  return (
    <p className={css.beside}>
      {facts.canReset && <a href="/forgot-password">{t.signIn.forgot}</a>}
      {facts.isSignUpOpen && (
        <span>
          {t.signIn.noAccount} <a href="/sign-up">{t.signIn.signUp}</a>
        </span>
      )}
    </p>
  )
}
