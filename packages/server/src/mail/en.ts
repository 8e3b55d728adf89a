/** Mail in English. */
import type { Catalogue } from './catalogue.ts'

export const en: Catalogue = {
  language: 'en-GB',
  greeting: 'Hello,',
  notices: {
    new_sign_in: (brand) => ({
      subject: `New sign-in to ${brand}`,
      what: `Somebody has signed in to your account at ${brand} from a place or a device that is new to us.`,
    }),
    password_changed: (brand) => ({
      subject: `Your password at ${brand} was changed`,
      what: `The password of your account at ${brand} was changed. Wherever else you were signed in, you have to sign in again.`,
    }),
    factor_added: (brand) => ({
      subject: `A second factor was added at ${brand}`,
      what: `An authenticator was added to your account at ${brand}. From now on it is asked for when you sign in.`,
    }),
    factor_removed: (brand) => ({
      subject: `A second factor was removed at ${brand}`,
      what: `An authenticator was removed from your account at ${brand}. It opens the account no longer.`,
    }),
    identity_added: (brand) => ({
      subject: `An account elsewhere opens yours at ${brand}`,
      what: `An account that you have at another service was connected to your account at ${brand}. Whoever signs in there can sign in here with it.`,
    }),
    identity_removed: (brand) => ({
      subject: `An account elsewhere was disconnected at ${brand}`,
      what: `An account at another service does not open your account at ${brand} any more.`,
    }),
    recovery_codes_made: (brand) => ({
      subject: `New recovery codes at ${brand}`,
      what: `New recovery codes were made for your account at ${brand}. The earlier ones do not work any more.`,
    }),
    recovery_code_used: (brand) => ({
      subject: `A recovery code was used at ${brand}`,
      what: `One of the recovery codes of your account at ${brand} was used in place of the authenticator. It does not work a second time.`,
    }),
    email_change_asked: (brand) => ({
      subject: `Somebody wants to change your address at ${brand}`,
      what: `Another address was given for your account at ${brand}. It takes the place of this one once it is confirmed there.`,
    }),
    email_changed: (brand) => ({
      subject: `Your address at ${brand} was changed`,
      what: `The address of your account at ${brand} was changed. This message goes to the old one and to the new one.`,
      undo: 'If this was you, there is nothing to do. If it was not, use the link: it puts this address back, ends every sign-in, makes the password useless, and has a link sent to you that sets another one. It works once, for a week, and asks before it does anything.',
    }),
    email_taken: (brand) => ({
      subject: `Somebody wants to use your address at ${brand}`,
      what: `Somebody has given this address for another account at ${brand}. It has an account already, so nothing was changed.`,
      advice: 'If it was you, sign in with this address. If it was not you, there is nothing to do.',
    }),
    account_disabled: (brand) => ({
      subject: `Your account at ${brand} was locked`,
      what: `An administrator has locked your account at ${brand}. Until it is unlocked nobody can sign in to it.`,
    }),
    account_deleted: (brand) => ({
      subject: `Your account at ${brand} was deleted`,
      what: `Your account at ${brand} was deleted, and everything that was signed in to it has ended. This cannot be undone.`,
    }),
    program_unusual: (brand) => ({
      subject: `Unusual use of a program’s access at ${brand}`,
      what: `An API key or a service account at ${brand} is used in a way that is new: from another network, by another program, at another hour, or far more than before.`,
      advice:
        'If you know why, there is nothing to do. If not, take the key back, and give its program a new one. What was seen exactly stands in the anomalies of the console.',
    }),
    api_key_suspended: (brand) => ({
      subject: `An API key at ${brand} was suspended`,
      what: `An API key at ${brand} was used in a way that is so unlike it that it has been suspended. Whoever presents it is refused.`,
      advice:
        'If you know why it was used so, let it work again on the page with your API keys. If not, take it back and give its program a new one.',
    }),
    sign_up_repeated: (brand) => ({
      subject: `You have an account at ${brand} already`,
      what: `Somebody has tried to sign up at ${brand} with this address. It has an account already, so none was made.`,
      advice:
        'If it was you, sign in; if you have forgotten the password, have a link sent that sets a new one. If it was not you, there is nothing to do: nothing has changed.',
    }),
  },
  links: {
    reset_password: (brand) => ({
      subject: `Set a new password at ${brand}`,
      what: `Somebody has asked to set a new password for your account at ${brand}. This link opens a page where you can do so.`,
      action: 'Set a new password',
      unasked:
        'If it was not you, there is nothing to do: without this link nothing changes. Do not pass it on to anybody.',
    }),
    reset_after_not_me: (brand) => ({
      subject: `Set a new password at ${brand}: the old one does not work any more`,
      what: `A sign-in to your account at ${brand} was taken back, and its password ended with it. This link opens a page where you set a new one.`,
      action: 'Set a new password',
      unasked:
        'Choose one that you use nowhere else. If the link has ended, ask for another one where you sign in. Do not pass it on to anybody.',
    }),
    change_email: (brand) => ({
      subject: `Confirm your new address for ${brand}`,
      what: `This address was given for an account at ${brand}. This link opens a page that confirms it; it asks for the password of that account.`,
      action: 'Confirm the address',
      unasked:
        'If it was not you, there is nothing to do: without this link nothing changes. Do not enter a password of yours there.',
    }),
    verify_email: (brand) => ({
      subject: `Confirm your address at ${brand}`,
      what: `This link shows ${brand} that you read the mail of the address of your account there.`,
      action: 'Confirm the address',
      unasked: 'If you have no account there, there is nothing to do.',
    }),
    confirm_sign_up: (brand) => ({
      subject: `Confirm your address for ${brand}`,
      what: `Somebody has signed up at ${brand} with this address. This link opens a page that makes the account; it asks for the password that was chosen.`,
      action: 'Confirm the address',
      unasked:
        'If it was not you, there is nothing to do: without this link there is no account. Do not enter a password of yours there.',
    }),
    invitation: (brand) => ({
      subject: `You are invited to ${brand}`,
      what: `Whoever runs ${brand} has invited you to an account with this address. This link opens a page where you choose a password for it.`,
      action: 'Accept the invitation',
      unasked:
        'If you do not know what this is about, there is nothing to do: without this link there is no account. Do not pass it on: whoever has it can make the account.',
    }),
  },
  notMe: {
    action: 'This wasn’t me',
    advice:
      'If this was you, there is nothing to do. If it was not, use the link: it ends that sign-in with everything that came of it, makes the password useless, and has a link sent to you that sets another one. It works once, for a week, and asks before it does anything.',
  },
  lifetime: (count, unit) => `The link works once, for ${count} ${unit}.`,
  facts: { when: 'When', program: 'Program', device: 'Device', address: 'Network address' },
  notYou:
    'If this was you, there is nothing to do. If it was not, sign in, change your password and end all other sessions; if you cannot sign in any more, turn to whoever runs this service.',
  footer: (brand) =>
    `${brand} sends this because it concerns the safety of your account. It will never ask you for your password or a code by mail.`,
  test: (brand) => ({
    subject: `Test mail of ${brand}`,
    what: `This is a test. ${brand} can send mail.`,
  }),
}
