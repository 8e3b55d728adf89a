/** Builds the console to files that the server hands out: hashed names, nothing inline, compressed beside themselves. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Below this a compressed copy saves nothing that a person could notice. */
const COMPRESSED_BYTES_MIN = 1024
/** Within a few percent of the strongest, which takes ten times as long. */
const BROTLI_QUALITY = 9

/** Marks of server components, which nothing here is; and how long the build took, which says nothing on a busy machine. */
const UNTOLD = ['MODULE_LEVEL_DIRECTIVE', 'PLUGIN_TIMINGS']

export default defineConfig({
  root: import.meta.dirname,
  base: '/assets/console/',
  // Another build, or a developer's own environment, must not change what comes out.
  envPrefix: 'COUNTERSIGN_CONSOLE_',
  resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
  plugins: [tellAhead(), compress()],
  build: {
    target: ['chrome120', 'firefox121', 'safari17.2'],
    assetsDir: '',
    // A `data:` URL would need a place in the content security policy.
    assetsInlineLimit: 0,
    // They would carry the paths of the machine that built them.
    sourcemap: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      onLog: (level, log, tell) => {
        if (log.code === undefined || !UNTOLD.includes(log.code)) tell(level, log)
      },
    },
  },
})

/**
 * Which scripts each part needs that is loaded later, beside those of the page itself. The server names them in the document, so
 * that the browser fetches them at once, and not when the first script has run and asks for them.
 */
function tellAhead(): Plugin {
  return {
    name: 'tell-ahead',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = new Map(
        Object.values(bundle).flatMap((one) => (one.type === 'chunk' ? [[one.fileName, one] as const] : [])),
      )
      const follow = (name: string, found: Set<string>): Set<string> => {
        if (found.has(name)) return found
        found.add(name)
        for (const next of chunks.get(name)?.imports ?? []) follow(next, found)
        return found
      }
      const first = new Set<string>()
      for (const { fileName, isEntry } of chunks.values()) if (isEntry) follow(fileName, first)
      const ahead = [...chunks.values()]
        .filter(({ isDynamicEntry, name }) => isDynamicEntry && /-pages?$/.test(name))
        .map(
          ({ name, fileName }) =>
            [name, [...follow(fileName, new Set())].filter((one) => !first.has(one))] as const,
        )
      const source = JSON.stringify(
        Object.fromEntries(ahead.sort(([one], [other]) => (one < other ? -1 : 1))),
      )
      this.emitFile({ type: 'asset', fileName: 'ahead.json', source })
    },
  }
}

/** Text is compressed once, instead of for every reader; on the disk, since only there it is what it will be. */
function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      for (const fileName of Object.keys(bundle)) {
        const bytes = readFileSync(join(dir, fileName))
        if (!/\.(?:js|css|svg)$/.test(fileName) || bytes.length < COMPRESSED_BYTES_MIN) continue
        const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY }
        writeFileSync(join(dir, `${fileName}.br`), brotliCompressSync(bytes, { params }))
        writeFileSync(join(dir, `${fileName}.gz`), gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
