/**
 * Where addresses are, from data files in the MMDB format. A file that is replaced is read again; one that cannot be
 * read keeps its earlier contents in use, and nothing about places ever stops a sign-in.
 */
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Place, type Places, toNetwork } from '@countersign/core'
import type * as Mmdb from 'mmdb-lib'
import { toPlace } from './place-record.ts'

/** Without a data file nothing is known, and the rules about places are silent. */
export const NO_PLACES: Places = { find: () => null }

export interface PlaceFiles extends Places {
  /** Reads again what has changed since. Throws where that cannot be read; what was known stays. */
  refresh(): Promise<void>
}

type Reader = Pick<Mmdb.Reader<Mmdb.Response>, 'get'>

interface Loaded {
  readonly reader: Reader
  /** Tells one state of the file from another. */
  readonly version: string
}

/** Throws where a file is not there or is none of its kind. */
export async function openPlaces(
  files: readonly string[],
  onTrouble: (error: unknown) => void,
): Promise<PlaceFiles> {
  const loaded = new Map<string, Loaded>()
  let isTroubled = false
  const refresh = async (): Promise<void> => {
    for (const file of files) {
      const { mtimeMs, size, ino } = await stat(file)
      const version = `${mtimeMs} ${size} ${ino}`
      if (loaded.get(file)?.version === version) continue
      loaded.set(file, { reader: await load(file), version })
      isTroubled = false
    }
  }
  await refresh()
  const look = (address: string): readonly unknown[] => {
    try {
      return [...loaded.values()].map(({ reader }) => reader.get(address))
    } catch (error) {
      // A damaged file. Told once, and not with each sign-in.
      if (!isTroubled) onTrouble(error)
      isTroubled = true
      return []
    }
  }
  return {
    refresh,
    find: (address): Place | null => {
      if (address === null || toNetwork(address) === null) return null
      return toPlace(look(address.replace(/%[^%]+$/, '')))
    },
  }
}

async function load(file: string): Promise<Reader> {
  // Loaded where a file is set and not at every start.
  const { Reader }: typeof Mmdb = createRequire(import.meta.url)('mmdb-lib')
  return new Reader(await readFile(file))
}
