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
    identity_added: (brand) => ({
      subject: `Ein Konto bei einem anderen Dienst öffnet Ihres bei ${brand}`,
      what: `Ein Konto, das Sie bei einem anderen Dienst haben, wurde mit Ihrem Konto bei ${brand} verbunden. Wer sich dort anmeldet, kann sich damit auch hier anmelden.`,
    }),
    identity_removed: (brand) => ({
      subject: `Ein Konto bei einem anderen Dienst wurde von ${brand} getrennt`,
      what: `Ein Konto bei einem anderen Dienst öffnet Ihr Konto bei ${brand} nicht mehr.`,
    }),
    recovery_codes_made: (brand) => ({
      subject: `Neue Wiederherstellungscodes bei ${brand}`,
      what: `Für Ihr Konto bei ${brand} wurden neue Wiederherstellungscodes erzeugt. Die früheren gelten nicht mehr.`,
    }),
    recovery_code_used: (brand) => ({
      subject: `Wiederherstellungscode bei ${brand} verwendet`,
      what: `Anstelle des Authentifikators wurde einer der Wiederherstellungscodes Ihres Kontos bei ${brand} verwendet. Ein zweites Mal gilt er nicht.`,
    }),
    email_change_asked: (brand) => ({
      subject: `Ihre Adresse bei ${brand} soll geändert werden`,
      what: `Für Ihr Konto bei ${brand} wurde eine andere Adresse angegeben. Sie tritt an die Stelle dieser hier, sobald sie dort bestätigt wird.`,
    }),
    email_changed: (brand) => ({
      subject: `Ihre Adresse bei ${brand} wurde geändert`,
      what: `Die Adresse Ihres Kontos bei ${brand} wurde geändert. Diese Nachricht geht an die alte und an die neue.`,
      undo: 'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, benutzen Sie den Link: Er setzt diese Adresse wieder ein, beendet alle Anmeldungen, macht das Passwort unbrauchbar und lässt Ihnen einen Link schicken, der ein neues setzt. Er gilt einmal, eine Woche lang, und fragt, bevor er etwas tut.',
    }),
    email_taken: (brand) => ({
      subject: `Jemand möchte Ihre Adresse bei ${brand} verwenden`,
      what: `Jemand hat diese Adresse für ein anderes Konto bei ${brand} angegeben. Sie hat schon ein Konto, daher wurde nichts geändert.`,
      advice: 'Wenn Sie das waren, melden Sie sich mit dieser Adresse an. Wenn nicht, ist nichts zu tun.',
    }),
    account_disabled: (brand) => ({
      subject: `Ihr Konto bei ${brand} wurde gesperrt`,
      what: `Ihr Konto bei ${brand} wurde von der Verwaltung gesperrt. Bis es entsperrt ist, kann sich niemand anmelden.`,
    }),
    account_deleted: (brand) => ({
      subject: `Ihr Konto bei ${brand} wurde gelöscht`,
      what: `Ihr Konto bei ${brand} wurde gelöscht, und alle Anmeldungen sind beendet. Das lässt sich nicht rückgängig machen.`,
    }),
    program_unusual: (brand) => ({
      subject: `Ungewohnte Nutzung eines Programmzugangs bei ${brand}`,
      what: `Ein API-Schlüssel oder Dienstkonto bei ${brand} wird anders genutzt als bisher: aus einem anderen Netz, von einem anderen Programm, zu anderer Stunde oder weit häufiger.`,
      advice:
        'Wenn Sie wissen, warum, ist nichts zu tun. Wenn nicht, ziehen Sie den Schlüssel zurück und geben Sie seinem Programm einen neuen. Was genau gesehen wurde, steht in der Konsole unter den Auffälligkeiten.',
    }),
    api_key_suspended: (brand) => ({
      subject: `Ein API-Schlüssel bei ${brand} wurde ausgesetzt`,
      what: `Ein API-Schlüssel bei ${brand} wurde so ungewohnt genutzt, dass er ausgesetzt wurde. Wer ihn vorzeigt, wird abgewiesen.`,
      advice:
        'Wenn Sie wissen, warum er so genutzt wurde, lassen Sie ihn auf der Seite mit Ihren API-Schlüsseln wieder zu. Wenn nicht, ziehen Sie ihn zurück und geben Sie seinem Programm einen neuen.',
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
    reset_after_not_me: (brand) => ({
      subject: `Neues Passwort bei ${brand}: Das alte gilt nicht mehr`,
      what: `Eine Anmeldung bei Ihrem Konto bei ${brand} wurde zurückgenommen, und mit ihr das Passwort. Dieser Link führt zu der Seite, auf der Sie ein neues setzen.`,
      action: 'Neues Passwort setzen',
      unasked:
        'Wählen Sie eines, das Sie nirgends sonst verwenden. Gilt der Link nicht mehr, fordern Sie dort, wo Sie sich anmelden, einen neuen an. Geben Sie ihn niemandem weiter.',
    }),
    change_email: (brand) => ({
      subject: `Neue Adresse für ${brand} bestätigen`,
      what: `Diese Adresse wurde für ein Konto bei ${brand} angegeben. Der Link führt zu einer Seite, die sie bestätigt; sie fragt nach dem Passwort dieses Kontos.`,
      action: 'Adresse bestätigen',
      unasked:
        'Wenn Sie das nicht waren, ist nichts zu tun: Ohne diesen Link ändert sich nichts. Geben Sie dort kein Passwort von sich ein.',
    }),
    verify_email: (brand) => ({
      subject: `Ihre Adresse bei ${brand} bestätigen`,
      what: `Dieser Link zeigt ${brand}, dass Sie die Nachrichten an die Adresse Ihres Kontos dort lesen.`,
      action: 'Adresse bestätigen',
      unasked: 'Wenn Sie dort kein Konto haben, ist nichts zu tun.',
    }),
    confirm_sign_up: (brand) => ({
      subject: `Adresse für ${brand} bestätigen`,
      what: `Jemand hat sich bei ${brand} mit dieser Adresse registriert. Der Link führt zu einer Seite, die das Konto anlegt; sie fragt nach dem gewählten Passwort.`,
      action: 'Adresse bestätigen',
      unasked:
        'Wenn Sie das nicht waren, ist nichts zu tun: Ohne diesen Link gibt es kein Konto. Geben Sie dort kein Passwort von sich ein.',
    }),
    invitation: (brand) => ({
      subject: `Einladung zu ${brand}`,
      what: `Sie sind zu einem Konto bei ${brand} mit dieser Adresse eingeladen. Der Link führt zu einer Seite, auf der Sie ein Passwort dafür wählen.`,
      action: 'Einladung annehmen',
      unasked:
        'Wenn Sie nicht wissen, worum es geht, ist nichts zu tun: Ohne diesen Link gibt es kein Konto. Geben Sie ihn niemandem weiter: Wer ihn hat, kann das Konto anlegen.',
    }),
  },
  notMe: {
    action: 'Das war ich nicht',
    advice:
      'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, benutzen Sie den Link: Er beendet diese Anmeldung mit allem, was aus ihr entstanden ist, macht das Passwort unbrauchbar und lässt Ihnen einen Link schicken, der ein neues setzt. Er gilt einmal, eine Woche lang, und fragt, bevor er etwas tut.',
  },
  lifetime: (count, unit) =>
    `Der Link gilt einmal, ${count} ${{ minutes: 'Minuten', hours: 'Stunden', days: 'Tage' }[unit]} lang.`,
  facts: { when: 'Wann', program: 'Programm', device: 'Gerät', address: 'Netzadresse' },
  notYou:
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, melden Sie sich an, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen; können Sie sich nicht mehr anmelden, wenden Sie sich an den Betreiber dieses Dienstes.',
  footer: (brand) =>
    `${brand} schickt diese Nachricht, weil sie die Sicherheit Ihres Kontos betrifft. Nach Ihrem Passwort oder einem Code fragen wir per E-Mail nie.`,
  test: (brand) => ({
    subject: `Testnachricht von ${brand}`,
    what: `Dies ist ein Test. ${brand} kann E-Mails verschicken.`,
  }),
}
