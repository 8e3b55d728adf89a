import { loadConfig, routes, serve } from '@countersign/server'
const parsed = await loadConfig({ COUNTERSIGN_DATA: '/tmp/cs-doc-data', COUNTERSIGN_PORT: '4711', COUNTERSIGN_LOG_LEVEL: 'info' }, process.cwd())
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
const s = await serve(parsed.config)
console.log(s.url, s.setupLink, s.dataFolder)
for (const r of routes) console.log(r.method, r.path, typeof r.access === 'object' ? r.access.permission : r.access, r.limit ?? '')
