/** How many packages an install of the published server brings, counted from the lockfile. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchResult, toLimit } from '../measure.ts'

const LOCKFILE = join(import.meta.dirname, '../../package-lock.json')
const PACKAGES_MAX = 60

interface Entry {
  readonly resolved?: string
  readonly link?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

export function benchPackages(): BenchResult {
  const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
    readFileSync(LOCKFILE, 'utf8'),
  )
  const installed = [...below(lock.packages, 'packages/cli')].filter((path) => path.includes('node_modules/'))
  return toLimit('server: packages of an install on one platform', 'packages', installed.length, PACKAGES_MAX)
}

/** Everything under a package, rooms of this repository walked through but not counted. */
function below(
  entries: Readonly<Record<string, Entry>>,
  path: string,
  seen: Set<string> = new Set(),
): Set<string> {
  const entry = entries[path]
  if (entry === undefined || seen.has(path) || !isForLinux(entry)) return seen
  seen.add(path)
  for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
    const place = placesOf(path, name).find((place) => place in entries)
    const found = place === undefined ? undefined : entries[place]
    if (place !== undefined) below(entries, found?.link ? (found.resolved ?? place) : place, seen)
  }
  return seen
}

/** Where Node looks for a package: beside the one that asks, then further up. */
function placesOf(from: string, name: string): readonly string[] {
  const parts = from.split('/')
  return parts
    .map((_, index) => [...parts.slice(0, parts.length - index), 'node_modules', name].join('/'))
    .concat(`node_modules/${name}`)
}

const isForLinux = ({ os, cpu, libc }: Entry): boolean =>
  (os?.includes('linux') ?? true) && (cpu?.includes('x64') ?? true) && (libc?.includes('glibc') ?? true)
