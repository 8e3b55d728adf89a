/**
 * Asks for a fresh proof where the authority wants one (RFC 9470), and then does what was asked for. Only one
 * such dialogue is open at a time; whatever is asked for meanwhile waits for the same proof.
 */
import type { StepUpBegun } from '@countersign/client'
import { Button, Modal, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useCallback,
  useContext,
  useId,
  useRef,
  useState,
} from 'react'
import { useLocation, useSearch } from 'wouter'
import { client } from '../api/client.ts'
import { Cancelled, isProblem } from '../api/problems.ts'
import { useT } from '../i18n/messages.ts'
import { toSignIn } from '../shell/leave.ts'
import { Failure } from './parts.tsx'
import css from './ui.module.css'

export type WithProof = <T>(action: () => Promise<T>) => Promise<T>

const StepUpContext = createContext<WithProof>((action) => action())

export const useStepUp = (): WithProof => useContext(StepUpContext)

interface Asked {
  readonly begun: StepUpBegun
  readonly proved: () => void
  readonly cancelled: () => void
}

export function StepUpProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [asked, setAsked] = useState<Asked | null>(null)
  const under = useRef<Promise<void> | null>(null)

  const prove = useCallback((): Promise<void> => {
    under.current ??= ask(setAsked).finally(() => {
      under.current = null
      setAsked(null)
    })
    return under.current
  }, [])

  const withProof = useCallback<WithProof>(
    async (action) => {
      try {
        return await action()
      } catch (error) {
        if (!isProblem(error, 'insufficient_user_authentication')) throw error
        await prove()
        return action()
      }
    },
    [prove],
  )

  return (
    <StepUpContext value={withProof}>
      {children}
      <StepUpModal asked={asked} />
    </StepUpContext>
  )
}

async function ask(show: (asked: Asked) => void): Promise<void> {
  const begun = await client.stepUp.begin()
  await new Promise<void>((resolve, reject) => {
    show({ begun, proved: resolve, cancelled: () => reject(new Cancelled()) })
  })
}

function StepUpModal({ asked }: { readonly asked: Asked | null }): ReactNode {
  const t = useT()
  return (
    <Modal
      opened={asked !== null}
      onClose={() => asked?.cancelled()}
      title={t.stepUp.title}
      size="sm"
      zIndex={400}
    >
      {asked !== null && <Ways asked={asked} />}
    </Modal>
  )
}

function Ways({ asked }: { readonly asked: Asked }): ReactNode {
  const factors = asked.begun.factors.filter((one) => one !== 'passkey' || client.passkeys.isSupported)
  const [first] = factors
  return first === undefined ? (
    <SignInAgain asked={asked} />
  ) : (
    <StepUpForm asked={asked} factors={factors} first={first} />
  )
}

type Factor = StepUpBegun['factors'][number]

function StepUpForm({
  asked: { begun, proved, cancelled },
  factors,
  first,
}: {
  readonly asked: Asked
  /** Those that this browser can use; never none. */
  readonly factors: readonly Factor[]
  readonly first: Factor
}): ReactNode {
  const t = useT()
  const [factor, setFactor] = useState(first)
  const [code, setCode] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    try {
      if (factor === 'passkey') await client.stepUpWithPasskey(begun.ticket)
      else await client.stepUp.complete({ ticket: begun.ticket, factor, code })
      proved()
    } catch (refusal) {
      setError(refusal)
      setCode('')
    } finally {
      setBusy(false)
    }
  }
  const field = {
    label: t.stepUp[factor],
    value: code,
    required: true,
    withAsterisk: false,
    'data-autofocus': true,
    onChange: (event: { currentTarget: { value: string } }) => setCode(event.currentTarget.value),
  }
  return (
    <form className={css.stack} onSubmit={(event) => void submit(event)}>
      <p>{t.stepUp.lead}</p>
      {factors.length > 1 && (
        <SegmentedControl
          fullWidth
          size="xs"
          data={factors.map((one) => ({ value: one, label: t.stepUpShort[one] }))}
          value={factor}
          onChange={(value) => {
            const chosen = factors.find((one) => one === value)
            if (chosen !== undefined) setFactor(chosen)
            setError(null)
          }}
        />
      )}
      {factor === 'password' && <PasswordInput key="password" autoComplete="current-password" {...field} />}
      {(factor === 'totp' || factor === 'recovery_code') && (
        <TextInput
          key={factor}
          autoComplete="one-time-code"
          inputMode={factor === 'totp' ? 'numeric' : 'text'}
          {...field}
        />
      )}
      {error !== null && <Failure error={error} />}
      <div className={css.buttons}>
        <Button variant="default" onClick={cancelled}>
          {t.common.cancel}
        </Button>
        <Button type="submit" loading={isBusy}>
          {t.stepUp.confirm}
        </Button>
      </div>
    </form>
  )
}

/**
 * Where there is nothing to be asked for here. A sign-in proves as much; what was to be done is begun anew after it. The
 * focus is on the link from the beginning, past the words: they are read out with it.
 */
function SignInAgain({ asked: { begun, cancelled } }: { readonly asked: Asked }): ReactNode {
  const t = useT()
  const words = useId()
  const [path] = useLocation()
  const search = useSearch()
  const page = search === '' ? path : `${path}?${search}`
  return (
    <div className={css.stack}>
      <p>{t.stepUp.lead}</p>
      <p id={words}>{begun.factors.length === 0 ? t.stepUp.noPassword : t.stepUp.noPasskey}</p>
      <div className={css.buttons}>
        <Button variant="default" onClick={cancelled}>
          {t.common.cancel}
        </Button>
        <Button component="a" href={toSignIn(page)} data-autofocus aria-describedby={words}>
          {t.stepUp.signInAgain}
        </Button>
      </div>
    </div>
  )
}
