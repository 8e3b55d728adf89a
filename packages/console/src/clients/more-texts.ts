/** The texts of what few clients need: signing out, what people see, how strong, and keys. */
import type { Texts } from '../i18n/texts.ts'

const en = {
  more: 'More settings',
  postLogout: 'Back to after signing out (post_logout_redirect_uris)',
  postLogoutHint: 'Where people may go after signing out here, one on each line. Compared letter by letter.',
  backchannel: 'Back-channel logout URI',
  backchannelHint: 'Its server is told here when a session has ended. Each message names the session.',
  logo: 'Logo',
  logoHint: 'Shown to people beside its name. An https address.',
  policy: 'Privacy policy',
  policyHint: 'Where people read what becomes of what it learns. An https address.',
  terms: 'Terms of service',
  termsHint: 'An https address.',
  assurance: 'Level that it demands',
  assuranceHint:
    'What a sign-in has to reach, and how long it lives. Where it is raised, everything that was issued before ends.',
  assuranceNone: 'none of its own',
  levels: {
    aal1: 'AAL1: one factor, 30 days',
    aal2: 'AAL2: two factors, a day, an hour without use',
    aal3: 'AAL3: a passkey that cannot be copied, half a day, 15 minutes without use',
  },
  subject: 'What it knows people by (subject_type)',
  subjectHint:
    'Apps that know people by names of their own cannot find out by them whether they know the same person.',
  subjects: {
    public: 'public: the id of the account, as everybody else',
    pairwise: 'pairwise: a name that only it and its sector are told',
  },
  sector: 'Address of its sector (sector_identifier_uri)',
  sectorHint:
    'Needed where redirect URIs have several hosts: a JSON array of all of them is read there. Clients of one sector know people by the same names.',
  profile: 'Profile',
  profileHint:
    'fapi2-security is for banks and the like: pushed requests, signed proofs, bound tokens. oidc-basic lets a client with a secret leave out PKCE.',
  dpop: 'Its tokens are always bound to a key (DPoP)',
  dpopHint: 'A stolen token is worth nothing then. Its programs have to prove the key with each request.',
  jwksUri: 'Address of its keys (jwks_uri)',
  jwksUriHint: 'Where it publishes its public keys itself, for signatures of its own key.',
  jwks: 'Its public keys (JWK Set)',
  jwksHint: 'As JSON, where it does not publish them. Never a private key.',
  jwksWrong: 'This is no JWK Set: { "keys": [ … ] }.',
}

export const moreTexts: Texts<typeof en> = {
  en,
  de: {
    more: 'Weitere Einstellungen',
    postLogout: 'Zurück nach dem Abmelden (post_logout_redirect_uris)',
    postLogoutHint:
      'Wohin Menschen nach dem Abmelden hier dürfen, eine je Zeile. Zeichen für Zeichen verglichen.',
    backchannel: 'Back-Channel-Logout-URI',
    backchannelHint:
      'Hier erfährt sein Server, dass eine Sitzung geendet hat. Jede Nachricht nennt die Sitzung.',
    logo: 'Logo',
    logoHint: 'Menschen sehen es neben dem Namen. Eine Adresse mit https.',
    policy: 'Datenschutzerklärung',
    policyHint: 'Wo Menschen lesen, was aus dem wird, was er erfährt. Eine Adresse mit https.',
    terms: 'Nutzungsbedingungen',
    termsHint: 'Eine Adresse mit https.',
    assurance: 'Stufe, die er verlangt',
    assuranceHint:
      'Was eine Anmeldung erreichen muss und wie lange sie gilt. Wird sie angehoben, endet alles, was vorher ausgestellt wurde.',
    assuranceNone: 'keine eigene',
    levels: {
      aal1: 'AAL1: ein Faktor, 30 Tage',
      aal2: 'AAL2: zwei Faktoren, ein Tag, eine Stunde ohne Benutzung',
      aal3: 'AAL3: ein Passkey, der sich nicht kopieren lässt, ein halber Tag, 15 Minuten ohne Benutzung',
    },
    subject: 'Woran er Menschen erkennt (subject_type)',
    subjectHint:
      'Apps, die Menschen unter eigenen Namen kennen, können an diesen nicht ablesen, ob sie denselben Menschen kennen.',
    subjects: {
      public: 'public: an der Kennung des Kontos, wie alle anderen',
      pairwise: 'pairwise: an einem Namen, den nur er und sein Sektor erfahren',
    },
    sector: 'Adresse seines Sektors (sector_identifier_uri)',
    sectorHint:
      'Nötig, wenn Redirect-URIs mehrere Hosts haben: Dort wird ein JSON-Array gelesen, das alle nennt. Clients eines Sektors kennen Menschen unter denselben Namen.',
    profile: 'Profil',
    profileHint:
      'fapi2-security ist für Banken und dergleichen: hinterlegte Anfragen, unterschriebene Beweise, gebundene Tokens. Mit oidc-basic darf ein Client mit Geheimnis PKCE weglassen.',
    dpop: 'Seine Tokens sind immer an einen Schlüssel gebunden (DPoP)',
    dpopHint:
      'Ein gestohlenes Token ist dann nichts wert. Seine Programme beweisen den Schlüssel bei jeder Anfrage.',
    jwksUri: 'Adresse seiner Schlüssel (jwks_uri)',
    jwksUriHint:
      'Wo er seine öffentlichen Schlüssel selbst veröffentlicht, für Signaturen des eigenen Schlüssels.',
    jwks: 'Seine öffentlichen Schlüssel (JWK Set)',
    jwksHint: 'Als JSON, wenn er sie nicht veröffentlicht. Nie ein privater Schlüssel.',
    jwksWrong: 'Das ist kein JWK Set: { "keys": [ … ] }.',
  },
}
