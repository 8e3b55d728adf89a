/** The part of core's port that is about people: how they prove themselves, what is usual for them, and what is sent to them. */
import type {
  DeviceStore,
  FactorStore,
  IdentityStore,
  InvitationStore,
  LinkStore,
  MailStore,
  NotMeStore,
  PasskeyStore,
  PasswordStore,
  RiskStore,
  SignUpStore,
} from '@countersign/core'
import type { Engine } from './engine.ts'
import * as devices from './reads/devices.ts'
import * as factors from './reads/factors.ts'
import * as identities from './reads/identities.ts'
import * as invitations from './reads/invitations.ts'
import * as links from './reads/links.ts'
import * as notMe from './reads/not-me.ts'
import * as passkeys from './reads/passkeys.ts'
import * as programs from './reads/programs.ts'
import * as risk from './reads/risk.ts'
import type { StoreTransactions } from './transactions.ts'

type StoreEngine = Engine<StoreTransactions>

type PeopleStore = FactorStore &
  PasswordStore &
  PasskeyStore &
  IdentityStore &
  RiskStore &
  DeviceStore &
  LinkStore &
  SignUpStore &
  InvitationStore &
  NotMeStore &
  MailStore

export function createPeopleStore(engine: StoreEngine): PeopleStore {
  return {
    ...createFactorStore(engine),
    ...createPasswordStore(engine),
    ...createPasskeyStore(engine),
    ...createIdentityStore(engine),
    ...createRiskStore(engine),
    ...createDeviceStore(engine),
    ...createLinkStore(engine),
    ...createMailStore(engine),
  }
}

function createFactorStore(engine: StoreEngine): FactorStore {
  return {
    readFactors: (account, failuresMax) => engine.read(() => factors.readFactors(account, failuresMax)),
    openTicket: (input) => engine.write('openTicket', input),
    readTicket: (digests, nowMs) => engine.read(() => factors.readTicket(digests, nowMs)),
    takeTry: (input) => engine.write('takeTry', input),
    completeSignIn: (input) => engine.write('completeSignIn', input),
    completeStepUp: (input) => engine.write('completeStepUp', input),
    offerFactor: (input) => engine.write('offerFactor', input),
    readOffer: (account, id, nowMs) => engine.read(() => factors.readOffer(account, id, nowMs)),
    confirmFactor: (input) => engine.write('confirmFactor', input),
    removeFactor: (input) => engine.write('removeFactor', input),
    replaceRecoveryCodes: (input) => engine.write('replaceRecoveryCodes', input),
    reopenFactors: (account, event) => engine.write('reopenFactors', { account, audit: event }),
  }
}

function createPasswordStore(engine: StoreEngine): PasswordStore {
  return {
    takePasswordTry: (input) => engine.write('takePasswordTry', input),
    changePassword: (input) => engine.write('changePassword', input),
    requirePasswordChange: (input) => engine.write('requirePasswordChange', input),
    recordPasswordCheck: (input) => engine.write('recordPasswordCheck', input),
    exchangeTicket: (input) => engine.write('exchangeTicket', input),
    takePasswordTicket: (input) => engine.write('takePasswordTicket', input),
    completePasswordChange: (input) => engine.write('completePasswordChange', input),
  }
}

function createPasskeyStore(engine: StoreEngine): PasskeyStore {
  return {
    openChallenge: (input) => engine.write('openChallenge', input),
    spendChallenge: (challenge) => engine.write('spendChallenge', challenge),
    readPasskeys: (account) => engine.read(() => passkeys.readPasskeys(account)),
    readPasskeyToSignIn: (credentialId, challenge) =>
      engine.read(() => passkeys.readPasskeyToSignIn(credentialId, challenge)),
    addPasskey: (input) => engine.write('addPasskey', input),
    renamePasskey: (input) => engine.write('renamePasskey', input),
    signInWithPasskey: (input) => engine.write('signInWithPasskey', input),
  }
}

function createIdentityStore(engine: StoreEngine): IdentityStore {
  return {
    readIdentityToSignIn: (input) => engine.read(() => identities.readIdentityToSignIn(input)),
    readIdentities: (account) => engine.read(() => identities.readIdentities(account)),
    createAccountByIdentity: (input) => engine.write('createAccountByIdentity', input),
    signInWithIdentity: (input) => engine.write('signInWithIdentity', input),
    addIdentity: (input) => engine.write('addIdentity', input),
    removeIdentity: (input) => engine.write('removeIdentity', input),
  }
}

function createRiskStore(engine: StoreEngine): RiskStore {
  return {
    readRisk: (account, sinceMs, from) => engine.read(() => risk.readRisk(account, sinceMs, from)),
    refuseJudged: (input) => engine.write('refuseJudged', input),
    readRiskPolicy: () => engine.read(risk.readRiskPolicy),
    writeRiskPolicy: (input) => engine.write('writeRiskPolicy', input),
    listJudged: (sinceMs, after, limit) => engine.read(() => risk.listJudged(sinceMs, after, limit)),
    readProgram: (subject) => engine.read(() => programs.readProgram(subject)),
    writeProgram: (draft) => engine.write('writeProgram', draft),
    readWatchers: (owner) => engine.read(() => programs.readWatchers(owner)),
  }
}

function createDeviceStore(engine: StoreEngine): DeviceStore {
  return {
    readSignIn: (input) => engine.read(() => devices.readSignIn(input)),
    takeSignInTry: (input) => engine.write('takeSignInTry', input),
    listDevices: (account) => engine.read(() => devices.listDevices(account)),
    readDevice: (account, digests) => engine.read(() => devices.findDevice(account, digests)),
    forgetDevices: (input) => engine.write('forgetDevices', input),
  }
}

function createLinkStore(engine: StoreEngine): LinkStore & SignUpStore & InvitationStore & NotMeStore {
  return {
    createInvitation: (input) => engine.write('createInvitation', input),
    renewInvitation: (input) => engine.write('renewInvitation', input),
    endInvitation: (input) => engine.write('endInvitation', input),
    acceptInvitation: (input) => engine.write('acceptInvitation', input),
    readInvitation: (id) => engine.read(() => invitations.readInvitation(id)),
    findInvitation: (digests, nowMs) => engine.read(() => invitations.findInvitation(digests, nowMs)),
    listInvitations: (page) => engine.read(() => invitations.listInvitations(page)),
    countInvitations: (sender, nowMs) => engine.read(() => invitations.countInvitations(sender, nowMs)),
    beginSignUp: (input) => engine.write('beginSignUp', input),
    readSignUp: (digests, nowMs) => engine.read(() => links.readSignUp(digests, nowMs)),
    completeSignUp: (input) => engine.write('completeSignUp', input),
    openLink: (input) => engine.write('openLink', input),
    readLink: (digests, purpose, nowMs) => engine.read(() => links.readLink(digests, purpose, nowMs)),
    resetPassword: (input) => engine.write('resetPassword', input),
    beginEmailChange: (input) => engine.write('beginEmailChange', input),
    completeEmailChange: (input) => engine.write('completeEmailChange', input),
    verifyEmail: (input) => engine.write('verifyEmail', input),
    readNotMeLink: (digests, nowMs) => engine.read(() => notMe.readNotMeLink(digests, nowMs)),
    readOrigin: (account, session) => engine.read(() => notMe.readOrigin(account, session)),
    disownSession: (input) => engine.write('disownSession', input),
  }
}

function createMailStore(engine: StoreEngine): MailStore {
  return {
    claimMails: (input) => engine.write('claimMails', input),
    settleMail: (input) => engine.write('settleMail', input),
  }
}
