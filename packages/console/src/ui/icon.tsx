/** The icons: strokes of our own on a grid of 24, so that no package of thousands has to be brought for thirty. */
import type { ReactNode } from 'react'

const paths = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.9-3.6 3.9-5.5 7.5-5.5s6.6 1.9 7.5 5.5',
  advice:
    'M9 18h6M10 21h4M12 3a6.5 6.5 0 0 0-3.8 11.8c.5.4.8 1 .8 1.7h6c0-.7.3-1.3.8-1.7A6.5 6.5 0 0 0 12 3Z',
  alert: 'M12 4 3 19.5h18L12 4ZM12 10v4M12 17h.01',
  audit: 'M6 3h9l4 4v14H6V3ZM9 11h7M9 15h7M9 7h3',
  bot: 'M5 9h14v10H5V9ZM12 9V5M12 5h.01M9 13.5v1M15 13.5v1M2.5 13v3M21.5 13v3',
  check: 'M5 12.5 10 17.5 19.5 7',
  chevron: 'M9 6l6 6-6 6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.5V12l3 2',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h11v11H9V9ZM5 15H4V4h11v1',
  desktop: 'M3 5h18v11H3V5ZM9 20h6M12 16v4',
  dots: 'M5 12h.01M12 12h.01M19 12h.01',
  explain:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM9.7 9.3a2.4 2.4 0 1 1 3.4 2.6c-.8.4-1.1.9-1.1 1.8M12 16.8h.01',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  flag: 'M6 21V4M6 5c4-2.5 8 2.5 12 0v9c-4 2.5-8-2.5-12 0',
  globe:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.5 9.5h17M3.5 14.5h17M12 3c3 3.2 3 14.8 0 18M12 3c-3 3.2-3 14.8 0 18',
  grant: 'M8 12h8M13 8.5l3.5 3.5L13 15.5M4 4h16v16H4V4Z',
  key: 'M8.5 19.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM11.8 11.7 20 3.5M16 7.5l3 3',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5Z',
  overview: 'M4 13h6V4H4v9ZM14 20h6v-9h-6v9ZM4 20h6v-3H4v3ZM14 7h6V4h-6v3Z',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.7-3.2 3.2-5 6.5-5s5.8 1.8 6.5 5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.9c1.9.7 3.1 2.3 3.5 4.6',
  phone: 'M7 3h10v18H7V3ZM11 18h2',
  plus: 'M12 5v14M5 12h14',
  program: 'M3 5h18v14H3V5ZM7 9.5l3 2.5-3 2.5M12.5 14.5H16',
  qr: 'M4 4h6v6H4V4ZM14 4h6v6h-6V4ZM4 14h6v6H4v-6ZM14 14h2v2M20 14v6h-6M17 17h.01',
  roles: 'M12 3l7.5 3v5.5c0 4.6-3 8-7.5 9.5-4.5-1.5-7.5-4.9-7.5-9.5V6L12 3ZM9 12l2.2 2.2L15.5 10',
  rotate: 'M4 11a8 8 0 0 1 14-4.2L20.5 9M20.5 4v5h-5M20 13a8 8 0 0 1-14 4.2L3.5 15M3.5 20v-5h5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM15.5 15.5 20.5 20.5',
  settings:
    'M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  shield: 'M12 3l7.5 3v5.5c0 4.6-3 8-7.5 9.5-4.5-1.5-7.5-4.9-7.5-9.5V6L12 3Z',
  signOut: 'M14 4H5v16h9M10 12h11M17.5 8.5 21 12l-3.5 3.5',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  ticket: 'M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3V7ZM14 7.5v1.5M14 11.25v1.5M14 15v1.5',
  trash: 'M4 7h16M9.5 7V4h5v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5',
  tree: 'M9 3h6v5H9V3ZM3 16h6v5H3v-5ZM15 16h6v5h-6v-5ZM12 8v4M6 16v-4h12v4',
} as const

export type IconName = keyof typeof paths

export interface IconProps {
  readonly name: IconName
  readonly size?: number
}

/** Always beside a text or under a label that says the same, so that nobody has to hear it twice. */
export function Icon({ name, size = 18 }: IconProps): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' ? 2.6 : 1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}
