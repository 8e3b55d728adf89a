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
