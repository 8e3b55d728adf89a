"""A web app that people sign in to with Countersign, and that reads who they are. Settings by environment."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import astuple
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from joserfc.errors import JoseError
from requests import RequestException

from .sign_in import Attempt, Denied, Identity, Provider, Refused

ATTEMPT_SECONDS = 600
SESSIONS_MAX = 1000


class Session:
    """One browser that is signed in. Its lock lets one request at a time renew its tokens."""

    def __init__(self, who: Identity) -> None:
        self.who = who
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider
    sessions: dict[str, Session] = {}

    def do_GET(self) -> None:
        self.route({"/login": self.login, "/callback": self.callback, "/me": self.me})

    def do_POST(self) -> None:
        self.route({"/refresh": self.refresh})

    def route(self, routes: dict[str, Any]) -> None:
        act = routes.get(urlsplit(self.path).path)
        if act is None:
            return self.answer(404, {})
        try:
            act()
        except Denied as denied:
            self.answer(403, {"error": str(denied)})
        except (Refused, AuthlibBaseError, JoseError, RequestException, ValueError) as error:
            # What the library said, for whoever reads this example. Tell people something kinder.
            self.answer(400, {"error": f"{type(error).__name__}: {error}"})

    def login(self) -> None:
        attempt = Attempt.begin()
        location = self.provider.address_for(attempt)
        self.answer(302, {}, [("Location", location), cookie("attempt", ".".join(astuple(attempt)), ATTEMPT_SECONDS)])

    def callback(self) -> None:
        parts = self.cookie("attempt").split(".")
        if len(parts) != 3:
            raise Refused("this browser did not begin to sign in")
        who = self.provider.redeem(Attempt(*parts), dict(parse_qsl(urlsplit(self.path).query)))
        if len(self.sessions) >= SESSIONS_MAX:
            return self.answer(503, {"error": "too many people are signed in"})
        # A new name for each sign-in: one that was there before may be known to somebody else.
        name = generate_token(43)
        self.sessions[name] = Session(who)
        self.answer(200, {"sub": who.subject}, [cookie("attempt", "", 0), cookie("session", name)])

    def me(self) -> None:
        self.with_session(lambda who: None)

    def refresh(self) -> None:
        self.with_session(self.provider.renew)

    def with_session(self, act: Any) -> None:
        """Does something for whoever is signed in, and answers with what UserInfo tells then."""
        session = self.sessions.get(self.cookie("session"))
        if session is None:
            return self.answer(401, {"error": "nobody is signed in"})
        with session.lock:
            act(session.who)
            claims = self.provider.about(session.who)
        self.answer(200, claims)

    def cookie(self, name: str) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return "" if found is None else found.value

    def answer(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]] = []) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(data))),
            ("Cache-Control", "no-store"),
            *headers,
        ]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """No line for each request: the standard ones would hold the code, which comes in the URL."""


def cookie(name: str, value: str, seconds: int | None = None) -> tuple[str, str]:
    """Lacks Secure, since this example listens on loopback without a certificate. Add it anywhere else."""
    age = "" if seconds is None else f"; Max-Age={seconds}"
    return ("Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}")


def main() -> None:
    env = os.environ
    server = ThreadingHTTPServer(("127.0.0.1", int(env.get("PORT", "0"))), Handler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    Handler.provider = Provider(env["ISSUER"], env["CLIENT_ID"], env["CLIENT_SECRET"], f"{url}/callback")
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {url}", flush=True)
    server.serve_forever()


main()
