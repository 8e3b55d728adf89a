"""Counts what was let in and tells the authority every ten seconds, so that it knows which keys are in use."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime, timezone

from .authority import Authority, Outage
from .memory import Accepted

USES_MAX = 1_000
# The whole product or nothing: the beginning of something longer may be the beginning of a secret.
PRODUCT = re.compile(r"([A-Za-z][\w.-]{0,31})(?![\w.-])", re.ASCII)


@dataclass
class _Use:
    count: int
    first: datetime
    last: datetime


class Usage:
    INTERVAL_SECONDS = 10.0

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._lock = threading.Lock()
        self._uses: dict[tuple[str, str, str, str | None], _Use] = {}

    def count(self, verdict: Accepted, route: str, user_agent: str | None) -> None:
        # For an access token it is the session or the API key above it that was used.
        owner = next((node for node in verdict.path if node[0] in ("session", "api_key")), None)
        if owner is None:
            return
        # Of a session it is a person's browser, which is nobody's business.
        what = (*owner, route, _to_program_name(user_agent) if owner[0] == "api_key" else None)
        now = datetime.now(timezone.utc)
        with self._lock:
            use = self._uses.get(what)
            if use is not None:
                use.count, use.last = use.count + 1, now
            elif len(self._uses) < USES_MAX:  # Beyond that it is better to lose counts than memory.
                self._uses[what] = _Use(1, now, now)

    def send(self) -> None:
        """A report that cannot be delivered is lost: a count twice would be worse than one missing."""
        with self._lock:
            uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            self._authority.report([_to_wire(*key, use) for key, use in uses.items()])
        except Outage:
            pass


def _to_program_name(user_agent: str | None) -> str:
    """The product of `User-Agent` (RFC 9110 §10.1.5) without its version: enough to tell programs apart."""
    text = (user_agent or "").strip()
    if text == "":
        return "none"
    found = PRODUCT.match(text)
    name = "other" if found is None else found[1].lower()
    return "browser" if name == "mozilla" else name


def _to_wire(kind: str, id: str, route: str, agent: str | None, use: _Use) -> dict[str, object]:
    return {
        "credential": {"kind": kind, "id": id},
        "route": route,
        "count": use.count,
        "refused": 0,
        "first": _to_time(use.first),
        "last": _to_time(use.last),
        "address": None,
        **({} if agent is None else {"agent": agent}),
    }


def _to_time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
