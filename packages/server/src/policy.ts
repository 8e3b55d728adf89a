/** From settings to the rules that core works by. */

import type { Policy } from '@countersign/core'
import { ACCESS_TOKEN_LIFETIME_SECONDS_MAX, CLOCK_LEEWAY_SECONDS } from '@countersign/protocol'
import type { Config } from './config.ts'
import { levelsByRole } from './config-assurance.ts'
import { toRegistrationPolicy } from './config-registration.ts'

/** The longest that a verdict about an opaque credential is kept (lease protocol, rule 4). */
const VERDICT_SECONDS = 60

export function toPolicy(config: Config): Policy {
  return {
    issuer: config.issuer,
    audiences: config.audiences,
    credentialStyle: config.credentialStyle,
    signingAlgorithm: config.signingAlgorithm,
    accessTokenLifetimeSeconds: config.accessTokenLifetimeSeconds,
    // Tokens that were issued before the setting was lowered are covered as well.
    accessTokenLifetimeSecondsMax: Math.max(
      ACCESS_TOKEN_LIFETIME_SECONDS_MAX,
      config.accessTokenLifetimeSeconds,
    ),
    leewaySeconds: CLOCK_LEEWAY_SECONDS,
    sessionIdleSeconds: config.sessionIdleSeconds,
    sessionLifetimeSeconds: config.sessionLifetimeSeconds,
    refreshLifetimeSeconds: config.refreshLifetimeSeconds,
    refreshIdleSeconds: config.refreshIdleSeconds,
    refreshGraceSeconds: config.refreshGraceSeconds,
    sessionsPerAccountMax: config.sessionsPerAccountMax,
    apiKeysPerOwnerMax: config.apiKeysPerOwnerMax,
    invitationsPerSenderMax: config.invitationsPerSenderMax,
    invitationsMax: config.invitationsMax,
    signUp: config.signUp,
    registration: toRegistrationPolicy(config),
    signInNetworkFailures: config.signInNetworkFailures,
    emailVerification: config.emailVerification,
    mfa: config.mfa,
    mfaRoles: config.mfaRoles,
    trustedDeviceSeconds: config.trustedDeviceDays * 86_400,
    assurance: {
      everyone: config.assurance === 'off' ? null : config.assurance,
      roles: levelsByRole(config.assuranceRoles),
    },
    mail: config.mail.kind === 'off' ? 'off' : { locale: config.mailLanguage },
    passkeys: { rpId: config.passkeyRpId, origins: config.passkeyOrigins },
    passwordLengthMin: config.passwordLengthMin,
    passwordScoreMin: config.passwordScoreMin,
    breachUnknown: config.breachedPasswordsWhenDown,
    breachAtSignIn: config.breachedPasswordsAtSignIn,
    contextWords: [...new URL(config.issuer).hostname.split('.'), 'countersign'],
    keyRotationSeconds: config.keyRotationSeconds,
    keyPublishSeconds: config.keyPublishSeconds,
    verdictSeconds: VERDICT_SECONDS,
  }
}
