"""Strict readers of what strangers send: one spelling for every string of bytes, one meaning for every JSON text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class Malformed(ValueError):
    """The text is not what it has to be. Says nothing about what stood in it."""


def parse_base64url(text: str) -> bytes:
    """The bytes of a text in canonical base64url without padding (RFC 7515 §2)."""
    if not _BASE64URL.fullmatch(text):
        raise Malformed
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Malformed from None
    # Bits behind the last byte are ignored by the decoder; spelled again they are missing.
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise Malformed
    return data


def parse_json_object(data: bytes) -> dict[str, Any]:
    """One JSON object in UTF-8 in which no object names a member twice, or `__proto__`."""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_to_dict, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(value, dict):
        raise Malformed
    return value


def _to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs) or "__proto__" in result:
        raise Malformed
    return result


def _refuse(_: str) -> NoReturn:
    raise Malformed  # NaN and Infinity, which Python reads and JSON does not have.


def is_whole(value: object) -> bool:
    """A whole number, small enough for every language. In Python, True is an int."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53
