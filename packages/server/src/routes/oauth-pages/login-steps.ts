/**
 * What is asked for after the password: a second factor, a first one where a policy demands it, or another password. All
 * of it happens on these pages, so that nobody has to begin again at the app that they came from.
 */
import {
  demandsFactor,
  type Evidence,
  type FactorWay,
  type Outcome,
  offerTotpByTicket,
  type SignedIn,
  type StepRequired,
  showOfferByTicket,
  signInWithFactor,
  signInWithNewPassword,
  type TotpOffer,
} from '@countersign/core'
import { Secret } from '@countersign/protocol'
import type { Reply } from '../../http/reply.ts'
import { type AnyRoute, type Call, publicRoute } from '../../http/route.ts'
import { enrolPage, factorPage, newPasswordPage } from '../../pages/login-pages.ts'
import type { Said } from '../../pages/words/words.ts'
import {
  type FactorForm,
  factorFormSchema,
  type NewPasswordForm,
  newPasswordFormSchema,
} from '../../schemas/oauth-pages.ts'
import { assertionSchema, registrationSchema } from '../../schemas/passkeys.ts'
import { toTotpOfferShape } from '../factor-shapes.ts'
import { refusalText } from './beside-login.ts'
import { overPage, type PageCall } from './flow.ts'
import { guardForm, isGuarded } from './form-guard.ts'
import { type Asked, asked, goOn, lookAt, targetsOf } from './login-parts.ts'
import { showLogin } from './login-show.ts'
import { page } from './replies.ts'

const responses = {
  200: { description: 'The next page, or recovery codes.' },
  303: { description: 'To the next page, or back to the client.' },
  400: { description: 'The page again, with what was wrong.' },
}
const row = { tag: 'Pages', access: 'public', errorForm: 'page', responses } as const

/** The page for whatever is asked for next. */
export async function showStep(call: PageCall, found: Asked, step: StepRequired): Promise<Reply> {
  const ticket = step.ticket.reveal()
  switch (step.kind) {
    case 'factor_required':
      return showFactor(call, found, { ticket, ways: step.ways, said: null })
    case 'factor_enrolment_required':
      return showEnrolment(call, found, { ticket, ways: step.ways, said: null })
    case 'password_change_required':
      return showNewPassword(call, found, { ticket, isBreached: step.reason === 'breached' }, null)
  }
}

interface FactorStep {
  readonly ticket: string
  readonly ways: readonly FactorWay[]
  readonly said: Said | null
}

/** The form's proof is bound to the ticket: a foreign page cannot have somebody finish another one's sign-in. */
const factorPurpose = (ticket: string): string => `factor ${ticket}`

function showFactor(call: PageCall, { sealed, interaction }: Asked, step: FactorStep): Reply {
  const { ticket, ways, said } = step
  const { csrf, cookies } = guardForm(call.services, call.header, factorPurpose(ticket))
  const look = lookAt(call, interaction)
  const form = { interaction: sealed, csrf }
  const trustDays = daysOfTrust(call)
  const body = factorPage(look, { form, ticket, ways, message: said && look.words.said[said], trustDays })
  return page(body, { status: said === null ? 200 : 400, cookies, formTargets: targetsOf(interaction) })
}

/** Where everybody has to present a factor each time, a box to tick would be a promise that nobody keeps. */
function daysOfTrust({ services: { config, core } }: PageCall): number {
  return demandsFactor(core.policy, []) ? 0 : config.trustedDeviceDays
}

/** A seed is offered with the page; after a wrong code it is the same one, which may stand in the app by now. */
async function showEnrolment(call: PageCall, found: Asked, step: FactorStep): Promise<Reply> {
  const { ticket, ways, said } = step
  const { services, header } = call
  const offered = ways.includes('totp') ? await offerOf(call, ticket, said === null) : null
  if (offered !== null && !offered.ok) return beginAgain(call, found)
  const shape = offered === null ? null : toTotpOfferShape(offered)
  const { csrf, cookies } = guardForm(services, header, factorPurpose(ticket))
  const look = lookAt(call, found.interaction)
  const body = enrolPage(look, {
    form: { interaction: found.sealed, csrf },
    ticket,
    ways,
    message: said && look.words.said[said],
    offer: shape && { secret: shape.secret, qrSvg: shape.qr_svg },
  })
  const options = { cookies, formTargets: targetsOf(found.interaction) }
  return page(body, { ...options, status: said === null ? 200 : 400 })
}

function offerOf(
  { services: { core }, facts }: PageCall,
  ticket: string,
  isNew: boolean,
): Promise<Outcome<TotpOffer>> {
  return isNew ? offerTotpByTicket(core, ticket, null, facts) : showOfferByTicket(core, ticket, facts)
}

const beginAgain = (call: PageCall, found: Asked): Promise<Reply> =>
  showLogin(call, found, { said: 'again', status: 400 })

const stale = (call: PageCall, found: Asked): Promise<Reply> =>
  showLogin(call, found, { said: 'stale', status: 403 })

const submitFactor: AnyRoute = publicRoute<FactorForm>({
  ...row,
  name: 'login_factor',
  method: 'POST',
  path: '/login/factor',
  summary: 'Finish signing in on a page, with a second factor, or with the first one that is demanded.',
  limit: 'factor',
  body: factorFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { ticket = '', csrf = '', step } = call.body
    const found = asked(call, call.body.interaction)
    if (found === null) return overPage(call)
    const { services, header, facts } = call
    if (!isGuarded(services, header, factorPurpose(ticket), csrf)) return stale(call, found)
    const evidence = readEvidence(call.body)
    const trustDevice = call.body.trust_device === 'yes'
    const input = { ticket, deliver: 'cookie', refresh: null, trustDevice } as const
    const answer =
      evidence === null ? null : await signInWithFactor(services.core, { ...input, evidence }, facts)
    if (answer?.ok) return finish(call, found, answer)
    services.metrics.signIn('refused')
    const code = answer?.code ?? 'invalid_passkey'
    if (code !== 'invalid_factor' && code !== 'invalid_passkey') return beginAgain(call, found)
    const ways = (call.body.ways ?? '').split(' ').filter(isWay)
    if (step === 'enrol') return showEnrolment(call, found, { ticket, ways, said: 'wrong_first_code' })
    if (code === 'invalid_passkey' && evidence?.way === 'passkey' && isMade(evidence)) {
      return showEnrolment(call, found, { ticket, ways, said: 'passkey_failed' })
    }
    const said = code === 'invalid_passkey' ? 'passkey_failed' : 'wrong_code'
    return showFactor(call, found, { ticket, ways, said })
  },
})

const isMade = (evidence: Evidence): boolean =>
  evidence.way === 'passkey' && 'attestationObject' in evidence.credential.response

/** Null for what no script of ours has written. */
function readEvidence({ code = '', credential = '', step }: FactorForm): Evidence | null {
  if (credential !== '') {
    const value = readJson(credential)
    const made = registrationSchema.safeParse(value)
    const used = made.success ? made : assertionSchema.safeParse(value)
    return used.success ? { way: 'passkey', credential: used.data } : null
  }
  // A code of the app is six digits; everything else that people type here is a recovery code.
  const isTotp = step === 'enrol' || /^\s*\d{3}\s?\d{3}\s*$/.test(code)
  return { way: isTotp ? 'totp' : 'recovery_code', code: new Secret(code) }
}

export function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    // What a stranger sends is no fault of ours.
    return null
  }
}

const isWay = (word: string): word is FactorWay =>
  word === 'totp' || word === 'recovery_code' || word === 'passkey'

function finish(
  call: Call<unknown, unknown, null>,
  found: Asked,
  answer: Extract<Outcome<SignedIn | StepRequired>, { ok: true }>,
): Reply | Promise<Reply> {
  if (answer.kind !== 'signed_in') return showStep(call, found, answer)
  call.services.metrics.signIn('success')
  return goOn(call, found, answer)
}

interface PasswordStep {
  readonly ticket: string
  readonly isBreached: boolean
}

const passwordPurpose = (ticket: string): string => `new password ${ticket}`

function showNewPassword(
  call: PageCall,
  { sealed, interaction }: Asked,
  step: PasswordStep,
  message: string | null,
): Reply {
  const { csrf, cookies } = guardForm(call.services, call.header, passwordPurpose(step.ticket))
  const { passwordLengthMin } = call.services.core.policy
  const form = { interaction: sealed, csrf }
  const body = newPasswordPage(lookAt(call, interaction), { form, ...step, message, passwordLengthMin })
  return page(body, { status: message === null ? 200 : 400, cookies, formTargets: targetsOf(interaction) })
}

const submitPassword: AnyRoute = publicRoute<NewPasswordForm>({
  ...row,
  name: 'login_new_password',
  method: 'POST',
  path: '/login/password',
  summary: 'Go on signing in on a page, with another password where it has to be changed.',
  limit: 'factor',
  body: newPasswordFormSchema,
  bodyForm: 'form',
  handle: async (call) => {
    const { ticket = '', csrf = '', password = '', breached } = call.body
    const found = asked(call, call.body.interaction)
    if (found === null) return overPage(call)
    const { services, header, facts } = call
    if (!isGuarded(services, header, passwordPurpose(ticket), csrf)) return stale(call, found)
    const input = { ticket: new Secret(ticket), password: new Secret(password), deliver: 'cookie' } as const
    const answer = await signInWithNewPassword(services.core, input, facts)
    if (answer.ok) return finish(call, found, answer)
    if (answer.code === 'ticket_ended') return beginAgain(call, found)
    const message = refusalText(lookAt(call, found.interaction), answer.code)
    return showNewPassword(call, found, { ticket, isBreached: breached === 'yes' }, message)
  },
})

export const loginStepRoutes: readonly AnyRoute[] = [submitFactor, submitPassword]
