"""Access tokens: the form, the signature, the claims, and the path of nodes that can end one (RFC 9068)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Mapping

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from .memory import Accepted
from .strict import Malformed, is_number, is_whole, parse_base64url, parse_json_object

CHARACTERS_MAX = 8192
LEEWAY_SECONDS = 30
LIFETIME_SECONDS_MAX = 3600

# Members that change what a signature means, or bring a key along. None is understood, so all are refused.
_REFUSED_MEMBERS = ("crit", "b64", "enc", "jwk", "jku", "x5u", "x5c")
_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_BODY = "[0-9a-hjkmnp-tv-z]{26}"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
# The id of a client that describes itself in a document.
_DOCUMENT_URL = re.compile(r"https://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+/?")
_CLIENT_MAX = 200
_PERMISSION = re.compile(r"\*|[a-z][a-z0-9_.-]{0,47}:(?:\*|[a-z][a-z0-9_.-]{0,47})")


@dataclass(frozen=True)
class Token:
    """A token in the right form. Nothing that stands in it is true yet."""

    text: str
    alg: str
    kid: str
    payload: bytes


def parse_token(text: str) -> Token:
    """Takes a compact JWS apart. Raises `Malformed`."""
    parts = text.split(".")
    if len(text) > CHARACTERS_MAX or len(parts) != 3 or not all(parts):
        raise Malformed
    header = parse_json_object(parse_base64url(parts[0]))
    payload = parse_base64url(parts[1])
    parse_base64url(parts[2])  # The library's own decoder is more forgiving.
    if any(member in header for member in _REFUSED_MEMBERS):
        raise Malformed
    alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    if not (isinstance(alg, str) and isinstance(kid, str) and isinstance(typ, str)):
        raise Malformed
    if typ.lower() not in ("at+jwt", "application/at+jwt"):
        raise Malformed  # RFC 9068 §4: no other kind of JWT is an access token.
    return Token(text, alg, kid, payload)


def import_keys(jwks: Mapping[str, Any]) -> dict[str, Key]:
    """The keys of a set by `kid`. Keys for something else are skipped (RFC 7517 §5); a repeated `kid` is an error."""
    keys: dict[str, Key] = {}
    for jwk in jwks["keys"]:
        key = _import_key(jwk)
        if key is None:
            continue
        if jwk["kid"] in keys:
            raise Malformed
        keys[jwk["kid"]] = key
    return keys


def _import_key(jwk: Any) -> Key | None:
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or not 0 < len(jwk["kid"]) <= 128:
        return None
    if jwk.get("use", "sig") != "sig" or any(member in jwk for member in _PRIVATE_MEMBERS):
        return None
    try:
        match jwk:
            case {"alg": "ES256", "kty": "EC", "crv": "P-256"}:
                return ECKey.import_key(jwk)
            case {"alg": "EdDSA", "kty": "OKP", "crv": "Ed25519"}:
                return OKPKey.import_key(jwk)
            case {"alg": "RS256", "kty": "RSA"}:
                key = RSAKey.import_key(jwk)
                numbers = key.public_key.public_numbers()
                return key if numbers.n.bit_length() >= 2048 and numbers.e >= 65537 else None
    except (JoseError, ValueError):
        pass  # Not a key of its kind: nobody can have signed with it.
    return None


def has_good_signature(token: Token, key: Key) -> bool:
    """The key says which algorithm it is for; what the token says must be the same (RFC 8725 §3.1)."""
    alg = str(key.get("alg"))
    if token.alg != alg:
        return False
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    try:
        jws.deserialize_compact(token.text, key, registry=registry)
    except (JoseError, ValueError):
        return False
    return True


def read_claims(
    token: Token, issuer: str, audiences: frozenset[str], now_seconds: float, expiry_now_seconds: float
) -> tuple[str, Accepted]:
    """The epoch of a token whose signature was good, and what it allows. Raises `Malformed` for one that is not good here."""
    claims = parse_json_object(token.payload)
    if claims.get("iss") != issuer or "cnf" in claims or not _has_good_types(claims):
        raise Malformed
    aud = claims["aud"]
    aud = [aud] if isinstance(aud, str) else aud
    exp, iat, nbf = claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])
    is_timely = (
        expiry_now_seconds < exp + LEEWAY_SECONDS
        and exp <= now_seconds + LIFETIME_SECONDS_MAX + LEEWAY_SECONDS
        and exp - iat <= LIFETIME_SECONDS_MAX + LEEWAY_SECONDS
        and max(iat, nbf) <= now_seconds + LEEWAY_SECONDS
    )
    if audiences.isdisjoint(aud) or not is_timely:
        raise Malformed
    return claims["epoch"], Accepted(
        sub=claims["sub"],
        kind="access_token",
        id=claims["jti"],
        path=_to_path(claims, token.kid),
        position=claims["pos"],
        permissions=tuple(claims["scope"].split()),
        allow_addresses=tuple(claims.get("addrs", ())),
        usable_until_ms=(exp + LEEWAY_SECONDS) * 1000,
    )


def _to_path(claims: Mapping[str, Any], kid: str) -> tuple[tuple[str, str], ...]:
    kind = "account" if claims["sub"].startswith("acc_") else "service_account"
    path = [("issuer", claims["iss"]), ("signing_key", kid), ("client", claims["client_id"]), (kind, claims["sub"])]
    path += [("role", role) for role in claims.get("roles", ())]
    for name, node in (("sid", "session"), ("akid", "api_key"), ("gid", "grant"), ("jti", "access_token")):
        if name in claims:
            path.append((node, claims[name]))
    path += [tuple(parent.split(":", 1)) for parent in claims.get("parents", ())]
    return tuple(path)


def _is_id(prefix: str):
    pattern = re.compile(f"(?:{prefix})_{_BODY}")
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_client(value: object) -> bool:
    if _is_name(value):
        return True
    return isinstance(value, str) and len(value) <= _CLIENT_MAX and _DOCUMENT_URL.fullmatch(value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_scope(value: object) -> bool:
    if not isinstance(value, str):
        return False
    return value == "" or all(_PERMISSION.fullmatch(one) for one in value.split(" "))


def is_address_block(value: object) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_network(value) is not None
    except ValueError:
        return False


def _list_of(accepts):
    return lambda value: isinstance(value, list) and all(accepts(item) for item in value)


_is_parent_token, _is_parent_program, _is_parent_key = _is_id("jwt"), _is_id("svc"), _is_id("sig")
_PARENTS_MAX = 16


def _is_parent(value: object) -> bool:
    if not isinstance(value, str):
        return False
    kind, _, id = value.partition(":")
    accepts = {
        "access_token": _is_parent_token,
        "service_account": _is_parent_program,
        "client": _is_client,
        "signing_key": _is_parent_key,
    }.get(kind)
    return accepts is not None and accepts(id)


def _is_parents(value: object) -> bool:
    return _list_of(_is_parent)(value) and len(value) <= _PARENTS_MAX


def _is_actor(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("sub"), str):
        return False
    return "act" not in value or _is_actor(value["act"])


_REQUIRED = {
    "sub": _is_id("acc|svc"),
    "aud": lambda value: isinstance(value, str) or (bool(value) and _list_of(_is_text)(value)),
    "exp": is_number,
    "iat": is_number,
    "jti": _is_id("jwt"),
    "client_id": _is_client,
    "scope": _is_scope,
    "epoch": lambda value: isinstance(value, str) and value != "",
    "pos": lambda value: is_whole(value) and value >= 0,
}
_OPTIONAL = {
    "nbf": is_number,
    "sid": _is_id("ses"),
    "gid": _is_id("gra"),
    "akid": _is_id("key"),
    "roles": _list_of(_is_name),
    "addrs": _list_of(is_address_block),
    "resources": _list_of(_is_text),
    "parents": _is_parents,
    "act": _is_actor,
    "rate": lambda value: _list_of(lambda one: is_whole(one) and one > 0)(value) and len(value) == 2,
    "auth_time": is_number,
    "acr": _is_text,
    "amr": _list_of(_is_text),
}


def _has_good_types(claims: Mapping[str, Any]) -> bool:
    return all(name in claims and accepts(claims[name]) for name, accepts in _REQUIRED.items()) and all(
        accepts(claims[name]) for name, accepts in _OPTIONAL.items() if name in claims
    )
