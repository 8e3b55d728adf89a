/** What each setting means, in German. What is missing here is said in the server's own words. */

export const germanMeanings: Readonly<Record<string, string>> = {
  port: 'Wo der Server lauscht. 0 nimmt irgendeinen freien Port.',
  host: 'Die Adresse, auf der er lauscht. Die Voreinstellung ist nur von dieser Maschine aus zu erreichen.',
  tlsCert:
    'Das Zertifikat mit seiner Kette, als PEM. Damit spricht der Server TLS 1.2 und 1.3 mit den Verfahren, die FAPI 2.0 erlaubt. Nach einer Änderung wird es ohne Neustart neu gelesen.',
  tlsKey: 'Der private Schlüssel des Zertifikats, als PEM. Die Datei sollte nur ihrem Besitzer gehören.',
  issuer:
    'Der Name, unter dem Ausweise ausgestellt werden, und der Anfang aller URLs. Verifier vergleichen ihn Zeichen für Zeichen.',
  dataFolder:
    'Hier liegen die eingebettete Datenbank und das Wurzelgeheimnis; beim ersten Start angelegt, nur für den Besitzer.',
  database: 'Die eingebettete Datenbank genügt für eine Maschine; Postgres bedient mehrere Knoten.',
  postgresPoolMax:
    'Verbindungen dieses Knotens zu Postgres. Alle Knoten zusammen müssen unter dessen Grenze bleiben.',
  redis:
    'Ein Redis oder Valkey, in dem Knoten die Zähler der Grenzen teilen. Ohne ihn, und solange er fort ist, zählt jeder Knoten für sich.',
  secrets:
    'Wurzel aller Pepper und Schlüssel, außerhalb der Datenbank verwahrt. Alte behalten, bis nichts mehr an ihnen hängt.',
  audiences: 'Wo Sitzungstokens gelten, und andere Ausweise, wenn sie nichts anderes sagen.',
  allowedHosts:
    'Weitere Werte von `Host`, auf die geantwortet wird. Andere werden abgewiesen, was DNS-Rebinding aufhält.',
  allowedOrigins: 'Seiten anderer Ursprünge, die mit Cookies rufen dürfen (CORS, ASVS 3.4.2).',
  cookieDomain:
    'Auch Hosts dort und darunter bekommen das Sitzungscookie, damit man sich bei allen zugleich anmeldet. Alle müssen Ihre sein: Jeder kann es lesen.',
  trustedProxies: 'Proxys, deren Wort über Adresse und Schema des Aufrufers geglaubt wird (ASVS 15.3.4).',
  proxyHeader:
    'Der eine Header, den diese Proxys setzen. Der andere ist vom Aufrufer selbst und wird nie gelesen.',
  credentialPrefix:
    'Damit beginnt jedes Sitzungstoken, Refresh-Token und jeder API-Schlüssel, damit Scanner wissen, wem es gehört.',
  environment:
    'Teil jedes undurchsichtigen Ausweises: Einer aus einem Test wird hier abgewiesen, bevor irgendetwas gefragt wird.',
  signingAlgorithm:
    'Für neue Zugriffstokens. HS256 ist dafür da, einen Schlüssel mit Software zu teilen, die nichts anderes kennt.',
  hs256Secret:
    'Der Schlüssel, der mit HS256 geteilt wird. Passwörter von Menschen werden abgewiesen (RFC 8725 §3.5).',
  keyRotationDays: 'Wie lange ein Signaturschlüssel signiert, bevor der nächste übernimmt.',
  keyPublishSeconds:
    'Wie lange ein Schlüssel veröffentlicht ist, bevor er signiert; länger, als irgendjemand die Schlüssel zwischenspeichert.',
  accessTokenLifetimeSeconds:
    'Wie lange Leser, die nur Signaturen prüfen, einem widerrufenen Token noch glauben können. Höchstens 3600.',
  dangerouslyLongAccessTokens: 'Hebt diese Grenze auf einen Tag.',
  sessionLifetimeSeconds:
    'Dann endet eine Sitzung, wie sie auch benutzt wird: ein Tag bei AAL2 (NIST SP 800-63B-4 §2.2.3), 30 bei AAL1.',
  sessionIdleSeconds:
    'Eine Sitzung endet, wenn sie so lange nicht benutzt wird: eine Stunde bei AAL2 (NIST SP 800-63B-4 §2.2.3).',
  sessionsPerAccountMax: 'Eine mehr zu öffnen beendet die, die am längsten unbenutzt war (ASVS 7.1.2).',
  refreshLifetimeSeconds:
    'Dann endet eine Anmeldung mit Refresh-Token, wie oft sie auch erneuert wird (ASVS 10.4.8).',
  refreshIdleSeconds: 'Sie endet, wenn sie so lange nicht erneuert wird.',
  refreshGraceSeconds:
    'So lange bekommt ein ehrlicher zweiter Versuch mit einem benutzten Refresh-Token denselben Nachfolger. 0 ist streng (FAPI).',
  apiKeysPerOwnerMax: 'Schlüssel, an die niemand denkt, widerruft auch niemand.',
  invitationsPerSenderMax:
    'Wie viele Einladungen eines Absenders zugleich warten dürfen. Mehr Post verschickt auch keine gestohlene Sitzung eines Administrators.',
  invitationsMax:
    'Wie viele Einladungen aller Absender zusammen zugleich warten dürfen. Jede ist ein Weg hinein, den noch niemand gegangen ist.',
  leaseSeconds: 'So lange nimmt ein abgeschnittener Verifier höchstens noch aus dem Gedächtnis an.',
  providers:
    'Dienste, mit denen man sich anmelden kann, jeder mit dem, was er Ihnen für diesen Server gegeben hat. `microsoft` braucht seinen `tenant`, `oidc` seinen `issuer`, eine `id` und einen `name`; `github` kann die `url` eines eigenen Servers haben. Hinterlegen Sie dort `<issuer>/login/provider/<id>/callback`.',
  signUp: 'Ob Menschen sich selbst ein Konto anlegen oder Administratoren es tun.',
  mfa: 'Wo es `required` ist, richtet bei der Anmeldung einen zweiten Faktor ein, wer keinen hat (ASVS 6.3.3). Mit `off` gibt es keine neuen; nach vorhandenen wird weiter gefragt.',
  mfaRoles: 'Rollen, deren Träger einen zweiten Faktor brauchen, auch wo er anderen freisteht.',
  passkeyRpId:
    'Die Domain, zu der Passkeys gehören (WebAuthn RP ID). Wird sie geändert, gilt keiner mehr, der vorher gemacht wurde.',
  passkeyOrigins:
    'Seiten, die nach Passkeys fragen dürfen, jede an dieser Domain oder darunter; genau verglichen.',
  passwordLengthMin:
    'In Codepunkten. 15, wo das Passwort der einzige Faktor ist (NIST SP 800-63B-4 §3.1.1.2).',
  passwordScoreMin:
    'Der zxcvbn-Wert, den ein neues Passwort erreichen muss. Er ist eine Schätzung; voreingestellt ist er Rat für Formulare und weist nichts ab.',
  breachedPasswordsUrl:
    'Ein Range-Server in der Form von Have I Been Pwned, etwa https://api.pwnedpasswords.com/range. Er erfährt die ersten fünf Stellen der SHA-1 eines neuen Passworts und sonst nichts. Ungefragt ruft dieser Server nicht hinaus.',
  breachedPasswordsTimeoutMs: 'Wie lange auf seine Antwort gewartet wird.',
  breachedPasswordsWhenDown:
    'Was mit einem neuen Passwort geschieht, wenn keine Antwort kommt. Annehmen steht im Audit-Protokoll; mit Abweisen schließt der Ausfall eines fremden Servers hier die Anmeldung neuer Konten.',
  breachedPasswordsAtSignIn:
    'Passwörter werden bekannt, nachdem sie gesetzt wurden. Eines, das sich anmeldet, wird nachgesehen, wenn das zuletzt vor einer Woche geschah: Dann muss es geändert werden, oder das Audit-Protokoll sagt es, oder es wird nicht gefragt.',
  passwordHashConcurrency:
    'So viele Passwort-Hashes zugleich, jeder mit 19 MiB und einem Thread des Vorrats, der auch Dateien liest.',
  assurance:
    'Was jede Anmeldung eines Menschen erreichen muss und wie lange eine Sitzung davon lebt (NIST SP 800-63B-4 §2). `aal2`: zwei Faktoren, für einen Tag oder eine Stunde ohne Nutzung. `aal3`: ein Passkey, der sich nicht kopieren lässt, für einen halben Tag oder eine Viertelstunde.',
  trustedDeviceDays:
    'Für wie viele Tage ein Browser vom zweiten Faktor verschont bleibt, nachdem jemand darin einen vorgelegt und das Kästchen angekreuzt hat. Nirgends, wo ein Faktor verlangt ist, und eine solche Sitzung ist eine mit Passwort allein (NIST SP 800-63B-4 §3.2).',
  assuranceRoles: 'Dasselbe für die Träger von Rollen, wo es mehr ist.',
  geoDatabase:
    'Dateien im MMDB-Format, etwa GeoLite2-City und GeoLite2-ASN oder die von DB-IP; was eine nicht weiß, weiß vielleicht die nächste. Beim Start gelesen und wieder, wenn sie sich ändern. Keine Adresse verlässt diese Maschine.',
  outboundHosts:
    'Die einzigen Hosts, von denen Dokumente der Clients geholt werden, etwa ihre `jwks_uri` (ASVS 13.2.4). Nennen Sie sie, wo Sie sie kennen.',
  outboundNetworks:
    'Netze, die nicht öffentlich sind und trotzdem gerufen werden dürfen, etwa 10.20.0.0/16, oder 127.0.0.0/8 beim Entwickeln. Ohne das könnte ein Client uns rufen lassen, was nur wir erreichen. Link-lokale Adressen, wo Clouds Zugangsdaten halten, bleiben zu.',
  outboundTimeoutMs: 'Wie lange ein solcher Ruf dauern darf: Name, Verbindung und Antwort zusammen.',
  dpopNonces:
    'Ob Besitznachweise eine Nonce dieses Servers brauchen (RFC 9449 §8, §9), damit keiner im Voraus gemacht wird. Ohne sie gilt ein Nachweis eine Minute und einmal. Sie kostet Clients hin und wieder eine zweite Anfrage.',
  refusalHints:
    'Ob eine Abweisung ihrem Aufrufer sagt, warum, als `hint`: für den, der auf dieser Maschine entwickelt. `development` braucht einen Aussteller auf ihr und gilt nur für Anfragen, die geradewegs von ihr kommen. Überall sonst sagt eine Abweisung nichts, und wer Entscheidungen lesen darf, sieht nach.',
  rateLimitSignIn:
    'Passwörter, die aus einem Netz versucht werden, für welche Konten auch immer (ASVS 6.3.1).',
  rateLimitSignInAccount:
    'Passwörter, die für ein Konto versucht werden, von wo auch immer; und was ein Angemeldeter zu beweisen versucht (ASVS 6.3.1).',
  signInNetworkFailures:
    'So viele Konten dürfen Fremde aus einem Netz in einer Stunde vergeblich versuchen, bevor es wartet (ASVS 6.3.1). Anheben, wo ein eigener Server Menschen von seiner Adresse aus anmeldet.',
  rateLimitFactor: 'Codes, Tickets und Links, die aus einem Netz vorgelegt werden (ASVS 6.6.3).',
  rateLimitPasskey:
    'Anmeldungen mit Passkey aus einem Netz. Für sich gezählt: Wer Passwörter rät, hält sie nicht auf.',
  rateLimitSignUp: 'Konten, die aus einem Netz angelegt werden.',
  rateLimitPasswordCheck: 'Rat zu Passwörtern, die gerade getippt werden, aus einem Netz.',
  rateLimitToken: 'Erneuern und Eintauschen aus einem Netz, und Seiten auf dem Weg zu einer App.',
  rateLimitClient: 'Falsche Geheimnisse und Nachweise für einen Client aus einem Netz (RFC 6749 §2.3.1).',
  rateLimitRegistration: 'Apps, die sich selbst registrieren, aus einem Netz (RFC 7591 §5).',
  clientRegistration:
    'Ob Apps sich unter `/oauth/register` selbst registrieren (RFC 7591): gar nicht, mit einem Token, das ein Administrator vergeben hat, oder wer auch kommt. Menschen werden vor ihnen gewarnt und jedes Mal gefragt.',
  clientRegistrationScopes:
    'Alles, worum eine App bitten darf, die kein Administrator registriert hat. Rechte an diesem Server selbst werden hier abgewiesen.',
  clientRegistrationAudiences:
    'Die APIs, für die Tokens solcher Apps gelten dürfen, etwa die URL eines MCP-Servers.',
  clientRegistrationRedirects:
    'Wohin solche Apps Menschen zurückschicken lassen dürfen: auf Seiten mit https, zu Programmen auf derselben Maschine, oder zu eigenen Schemas von Apps, die jede andere App auch beanspruchen kann (RFC 8252 §8.6).',
  clientRegistrationUnusedMax:
    'Wie viele solche Apps darauf warten dürfen, zum ersten Mal benutzt zu werden. Weitere werden abgewiesen.',
  clientRegistrationUnusedHours:
    'Eine App, die sich selbst registriert hat und nie benutzt wurde, ist danach vergessen.',
  clientDocuments:
    'Ob die Kennung einer App die URL eines Dokuments sein darf, in dem sie sich selbst beschreibt, wie es Apps von MCP tun (draft-ietf-oauth-client-id-metadata-document). Was solche Apps sein dürfen, sagen die Einstellungen für die, die sich selbst registrieren; welche Hosts gefragt werden, `COUNTERSIGN_OUTBOUND_HOSTS`.',
  smtpUrl:
    'Der Server, der unsere Mail annimmt. TLS muss sein, es sei denn, er ist auf dieser Maschine. `countersign mail test` probiert ihn.',
  mailFrom: 'Die Adresse, von der Mail kommt. Der Name daneben ist der der Marke.',
  dangerouslyPlainSmtp:
    'Sendet auch an einen Server ohne TLS, wo jeder auf dem Weg Links liest, die Passwörter setzen. Ein angebotenes Zertifikat wird trotzdem geprüft.',
  mailLanguage: 'Für Menschen, von denen nicht bekannt ist, was sie lesen.',
  brandName: 'Wie Menschen diesen Dienst kennen: in Mails und neben der Adresse, von der sie kommen.',
  brandColor: 'Die Farbe der Knöpfe, unter weißer Schrift.',
  emailVerification:
    'Ob es ein Konto erst gibt, wenn ein Link in einer Mail benutzt wurde. Mit `off` sagt das Anlegen, welche Adressen vergeben sind (ASVS 6.3.8).',
  rateLimitMail:
    'Links, die per Mail an eine Adresse verlangt werden: Niemandes Postfach soll von hier gefüllt werden.',
  bodyBytesMax: 'Der größte Anfragekörper, der gelesen wird.',
  logLevel: 'Wie viel protokolliert wird; `info` hat eine Zeile je Anfrage.',
  metricsPublic: 'Ob /metrics auch anderen als dieser Maschine antwortet (ASVS 13.4.5).',
  brandLogo:
    'Der Pfad einer SVG- oder PNG-Datei, quadratisch und unter 256 KiB, die Seiten als Zeichen zeigen.',
  consoleFolder: 'Die gebauten Dateien der Kontoseiten und der Konsole. Ein leerer Ordner schaltet sie ab.',
}
