/** The signing keys drawn on one line of time: when each was announced, signed, was still checked, and went. */
import type { SigningKeyShape } from '@countersign/protocol'
import type { ReactNode } from 'react'
import { useSpeech } from '../i18n/messages.ts'
import { useTexts } from '../i18n/texts.ts'
import { localeOf, useNow } from '../ui/time.tsx'
import css from './secrets.module.css'
import { secretsTexts } from './texts.ts'
import { type Part, toParts } from './timeline.ts'

const WIDTH = 1000
const ROW = 26
const BAR = 12
const SHOWN_MAX = 12
const PARTS: readonly Part['kind'][] = ['announced', 'signing', 'checked']

export function KeyTimeline({ keys }: { readonly keys: readonly SigningKeyShape[] }): ReactNode {
  const words = useTexts(secretsTexts)
  const { language } = useSpeech()
  const tickMs = useNow()
  const shown = keys.slice(0, SHOWN_MAX)
  if (shown.length === 0) return null
  // The page's clock ticks twice a minute, and a key may be younger than its last tick.
  const nowMs = Math.max(tickMs, ...shown.map((key) => Date.parse(key.created_at) + 1))
  const startMs = Math.min(...shown.map((key) => Date.parse(key.created_at)))
  const span = Math.max(1, nowMs - startMs)
  const at = (ms: number): number => Math.round(((ms - startMs) / span) * WIDTH)
  return (
    <figure className={css.timeline}>
      <svg
        viewBox={`0 0 ${WIDTH} ${shown.length * ROW}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.timeline(shown.length)}
      >
        {shown.map((key, index) =>
          toParts(key, keys, nowMs).map(({ kind, fromMs, toMs }) => (
            <rect
              key={`${key.id} ${kind}`}
              data-kind={kind}
              data-removed={key.state === 'removed' || undefined}
              x={at(fromMs)}
              y={index * ROW + (ROW - BAR) / 2}
              width={Math.max(3, at(toMs) - at(fromMs))}
              height={BAR}
              rx={3}
            >
              <title>{`${key.id}: ${words.parts[kind]}`}</title>
            </rect>
          )),
        )}
      </svg>
      <div className={css.axis} aria-hidden>
        <span>{new Date(startMs).toLocaleDateString(localeOf(language))}</span>
        <span>{words.now}</span>
      </div>
      <figcaption>
        {PARTS.map((kind) => (
          <span key={kind} data-kind={kind}>
            {words.parts[kind]}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
