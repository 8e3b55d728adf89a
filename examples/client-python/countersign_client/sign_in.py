"""Signing in with OpenID Connect: to the authority, back, and what is checked before anything is believed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# offline_access is for refreshing after the person has signed out at the authority; leave it out otherwise.
SCOPE = "openid email offline_access"
TIMEOUT_SECONDS = 10


class Refused(Exception):
    """An answer that is not to be believed."""


class Denied(Exception):
    """An error code that the authority sent with the browser, such as access_denied."""


@dataclass(frozen=True)
class Attempt:
    """
    One way to the authority and back. It stays in the browser that began it, so that nobody can end up in an account
    that somebody else has chosen for them, and the app remembers nothing for strangers.
    """

    state: str
    nonce: str
    verifier: str

    @staticmethod
    def begin() -> Attempt:
        # Letters and digits: 43 of them hold 256 bits.
        return Attempt(generate_token(43), generate_token(43), generate_token(43))


@dataclass
class Identity:
    """Who has signed in, and the tokens that came of it."""

    subject: str
    tokens: dict[str, Any]


def discover(issuer: str) -> dict[str, Any]:
    """Reads the metadata of the issuer: every endpoint, the keys and the algorithms come from there."""
    found = read_json(f"{issuer}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise Refused("the metadata is of another issuer")
    return found


class Provider:
    """The authority, found by its issuer alone, and what this app is to it."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.redirect_uri = redirect_uri
        self.metadata = discover(issuer)
        self.keys = self.read_keys()

    def address_for(self, attempt: Attempt) -> str:
        url, _ = self.session().create_authorization_url(
            self.metadata["authorization_endpoint"],
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
        )
        return url

    def redeem(self, attempt: Attempt, answer: dict[str, str]) -> Identity:
        """Turns what the browser came back with into somebody."""
        if not same(answer.get("state"), attempt.state):
            raise Refused("state does not match")
        # RFC 9207: an answer of another authority, which an app with several of them could be talked into using here.
        if answer.get("iss") != self.metadata["issuer"]:
            raise Refused("the answer is of another issuer")
        if "error" in answer:
            raise Denied(answer["error"])
        tokens = self.session().fetch_token(code=answer.get("code", ""), code_verifier=attempt.verifier)
        if "id_token" not in tokens:
            raise Refused("there is no ID token")
        claims = self.verify(tokens["id_token"], attempt.nonce, tokens["access_token"])
        return Identity(claims["sub"], tokens)

    def verify(self, id_token: str, nonce: str, access_token: str) -> CodeIDToken:
        """OpenID Connect Core §3.1.3.7 and §3.1.3.8."""
        try:
            token = self.decode(id_token)
        except InvalidKeyIdError:
            # The authority signs with a key that was published since.
            self.keys = self.read_keys()
            token = self.decode(id_token)
        options = {
            "iss": {"essential": True, "value": self.metadata["issuer"]},
            "aud": {"essential": True, "value": self.client_id},
            "at_hash": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate()
        return claims

    def decode(self, id_token: str) -> jwt.Token:
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        return jwt.decode(id_token, self.keys, registry=JWSRegistry(algorithms=algorithms))

    def renew(self, who: Identity) -> None:
        """Trades the refresh token, also one whose access token is still good. Each refresh token works once."""
        who.tokens = self.session(who).refresh_token()

    def about(self, who: Identity) -> dict[str, Any]:
        """Asks UserInfo, with a new access token where the old one has run out."""
        session = self.session(who)
        response = session.get(self.metadata["userinfo_endpoint"])
        who.tokens = session.token
        response.raise_for_status()
        claims = response.json()
        # OpenID Connect Core §5.3.2: claims about somebody else are not used.
        if claims.get("sub") != who.subject:
            raise Refused("UserInfo is about somebody else")
        return claims

    def session(self, who: Identity | None = None) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.redirect_uri,
            token_endpoint=self.metadata["token_endpoint"],
            token_endpoint_auth_method="client_secret_basic",
            code_challenge_method="S256",
            token=None if who is None else who.tokens,
            default_timeout=TIMEOUT_SECONDS,
        )

    def read_keys(self) -> KeySet:
        return KeySet.import_key_set(read_json(self.metadata["jwks_uri"]))


def read_json(url: str) -> Any:
    response = requests.get(url, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    return response.json()


def same(left: str | None, right: str) -> bool:
    return left is not None and right != "" and hmac.compare_digest(left.encode(), right.encode())
