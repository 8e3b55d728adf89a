/**
 * Loaded before everything else (`--import`): breaks a rule of the protocol on purpose, by putting other words in
 * the place of some in one source file as it is read. `MUTATION` names which.
 */
import { registerHooks } from 'node:module'
import type { Edit } from './mutation.ts'
import { mutations } from './mutations.ts'

const name = process.env.MUTATION ?? ''
const mutation = mutations.find((one) => one.name === name)
if (mutation === undefined) throw new Error(`There is no mutation "${name}".`)
const { edits } = mutation
const missing = new Set(edits)
/** In the folder of the packages; no other file ends like this. */
const isOf = (url: string, { file }: Edit): boolean => url.endsWith(`/packages/${file}`)

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    const own = edits.filter((edit) => isOf(url, edit))
    if (own.length === 0) return loaded
    let source = String(loaded.source)
    for (const edit of own) {
      source = replaceOnce(source, edit)
      missing.delete(edit)
    }
    return { ...loaded, source }
  },
})

function replaceOnce(source: string, { file, find, put }: Edit): string {
  const parts = source.split(find)
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${find}`)
  return parts.join(put)
}

process.on('exit', () => {
  if (missing.size === 0) return
  process.exitCode = 2
  process.stderr.write(`Never loaded: ${[...missing].map(({ file }) => file).join(', ')}\n`)
})
