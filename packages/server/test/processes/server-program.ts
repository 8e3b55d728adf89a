/**
 * A server that tests kill: settings from the environment, one line of JSON when it listens. It ends with the
 * process that started it, in whatever way that one ends.
 */
import module from 'node:module'
import { parseConfig } from '../../src/config.ts'
import { type ServerTimes, serve } from '../../src/serve.ts'

const parsed = parseConfig(process.env)
if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
// Some tests are about time running out, and would wait for half a minute with the server's own.
const times: Partial<ServerTimes> = JSON.parse(process.env.TEST_SERVER_TIMES ?? '{}')
const server = await serve(parsed.config, times)
const { url, setupLink } = server
process.stdout.write(`${JSON.stringify({ event: 'ready', url, setup_link: setupLink })}\n`)
// Killed processes write no cache by themselves, and each of these is started many times.
module.flushCompileCache()
const stop = (): void => void server.close().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.stdin.once('close', stop).resume()
