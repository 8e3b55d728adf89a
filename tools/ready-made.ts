// A data folder with its first administrator, made once for a run and copied by every test that begins with one: to bring up the
// schema and to hash a password takes longer than most of those tests. Copies share their secrets and ids and nothing else.

import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The variable that names the folder of the run. Without it each process makes its own. */
const VARIABLE = 'COUNTERSIGN_TEST_READY_MADE'
/** What `make` answered, kept beside the folder's own files. */
const ANSWER = 'made.json'

/** Settings that change what is made, or where. Limits of requests do not. */
const CHANGING = /^COUNTERSIGN_(?!RATE_LIMIT_)\w*(?:SECRETS|DATA|PASSWORD|BREACH|CREDENTIAL)/

/** The first administrator, and the secret of an API key that may do everything. */
export interface FirstAdministrator {
  readonly account: string
  readonly secret: string
}

/**
 * Fills `folder`, which is there and empty, with what `make` leaves in one; with settings that change that, it is made anew.
 *
 * @param name Of what is made: under one name it has to be the same each time. A part of a path.
 * @param make Nobody may hold the folder any more when it answers.
 */
export async function copyReadyMade(
  name: string,
  folder: string,
  settings: Readonly<Record<string, string>>,
  make: (folder: string) => Promise<FirstAdministrator>,
): Promise<FirstAdministrator> {
  if (Object.keys(settings).some((setting) => CHANGING.test(setting))) return make(folder)
  const kept = join(folderOfRun(), name)
  const made = readAnswer(kept) ?? (await keep(kept, make))
  for (const file of readdirSync(kept))
    if (file !== ANSWER) copyFileSync(join(kept, file), join(folder, file))
  return made
}

/** For the runner: begins a run, whose test files share what is made. Call what it answers at the end. */
export function beginReadyMade(): () => void {
  if (process.env[VARIABLE]) return () => undefined
  try {
    const folder = openFolder()
    process.env[VARIABLE] = folder
    return () => rmSync(folder, { recursive: true, force: true })
  } catch {
    // Without a place for it every file makes its own, and says itself what is in the way.
    return () => undefined
  }
}

let ownFolder: string | undefined

function folderOfRun(): string {
  const given = process.env[VARIABLE]
  if (given) return given
  if (ownFolder === undefined) {
    const folder = openFolder()
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
    ownFolder = folder
  }
  return ownFolder
}

const openFolder = (): string => mkdtempSync(join(tmpdir(), 'countersign-ready-made-'))

async function keep(
  kept: string,
  make: (folder: string) => Promise<FirstAdministrator>,
): Promise<FirstAdministrator> {
  const draft = mkdtempSync(`${kept}-`)
  const made = await make(draft)
  writeFileSync(join(draft, ANSWER), JSON.stringify(made))
  try {
    renameSync(draft, kept)
    return made
  } catch (error) {
    // Another file, or another test of this one, was faster: all copy the same.
    rmSync(draft, { recursive: true, force: true })
    const theirs = readAnswer(kept)
    if (theirs === undefined) throw error
    return theirs
  }
}

function readAnswer(kept: string): FirstAdministrator | undefined {
  let text: string
  try {
    text = readFileSync(join(kept, ANSWER), 'utf8')
  } catch {
    return undefined // Not made yet.
  }
  const made: unknown = JSON.parse(text)
  if (!isFirstAdministrator(made)) throw new Error(`${kept} was not made by this.`)
  return made
}

const isFirstAdministrator = (made: unknown): made is FirstAdministrator =>
  typeof made === 'object' &&
  made !== null &&
  'account' in made &&
  typeof made.account === 'string' &&
  'secret' in made &&
  typeof made.secret === 'string'
