/**
 * The built files of the console, as `packages/console` leaves them in one folder: `index.html`, and files whose
 * names change with their content, each also compressed. Read when somebody asks first, and then kept.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export interface ConsoleFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly contentType: string
  /** Null for the file as it is. */
  readonly encoding: 'br' | 'gzip' | null
}

export interface ConsoleFiles {
  /** The page; null where the console has not been built. */
  index(): string | null
  /** The scripts of a part that is loaded later, by the part's name; none where the build knows no such part. */
  ahead(part: string): readonly string[]
  /** A file by its name and what its reader accepts (`Accept-Encoding`); null where there is none. */
  find(name: string, accepted: string | null): ConsoleFile | null
}

const INDEX = 'index.html'
const AHEAD = 'ahead.json'

/** What a build may consist of; anything else that lies in the folder is not handed out. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const ENCODINGS = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const

export function createConsoleFiles(folder: string): ConsoleFiles {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  let names: ReadonlySet<string> | null = null
  let parts: ReadonlyMap<string, readonly string[]> | null = null
  // Names are looked up in what the folder holds, so that no name leads out of it.
  const has = (name: string): boolean => {
    names ??= list(folder)
    return names.has(name)
  }
  const read = (name: string): Uint8Array<ArrayBuffer> => {
    const known = kept.get(name) ?? new Uint8Array(readFileSync(join(folder, name)))
    kept.set(name, known)
    return known
  }
  return {
    index: () => (has(INDEX) ? new TextDecoder().decode(read(INDEX)) : null),
    ahead: (part) => {
      parts ??= has(AHEAD) ? toParts(new TextDecoder().decode(read(AHEAD))) : new Map()
      return parts.get(part)?.filter(has) ?? []
    },
    find: (name, accepted) => {
      const contentType = CONTENT_TYPES[extname(name)]
      if (contentType === undefined || !has(name)) return null
      const packed = ENCODINGS.find((one) => accepts(accepted, one.name) && has(name + one.ending))
      const body = read(packed === undefined ? name : name + packed.ending)
      return { body, contentType, encoding: packed?.name ?? null }
    },
  }
}

function toParts(text: string): ReadonlyMap<string, readonly string[]> {
  const written = Object.entries<unknown>(JSON.parse(text))
  return new Map(
    written.map(([part, names]) => [
      part,
      Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
    ]),
  )
}

function list(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set()
    throw error
  }
}

/** RFC 9110 §12.5.3, as far as browsers go: a name in the list that is not weighed with nothing. */
function accepts(accepted: string | null, encoding: string): boolean {
  return (accepted ?? '').split(',').some((item) => {
    const [name = '', weight = ''] = item.split(';').map((part) => part.trim().toLowerCase())
    return name === encoding && !/^q=0(?:\.0{0,3})?$/.test(weight)
  })
}
