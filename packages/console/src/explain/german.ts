/** How each refusal is mended, in German. */
import type { Mending } from '@countersign/protocol'

export const germanMending: Readonly<Record<Mending, string>> = {
  malformed:
    'Den Ausweis ganz und unverändert senden: Er kann abgeschnitten sein oder Anführungszeichen oder ein Zeilenende tragen.',
  unknown:
    'Er wurde nicht hier ausgestellt, oder sein Eintrag ist fort. Umgebung und Autorität vergleichen, dann einen neuen ausstellen.',
  wrong_secret:
    'Die Kennung gibt es, das Geheimnis ist ein anderes. Wurden zwei Ausweise vermischt, oder ist es lange abgelöst?',
  expired: 'Seine Zeit ist um. Das Token erneuern oder einen Schlüssel mit späterem Ende ausstellen.',
  idle: 'Die Sitzung lag zu lange unbenutzt. Die Person meldet sich neu an.',
  ended:
    'Jemand hat ihn beendet; wer, steht im Audit-Protokoll. Neu anmelden oder einen neuen Schlüssel ausstellen.',
  revoked:
    'Etwas auf seinem Pfad wurde nach seiner Ausstellung widerrufen: siehe Audit-Protokoll. Neu anmelden oder neu eintauschen.',
  principal_disabled:
    'Sein Besitzer ist gesperrt. Das Konto oder Dienstkonto freigeben, wenn das gewollt ist.',
  below_level:
    'Von seiner Person wird inzwischen mehr verlangt, als bei der Anmeldung gezeigt wurde. Sie meldet sich neu an und wird zu dem geführt, was fehlt.',
  overlap_ended:
    'Der Schlüssel wurde erneuert, und die Übergangszeit ist um. Dem Programm das neue Geheimnis geben.',
  wrong_type:
    'Diese Art öffnet diesen Endpunkt nicht. Refresh-Tokens sind nur für den Token-Endpunkt, ID-Tokens nur für die App.',
  wrong_algorithm:
    'Der Kopf nennt ein anderes Verfahren, als der Schlüssel hat. Ehrliche ändern das nicht: Woher kam das Token?',
  unknown_key:
    'Kein geltender Schlüssel hat diese kid. Das Token ist von einer anderen Autorität, oder der Schlüssel wurde entfernt: neu anmelden.',
  bad_signature:
    'Das Token wurde verändert oder stammt von einer anderen Autorität mit derselben kid. Ein frisches holen.',
  bad_claims:
    'Eine Angabe fehlt oder liegt außerhalb des Rahmens. Nur Tokens dieser Autorität werden angenommen.',
  wrong_issuer:
    'Das Token ist von einem anderen Aussteller. Den Aussteller des Verifiers Zeichen für Zeichen vergleichen.',
  wrong_audience:
    'Er ist nicht für diese Zielgruppe. Token oder Schlüssel dafür ausstellen oder den Verifier an die richtige binden.',
  not_yet_valid: 'Er gilt erst später. Die Uhren der Maschinen vergleichen.',
  foreign_epoch:
    'Er wurde ausgestellt, bevor das Protokoll neu begann, etwa nach einer Wiederherstellung. Das Token erneuern.',
  unproven:
    'Das Token ist an einen Schlüssel gebunden und kam ohne Nachweis. Mit dem Schema DPoP und einem frischen Nachweis senden.',
  suspended:
    'Der Schlüssel ist ausgesetzt, wie es bei ungewöhnlicher Nutzung geschieht. Auf der Risikoseite nachsehen, dann wieder zulassen.',
  credential_required:
    'Nichts wurde vorgelegt. Authorization oder X-API-Key senden, oder sehen, warum der Browser sein Cookie behielt.',
  multiple_credentials: 'Eines von Authorization und X-API-Key senden, nicht beide und keines doppelt.',
  invalid_dpop_proof:
    'Einen frischen Nachweis für diese Methode und Adresse machen, mit dem Schlüssel, an den das Token gebunden ist.',
  use_dpop_nonce: 'Die Nonce aus DPoP-Nonce in den nächsten Nachweis nehmen.',
  insufficient_user_authentication:
    'Der Ausweis ist gut. Sich neu ausweisen, wie es die Aufforderung verlangt.',
  credential_address_refused:
    'Der Schlüssel gilt nur von anderen Adressen. Seine Liste ändern, oder sehen, ob dem Proxy vertraut wird.',
  csrf_refused:
    'Eine Anfrage mit Cookie kam von einer fremden Seite oder ohne CSRF-Token. Vom selben Ursprung aus rufen, oder den Ursprung eintragen und das Token senden.',
  permission_denied:
    'Dem Ausweis fehlt die Berechtigung. Der Rolle oder dem Schlüssel geben oder in scope darum bitten.',
  https_required: 'https benutzen, oder den Proxy, an dem TLS endet, als vertraut nennen.',
  misdirected_request:
    'Der Hostname gehört nicht zu diesem Server. Zu den erlaubten Hosts nehmen oder den Host des Proxys richten.',
  rate_limited: 'Retry-After abwarten. Wenn so viel gewollt ist, die Grenze anheben.',
  too_many_failures: 'Retry-After abwarten oder sich auf einem bekannten Gerät anmelden.',
  verifier_unavailable:
    'Der Verifier hat keine Lease: Er erreicht die Autorität nicht, oder sein Schlüssel wurde abgewiesen. Siehe sein Protokoll.',
  store_unavailable: 'Die Datenbank ist nicht zu erreichen. Siehe das Protokoll des Servers.',
  other: 'Am Ausweis lag es nicht: siehe die Seite des Fehlercodes.',
}

/** What the parts of a credential mean. What is not here, such as what tells a time, is said in the library's English. */
export const germanParts: Readonly<Record<string, string>> = {
  alg: 'wie es signiert ist; welche Verfahren er annimmt, entscheidet ein Verifier selbst',
  typ: 'die Art; at+jwt bezeichnet ein Zugriffstoken (RFC 9068)',
  kid: 'welcher Schlüssel des Ausstellers es signiert hat',
  jku: 'ein Ort, von dem Schlüssel zu holen wären; dem ist nie zu folgen',
  jwk: 'ein Schlüssel, den das Token mitbringt; dem ist nie zu trauen',
  x5u: 'ein Ort, von dem ein Zertifikat zu holen wäre; dem ist nie zu folgen',
  x5c: 'eine Kette von Zertifikaten',
  crit: 'Erweiterungen, die ein Verifier verstehen muss',
  cty: 'die Art dessen, was darin ist',
  iss: 'Aussteller: die Autorität, die es gemacht hat',
  sub: 'Subjekt: für wen es spricht',
  aud: 'Zielgruppe: die einzigen APIs, die es annehmen dürfen',
  exp: 'läuft ab',
  nbf: 'gilt nicht vorher',
  iat: 'ausgestellt',
  jti: 'seine eigene Kennung, unter der es allein widerrufen werden kann',
  client_id: 'der OAuth-Client, für den es ausgestellt wurde',
  scope: 'Berechtigungen',
  roles: 'Rollen des Subjekts; wird eine geändert, trifft das dieses Token',
  sid: 'die Sitzung, unter der es steht; mit ihr endet es',
  gid: 'der Grant, unter dem es ausgestellt wurde; mit ihm endet es',
  akid: 'der API-Schlüssel, für den es eingetauscht wurde; mit ihm endet es',
  parents: 'das Token, für das es eingetauscht wurde, und wer handelt; endet eines davon, endet es',
  act: 'wer für das Subjekt handelt',
  auth_time: 'wann die Person sich ausgewiesen hat',
  acr: 'wie stark dieser Nachweis war',
  amr: 'womit',
  addrs: 'die einzigen Adressen, von denen es benutzt werden darf',
  resources: 'die einzigen Ressourcen, für die es benutzt werden darf',
  rate: 'die Grenze seines Schlüssels: Anfragen und die Sekunden, in denen sie zählen',
  epoch: 'zu welchem Widerrufsprotokoll es gehört',
  pos: 'Stelle in diesem Protokoll, als es ausgestellt wurde: spätere Regeln treffen es',
  signature: 'hier nicht geprüft: Dazu braucht es die öffentlichen Schlüssel des Ausstellers',
  prefix: 'nennt den Dienst, der ihn ausgestellt hat',
  secret: '256 zufällige Bits; wer sie hat, dem wird geglaubt',
  checksum: 'öffentlich; findet Tippfehler und beweist nichts',
}
