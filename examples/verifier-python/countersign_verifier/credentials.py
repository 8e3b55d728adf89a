"""Where a credential stands in a request, and what kind of opaque credential a text is. Asks nobody."""

from __future__ import annotations

import re
import zlib

from .memory import Node
from .strict import Malformed

COOKIE_NAME = "__Host-countersign_session"
CHARACTERS_MAX = 8192
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_OPAQUE = re.compile(r"cs_(ses|ref|key)live_([0-9a-hjkmnp-tv-z]{26})_[0-9A-Za-z]{43}([0-9A-Za-z]{6})")
_LOOKS_OPAQUE = re.compile(r"[a-z][a-z0-9]{1,11}_(ses|ref|key)(?:live|test)_")
_AUTHORIZATION = re.compile(r"([A-Za-z]+) +([^ ]+)")
_TEXT = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_KINDS = {"ses": "session", "key": "api_key"}


class MultipleCredentials(Exception):
    """Two headers, each with a credential: nobody can say which one counts."""


def parse_opaque(text: str) -> Node:
    """The node of a session token or API key. A wrong checksum never gets further than this. Raises `Malformed`."""
    match = _OPAQUE.fullmatch(text)
    if match is None or match[1] not in _KINDS or _checksum(text[:-6]) != match[3]:
        raise Malformed
    return _KINDS[match[1]], f"{match[1]}_{match[2]}"


def _checksum(body: str) -> str:
    value, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        text = _DIGITS[digit] + text
    return text


def take_credential(authorization: list[str], api_key: list[str], cookies: list[str]) -> str | None:
    """The one credential of a request, from all values of the three headers; None where there is none.

    A header wins over the cookie even when it is bad: a request that names one caller is not served as another.
    """
    if authorization and api_key:
        raise MultipleCredentials
    if authorization:
        match = _AUTHORIZATION.fullmatch(_single(authorization))
        scheme, text = (match[1].lower(), match[2]) if match else ("", "")
        if scheme == "bearer":
            return _take(text, ("jwt", "ses", "other"))
        if scheme == "apikey":
            return _take(text, ("key",))
        raise Malformed
    if api_key:
        return _take(_single(api_key), ("key",))
    return _take_cookie("; ".join(cookies))


def _single(values: list[str]) -> str:
    if len(values) != 1:
        raise Malformed
    return values[0]


def _take(text: str, shapes: tuple[str, ...]) -> str:
    if len(text) > CHARACTERS_MAX or not _TEXT.fullmatch(text) or _shape(text) not in shapes:
        raise Malformed
    return text


def _shape(text: str) -> str:
    if "." in text:
        return "jwt"
    match = _LOOKS_OPAQUE.match(text)
    return match[1] if match else "other"


def _take_cookie(header: str) -> str | None:
    found = []
    for pair in header.split(";"):
        # Only spaces and tabs: behind other white space it is another name, which a script could have set.
        name, equals, value = pair.strip(" \t").partition("=")
        if equals and name == COOKIE_NAME:
            found.append(value)
    return _take(_single(found), ("ses",)) if found else None
