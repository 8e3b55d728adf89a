/** The settings as this node has them, for administrators, and a mail to oneself to see whether any leaves. */
import { type BrandShades, permissions as own, type SettingsResponse } from '@countersign/protocol'
import { type Config, describeSettings } from '../config.ts'
import { DEFAULTED } from '../config-origins.ts'
import { limitMail } from '../http/limits.ts'
import { json } from '../http/reply.ts'
import { type AnyRoute, protectedRoute } from '../http/route.ts'
import { sendTestMail, tellMail } from '../mail/test-mail.ts'
import { shades } from '../pages/brand.ts'
import { settingsSchema, testMailSchema } from '../schemas/settings.ts'
import { rateLimited } from './answer.ts'
import { overviewRoutes } from './overview.ts'

const TAG = 'Settings'

const list: AnyRoute = protectedRoute({
  name: 'list_settings',
  method: 'GET',
  path: '/v1/settings',
  summary: 'Every setting of this node: its default, its meaning, and where it was set; no secret.',
  tag: TAG,
  access: { permission: own.settingsRead },
  responses: { 200: { description: 'Settings, in the order of the table.', schema: settingsSchema } },
  handle: ({ services }) => json(200, toResponse(services.config)),
})

function toResponse(config: Config): SettingsResponse {
  const items = describeSettings().map(({ key, variables, accepts, fallback, reason, secret }) => {
    const { source, setIn, value } = config.origins[key] ?? DEFAULTED
    return {
      key,
      variables: [...variables],
      accepts,
      default: fallback,
      meaning: reason,
      secret,
      value: secret ? null : (value ?? fallback),
      source,
      set_in: setIn,
    }
  })
  const { brandName: name, brandColor: color } = config
  return {
    items,
    next_cursor: null,
    mail: { kind: config.mail.kind, target: tellMail(config) },
    brand: { name, color, light: toShades(color, 'light'), dark: toShades(color, 'dark') },
  }
}

function toShades(color: string, scheme: 'light' | 'dark'): BrandShades {
  const { fill, soft, text } = shades(color, scheme)
  return { fill, soft, text }
}

const testMail: AnyRoute = protectedRoute({
  name: 'send_test_mail',
  method: 'POST',
  path: '/v1/settings/test-mail',
  summary: 'Send a mail to one’s own address at once, past the outbox, and say what stands in the way.',
  tag: TAG,
  access: { permission: own.mailTest },
  responses: { 200: { description: 'What became of it.', schema: testMailSchema } },
  handle: async (call) => {
    // Nobody else’s mailbox can be filled from here, whoever holds the permission.
    const to = call.caller.verdict.principal.email
    if (to === null) return json(200, { outcome: 'no_address', reason: null, to })
    const limited = await limitMail(call.services, to)
    if (limited !== null && !limited.allowed) return rateLimited(call, limited)
    const sent = await sendTestMail(call.services.config, to)
    return json(200, { outcome: sent.kind, reason: 'reason' in sent ? sent.reason : null, to })
  },
})

/** What the console opens with stands beside them. */
export const settingsRoutes: readonly AnyRoute[] = [...overviewRoutes, list, testMail]
