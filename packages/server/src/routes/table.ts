/** Every route of the authority, one row each. */
import type { AnyRoute } from '../http/route.ts'
import { accountFactorRoutes } from './account-factors.ts'
import { accountRoutes } from './accounts.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { bulkRoutes } from './bulk.ts'
import { clientRoutes } from './clients.ts'
import { confirmSignUpRoutes } from './confirm-sign-up.ts'
import { consentReviewRoutes } from './consents.ts'
import { consoleRoutes } from './console.ts'
import { credentialTreeRoutes } from './credential-tree.ts'
import { developmentRoutes } from './development.ts'
import { deviceAuthorizationRoute } from './device-authorization.ts'
import { emailRoutes } from './email.ts'
import { explanationRoutes } from './explanations.ts'
import { factorSignInRoutes } from './factor-sign-in.ts'
import { identityRoutes } from './identities.ts'
import { initialAccessTokenRoutes } from './initial-access-tokens.ts'
import { invitationRoutes } from './invitations.ts'
import { meRoutes } from './me.ts'
import { metadataRoutes } from './metadata.ts'
import { myDeviceRoutes } from './my-devices.ts'
import { myFactorRoutes } from './my-factors.ts'
import { notMeRoutes } from './not-me.ts'
import { tokenRoute } from './oauth.ts'
import { authorizeRoutes } from './oauth-pages/authorize.ts'
import { consentRoutes } from './oauth-pages/consent.ts'
import { deviceRoutes } from './oauth-pages/device.ts'
import { forgotRoutes } from './oauth-pages/forgot.ts'
import { loginRoutes } from './oauth-pages/login.ts'
import { loginStepRoutes } from './oauth-pages/login-steps.ts'
import { logoutRoutes } from './oauth-pages/logout.ts'
import { ownSignInRoutes } from './oauth-pages/own-sign-in.ts'
import { providerRoutes } from './oauth-pages/providers.ts'
import { pushRoute } from './oauth-pages/push.ts'
import { signUpPageRoutes } from './oauth-pages/sign-up.ts'
import { oauthTokenRoutes } from './oauth-tokens.ts'
import { operationRoutes } from './operations.ts'
import { ownDataRoutes } from './own-data.ts'
import { pageRoutes } from './pages.ts'
import { passkeyRoutes } from './passkeys.ts'
import { passwordResetRoutes } from './password-reset.ts'
import { passwordRoutes } from './passwords.ts'
import { principalNameRoutes } from './principal-names.ts'
import { registrationRoute } from './registration.ts'
import { feedRoute } from './revocation-feed.ts'
import { revocationRoutes } from './revocations.ts'
import { riskRoutes } from './risk.ts'
import { roleRoutes } from './roles.ts'
import { serviceAccountRoutes } from './service-accounts.ts'
import { settingsRoutes } from './settings.ts'
import { signInRoutes } from './sign-in.ts'
import { adminRoutes } from './signing-keys-and-audit.ts'
import { usageRoutes } from './usage.ts'
import { userInfoRoutes } from './userinfo.ts'

export const routes: readonly AnyRoute[] = [
  ...signInRoutes,
  ...confirmSignUpRoutes,
  ...factorSignInRoutes,
  ...passwordRoutes,
  ...passwordResetRoutes,
  ...notMeRoutes,
  ...meRoutes,
  ...ownDataRoutes,
  ...emailRoutes,
  ...myDeviceRoutes,
  ...myFactorRoutes,
  ...passkeyRoutes,
  ...identityRoutes,
  ...consentReviewRoutes,
  ...authorizeRoutes,
  pushRoute,
  deviceAuthorizationRoute,
  ...deviceRoutes,
  ...ownSignInRoutes,
  ...loginRoutes,
  ...loginStepRoutes,
  ...providerRoutes,
  ...forgotRoutes,
  ...signUpPageRoutes,
  ...consentRoutes,
  ...logoutRoutes,
  tokenRoute,
  ...userInfoRoutes,
  ...oauthTokenRoutes,
  ...apiKeyRoutes,
  ...revocationRoutes,
  feedRoute,
  ...credentialTreeRoutes,
  ...principalNameRoutes,
  ...usageRoutes,
  ...explanationRoutes,
  ...accountRoutes,
  ...invitationRoutes,
  ...accountFactorRoutes,
  ...serviceAccountRoutes,
  ...roleRoutes,
  ...riskRoutes,
  ...clientRoutes,
  ...initialAccessTokenRoutes,
  registrationRoute,
  ...bulkRoutes,
  ...adminRoutes,
  ...settingsRoutes,
  ...metadataRoutes,
  ...operationRoutes,
  ...pageRoutes,
  ...developmentRoutes,
  ...consoleRoutes,
]
