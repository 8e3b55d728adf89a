/** What is done by links in mails, on the wire. */

export interface PasswordResetRequest {
  email: string
}
/** The same for every address, whoever it belongs to. */
export interface CheckMailResponse {
  status: 'check_mail'
}
export interface CompletePasswordResetRequest {
  /** What the link ends with. */
  ticket: string
  password: string
}
export interface ConfirmSignUpRequest {
  /** What the link ends with. */
  ticket: string
  /** The one that was chosen at the sign-up. */
  password: string
}

/** A sign-in was taken back, with what it left behind. */
export interface NotMeResponse {
  ended: { sessions: number; grants: number; api_keys: number }
  /** `check_mail`: the password is gone, and a link that sets another one is in the mail of the account. */
  next: 'check_mail' | 'change_password'
}

export interface ChangeEmailRequest {
  email: string
}
export interface ConfirmEmailChangeRequest {
  /** What the link ends with. */
  ticket: string
  /** Of the account whose address it is to be. */
  password: string
}
export interface ConfirmEmailRequest {
  /** What the link ends with. */
  ticket: string
}
/** Whether a link was sent, or the address is verified already. */
export interface EmailVerificationResponse {
  status: 'check_mail' | 'verified'
}
