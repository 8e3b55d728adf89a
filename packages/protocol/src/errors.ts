/**
 * The one table of refusals. Each code is stable, has a page in `docs/errors/`, and says in constant words
 * what happened (RFC 9457 §3.1.4): nothing that the caller sent and no id of ours stands in them.
 */

export const errors = {
  // Requests that cannot be read.
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not one well-formed JSON value in UTF-8.',
  },
  repeated_name: {
    status: 400,
    title: 'Repeated name',
    detail: 'A JSON object names a member twice, or uses a forbidden name.',
  },
  json_too_deep: {
    status: 400,
    title: 'JSON too deep',
    detail: 'The body nests arrays and objects too deeply.',
  },
  invalid_request: {
    status: 422,
    title: 'Invalid request',
    detail: 'The request does not match the schema; see `errors` for each field.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than this server accepts.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'This endpoint does not accept that content type.',
  },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here, or it is not yours to see.' },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This path does not answer that method; see `Allow`.',
  },
  https_required: {
    status: 403,
    title: 'HTTPS required',
    detail: 'This server answers plain HTTP only on the loopback interface.',
  },
  misdirected_request: {
    status: 421,
    title: 'Misdirected request',
    detail: 'This server does not answer for that host name.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    detail: 'The request contradicts what is stored; read it again and decide anew.',
  },

  // Credentials. Every cause of a bad one has its own code for those allowed to know; the caller sees these.
  credential_required: {
    status: 401,
    title: 'Credential required',
    detail: 'This endpoint needs a credential, and none was presented.',
  },
  multiple_credentials: {
    status: 400,
    title: 'Multiple credentials',
    detail: 'Present one credential per request, in one header.',
  },
  invalid_credential: {
    status: 401,
    title: 'Invalid credential',
    detail: 'The credential is malformed, unknown, expired or ended.',
  },
  invalid_dpop_proof: {
    status: 401,
    title: 'Invalid DPoP proof',
    detail: 'The proof of possession is missing, malformed, used before, or not made for this request.',
  },
  use_dpop_nonce: {
    status: 401,
    title: 'DPoP nonce required',
    detail: 'The proof of possession needs the nonce that stands in `DPoP-Nonce`.',
  },
  insufficient_user_authentication: {
    status: 401,
    title: 'Stronger sign-in required',
    detail: 'The credential is good; this needs a more recent or a stronger sign-in behind it.',
  },
  credential_address_refused: {
    status: 403,
    title: 'Address refused',
    detail: 'The credential may not be used from this address.',
  },
  csrf_refused: {
    status: 403,
    title: 'Cross-site request refused',
    detail: 'A request by cookie must come from this site or carry its CSRF token.',
  },
  permission_denied: {
    status: 403,
    title: 'Permission denied',
    detail: 'The credential does not hold the permission that this needs.',
  },
  permission_exceeds_own: {
    status: 403,
    title: 'Permission exceeds your own',
    detail: 'A credential cannot give away permissions, resources or addresses beyond its own.',
  },
  access_token_too_large: {
    status: 409,
    title: 'Access token too large',
    detail: 'These rights do not fit into one token; ask for a narrower scope, or use a session token.',
  },

  // Signing up and in.
  invalid_credentials: {
    status: 401,
    title: 'Sign-in refused',
    detail: 'The address or the password is wrong.',
  },
  invalid_factor: {
    status: 401,
    title: 'Factor refused',
    detail: 'The code is wrong, or was used before.',
  },
  invalid_passkey: {
    status: 401,
    title: 'Passkey refused',
    detail: 'The passkey is not known here, or the answer of the device does not hold; begin again.',
  },
  ticket_ended: {
    status: 401,
    title: 'Ticket ended',
    detail: 'The ticket is unknown, used, expired, or was tried too often; begin again.',
  },
  factor_closed: {
    status: 403,
    title: 'Factor closed',
    detail: 'This factor was tried wrongly too often in a row; use another one.',
  },
  last_factor: {
    status: 409,
    title: 'Last factor',
    detail: 'The policy demands a second factor, and this is the last one; add another first.',
  },
  last_way_in: {
    status: 409,
    title: 'Last way in',
    detail:
      'The account has no password and no passkey, and this is the last account elsewhere that opens it.',
  },
  provider_unavailable: {
    status: 503,
    title: 'Provider unavailable',
    detail: 'The other service cannot be reached, or does not answer as it should; try again later.',
  },
  password_missing: {
    status: 409,
    title: 'Password missing',
    detail:
      'The account has no password, and this is finished with one; have a link sent that sets it first.',
  },
  address_unverified: {
    status: 409,
    title: 'Address not verified',
    detail: 'The other service tells of no address that it has verified, and no account begins without one.',
  },
  factor_enrolment_closed: {
    status: 403,
    title: 'Enrolment closed',
    detail: 'This server takes no new second factors.',
  },
  password_too_short: {
    status: 422,
    title: 'Password too short',
    detail: 'Choose a longer password; length protects more than odd characters do.',
  },
  password_too_long: {
    status: 422,
    title: 'Password too long',
    detail: 'The password is longer than this server accepts.',
  },
  password_too_common: {
    status: 422,
    title: 'Password too common',
    detail: 'That password is among the first that attackers try; choose another.',
  },
  password_contains_context: {
    status: 422,
    title: 'Password too predictable',
    detail: 'The password is built from your address, your name or the name of this service.',
  },
  password_too_guessable: {
    status: 422,
    title: 'Password too easy to guess',
    detail: 'That password is worth too few guesses; add a word or two that have nothing to do with it.',
  },
  password_breached: {
    status: 422,
    title: 'Password has leaked',
    detail:
      'That password stands in a public collection of leaked ones, which attackers try; choose another.',
  },
  password_unchanged: {
    status: 422,
    title: 'Password unchanged',
    detail: 'The new password is the one that the account has; choose another.',
  },
  invalid_current_password: {
    status: 403,
    title: 'Current password refused',
    detail: 'The current password is wrong; the credential of the request is good.',
  },
  password_check_unavailable: {
    status: 503,
    title: 'Password cannot be checked',
    detail:
      'A new password is checked before it is taken here, and that cannot be done now; try again shortly.',
  },
  address_taken: {
    status: 409,
    title: 'Address taken',
    detail: 'An account with that address exists already; sign in instead.',
  },
  sign_up_closed: {
    status: 403,
    title: 'Sign-up closed',
    detail: 'New accounts are created by an administrator here.',
  },
  reset_closed: {
    status: 403,
    title: 'Reset closed',
    detail: 'This server sends no mail, so it cannot send a link; turn to an administrator.',
  },
  setup_closed: {
    status: 403,
    title: 'Set-up closed',
    detail: 'The first administrator exists, or the link was used or has expired.',
  },
  last_administrator: {
    status: 409,
    title: 'Last administrator',
    detail: 'The last administrator cannot be removed, disabled or demoted.',
  },

  // Limits and outages.
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'Wait for the time in `Retry-After`, then try again.',
  },
  too_many_failures: {
    status: 429,
    title: 'Too many failures',
    detail: 'Wait for the time in `Retry-After`, or sign in on a device that was signed in on before.',
  },
  limit_reached: {
    status: 409,
    title: 'Limit reached',
    detail: 'There are as many of these as one owner may have; end one first.',
  },
  too_many_invitations: {
    status: 409,
    title: 'Too many invitations',
    detail: 'As many invitations wait as may wait at once; take one back, or wait until some are accepted.',
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    detail: 'The server has more work than it can do at once; try again shortly.',
  },
  store_unavailable: {
    status: 503,
    title: 'Store unavailable',
    detail: 'The database cannot be reached, so nothing can be decided.',
  },
  verifier_unavailable: {
    status: 503,
    title: 'Verifier unavailable',
    detail: 'It cannot be known whether the credential is still good.',
  },
  shutting_down: { status: 503, title: 'Shutting down', detail: 'This server is stopping; ask another one.' },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something broke on our side; the decision id finds it in the log.',
  },
} as const

export type ErrorCode = keyof typeof errors
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errors, text)

/** RFC 6749 §5.2, RFC 8693 §2.2.2, RFC 7009 §2.2.1, RFC 9449 §5, RFC 7591 §3.2.2, RFC 6750 §3.1: the only errors OAuth endpoints answer with. */
export const oauthErrors = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  invalid_dpop_proof: 400,
  use_dpop_nonce: 400,
  invalid_request_object: 400,
  unsupported_token_type: 400,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  invalid_software_statement: 400,
  unapproved_software_statement: 400,
  invalid_token: 401,
  authorization_pending: 400,
  access_denied: 400,
  expired_token: 400,
  temporarily_unavailable: 503,
  slow_down: 429,
  server_error: 500,
} as const
export type OAuthErrorCode = keyof typeof oauthErrors

/** A problem document (RFC 9457 §3). `errors` lists the fields that did not match the schema. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ErrorCode
  readonly decision_id: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  /** Why, on a machine where somebody develops and has asked for it; nowhere else. */
  readonly hint?: string
}
