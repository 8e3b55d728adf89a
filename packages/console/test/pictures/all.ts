/** Every page that the server draws, in every state that somebody can meet. */
import { consentStates, deviceStates, formPostStates, logOutStates } from './app-states.ts'
import { forgotStates, signUpStates } from './beside-states.ts'
import { linkStates } from './link-states.ts'
import { developerStates, setupStates } from './own-states.ts'
import { signInStates } from './sign-in-states.ts'
import type { Sequence } from './state.ts'
import { codesStates, enrolStates, factorStates, newPasswordStates } from './step-states.ts'
import { mistakeStates, notFoundStates, notMeStates, outageStates } from './trouble-states.ts'

export const sequences: readonly Sequence[] = [
  signInStates,
  signUpStates,
  forgotStates,
  ...linkStates,
  factorStates,
  enrolStates,
  codesStates,
  newPasswordStates,
  consentStates,
  formPostStates,
  ...deviceStates,
  logOutStates,
  mistakeStates,
  outageStates,
  notFoundStates,
  notMeStates,
  setupStates,
  ...developerStates,
]
