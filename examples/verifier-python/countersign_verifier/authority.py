"""Calls to the authority, and its answers read strictly: what cannot be read is an outage, never half an answer."""

from __future__ import annotations

import http.client
import json
from datetime import datetime
from typing import Any, Mapping
from urllib.parse import urlencode, urlsplit

from .memory import Accepted, Entry, FeedAnswer, Node
from .strict import is_whole
from .tokens import is_address_block

BODY_BYTES_MAX = 16 * 1024 * 1024
OPAQUE_VERDICT_MS_MAX = 60_000


class Outage(Exception):
    """Nothing could be found out."""


class FeedRefused(Exception):
    """The feed does not take our API key: the lease ends at once."""


class Authority:
    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
            raise ValueError("The authority is called by HTTPS, or on this very machine.")
        secure = parts.scheme == "https"
        self._connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._netloc, self._base, self._key = parts.netloc, parts.path.rstrip("/"), key

    def poll(self, verifier: str, place: tuple[str, int] | None, hold_ms: int) -> FeedAnswer:
        query: dict[str, Any] = {"verifier": verifier, "hold_ms": hold_ms}
        if place is not None:
            query |= {"epoch": place[0], "after": place[1]}
        status, body = self._call("GET", f"/v1/revocations?{urlencode(query)}", None, hold_ms / 1000 + 2)
        if status in (401, 403):
            raise FeedRefused
        return _read(read_feed, status, body)

    def keys(self, limit_seconds: float) -> Mapping[str, Any]:
        status, body = self._call("GET", "/.well-known/jwks.json", None, limit_seconds)
        return _read(lambda value: value if isinstance(value["keys"], list) else _unreadable(), status, body)

    def ask(self, credential: str, limit_seconds: float) -> Mapping[str, Any]:
        status, body = self._call("POST", "/v1/verify", {"credential": credential}, limit_seconds)
        return _read(lambda value: value if isinstance(value["active"], bool) else _unreadable(), status, body)

    def report(self, uses: list[dict[str, Any]]) -> None:
        status, _ = self._call("POST", "/v1/usage", {"uses": uses, "refusals": []}, 3)
        if status != 204:
            raise Outage

    def _call(self, method: str, path: str, body: object, limit_seconds: float) -> tuple[int, bytes]:
        """One request. It follows no redirection: our key and the credential are for this host alone."""
        connection = self._connect(self._netloc, timeout=limit_seconds)
        headers = {"X-API-Key": self._key, "Content-Type": "application/json"}
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, self._base + path, data, headers)
            response = connection.getresponse()
            content = response.read(BODY_BYTES_MAX + 1)
        except (OSError, http.client.HTTPException):
            raise Outage from None
        finally:
            connection.close()
        if len(content) > BODY_BYTES_MAX:
            raise Outage
        return response.status, content


def _read(reader: Any, status: int, body: bytes) -> Any:
    if status != 200:
        raise Outage
    try:
        return reader(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Outage from None


def _unreadable() -> Any:
    raise ValueError


def _need(condition: bool) -> None:
    if not condition:
        _unreadable()


def _count(value: Any) -> int:
    _need(is_whole(value) and value >= 0)
    return int(value)


def _text(value: Any) -> str:
    _need(isinstance(value, str) and value != "")
    return str(value)


def _flag(value: Any) -> bool:
    _need(isinstance(value, bool))
    return bool(value)


def _time_ms(value: Any) -> float:
    _need(isinstance(value, str) and value.endswith("Z"))
    return datetime.fromisoformat(value).timestamp() * 1000


def read_feed(value: Any) -> FeedAnswer:
    _need(isinstance(value, dict) and isinstance(value["entries"], list))
    entries = tuple(_read_entry(entry) for entry in value["entries"])
    pruned = value.get("pruned_until")
    answer = FeedAnswer(
        epoch=_text(value["epoch"]),
        entries=entries,
        position=_count(value["position"]),
        lease_ms=_count(value["lease_ms"]),
        now_ms=_time_ms(value["now"]),
        snapshot=_flag(value["snapshot"]),
        more=_flag(value["more"]),
        pruned_until_ms=None if pruned is None else _time_ms(pruned),
    )
    positions = [0, *(entry.position for entry in entries)]
    _need(all(left < right for left, right in zip(positions, positions[1:])))
    _need(positions[-1] <= answer.position)
    _need(not answer.more or answer.lease_ms == 0)
    return answer


def _read_entry(value: Any) -> Entry:
    before = value.get("issued_before_position")
    return Entry(
        position=_count(value["position"]),
        node=(_text(value["kind"]), _text(value["id"])),
        issued_before=None if before is None else _count(before),
        expires_ms=_time_ms(value["expires_at"]),
    )


def read_verdict(value: Any, node: Node, issuer: str, asked_ms: float) -> tuple[Accepted, frozenset[str]]:
    """The authority's verdict about a node, and whom it is for; `asked_ms` is its time when it was asked. Raises `Outage`."""
    try:
        credential, principal = value["credential"], value["principal"]
        _need((credential["kind"], credential["id"]) == node)
        owner = (_text(principal["kind"]), _text(principal["id"]))
        path = tuple((_text(one["kind"]), _text(one["id"])) for one in credential["path"])
        ends = credential["expires_at"]
        kept_ms = min(_count(value["cache_seconds"]) * 1000, OPAQUE_VERDICT_MS_MAX)
        addresses = tuple(value.get("allow_addresses", ()))
        _need(all(is_address_block(address) for address in addresses))
        verdict = Accepted(
            sub=owner[1],
            kind=node[0],
            id=node[1],
            # Its own nodes are on every path, or it could not be revoked by them.
            path=tuple(dict.fromkeys((("issuer", issuer), owner, node, *path))),
            position=_count(value["position"]),
            permissions=tuple(_text(one) for one in value["permissions"]),
            allow_addresses=addresses,
            usable_until_ms=min(asked_ms + kept_ms, float("inf") if ends is None else _time_ms(ends)),
        )
        return verdict, frozenset(_text(one) for one in value["audiences"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Outage from None
