/**
 * Where the focus goes when whatever has it leaves the page, or is switched off. A browser gives it to the body then: the
 * next Tab begins at the top, and a screen reader loses its place (WCAG 2.2 §2.4.3).
 */
import { useEffect } from 'react'

/** Longer than a dialogue takes to give the focus back to its opener by itself. */
const SETTLES_MS = 60

/** One for all pages. Watches for as long as they are shown. */
export function useKeptFocus(): void {
  useEffect(() => watchFocus(), [])
}

/** A page begins at its heading; at its top where the heading is still on the way. */
export function focusPage(): void {
  const begin = heading()
  awaitsHeading = begin === null
  ;(begin ?? top())?.focus({ preventScroll: true })
}

/** Whether the focus waits at the top of a page for its heading. Whoever came there by the link to it means the top. */
let awaitsHeading = false

const heading = (): HTMLElement | null => document.querySelector<HTMLElement>('main h1')
const top = (): HTMLElement | null => document.getElementById('content')

function watchFocus(): () => void {
  let last: HTMLElement | null = null
  let wasOff = false
  /** What was switched off when a dialogue took the focus: no dialogue gives it back to that by itself. */
  let opener: HTMLElement | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  const onFocus = ({ target }: FocusEvent): void => {
    if (target instanceof HTMLElement) {
      if (dialogueOf(target) === null) opener = null
      else if (wasOff && dialogueOf(target) !== dialogueOf(last)) opener = last
      last = target
    }
    wasOff = false
    if (target !== top()) awaitsHeading = false
  }
  // Whoever presses beside everything takes the focus away, and means it.
  const onPointer = (): void => {
    last = null
  }
  const isLost = (): boolean => last !== null && document.activeElement === document.body
  const settle = (): void => {
    timer = null
    if (awaitsHeading && document.activeElement === top()) focusPage()
    // What has just happened may yet be put right by the dialogue that has closed.
    if (isLost()) timer = setTimeout(bringBack, SETTLES_MS)
  }
  const bringBack = (): void => {
    timer = null
    if (last === null || !isLost()) return
    if (!last.isConnected && opener?.isConnected === true) {
      last = opener
      wasOff = true
    }
    if (!last.isConnected) leaveFor()
    else if (wasOff && !last.matches(':disabled')) last.focus({ preventScroll: true })
  }
  const observer = new MutationObserver((changes) => {
    // A button that works on what was asked for is switched off meanwhile, and comes back or leaves.
    wasOff ||= changes.some(({ type, target }) => type === 'attributes' && target === last)
    timer ??= setTimeout(settle, SETTLES_MS)
  })
  document.addEventListener('focusin', onFocus)
  document.addEventListener('pointerdown', onPointer, { capture: true })
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] })
  return () => {
    if (timer !== null) clearTimeout(timer)
    observer.disconnect()
    document.removeEventListener('focusin', onFocus)
    document.removeEventListener('pointerdown', onPointer, { capture: true })
  }
}

const dialogueOf = (one: Element | null): Element | null => one?.closest('[role="dialog"]') ?? null

/** Into the dialogue that is open, else to the page's heading. */
function leaveFor(): void {
  const dialogue = [...document.querySelectorAll('[role="dialog"]')].at(-1)
  if (dialogue === undefined) focusPage()
  else focusFirst(dialogue)
}

const TAKES_FOCUS = 'input:not(:disabled), button:not(:disabled), select:not(:disabled), a[href]'

function focusFirst(dialogue: Element): void {
  const wanted =
    dialogue.querySelector<HTMLElement>('[data-autofocus]:not(:disabled)') ??
    dialogue.querySelector<HTMLElement>(TAKES_FOCUS)
  wanted?.focus({ preventScroll: true })
}
