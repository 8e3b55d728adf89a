/** The texts about accounts elsewhere: one's own, and those of a person whom an administrator looks at. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  title: 'Accounts elsewhere',
  lead: 'Each of these opens your account without a password. Protect them as well as this one.',
  empty: 'No account connected yet',
  emptyText:
    'Connect an account that you have with another service, and sign in with it from then on. It is asked who you are, and nothing else.',
  connect: (provider: string) => `Connect ${provider}`,
  since: 'Connected',
  called: (provider: string, label: string) => `${provider} (${label})`,
  nowConnected: (provider: string) => `${provider} is connected. You can sign in with it from now on.`,
  disconnect: 'Disconnect',
  disconnectTitle: (name: string) => `Disconnect ${name}?`,
  disconnectText: 'It opens your account no more. What you have over there stays as it is.',
  disconnected: (provider: string) => `${provider} is disconnected.`,
  notConnected: 'Nothing was connected',
  reasons: {
    conflict: 'That account is connected already: here, or to the account of somebody else.',
    limit_reached: 'You have connected as many as there may be. Disconnect one that you do not need.',
    denied: 'The other service was not allowed to tell who you are. Begin again if you want it to.',
    unavailable: 'The other service cannot be reached now. Try again later.',
    answer_refused: 'What the other service answered does not hold. Try again later.',
    over: 'You were signed out meanwhile. Begin again.',
    permission_denied: 'It began in another session than the one that you are in now. Begin again here.',
  },
  reasonUnknown: 'The other service did not tell who you are. Begin again.',
  personDisconnectText:
    'It opens this account no more. Where nothing else does, its owner asks for a link to set a password. The audit log has that it was you.',
}

export const identityTexts: Texts<typeof en> = {
  en,
  de: {
    title: 'Konten bei anderen Diensten',
    lead: 'Jedes davon öffnet Ihr Konto ohne Passwort. Schützen Sie sie so gut wie dieses.',
    empty: 'Noch kein Konto verbunden',
    emptyText:
      'Verbinden Sie ein Konto, das Sie bei einem anderen Dienst haben, und melden Sie sich von da an damit an. Er wird gefragt, wer Sie sind, und sonst nichts.',
    connect: (provider) => `${provider} verbinden`,
    since: 'Verbunden',
    called: (provider, label) => `${provider} (${label})`,
    nowConnected: (provider) => `${provider} ist verbunden. Sie können sich von jetzt an damit anmelden.`,
    disconnect: 'Trennen',
    disconnectTitle: (name) => `${name} trennen?`,
    disconnectText: 'Es öffnet Ihr Konto nicht mehr. Was Sie dort haben, bleibt, wie es ist.',
    disconnected: (provider) => `${provider} ist getrennt.`,
    notConnected: 'Es wurde nichts verbunden',
    reasons: {
      conflict: 'Dieses Konto ist schon verbunden: hier oder mit dem Konto von jemand anderem.',
      limit_reached: 'Mehr lassen sich nicht verbinden. Trennen Sie eines, das Sie nicht brauchen.',
      denied:
        'Der andere Dienst durfte nicht sagen, wer Sie sind. Beginnen Sie noch einmal, wenn er es sagen soll.',
      unavailable: 'Der andere Dienst ist gerade nicht zu erreichen. Versuchen Sie es später.',
      answer_refused: 'Was der andere Dienst geantwortet hat, stimmt nicht. Versuchen Sie es später.',
      over: 'Sie wurden inzwischen abgemeldet. Beginnen Sie noch einmal.',
      permission_denied:
        'Es hat in einer anderen Sitzung begonnen als in der, in der Sie jetzt sind. Beginnen Sie hier noch einmal.',
    },
    reasonUnknown: 'Der andere Dienst hat nicht gesagt, wer Sie sind. Beginnen Sie noch einmal.',
    personDisconnectText:
      'Es öffnet dieses Konto nicht mehr. Öffnet es sonst nichts, lässt sich sein Inhaber einen Link für ein Passwort senden. Im Audit-Protokoll steht, dass Sie es waren.',
  },
}
