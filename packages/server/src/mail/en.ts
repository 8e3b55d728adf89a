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
    recovery_codes_made: (brand) => ({
      subject: `New recovery codes at ${brand}`,
      what: `New recovery codes were made for your account at ${brand}. The earlier ones do not work any more.`,
    }),
    recovery_code_used: (brand) => ({
      subject: `A recovery code was used at ${brand}`,
      what: `One of the recovery codes of your account at ${brand} was used in place of the authenticator. It does not work a second time.`,
    }),
    account_disabled: (brand) => ({
      subject: `Your account at ${brand} was locked`,
      what: `An administrator has locked your account at ${brand}. Until it is unlocked nobody can sign in to it.`,
    }),
    account_deleted: (brand) => ({
      subject: `Your account at ${brand} was deleted`,
      what: `Your account at ${brand} was deleted, and everything that was signed in to it has ended. This cannot be undone.`,
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
    confirm_sign_up: (brand) => ({
      subject: `Confirm your address for ${brand}`,
      what: `Somebody has signed up at ${brand} with this address. This link opens a page that makes the account; it asks for the password that was chosen.`,
      action: 'Confirm the address',
      unasked:
        'If it was not you, there is nothing to do: without this link there is no account. Do not enter a password of yours there.',
    }),
  },
  lifetime: (minutes) => `The link works once, for ${minutes} minutes.`,
  facts: { when: 'When', device: 'Device', address: 'Network address' },
  notYou:
    'If this was you, there is nothing to do. If it was not, sign in, change your password and end all other sessions; if you cannot sign in any more, turn to whoever runs this service.',
  footer: (brand) =>
    `${brand} sends this because it concerns the safety of your account. It will never ask you for your password or a code by mail.`,
  test: (brand) => ({
    subject: `Test mail of ${brand}`,
    what: `This is a test. ${brand} can send mail.`,
  }),
}
