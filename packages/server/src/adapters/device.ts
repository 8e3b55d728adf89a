/**
 * What a session list calls the device that a person signed in from: "Firefox on Windows". Only a hint: the
 * user agent is whatever the client says, so nothing is decided by it.
 */
import { createRequire } from 'node:module'
import type * as Bowser from 'bowser'

/** Browsers send about 120 characters, apps up to 300. */
const USER_AGENT_CHARACTERS_MAX = 512
const NAME_CHARACTERS_MAX = 32

/** Null where the user agent names nothing that a person would recognise. */
export function toDeviceName(userAgent: string | null): string | null {
  if (userAgent === null || userAgent.trim() === '') return null
  const text = userAgent.slice(0, USER_AGENT_CHARACTERS_MAX)
  const { browser, os } = parseUserAgent(text)
  const program = toPlainName(browser) ?? toPlainName(/^([A-Za-z][\w.-]*)(?:\/|$)/.exec(text)?.[1])
  const system = toPlainName(os)
  if (program !== null && system !== null) return `${program} on ${system}`
  return program ?? system
}

interface ParsedUserAgent {
  readonly browser: string | undefined
  readonly os: string | undefined
}

function parseUserAgent(text: string): ParsedUserAgent {
  // Loaded by the first sign-in and not at start-up.
  const bowser: typeof Bowser = createRequire(import.meta.url)('bowser')
  const { browser, os } = bowser.parse(text)
  return { browser: browser.name, os: os.name }
}

/** The parser passes unknown names through as the client wrote them; only plain short ones are shown to people. */
function toPlainName(name: string | undefined): string | null {
  const plain = name?.trim() ?? ''
  return plain.length <= NAME_CHARACTERS_MAX && /^[A-Za-z][\w .+-]*$/.test(plain) ? plain : null
}
