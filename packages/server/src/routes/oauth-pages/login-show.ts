/** The first page of a sign-in, also where a later step has to begin again. */
import { findClient } from '@countersign/core'
import type { Reply } from '../../http/reply.ts'
import { loginPage } from '../../pages/login-pages.ts'
import type { Said } from '../../pages/words/words.ts'
import type { PageCall } from './flow.ts'
import { guardForm } from './form-guard.ts'
import { type Asked, lookAt, targetsOf } from './login-parts.ts'
import { page } from './replies.ts'

/** What the form's proof is bound to. */
export const LOGIN = 'login'

export interface Again {
  readonly said?: Said
  readonly isSignedOut?: boolean
  readonly identifier?: string
  readonly waitSeconds?: number
  readonly status?: number
}

export async function showLogin(
  call: PageCall,
  { sealed, interaction }: Asked,
  again: Again,
): Promise<Reply> {
  const { services, header } = call
  const guard = guardForm(services, header, LOGIN)
  const client =
    interaction === null
      ? null
      : await findClient(services.core, interaction.parameters.client_id ?? '', call.facts)
  const hint = interaction?.parameters.login_hint ?? ''
  const look = lookAt(call, interaction)
  const { said, waitSeconds = null } = again
  const { mail, signUp } = services.config
  const body = loginPage(look, {
    form: { interaction: sealed, csrf: guard.csrf },
    client,
    identifier: again.identifier ?? hint.slice(0, 254),
    message:
      waitSeconds === null
        ? said === undefined
          ? null
          : look.words.said[said]
        : look.words.wait(waitSeconds),
    notice: again.isSignedOut === true ? look.words.login.signedOut : null,
    waitSeconds,
    canReset: mail.kind !== 'off',
    canSignUp: signUp === 'open',
    providers: services.providers.names,
  })
  const { cookies } = guard
  return page(body, { status: again.status ?? 200, cookies, formTargets: targetsOf(interaction) })
}
