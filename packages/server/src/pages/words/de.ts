/** Hosted pages in German. */
import type { ErrorCode } from '@countersign/protocol'
import { providersDe } from './providers.ts'
import { deviceDe, logOutDe } from './sign-outs-and-devices.ts'
import { troublesDe } from './troubles.ts'
import type { Words } from './words.ts'

/** The refusals that somebody can meet on a page and mend. */
const refusals: Partial<Record<ErrorCode, string>> = {
  rate_limited: 'Das waren zu viele Anfragen. Bitte warten Sie ein wenig.',
  too_many_failures: 'Das waren zu viele falsche Versuche. Bitte warten Sie ein wenig.',
  password_too_short: 'Bitte wählen Sie ein längeres Passwort; Länge schützt mehr als Sonderzeichen.',
  password_too_long: 'Bitte wählen Sie ein kürzeres Passwort.',
  password_too_common:
    'Dieses Passwort gehört zu den ersten, die Angreifer versuchen. Bitte wählen Sie ein anderes.',
  password_contains_context:
    'Das Passwort ist aus Ihrer Adresse, Ihrem Namen oder dem Namen dieses Dienstes gebaut. Bitte wählen Sie ein anderes.',
  password_too_guessable:
    'Dieses Passwort ist zu leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu, die nichts damit zu tun haben.',
  password_unchanged: 'Das ist das Passwort, das das Konto schon hat. Bitte wählen Sie ein anderes.',
  password_check_unavailable:
    'Neue Passwörter werden hier geprüft, und das geht gerade nicht. Bitte versuchen Sie es gleich noch einmal.',
  sign_up_closed: 'Neue Konten legt hier ein Administrator an.',
  reset_closed:
    'Dieser Server verschickt keine Mail und kann keinen Link schicken. Wenden Sie sich an einen Administrator.',
  setup_closed: 'Den ersten Administrator gibt es schon, oder der Link wurde benutzt oder ist abgelaufen.',
  address_taken: 'Mit dieser Adresse gibt es schon ein Konto. Melden Sie sich damit an.',
  password_breached:
    'Dieses Passwort ist durch ein Datenleck bekannt geworden. Bitte wählen Sie ein anderes.',
  ticket_ended: 'Der Link gilt nicht oder nicht mehr. Bitte lassen Sie sich einen neuen schicken.',
  invalid_credentials: 'Die Adresse oder das Passwort ist falsch.',
  overloaded: 'Es ist gerade zu viel los. Bitte versuchen Sie es gleich noch einmal.',
  store_unavailable:
    'Der Dienst ist gerade nicht erreichbar. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.',
}

export const de: Words = {
  language: 'de',
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  said: {
    ...providersDe.said,
    stale:
      'Diese Seite war zu lange offen, oder Cookies sind ausgeschaltet. Bitte versuchen Sie es noch einmal.',
    wrong: 'Die Adresse oder das Passwort ist falsch.',
    no_address: 'Das ist keine E-Mail-Adresse.',
    closed: 'Sie können sich hier gerade nicht anmelden.',
    wrong_code: 'Der Code ist falsch oder wurde schon benutzt.',
    again:
      'Das hat zu lange gedauert oder zu viele Versuche gebraucht. Bitte melden Sie sich noch einmal an.',
    passkey_failed: 'Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal oder auf anderem Weg.',
    wrong_first_code:
      'Der Code ist falsch. Sehen Sie beim Eintrag nach, den Sie gerade in der App gemacht haben, und versuchen Sie den nächsten Code.',
  },
  wait: (seconds) =>
    `Das waren zu viele Versuche. Versuchen Sie es in ${seconds === 1 ? '1 Sekunde' : `${seconds} Sekunden`} noch einmal, oder auf einem Gerät, auf dem Sie schon angemeldet waren.`,
  waiting: 'Wieder möglich in {seconds} s',
  login: {
    ...providersDe.login,
    title: 'Anmelden',
    toContinueTo: 'weiter zu',
    signedOut: 'Sie haben sich abgemeldet.',
    submit: 'Anmelden',
    forgot: 'Passwort vergessen?',
    noAccount: 'Noch kein Konto?',
    signUp: 'Registrieren',
  },
  factor: {
    title: 'Zweiter Schritt',
    code: 'Code',
    submit: 'Weiter',
    app: 'Geben Sie den Code ein, den Ihre Authenticator-App zeigt.',
    appOrRecovery:
      'Geben Sie den Code ein, den Ihre Authenticator-App zeigt, oder einen Ihrer Wiederherstellungscodes.',
    recovery: 'Geben Sie einen Ihrer Wiederherstellungscodes ein.',
    passkey: 'Ihr Gerät fragt nach dem Passkey, den Sie für diesen Dienst haben.',
    usePasskey: 'Passkey verwenden',
    noScript: 'Passkeys brauchen JavaScript.',
    trust: (days) =>
      `Das ist mein eigenes Gerät. Erst nach ${days === 1 ? 'einem Tag' : `${days} Tagen`} wieder nach dem Code fragen.`,
  },
  newPassword: {
    title: 'Anderes Passwort wählen',
    about: 'Das Passwort dieses Kontos muss geändert werden, bevor es weitergeht.',
    breached:
      'Ihr Passwort ist durch ein Datenleck bekannt geworden. Wählen Sie ein anderes, bevor es weitergeht.',
    submit: 'Ändern und weiter',
  },
  enrol: {
    title: 'Zweiten Faktor hinzufügen',
    about: 'Ihr Konto braucht einen zweiten Faktor, bevor es weitergeht.',
    scan: 'Scannen Sie dies mit einer Authenticator-App, oder tippen Sie den Schlüssel ein. Geben Sie dann die sechs Ziffern ein, die sie zeigt.',
    key: 'Schlüssel',
    qr: 'QR-Code für eine Authenticator-App',
    code: 'Sechs Ziffern',
    submit: 'Bestätigen',
    usePasskey: 'Stattdessen einen Passkey verwenden',
  },
  codes: {
    title: 'Ihre Wiederherstellungscodes',
    about:
      'Jeder lässt Sie einmal hinein, wenn Ihr zweiter Faktor verloren ist. Sie werden nur jetzt gezeigt: Verwahren Sie sie dort, wo Ihr Gerät nicht ist.',
    goOn: 'Ich habe sie verwahrt',
  },
  consent: {
    title: 'Zugriff erlauben?',
    asks: 'möchte:',
    unchecked: 'ungeprüft',
    describedAt: 'Sie beschreibt sich selbst unter',
    uncheckedAbout:
      'Niemand hier hat diese App geprüft: Ihren Namen hat sie sich selbst gegeben. Erlauben Sie es nur, wenn Sie es eben dort selbst begonnen haben und der Stelle trauen, zu der sie Sie schickt:',
    you: 'Angemeldet als',
    scopes: {
      openid: 'Wissen, dass Sie es sind',
      profile: 'Ihren Namen lesen',
      email: 'Ihre E-Mail-Adresse lesen',
      offline_access: 'Den Zugriff behalten, auch wenn Sie abgemeldet sind',
      '*': 'Alles tun, was Sie dürfen',
    },
    where: 'Gilt bei',
    howLong: 'Wie lange',
    offline: 'Auch wenn Sie abgemeldet sind, bis Sie es zurücknehmen oder es eine Weile nicht benutzt wurde.',
    online: 'Bis Sie sich abmelden.',
    returns: 'Danach geht es zurück zu',
    policy: 'Datenschutz',
    terms: 'Nutzungsbedingungen',
    allow: 'Erlauben',
    deny: 'Ablehnen',
  },
  logOut: logOutDe,
  device: deviceDe,
  mistake: {
    title: 'Diese Anfrage kann nicht beantwortet werden',
    advice:
      'Sie wurden nicht zur App zurückgeschickt, denn es ist nicht sicher, dass sie die ist, die sie zu sein behauptet. Gehen Sie zu ihr zurück und versuchen Sie es noch einmal; kommt diese Seite wieder, sagen Sie es den Betreibern der App.',
    beginAgain: 'Gehen Sie zurück zu der App, von der Sie kommen, und beginnen Sie dort noch einmal.',
    client_id: 'diese App gibt es hier nicht.',
    id_token_client: 'das ist nicht die App, für die das ID-Token war.',
    post_logout_redirect_uri: 'diese Adresse hat die App nicht angemeldet.',
    redirect_uri: 'diese Adresse hat die App nicht angemeldet.',
    request:
      'diese Anfrage hat die App nicht unterschrieben, oder für einen anderen Server, oder vor zu langer Zeit.',
    request_uri: 'diese Anfrage ist unbekannt, schon benutzt oder älter als eine Minute.',
    missing: 'dieser Parameter fehlt.',
    other: 'Das ist nicht, was erwartet wurde.',
    over: 'Die Anmeldung hat zu lange gedauert, oder ihre Adresse wurde abgeschnitten.',
    undecided: 'Es wurde nichts entschieden.',
    too_long: 'Die Anfrage ist zu lang.',
    malformed: 'was ankam, ist nicht lesbar, zu lang oder steht doppelt da.',
  },
  trouble: troublesDe,
  refusal: (code) => refusals[code] ?? 'Das geht gerade nicht.',
  formPost: { title: 'Zurück zur App', submit: 'Weiter' },
  link: {
    another: 'Einen neuen Link schicken lassen',
    wrongPassword: 'Das Passwort ist falsch.',
    incomplete: 'Der Link ist nicht vollständig: Kopieren Sie ihn ganz, mit dem, was nach dem # steht.',
    unreachable:
      'Der Server ist nicht erreichbar. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.',
    noScript: 'Diese Seite braucht JavaScript, um den Link zu lesen.',
    newPassword: 'Neues Passwort',
    passwordHint: (min) =>
      `Mindestens ${min} Zeichen. Ein paar Wörter ohne Zusammenhang sind leicht zu merken und schwer zu erraten.`,
  },
  reset: {
    title: 'Neues Passwort festlegen',
    about:
      'Mit dem neuen Passwort melden Sie sich an wie bisher. Überall, wo Sie jetzt angemeldet sind, werden Sie abgemeldet.',
    submit: 'Passwort festlegen',
    done: 'Das Passwort ist festgelegt.',
  },
  confirm: {
    title: 'Adresse bestätigen',
    about:
      'Geben Sie das Passwort ein, das Sie beim Registrieren gewählt haben. Haben Sie sich nicht registriert, schließen Sie diese Seite: Dann entsteht kein Konto.',
    submit: 'Konto anlegen',
    done: 'Das Konto gehört Ihnen.',
  },
  invitation: {
    title: 'Einladung annehmen',
    about:
      'Sie sind zu einem Konto eingeladen, mit der Adresse, an die die Nachricht ging. Wählen Sie ein Passwort, mit dem Sie sich von da an anmelden.',
    submit: 'Konto anlegen',
    done: 'Das Konto gehört Ihnen.',
  },
  changeEmail: {
    title: 'Neue Adresse bestätigen',
    about:
      'Geben Sie das Passwort Ihres Kontos ein. Von da an melden Sie sich mit dieser Adresse an; die alte erfährt davon. Ist das Konto nicht Ihres, schließen Sie diese Seite: Dann ändert sich nichts.',
    submit: 'Diese Adresse verwenden',
    done: 'Das ist von jetzt an Ihre Adresse.',
  },
  verifyEmail: {
    title: 'Adresse bestätigen',
    about: 'Das zeigt, dass Sie die Nachrichten an Ihre Adresse lesen.',
    submit: 'Bestätigen',
    done: 'Danke. Ihre Adresse ist bestätigt.',
  },
  notMe: {
    title: 'Waren Sie das?',
    about: 'Wenn Sie nicht getan haben, wovon die Nachricht handelt, nehmen Sie es hier zurück:',
    effects: [
      'Diese Anmeldung endet, mit allem, was aus ihr entstanden ist: API-Schlüssel und zugelassene Apps.',
      'Ihr Passwort gilt nicht mehr, und ein Link, der ein neues setzt, geht an Ihre Adresse.',
      'Das Gerät gilt nicht mehr als bekannt.',
    ],
    submit: 'Das war ich nicht',
    otherwise: 'Wenn Sie das waren, schließen Sie diese Seite: Es ist nichts geändert worden.',
    doneTitle: 'Beendet',
    done: 'Diese Anmeldung ist beendet, mit allem, was aus ihr entstanden ist.',
    checkMail:
      'Ihr Passwort gilt nicht mehr. Sehen Sie in Ihre Mail: Ein Link dort setzt ein neues. Kommt keiner, oder wurde Ihre Adresse geändert, benutzen Sie den Link in der Nachricht darüber, oder wenden Sie sich an den Betreiber dieses Dienstes.',
    changePassword:
      'Die nächste Anmeldung muss ein anderes Passwort wählen. Melden Sie sich gleich an, bevor es jemand anderes tut.',
    overTitle: 'Dieser Link gilt nicht mehr',
    over: 'Dieser Link geht nicht: Er wurde benutzt, ist älter als eine Woche oder unvollständig.',
    overAdvice:
      'Sie können trotzdem ein neues Passwort setzen, was jede Anmeldung beendet, oder sich anmelden und Sitzungen einzeln beenden.',
    toSignIn: 'Anmelden',
    toReset: 'Anderes Passwort setzen',
  },
  forgot: {
    title: 'Passwort vergessen?',
    about:
      'Wir schicken einen Link, mit dem Sie ein neues festlegen, wenn es ein Konto mit dieser Adresse gibt.',
    submit: 'Link schicken',
    sent: 'Wenn es ein Konto mit dieser Adresse gibt, ist ein Link dorthin unterwegs. Sehen Sie in Ihre Mail; der Link gilt einmal.',
    back: 'Zurück zur Anmeldung',
  },
  signUp: {
    title: 'Konto anlegen',
    name: 'Name (freiwillig)',
    submit: 'Registrieren',
    sent: 'Sehen Sie in Ihre Mail: Der Link darin legt das Konto an.',
    have: 'Schon ein Konto?',
    signIn: 'Anmelden',
  },
  setup: {
    title: (brand) => `${brand} einrichten`,
    about: 'Legen Sie das erste Administratorkonto an. Dieser Link gilt einmal.',
    submit: 'Administrator anlegen',
    done: 'Fertig. Dieses Konto ist der Administrator.',
    signIn: 'Anmelden',
    noScript: 'Diese Seite braucht JavaScript, um den Link zu lesen. Ohne geht es mit',
  },
}
