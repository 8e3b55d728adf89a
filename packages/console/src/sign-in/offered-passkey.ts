/** Has the browser offer passkeys in the address field for as long as the page is shown (WebAuthn §5.1.4, conditional). */
import type { SignedIn } from '@countersign/client'
import { useCallback, useEffect, useRef } from 'react'
import { client } from '../api/client.ts'
import { isDeclined } from '../api/problems.ts'

/** A challenge lives for five minutes; a page may stay open for longer. */
const RENEW_MS = 240_000

export interface OfferedPasskey {
  /** Takes the offer back: a browser asks for one passkey at a time. */
  pause(): void
  resume(): void
}

export function useOfferedPasskey(
  onSignedIn: (answer: SignedIn) => void,
  onRefused: (refusal: unknown) => void,
): OfferedPasskey {
  const running = useRef<AbortController | null>(null)
  const told = useRef({ onSignedIn, onRefused })
  told.current = { onSignedIn, onRefused }
  const pause = useCallback(() => running.current?.abort(), [])
  const resume = useCallback(() => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    void offer(own.signal, told)
  }, [])
  useEffect(() => {
    resume()
    const timer = setInterval(() => {
      if (running.current?.signal.aborted === false) resume()
    }, RENEW_MS)
    return () => {
      clearInterval(timer)
      pause()
    }
  }, [pause, resume])
  return { pause, resume }
}

interface Told {
  readonly current: {
    readonly onSignedIn: (answer: SignedIn) => void
    readonly onRefused: (refusal: unknown) => void
  }
}

async function offer(signal: AbortSignal, told: Told): Promise<void> {
  try {
    if (!(await client.passkeys.canOffer()) || signal.aborted) return
    told.current.onSignedIn(await client.signInWithPasskey({ conditional: true, signal }))
  } catch (refusal) {
    // Nobody asked for it: only what became of a passkey that somebody has chosen is worth a word.
    if (!signal.aborted && !isDeclined(refusal)) told.current.onRefused(refusal)
  }
}
