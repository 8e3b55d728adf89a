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
