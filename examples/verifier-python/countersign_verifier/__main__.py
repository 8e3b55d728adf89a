"""A resource server of one route, `GET /check`, that tells what the presented credential is. Settings by environment."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .credentials import MultipleCredentials, take_credential
from .memory import Accepted
from .strict import Malformed
from .verifier import Refused, Unavailable, Verifier


def allows(held: tuple[str, ...], needed: str) -> bool:
    return any(
        one in ("*", needed) or (one.endswith(":*") and needed.startswith(one[:-1])) for one in held
    )


def is_from(addresses: tuple[str, ...], address: str) -> bool:
    if not addresses:
        return True
    caller = ipaddress.ip_address(address)
    caller = getattr(caller, "ipv4_mapped", None) or caller
    return any(caller in ipaddress.ip_network(block) for block in addresses)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    verifier: Verifier

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path != "/check":
            return self.answer(404, {})
        permission = parse_qs(url.query).get("permission", [None])[0]
        try:
            status, body = self.check(permission)
        except MultipleCredentials:
            status, body = 400, {"code": "multiple_credentials"}
        except (Refused, Malformed):
            status, body = 401, {"code": "invalid_credential"}
        except Unavailable:
            status, body = 503, {"code": "verifier_unavailable"}
        self.answer(status, body)

    def check(self, permission: str | None) -> tuple[int, dict[str, str]]:
        values = [self.headers.get_all(name) or [] for name in ("Authorization", "X-API-Key", "Cookie")]
        credential = take_credential(*values)
        if credential is None:
            return 401, {"code": "credential_required"}
        verdict: Accepted = self.verifier.check(credential, "check", self.headers.get("User-Agent"))
        if not is_from(verdict.allow_addresses, self.client_address[0]):
            return 403, {"code": "credential_address_refused"}
        if permission is not None and not allows(verdict.permissions, permission):
            return 403, {"code": "permission_denied"}
        return 200, {"sub": verdict.sub, "kind": verdict.kind, "credential": verdict.id}

    def answer(self, status: int, body: dict[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """No line for each request: the standard ones would hold what callers wrote into their URLs."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main() -> None:
    env = os.environ
    Handler.verifier = Verifier(
        issuer=env["ISSUER"], audience=env["AUDIENCE"], key=env["KEY"], authority_url=env.get("AUTHORITY_URL")
    )
    Handler.verifier.start()
    server = Server(("127.0.0.1", int(env.get("PORT", "0"))), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
    Handler.verifier.close()


main()
