#!/usr/bin/env -S node --conditions=source
// The command, as plain JavaScript so that any Node can at least say what it lacks. Publishing rewrites the
// two lines that name the source: the one above, and the import at the end.
import module from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = [24, 7]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `countersign needs Node ${OLDEST.join('.')} or later, and this is Node ${process.versions.node} (${process.execPath}).\n` +
      'In a checkout, run it through npm, which brings its own Node: npm exec countersign -- <command>',
  )
  process.exitCode = 1
} else {
  enableCompileCache()
  const { main } = await import('../src/main.ts')
  await main(process.argv.slice(2))
}

// Node's own default is a folder in the shared temporary directory, which another user could have made first:
// code would then be loaded from where a stranger can write.
function enableCompileCache() {
  if (process.env.NODE_COMPILE_CACHE !== undefined) {
    module.enableCompileCache()
    return
  }
  const modules = join(dirname(fileURLToPath(import.meta.url)), '../../../node_modules')
  const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folders = [join(modules, '.cache/countersign'), join(home, 'countersign')]
  const { FAILED } = module.constants.compileCacheStatus
  const folder = folders.find((one) => module.enableCompileCache(one).status !== FAILED)
  // Worker threads begin with a cache only where the environment names one.
  if (folder !== undefined) process.env.NODE_COMPILE_CACHE = folder
}
