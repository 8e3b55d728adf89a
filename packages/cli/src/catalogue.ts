/** Every word that can follow `countersign`, and where its commands are: loaded only when they are called. */
import type { Command } from './command.ts'

export interface Entry {
  readonly summary: string
  /** One command called like the word itself, or several called `<word> <verb>`. */
  readonly load: () => Promise<readonly Command[]>
}

export const catalogue: Readonly<Record<string, Entry>> = {
  serve: {
    summary: 'Run the authority.',
    load: async () => (await import('./commands/serve.ts')).commands,
  },
  bootstrap: {
    summary: 'Create the first administrator and an administrator’s API key.',
    load: async () => (await import('./commands/bootstrap.ts')).commands,
  },
  migrate: {
    summary: 'Bring the database up to this version.',
    load: async () => (await import('./commands/migrate.ts')).commands,
  },
  'new-epoch': {
    summary: 'After restoring a backup: refuse everything that was issued before.',
    load: async () => (await import('./commands/new-epoch.ts')).commands,
  },
  accounts: {
    summary:
      'People: list, show, create, disable, enable, reset-password, email, not-me, end, roles, factors.',
    load: async () => [
      ...(await import('./commands/accounts.ts')).commands,
      ...(await import('./commands/account-factors.ts')).commands,
    ],
  },
  invitations: {
    summary: 'People who are asked in by mail: list, send, resend, revoke.',
    load: async () => (await import('./commands/invitations.ts')).commands,
  },
  'service-accounts': {
    summary: 'Programs: list, show, create, change, disable, enable, end, roles.',
    load: async () => (await import('./commands/service-accounts.ts')).commands,
  },
  'initial-access-tokens': {
    summary: 'Tokens that let clients register themselves: list, create, end.',
    load: async () => (await import('./commands/initial-access-tokens.ts')).commands,
  },
  roles: {
    summary: 'Sets of permissions: list, create, change, end.',
    load: async () => (await import('./commands/roles.ts')).commands,
  },
  risk: {
    summary: 'What follows from an unusual sign-in: show, replay, set, anomalies.',
    load: async () => (await import('./commands/risk.ts')).commands,
  },
  clients: {
    summary: 'OAuth clients: list, show, create, change, disable, enable, rotate-secret, end.',
    load: async () => (await import('./commands/clients.ts')).commands,
  },
  keys: {
    summary: 'API keys: list, show, create, rotate, end.',
    load: async () => (await import('./commands/keys.ts')).commands,
  },
  bulk: {
    summary: 'Many at once: end, disable or enable people, programs, clients and keys, after a dry run.',
    load: async () => (await import('./commands/bulk.ts')).commands,
  },
  'signing-keys': {
    summary: 'Keys that sign access tokens: list, rotate, remove.',
    load: async () => (await import('./commands/signing-keys.ts')).commands,
  },
  me: {
    summary: 'Your own account: show, rename, email, activity, export.',
    load: async () => (await import('./commands/me.ts')).commands,
  },
  sessions: {
    summary: 'Sign-ins: list your own, end one or all others.',
    load: async () => (await import('./commands/sessions.ts')).commands,
  },
  consents: {
    summary: 'What you have allowed apps to do: list, end.',
    load: async () => (await import('./commands/consents.ts')).commands,
  },
  devices: {
    summary: 'Browsers you are known in: list, forget one or all.',
    load: async () => (await import('./commands/devices.ts')).commands,
  },
  revoke: {
    summary: 'End anything, with everything issued under it.',
    load: async () => (await import('./commands/revoke.ts')).commands,
  },
  advise: {
    summary: 'Choose between session, JWT and API key: ten questions, and what to set.',
    load: async () => (await import('./commands/advise.ts')).commands,
  },
  explain: {
    summary: 'Why a request was refused, or what becomes of a credential at every check.',
    load: async () => (await import('./commands/explain.ts')).commands,
  },
  inspect: {
    summary: 'Explain a credential, part by part.',
    load: async () => (await import('./commands/inspect.ts')).commands,
  },
  overview: {
    summary: 'What happened at an authority, and what needs attention.',
    load: async () => (await import('./commands/overview.ts')).commands,
  },
  mail: {
    summary: 'Try out the mail server: test.',
    load: async () => (await import('./commands/mail.ts')).commands,
  },
  settings: {
    summary: 'Every setting, its default and its reason.',
    load: async () => (await import('./commands/settings.ts')).commands,
  },
}

export const isWord = (text: string): boolean => Object.hasOwn(catalogue, text)
