"""
A service that calls an API under its own name (client_credentials), and proves who it is by a secret or by a key.
It prints what the API says about it.
"""

from __future__ import annotations

import json
import os
import sys
import time

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.jwk import import_key
from requests import RequestException

from .sign_in import TIMEOUT_SECONDS, discover

# Countersign takes no assertion that is good for longer than ten minutes.
ASSERTION_SECONDS = "60"


class KeyForIssuer(PrivateKeyJWT):
    """
    Assertions as Countersign takes them: for the issuer, since a server that the client also uses could name the
    token endpoint as its own, and good for a minute, where the library would make them good for an hour.
    """

    def __init__(self, issuer: str, alg: str, seconds: int) -> None:
        super().__init__(issuer, alg=alg)
        self.seconds = seconds

    def sign(self, auth: OAuth2Session, token_endpoint: str) -> str:
        # New ones each time: the library writes its identifier into them, and none is taken twice.
        claims = {"exp": int(time.time()) + self.seconds}
        key = auth.client_secret
        return private_key_jwt_sign(key, auth.client_id, token_endpoint, self.alg, claims, header={"kid": key.kid})


def call(env: dict[str, str]) -> dict[str, object]:
    metadata = discover(env["ISSUER"])
    # The key is a JWK with its private part, its kid and its alg; the registration has the public part.
    key = import_key(json.loads(env["CLIENT_KEY"])) if "CLIENT_KEY" in env else None
    session = OAuth2Session(
        env["CLIENT_ID"],
        env.get("CLIENT_SECRET") if key is None else key,
        token_endpoint=metadata["token_endpoint"],
        token_endpoint_auth_method="client_secret_basic" if key is None else "private_key_jwt",
        scope=env.get("SCOPE"),
        default_timeout=TIMEOUT_SECONDS,
    )
    if key is not None:
        seconds = int(env.get("ASSERTION_SECONDS", ASSERTION_SECONDS))
        session.register_client_auth_method(KeyForIssuer(metadata["issuer"], key.alg, seconds))
    session.fetch_token(grant_type="client_credentials")
    response = session.get(env["API"])
    response.raise_for_status()
    return response.json()


def main() -> int:
    try:
        print(json.dumps(call(dict(os.environ))))
        return 0
    except (AuthlibBaseError, RequestException) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


sys.exit(main())
