/** The advisor's sentences in German, by question and rule; a test finds one that is missing. */

export const german: Readonly<Record<string, string>> = {
  'callers.text': 'Wer ruft Ihre API auf?',
  'callers.why': 'Jede Art bekommt ein eigenes Verfahren; sie schließen einander nicht aus.',
  'callers.browser': 'Menschen im Browser',
  'callers.browser.means': 'Ihre eigenen Seiten rufen sie für den auf, der angemeldet ist.',
  'callers.app': 'Mobile oder Desktop-Apps',
  'callers.app.means': 'Ihre eigenen Apps, auf den Geräten der Menschen.',
  'callers.service': 'Unsere eigenen Programme',
  'callers.service.means': 'Dienste, Jobs und Maschinen, die Sie betreiben.',
  'callers.partner': 'Programme von Kunden',
  'callers.partner.means': 'Andere schreiben sie und betreiben sie woanders.',
  'callers.site': 'Andere Websites',
  'callers.site.means': 'Seiten, die Ihre Menschen mit ihrem Konto hier hineinlassen.',
  'pages.text': 'Wo liegen Ihre Seiten?',
  'pages.why': 'Ein Cookie erreicht die Hosts einer Site und sonst niemanden.',
  'pages.same_host': 'Auf dem Host der Autorität',
  'pages.same_host.means': 'Eine Origin liefert Seiten, API und Anmeldung.',
  'pages.one_site': 'Auf Hosts einer Domain',
  'pages.one_site.means': 'Etwa app.example.com und api.example.com.',
  'pages.other_sites': 'Auf eigenen Domains',
  'pages.other_sites.means': 'Etwa gym.example und pool.example.',
  'apis.text': 'Wie viele APIs prüfen, was ausgestellt wird?',
  'apis.why': 'Was bei einer API gilt, soll bei einer anderen nicht gelten.',
  'apis.one': 'Eine',
  'apis.one.means': 'Ein Programm, in einer oder vielen Kopien.',
  'apis.several': 'Mehrere',
  'apis.several.means': 'Jede hat einen eigenen Namen, ihre Audience.',
  'checker.text': 'Was prüft die Ausweise in Ihren APIs?',
  'checker.why': 'Nur wer dem Feed der Widerrufe folgt, erfährt davon, bevor ein Token abläuft.',
  'checker.verifier': 'Ein Prüfer von Countersign',
  'checker.verifier.means':
    'Die Bibliothek für JavaScript oder eine nach dem Protokoll, wie in Python und Go.',
  'checker.library': 'Irgendeine JWT-Bibliothek',
  'checker.library.means': 'Oder ein Gateway, das JWKS kennt und sonst nichts.',
  'revocation.text': 'Wie bald muss aufhören, was widerrufen wurde?',
  'revocation.why': 'Es bestimmt, wie lange ein Access-Token leben darf, wo niemand von Widerrufen hört.',
  'revocation.at_once': 'Sofort',
  'revocation.at_once.means': 'In weit weniger als einer Sekunde, überall.',
  'revocation.minutes': 'Binnen Minuten',
  'revocation.minutes.means': 'Wenn das Access-Token abläuft.',
  'outage.text': 'Was soll eine API tun, die die Autorität nicht erreicht?',
  'outage.why': 'Niemand kann von jedem Widerruf wissen und zugleich weitermachen, ohne davon zu hören.',
  'outage.refuse': 'Ablehnen',
  'outage.refuse.means': 'Nach der Frist (5 s) antwortet sie 503, bis sie wieder Bescheid weiß.',
  'outage.go_on': 'Weitermachen, wo es wenig schadet',
  'outage.go_on.means': 'Einigen Routen genügt eine gute Signatur.',
  'programs.text': 'Wie rufen Programme auf?',
  'programs.why':
    'Ein Schlüssel je Anfrage ist am einfachsten; ein kurzes Token begrenzt, was eine Anfrage verrät.',
  'programs.key': 'Mit einem Schlüssel im Header',
  'programs.key.means': 'Eine API, und Aufrufer, denen man zutraut, ihn zu hüten.',
  'programs.exchange': 'Oft, oder mehrere APIs',
  'programs.exchange.means': 'Sie tauschen den Schlüssel gegen ein Token für Minuten.',
  'programs.oauth': 'Mit OAuth-2-Bibliotheken',
  'programs.oauth.means': 'Sie kennen Client Credentials und wenig sonst.',
  'assurance.text': 'Wie sicher muss eine Anmeldung sein?',
  'assurance.why': 'Ein Passwort allein ist das, was gestohlen wird.',
  'assurance.password': 'Ein Passwort genügt',
  'assurance.password.means': 'Wer will, fügt einen zweiten Faktor hinzu.',
  'assurance.administrators': 'Zwei Faktoren für Administratoren',
  'assurance.administrators.means': 'Alle anderen dürfen.',
  'assurance.everybody': 'Zwei Faktoren für alle',
  'assurance.everybody.means': 'Ohne kommt niemand hinein.',
  'assurance.regulated': 'Wie ein Prüfer es verlangt',
  'assurance.regulated.means': 'NIST 800-63B AAL2: zwei Faktoren, einmal am Tag.',
  'joining.text': 'Wie kommen Menschen zu einem Konto?',
  'joining.why': 'Eine offene Tür braucht Grenzen und Mails, die Adressen bestätigen.',
  'joining.open': 'Sie registrieren sich',
  'joining.open.means': 'Jeder kann es.',
  'joining.closed': 'Jemand legt es für sie an',
  'joining.closed.means': 'Ein Administrator oder ein Programm von Ihnen.',
  'load.text': 'Genügt eine Maschine für die Autorität?',
  'load.why': 'APIs prüfen selbst: Die Autorität wird nur gefragt, wenn etwas neu ist.',
  'load.one': 'Ja',
  'load.one.means': 'Die eingebaute Datenbank, sonst ist nichts zu betreiben.',
  'load.nodes': 'Nein, oder eine darf nicht ausfallen',
  'load.nodes.means': 'Mehrere Knoten, die sich ein Postgres teilen.',

  'session.name': 'Sitzung',
  'session.how':
    'Ein Cookie, das kein Skript lesen kann; die API behält im Speicher, was sie schon gesehen hat.',
  'session.cost':
    'Es erreicht nur Hosts einer Site, und Änderungen per Cookie brauchen Schutz vor fremden Seiten, den die Wache gibt.',
  'session_jwt.name': 'Sitzung + JWT',
  'session_jwt.how':
    'Ein Cookie hält das Refresh-Token, wo nur die Autorität es sieht; Seiten rufen mit einem Access-Token für Minuten auf, das für die Sitzung steht.',
  'session_jwt.cost':
    'Seiten müssen das Access-Token im Speicher halten und erneuern; die Client-Bibliothek tut beides.',
  'jwt_refresh.name': 'JWT + Refresh-Token',
  'jwt_refresh.how':
    'Ein Access-Token für Minuten bei jedem Aufruf, und ein Refresh-Token, das einmal für das nächste gilt.',
  'jwt_refresh.cost':
    'Das Refresh-Token muss beim Aufrufer sicher liegen, und zwei Verwendungen dürfen sich nicht überholen; die Client-Bibliothek sorgt dafür.',
  'jwt.name': 'JWT',
  'jwt.how': 'Ein Access-Token für Minuten, immer neu geholt mit dem Ausweis des Clients selbst.',
  'jwt.cost': 'Ein Client ist einzutragen, und sein Geheimnis oder privater Schlüssel zu hüten.',
  'api_key.name': 'API-Schlüssel',
  'api_key.how': 'Ein Geheimnis im Header jeder Anfrage, mit eigenen Rechten, Adressen und Grenzen.',
  'api_key.cost':
    'Er reist mit jeder Anfrage und lebt, bis jemand ihn beendet: Geben Sie ihm ein Ende, und wechseln Sie ihn.',
  'api_key_jwt.name': 'API-Schlüssel + JWT',
  'api_key_jwt.how':
    'Der Schlüssel geht nur an die Autorität, die ihn gegen ein Access-Token für Minuten tauscht.',
  'api_key_jwt.cost': 'Alle paar Minuten eine Anfrage mehr.',

  'browser.other_sites.reason':
    'Browser halten Cookies anderer Sites von Ihren Seiten fern. Der Server jeder Site führt den Authorization Code Flow, behält die Tokens und gibt seinen Seiten ein eigenes Cookie.',
  'browser.library.reason':
    'Eine Bibliothek, die nur JWTs kennt, kann das Access-Token prüfen, und die Sitzung dahinter beendet weiterhin alles.',
  'browser.outage.reason':
    'Ein Access-Token lässt sich an der Signatur allein prüfen; eine Sitzung kennt nur, wer gefragt hat.',
  'browser.session.reason':
    'Nichts ist zu erneuern und nichts für ein Skript zu stehlen; mit dem Prüfer ist es so schnell wie ein JWT.',
  'app.jwt_refresh.reason':
    'Menschen bleiben wochenlang angemeldet, während das, was mit jedem Aufruf reist, nur Minuten gilt; und ein kopiertes Refresh-Token verrät sich.',
  'service.oauth.reason':
    'Client Credentials kennen OAuth-Bibliotheken; das Programm hält nichts Längeres als Minuten außer dem eigenen Geheimnis.',
  'service.exchange.reason':
    'Der Schlüssel geht nicht durch die APIs, und jede von ihnen prüft das Token selbst.',
  'service.library.reason':
    'Eine JWT-Bibliothek kann keinen Schlüssel prüfen, wohl aber das Token, gegen das er getauscht wurde.',
  'service.outage.reason': 'Ein Access-Token lässt sich an der Signatur allein prüfen, ein Schlüssel nicht.',
  'service.api_key.reason':
    'Ein Header und kein Protokoll; der Schlüssel gehört einem Dienstkonto und überdauert, wer ihn gemacht hat.',
  'partner.oauth.reason':
    'Kunden bringen ihre OAuth-Bibliothek mit und tragen einen Client ein; nichts Langlebiges erreicht Ihre APIs.',
  'partner.exchange.reason': 'Kunden hüten einen Schlüssel, und Ihre APIs sehen nur Tokens für Minuten.',
  'partner.library.reason':
    'Eine JWT-Bibliothek kann keinen Schlüssel prüfen, wohl aber das Token, gegen das er getauscht wurde.',
  'partner.outage.reason': 'Ein Access-Token lässt sich an der Signatur allein prüfen, ein Schlüssel nicht.',
  'partner.api_key.reason':
    'Kunden können ihn in jeder Sprache in einer Minute benutzen; Rechte, Adressen und eine Grenze halten ihn klein.',
  'site.jwt_refresh.reason':
    'OpenID Connect sprechen andere Sites schon: Menschen melden sich hier an, und die Site bekommt Tokens für das, was vereinbart wurde.',

  'Take it when pages live on domains of their own.': 'Wenn Seiten auf eigenen Domains liegen.',
  'Take it when an API checks with a plain JWT library.':
    'Wenn eine API mit einer bloßen JWT-Bibliothek prüft.',
  'Take it when an API has to go on without the authority.':
    'Wenn eine API ohne die Autorität weitermachen muss.',
  'Take it when pages and API share a site and the API runs a verifier.':
    'Wenn Seiten und API eine Site teilen und die API einen Prüfer hat.',
  'Take it when an app keeps people signed in.': 'Wenn eine App Menschen angemeldet hält.',
  'Take it when programs use OAuth libraries.': 'Wenn Programme OAuth-Bibliotheken benutzen.',
  'Take it when programs call often, or several APIs.': 'Wenn Programme oft oder mehrere APIs aufrufen.',
  'Take it when a program calls one API that runs a verifier.':
    'Wenn ein Programm eine API mit Prüfer aufruft.',
  'Take it when customers use OAuth libraries.': 'Wenn Kunden OAuth-Bibliotheken benutzen.',
  'Take it when customers call often, or several APIs.': 'Wenn Kunden oft oder mehrere APIs aufrufen.',
  'Take it when customers want to start in a minute.': 'Wenn Kunden in einer Minute beginnen wollen.',
  'Take it when a site of somebody else lets your people in.':
    'Wenn eine fremde Site Ihre Menschen hineinlässt.',

  'caution.library_at_once':
    'Eine bloße JWT-Bibliothek hört nicht von Widerrufen: Ein widerrufenes Access-Token gilt dort, bis es abläuft. Die Lebensdauer ist auf 5 Minuten gestellt; wo das zu lang ist, nehmen Sie einen Prüfer oder lassen die API das Token introspizieren.',
  'caution.outage_at_once':
    "Eine API, die ohne die Autorität weitermacht, hört so lange nicht von Widerrufen. Geben Sie `freshness: 'signature'` nur Routen, die in den Minuten eines Access-Tokens wenig schaden; alle anderen lehnen nach der Frist ab.",
  'caution.same_host_library':
    'Seiten, die mit einem Access-Token aufrufen, dürfen es nie ablegen: im Speicher kann ein eingeschleustes Skript es benutzen, aber nicht lange damit weitermachen.',
  'caution.partner_password':
    'Kunden, die sich selbst Schlüssel machen, melden sich vorher an: Ein gestohlenes Passwort macht dann Schlüssel. Verlangen Sie einen zweiten Faktor von Rollen mit `api-keys:write`.',
  'caution.open_password':
    'Bei offener Registrierung und Passwörtern allein ist zu erwarten, dass anderswo geleakte probiert werden. Grenzen und wachsende Wartezeiten sind an; bieten Sie früh einen zweiten Faktor an.',
  'caution.one_site_hosts':
    'Das Sitzungs-Cookie erreicht jeden Host der Domain. Ein Host, den jemand anderes betreibt, etwa ein Shop oder ein Helpdesk, gehört nicht darunter.',
  'caution.regulated_apps':
    'AAL2 will alle 24 Stunden eine neue Anmeldung, und nach einer Stunde ohne Benutzung: Apps können nicht wochenlang angemeldet bleiben.',
  'simpler.framework':
    'Eine Anwendung mit eigenen Seiten auf einem Host kann die Sitzungen ihres Frameworks nehmen. Countersign lohnt sich, sobald Sie Faktoren, ein Audit-Protokoll, beweisbaren Widerruf oder einen zweiten Aufrufer wollen.',
  'simpler.platform':
    'Zwei eigene Programme auf einer Plattform können deren Identitäten trauen oder einem gemeinsamen Geheimnis in ihrem Tresor. Countersign lohnt sich, sobald Schlüssel Besitzer, Rechte und ein Ende haben und jemand wissen will, wer welchen benutzt hat.',

  'The public URL of the authority. It is in every token and every verifier compares it.':
    'Die öffentliche URL der Autorität. Sie steht in jedem Token, und jeder Prüfer vergleicht sie.',
  'The name of your API. What is issued is good there and nowhere else.':
    'Der Name Ihrer API. Was ausgestellt wird, gilt dort und sonst nirgends.',
  'The names of your APIs. Keys and exchanged tokens can be narrowed to one of them.':
    'Die Namen Ihrer APIs. Schlüssel und getauschte Tokens lassen sich auf eine beschränken.',
  'Lets the session cookie reach the hosts of your domain.':
    'Lässt das Sitzungs-Cookie die Hosts Ihrer Domain erreichen.',
  'Pages of these origins may call the authority with cookies.':
    'Seiten dieser Origins dürfen die Autorität mit Cookies aufrufen.',
  'Where nobody hears of revocations, the lifetime is what ends a token.':
    'Wo niemand von Widerrufen hört, beendet die Lebensdauer ein Token.',
  'Whoever has no second factor enrols one on the way in.':
    'Wer keinen zweiten Faktor hat, richtet beim Anmelden einen ein.',
  'Whoever holds one of these roles needs a second factor.':
    'Wer eine dieser Rollen hält, braucht einen zweiten Faktor.',
  'AAL2 wants a new sign-in every 24 hours.': 'AAL2 will alle 24 Stunden eine neue Anmeldung.',
  'AAL2 wants a new sign-in after an hour without use.':
    'AAL2 will nach einer Stunde ohne Benutzung eine neue Anmeldung.',
  'Nobody makes an account for themselves.': 'Niemand legt sich selbst ein Konto an.',
  'Only programs call, so nobody needs to make an account for themselves.':
    'Nur Programme rufen auf, also braucht niemand sich ein Konto anzulegen.',
  'The addresses of your load balancer, whose word about the caller’s address is believed.':
    'Die Adressen Ihres Load-Balancers, dem geglaubt wird, welche Adresse der Aufrufer hat.',
  'A file with `postgres://user:password@host/database`, which all nodes share.':
    'Eine Datei mit `postgres://user:password@host/database`, die alle Knoten teilen.',
  'A file with the root secret, the same for all nodes and not in the database.':
    'Eine Datei mit dem Wurzelgeheimnis, gleich für alle Knoten und nicht in der Datenbank.',

  'Sign in, on a page': 'Anmelden, auf einer Seite',
  'Sign in, on a page that calls with an access token':
    'Anmelden, auf einer Seite, die mit einem Access-Token aufruft',
  'Sign in, in an app': 'Anmelden, in einer App',
  'Make a key for a program': 'Einen Schlüssel für ein Programm machen',
  'Call with the key': 'Mit dem Schlüssel aufrufen',
  'Trade the key for a token': 'Den Schlüssel gegen ein Token tauschen',
  'Protect an API': 'Eine API schützen',
  'Protect an API, with one route that goes on without the authority':
    'Eine API schützen, mit einer Route, die ohne die Autorität weitermacht',
  'Check an access token with a JWT library': 'Ein Access-Token mit einer JWT-Bibliothek prüfen',
}
