/** What is said to whoever comes back from another service: it is said once, and then taken out of the address. */
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useSearchParams } from 'wouter'
import { myIdentitiesQuery } from '../api/account-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { Notice } from '../ui/parts.tsx'
import { useToast } from '../ui/toast.tsx'
import css from '../ui/ui.module.css'
import { identityTexts } from './texts.ts'

const CONNECTED = 'connected'
const NOT_CONNECTED = 'not_connected'

export function ComeBack(): ReactNode {
  const words = useTexts(identityTexts)
  const [params, setParams] = useSearchParams()
  const [connected] = useState(params.get(CONNECTED))
  const [refused] = useState(params.get(NOT_CONNECTED))
  const isInAddress = params.has(CONNECTED) || params.has(NOT_CONNECTED)
  useEffect(() => {
    if (isInAddress) setParams(withoutAnswer, { replace: true })
  }, [isInAddress, setParams])
  useToldConnected(connected)
  if (refused === null) return null
  return (
    <div className={css.spaced}>
      <Notice tone="danger" title={words.notConnected} isAlert>
        {isReason(refused, words.reasons) ? words.reasons[refused] : words.reasonUnknown}
      </Notice>
    </div>
  )
}

function withoutAnswer(before: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(before)
  next.delete(CONNECTED)
  next.delete(NOT_CONNECTED)
  return next
}

/** The list has the last word: anybody can make up an address that says that something is connected. */
function useToldConnected(provider: string | null): void {
  const words = useTexts(identityTexts)
  const toast = useToast()
  const isTold = useRef(false)
  const { data } = useQuery(myIdentitiesQuery)
  const name = data?.items.find((identity) => identity.provider.id === provider)?.provider.name
  useEffect(() => {
    if (name === undefined || isTold.current) return
    isTold.current = true
    toast.good(words.nowConnected(name))
  }, [name, toast, words])
}

const isReason = <T extends object>(code: string, reasons: T): code is Extract<keyof T, string> =>
  Object.hasOwn(reasons, code)
