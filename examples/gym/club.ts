/** What the gym knows by itself: its classes, who has booked them, and who is in the house. Nothing here knows of credentials. */

export interface GymClass {
  readonly id: string
  readonly title: string
  readonly places: number
  readonly booked: number
}

export interface Club {
  classes(): readonly GymClass[]
  /** `again`: this member has a place already. */
  book(classId: string, memberId: string): 'booked' | 'again' | 'full' | 'unknown'
  /** Somebody passed the door. False where there is no room. */
  pass(member: string, direction: 'in' | 'out'): boolean
  /** Names of those who are in. */
  present(): readonly string[]
  /** Calls back whenever that changes; returns how to stop it. */
  watch(changed: (present: readonly string[]) => void): () => void
}

const PROGRAMME = [
  { id: 'spinning', title: 'Spinning, 18:00', places: 12 },
  { id: 'yoga', title: 'Yoga, 19:30', places: 8 },
] as const
/** What the fire brigade allows. */
const PRESENT_MAX = 200

export function createClub(): Club {
  const bookings = new Map<string, Set<string>>(PROGRAMME.map(({ id }) => [id, new Set()]))
  const members = new Set<string>()
  const watchers = new Set<(present: readonly string[]) => void>()
  const present = (): readonly string[] => [...members]
  return {
    classes: () => PROGRAMME.map((one) => ({ ...one, booked: bookings.get(one.id)?.size ?? 0 })),
    book: (classId, memberId) => {
      const places = PROGRAMME.find(({ id }) => id === classId)?.places
      const booked = bookings.get(classId)
      if (places === undefined || booked === undefined) return 'unknown'
      if (booked.has(memberId)) return 'again'
      if (booked.size >= places) return 'full'
      booked.add(memberId)
      return 'booked'
    },
    pass: (member, direction) => {
      if (direction === 'in' && members.size >= PRESENT_MAX) return false
      if (direction === 'in') members.add(member)
      else members.delete(member)
      for (const changed of watchers) changed(present())
      return true
    },
    present,
    watch: (changed) => {
      watchers.add(changed)
      return () => void watchers.delete(changed)
    },
  }
}
