/** Small bars, one for each day: enough to see whether something is used, and how evenly. */
import type { ReactNode } from 'react'
import rows from './list.module.css'

const BAR = 5
const GAP = 2
const HEIGHT = 22

export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly number[]
  readonly label: string
}): ReactNode {
  const most = Math.max(1, ...values)
  const width = values.length * (BAR + GAP) - GAP
  return (
    <svg
      className={rows.sparkline}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {values.map((value, index) => {
        const height = value === 0 ? 2 : Math.max(3, (value / most) * HEIGHT)
        const place = `${index}`
        return (
          <rect
            key={place}
            x={index * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1.5}
            data-empty={value === 0 ? '' : undefined}
          />
        )
      })}
    </svg>
  )
}
