/** Hosted pages in English. */
import type { ErrorCode } from '@countersign/protocol'
import { providersEn } from './providers.ts'
import { deviceEn, logOutEn } from './sign-outs-and-devices.ts'
import { troublesEn } from './troubles.ts'
import type { Words } from './words.ts'

/** Where the words of the API would tell a person nothing. */
const refusals: Partial<Record<ErrorCode, string>> = {
  rate_limited: 'Too many requests came from here. Wait a little, then try again.',
  ticket_ended: 'The link is not good, or not any more. Have a new one sent.',
}

export const en: Words = {
  language: 'en',
  email: 'E-mail address',
  password: 'Password',
  said: {
    ...providersEn.said,
    stale: 'This page was open for too long, or cookies are off. Please try again.',
    wrong: 'The address or the password is wrong.',
    no_address: 'This is not an e-mail address.',
    closed: 'You cannot sign in here now.',
    wrong_code: 'The code is wrong, or was used before.',
    again: 'That took too long or too many tries. Please sign in again.',
    passkey_failed: 'The passkey was not taken. Try again, or sign in another way.',
    wrong_first_code:
      'The code is wrong. Look at the entry that you have just made in the app, and try the next code.',
  },
  wait: (seconds) =>
    `Too many tries. Try again in ${seconds === 1 ? '1 second' : `${seconds} seconds`}, or on a device that you have signed in on before.`,
  waiting: 'Try again in {seconds} s',
  login: {
    ...providersEn.login,
    title: 'Sign in',
    toContinueTo: 'to continue to',
    signedOut: 'You have signed out.',
    submit: 'Sign in',
    forgot: 'Forgot your password?',
    noAccount: 'No account yet?',
    signUp: 'Sign up',
  },
  factor: {
    title: 'Second step',
    code: 'Code',
    submit: 'Continue',
    app: 'Enter the code that your authenticator app shows.',
    appOrRecovery: 'Enter the code that your authenticator app shows, or one of your recovery codes.',
    recovery: 'Enter one of your recovery codes.',
    passkey: 'Your device will ask you for the passkey that you keep for this service.',
    usePasskey: 'Use a passkey',
    noScript: 'Passkeys need JavaScript.',
    trust: (days) =>
      `This is my own device. Ask for the code again after ${days === 1 ? 'a day' : `${days} days`}.`,
  },
  newPassword: {
    title: 'Choose another password',
    about: 'The password of this account has to be changed before you go on.',
    breached: 'Your password is known from a leak elsewhere. Choose another one before you go on.',
    submit: 'Change and continue',
  },
  enrol: {
    title: 'Add a second factor',
    about: 'Your account needs a second factor before you go on.',
    scan: 'Scan this with an authenticator app, or type the key into it. Then enter the six digits that it shows.',
    key: 'Key',
    qr: 'QR code for an authenticator app',
    code: 'Six digits',
    submit: 'Confirm',
    usePasskey: 'Use a passkey instead',
  },
  codes: {
    title: 'Your recovery codes',
    about:
      'Each gets you in once when your second factor is lost. They are shown this once: keep them where your device is not.',
    goOn: 'I have kept them',
  },
  consent: {
    title: 'Allow access?',
    asks: 'asks to:',
    unchecked: 'unchecked',
    describedAt: 'It describes itself at',
    uncheckedAbout:
      'Nobody here has checked this app: it chose its name by itself. Allow it only if you have just begun this there yourself and trust the place that it sends you to:',
    you: 'Signed in as',
    scopes: {
      openid: 'Know that it is you',
      profile: 'Read your name',
      email: 'Read your e-mail address',
      offline_access: 'Keep its access while you are signed out',
      '*': 'Do everything that you may do',
    },
    where: 'Good at',
    howLong: 'For how long',
    offline: 'Also while you are signed out, until you take it back or it has not been used for a while.',
    online: 'Until you sign out.',
    returns: 'You go back to',
    policy: 'Privacy policy',
    terms: 'Terms of service',
    allow: 'Allow',
    deny: 'Deny',
  },
  logOut: logOutEn,
  device: deviceEn,
  mistake: {
    title: 'This request cannot be answered',
    advice:
      'You were not sent back to the app, since it cannot be known to be the one that it says. Go back to it and try again; if this returns, tell whoever runs it.',
    beginAgain: 'Go back to the app that you came from, and begin there again.',
    client_id: 'there is no such app here.',
    id_token_client: 'this is not the app that the ID token was for.',
    post_logout_redirect_uri: 'this is no address that the app has registered.',
    redirect_uri: 'this is no address that the app has registered.',
    request: 'this request was not signed by the app, or for another server, or too long ago.',
    request_uri: 'this request is unknown, used, or older than a minute.',
    missing: 'this parameter is missing.',
    other: 'This is not what was expected.',
    over: 'The sign-in has taken too long, or its address was cut off.',
    undecided: 'Nothing was decided.',
    too_long: 'The request is too long.',
    malformed: 'what was sent is malformed, too long, or stands there twice.',
  },
  trouble: troublesEn,
  refusal: (code) => refusals[code] ?? null,
  formPost: { title: 'Going back to the app', submit: 'Continue' },
  link: {
    another: 'Have another link sent',
    wrongPassword: 'The password is wrong.',
    incomplete: 'The link is incomplete: copy it whole, with what stands after the #.',
    unreachable: 'The server cannot be reached. Nothing was changed; try again.',
    noScript: 'This page needs JavaScript to read the link.',
    newPassword: 'New password',
    passwordHint: (min) =>
      `At least ${min} characters. A few unrelated words are easy to remember and hard to guess.`,
  },
  reset: {
    title: 'Set a new password',
    about: 'With the new password you sign in as before. Wherever you are signed in now, you are signed out.',
    submit: 'Set password',
    done: 'The password is set.',
  },
  confirm: {
    title: 'Confirm your address',
    about:
      'Enter the password that you chose when you signed up. If you did not sign up, close this page: then there is no account.',
    submit: 'Make my account',
    done: 'The account is yours.',
  },
  invitation: {
    title: 'Accept your invitation',
    about:
      'You are invited to an account with the address that the message was sent to. Choose a password, with which you sign in from then on.',
    submit: 'Make my account',
    done: 'The account is yours.',
  },
  changeEmail: {
    title: 'Confirm your new address',
    about:
      'Enter the password of your account. From then on you sign in with this address; the old one is told. If the account is not yours, close this page: then nothing changes.',
    submit: 'Use this address',
    done: 'This is your address from now on.',
  },
  verifyEmail: {
    title: 'Confirm your address',
    about: 'This shows that you read the mail of your address.',
    submit: 'Confirm',
    done: 'Thank you. Your address is confirmed.',
  },
  notMe: {
    title: 'Was this you?',
    about: 'If you did not do what the message tells of, take it back here:',
    effects: [
      'that sign-in ends, with everything that came of it: API keys and apps that were let in;',
      'your password stops working, and a link that sets another one is sent to your address;',
      'the device is not known any more.',
    ],
    submit: 'This wasn’t me',
    otherwise: 'If it was you, close this page: nothing has been changed.',
    doneTitle: 'It has ended',
    done: 'That sign-in has ended, with everything that came of it.',
    checkMail:
      'Your password does not work any more. Look into your mail: a link there sets another one. If none comes, or your address was changed, use the link in the message that told you of that, or turn to whoever runs this service.',
    changePassword:
      'The next sign-in has to choose another password. Sign in now, before somebody else does.',
    overTitle: 'This link has ended',
    over: 'This link does not work: it was used, it is older than a week, or it is incomplete.',
    overAdvice:
      'You can still set another password, which ends every sign-in, or sign in and end sessions one by one.',
    toSignIn: 'Sign in',
    toReset: 'Set another password',
  },
  forgot: {
    title: 'Forgot your password?',
    about: 'We send a link that sets a new one, if there is an account with this address.',
    submit: 'Send the link',
    sent: 'If there is an account with this address, a link is on its way to it. Look at your mail; the link works once.',
    back: 'Back to sign-in',
  },
  signUp: {
    title: 'Create your account',
    name: 'Name (optional)',
    submit: 'Sign up',
    sent: 'Look at your mail: the link in it makes the account.',
    have: 'An account already?',
    signIn: 'Sign in',
  },
  setup: {
    title: (brand) => `Set up ${brand}`,
    about: 'Create the first administrator. This link works once.',
    submit: 'Create administrator',
    done: 'Done. This account is the administrator.',
    signIn: 'Sign in',
    noScript: 'This page needs JavaScript to read the link. Without it, run',
  },
}
