/** The pages on which people enter the code of a device and decide (RFC 8628 §3.3). */
import { claimDevice, type DeviceQuestion, decideDevice, readSession } from '@countersign/core'
import { toLimitFields } from '../../http/limit-fields.ts'
import { limitUserCode } from '../../http/limits.ts'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, publicRoute } from '../../http/route.ts'
import { deviceCodePage, deviceConfirmPage, deviceDonePage } from '../../pages/device-pages.ts'
import { type Look, lookOf } from '../../pages/look.ts'
import {
  type DeviceDecisionForm,
  type DeviceForm,
  type DeviceQuery,
  deviceDecisionSchema,
  deviceFormSchema,
  deviceQuerySchema,
} from '../../schemas/device.ts'
import { type PageCall, sessionCookie } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import { sealInteraction } from './interaction.ts'
import { page, seeOther } from './replies.ts'

const responses = {
  200: { description: 'The page.' },
  303: { description: 'To the sign-in, which leads back here.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', limit: 'token', responses } as const

const show: AnyRoute = publicRoute<undefined, DeviceQuery>({
  ...row,
  name: 'device_page',
  method: 'GET',
  path: '/device',
  summary: 'Where the code of a device is entered.',
  query: deviceQuerySchema,
  handle: (call) => showCode(call, call.query.user_code ?? '', { said: null }),
})

type Said = 'stale' | 'tooMany' | 'tooWeak' | 'unknown'

interface Again {
  readonly said: Said | null
  readonly status?: number
}

const textOf = ({ words }: Look, said: Said): string =>
  said === 'stale' ? words.said.stale : words.device[said]

async function showCode(call: PageCall, userCode: string, again: Again): Promise<Reply> {
  const { services, facts } = call
  const token = sessionCookie(call)
  const signedIn = await readSession(services.core, token, facts.nowMs)
  if (signedIn === null) return toLogin(call, userCode)
  const guard = guardForm(services, call.header, entryPurpose(call))
  const { csrf, cookies } = guard
  const look = lookOf(call)
  const message = again.said === null ? null : textOf(look, again.said)
  const body = deviceCodePage(look, { csrf, email: signedIn.email, userCode, message })
  return page(body, { status: again.status ?? 200, cookies })
}

/** Signed in first: whoever guesses codes does so under a name, and a few times only. */
function toLogin({ services, facts }: PageCall, userCode: string): Reply {
  const interaction = { parameters: {}, pushed: null, startedMs: facts.nowMs, device: userCode }
  const sealed = sealInteraction(services.core.secrets, interaction)
  return seeOther(`/login?interaction=${encodeURIComponent(sealed)}`)
}

/** Bound to the session, and the decision to the code as well: it counts for what was shown, by whom it was shown to. */
const entryPurpose = (call: PageCall): string => `device ${sessionCookie(call) ?? ''}`
const decisionPurpose = (call: PageCall, userCode: string): string =>
  `device ${sessionCookie(call) ?? ''} ${userCode}`

const enter: AnyRoute = publicRoute<DeviceForm>({
  ...row,
  name: 'device',
  method: 'POST',
  path: '/device',
  summary: 'Enter the code of a device, and be shown who asks for what.',
  body: deviceFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { user_code: typed = '', csrf = '' } = call.body
    const { services, facts } = call
    const token = sessionCookie(call)
    const signedIn = await readSession(services.core, token, facts.nowMs)
    if (signedIn === null) return toLogin(call, typed)
    if (!isGuarded(services, call.header, entryPurpose(call), csrf)) {
      return showCode(call, typed, { said: 'stale', status: 403 })
    }
    const limited = await limitUserCode(services, signedIn.session.accountId)
    if (limited !== null && !limited.allowed) {
      const reply = await showCode(call, typed, { said: 'tooMany', status: 429 })
      return { ...reply, headers: { ...reply.headers, ...toLimitFields(limited) }, outcome: 'rate_limited' }
    }
    const question = await claimDevice(services.core, token, typed, facts)
    return question.kind === 'ask' ? showQuestion(call, question) : refuseCode(call, typed, question.kind)
  },
})

const refuseCode = (
  call: PageCall,
  typed: string,
  why: 'sign_in' | 'unknown' | 'too_weak',
): Reply | Promise<Reply> =>
  why === 'sign_in'
    ? toLogin(call, typed)
    : showCode(call, typed, { said: why === 'too_weak' ? 'tooWeak' : why, status: 400 })

function showQuestion(call: PageCall, question: Extract<DeviceQuestion, { kind: 'ask' }>): Reply {
  const guard = guardForm(call.services, call.header, decisionPurpose(call, question.userCode))
  const body = deviceConfirmPage(lookOf(call), { csrf: guard.csrf, ...question })
  return page(body, { cookies: guard.cookies })
}

const submit: AnyRoute = publicRoute<DeviceDecisionForm>({
  ...row,
  name: 'device_decision',
  method: 'POST',
  path: '/device/decision',
  summary: 'Allow a device what it asks for, or deny it.',
  body: deviceDecisionSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { user_code: typed = '', csrf = '', decision } = call.body
    const { services, facts } = call
    // A code whose question was not shown here cannot be decided about, and so not be guessed here.
    if (decision === undefined || !isGuarded(services, call.header, decisionPurpose(call, typed), csrf)) {
      return showCode(call, typed, { said: 'stale', status: 403 })
    }
    const kind = decision === 'allow' ? 'allowed' : 'denied'
    const answer = await decideDevice(services.core, sessionCookie(call), { typed, kind }, facts)
    switch (answer) {
      case 'allowed':
      case 'denied':
        return page(deviceDonePage(lookOf(call), answer))
      default:
        return refuseCode(call, typed, answer)
    }
  },
})

export const deviceRoutes: readonly AnyRoute[] = [show, enter, submit]
