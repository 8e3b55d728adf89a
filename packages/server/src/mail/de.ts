/** Mail in German. */
import type { Catalogue } from './catalogue.ts'

export const de: Catalogue = {
  language: 'de-DE',
  greeting: 'Guten Tag,',
  notices: {
    new_sign_in: (brand) => ({
      subject: `Neue Anmeldung bei ${brand}`,
      what: `Jemand hat sich von einem uns neuen Ort oder Gerät aus bei Ihrem Konto bei ${brand} angemeldet.`,
    }),
    password_changed: (brand) => ({
      subject: `Ihr Passwort bei ${brand} wurde geändert`,
      what: `Das Passwort Ihres Kontos bei ${brand} wurde geändert. Wo Sie sonst angemeldet waren, müssen Sie sich neu anmelden.`,
    }),
    factor_added: (brand) => ({
      subject: `Zweiter Faktor bei ${brand} hinzugefügt`,
      what: `Ihrem Konto bei ${brand} wurde ein Authentifikator hinzugefügt. Ab jetzt wird bei der Anmeldung danach gefragt.`,
    }),
    factor_removed: (brand) => ({
      subject: `Zweiter Faktor bei ${brand} entfernt`,
      what: `Von Ihrem Konto bei ${brand} wurde ein Authentifikator entfernt. Er öffnet das Konto nicht mehr.`,
    }),
    recovery_codes_made: (brand) => ({
      subject: `Neue Wiederherstellungscodes bei ${brand}`,
      what: `Für Ihr Konto bei ${brand} wurden neue Wiederherstellungscodes erzeugt. Die früheren gelten nicht mehr.`,
    }),
    recovery_code_used: (brand) => ({
      subject: `Wiederherstellungscode bei ${brand} verwendet`,
      what: `Anstelle des Authentifikators wurde einer der Wiederherstellungscodes Ihres Kontos bei ${brand} verwendet. Ein zweites Mal gilt er nicht.`,
    }),
    account_disabled: (brand) => ({
      subject: `Ihr Konto bei ${brand} wurde gesperrt`,
      what: `Ihr Konto bei ${brand} wurde von der Verwaltung gesperrt. Bis es entsperrt ist, kann sich niemand anmelden.`,
    }),
    account_deleted: (brand) => ({
      subject: `Ihr Konto bei ${brand} wurde gelöscht`,
      what: `Ihr Konto bei ${brand} wurde gelöscht, und alle Anmeldungen sind beendet. Das lässt sich nicht rückgängig machen.`,
    }),
    sign_up_repeated: (brand) => ({
      subject: `Sie haben schon ein Konto bei ${brand}`,
      what: `Jemand wollte sich bei ${brand} mit dieser Adresse registrieren. Sie hat schon ein Konto, daher wurde keines angelegt.`,
      advice:
        'Wenn Sie das waren, melden Sie sich an; ist das Passwort vergessen, lassen Sie sich einen Link schicken, der ein neues setzt. Wenn nicht, ist nichts zu tun: Es hat sich nichts geändert.',
    }),
  },
  links: {
    reset_password: (brand) => ({
      subject: `Neues Passwort bei ${brand}`,
      what: `Jemand möchte für Ihr Konto bei ${brand} ein neues Passwort setzen. Dieser Link führt zu der Seite dafür.`,
      action: 'Neues Passwort setzen',
      unasked:
        'Wenn Sie das nicht waren, ist nichts zu tun: Ohne diesen Link ändert sich nichts. Geben Sie ihn niemandem weiter.',
    }),
    confirm_sign_up: (brand) => ({
      subject: `Adresse für ${brand} bestätigen`,
      what: `Jemand hat sich bei ${brand} mit dieser Adresse registriert. Der Link führt zu einer Seite, die das Konto anlegt; sie fragt nach dem gewählten Passwort.`,
      action: 'Adresse bestätigen',
      unasked:
        'Wenn Sie das nicht waren, ist nichts zu tun: Ohne diesen Link gibt es kein Konto. Geben Sie dort kein Passwort von sich ein.',
    }),
  },
  lifetime: (minutes) => `Der Link gilt einmal, ${minutes} Minuten lang.`,
  facts: { when: 'Wann', device: 'Gerät', address: 'Netzadresse' },
  notYou:
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, melden Sie sich an, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen; können Sie sich nicht mehr anmelden, wenden Sie sich an den Betreiber dieses Dienstes.',
  footer: (brand) =>
    `${brand} schickt diese Nachricht, weil sie die Sicherheit Ihres Kontos betrifft. Nach Ihrem Passwort oder einem Code fragen wir per E-Mail nie.`,
  test: (brand) => ({
    subject: `Testnachricht von ${brand}`,
    what: `Dies ist ein Test. ${brand} kann E-Mails verschicken.`,
  }),
}
