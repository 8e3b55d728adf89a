"""All that a verifier knows: the log's entries, the lease, and verdicts. Whoever uses it holds its lock."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

LEASE_MS_MAX = 60_000
VERDICTS_MAX = 50_000
NEVER = float("-inf")

Node = tuple[str, str]


class Instant(NamedTuple):
    """Both clocks at one moment: a suspended machine stops the first, and an operator can move the second."""

    monotonic_ms: float
    wall_ms: float

    @classmethod
    def now(cls) -> Instant:
        return cls(time.monotonic() * 1000, time.time() * 1000)

    def is_within(self, since: Instant, ms: float) -> bool:
        wall_ms = self.wall_ms - since.wall_ms
        # A wall clock that was set back cannot tell how long a suspension was.
        return self.monotonic_ms - since.monotonic_ms < ms and 0 <= wall_ms < ms


@dataclass(frozen=True)
class Accepted:
    """A verdict. It is good only while the lease holds and nothing on its path was revoked after `position`."""

    sub: str
    kind: str
    id: str
    path: tuple[Node, ...]
    position: int
    permissions: tuple[str, ...]
    allow_addresses: tuple[str, ...]
    usable_until_ms: float


@dataclass(frozen=True)
class Entry:
    position: int
    node: Node
    #: None ends the node for good; 0 hits nothing; else what was issued or decided before that position.
    issued_before: int | None
    expires_ms: float


@dataclass(frozen=True)
class FeedAnswer:
    epoch: str
    entries: tuple[Entry, ...]
    position: int
    lease_ms: float
    now_ms: float
    snapshot: bool
    more: bool
    pruned_until_ms: float | None


@dataclass
class Revoked:
    """What is known about one node; it stays until the last entry about it has expired."""

    is_killed: bool = False
    issued_before: int = 0
    #: Of the newest entry.
    position: int = 0
    expires_ms: float = NEVER


@dataclass
class Memory:
    lock: threading.Lock = field(default_factory=threading.Lock)
    epoch: str | None = None
    position: int = 0
    #: Grows with every snapshot: positions from before it cannot be compared with those after it.
    generation: int = 0
    #: The log of this epoch went backwards. Until there is another epoch there is no lease.
    is_backwards: bool = False
    revoked: dict[Node, Revoked] = field(default_factory=dict)
    #: What had expired by then stays expired, since the entries that hit it may be gone.
    forgotten_ms: float = NEVER
    #: The newest entry that is gone. What is older may have been hit by one that is gone too, so it is refused:
    #: positions are no clock, and tell what clocks that were set back cannot.
    forgotten_position: int = 0
    lease_ms: float = 5_000
    _sent: Instant | None = None
    _granted_ms: float = 0
    _ended_at_ms: float = NEVER
    _offset_ms: float = 0
    _verdicts: OrderedDict[str, Accepted] = field(default_factory=OrderedDict)

    # The lease.

    def holds_lease(self, now: Instant) -> bool:
        return self._sent is not None and now.is_within(self._sent, self._granted_ms)

    def end_lease(self, now: Instant) -> None:
        self._sent = None
        self._ended_at_ms = now.monotonic_ms

    def authority_ms(self, now: Instant) -> float:
        """The authority's time, whatever the wall clock of this machine says."""
        return now.monotonic_ms + self._offset_ms

    def _extend_lease(self, answer: FeedAnswer, sent: Instant) -> None:
        if sent.monotonic_ms < self._ended_at_ms:
            return
        granted_ms = min(answer.lease_ms, LEASE_MS_MAX)
        if self._sent and sent.monotonic_ms + granted_ms < self._sent.monotonic_ms + self._granted_ms:
            return
        self._sent, self._granted_ms = sent, granted_ms
        if granted_ms > 0:
            self.lease_ms = granted_ms

    # The log.

    def apply(self, answer: FeedAnswer, sent: Instant, now: Instant) -> bool:
        """Takes an answer: entries first, the lease last. False for one that means nothing here."""
        is_same = answer.epoch == self.epoch
        if is_same and self.is_backwards:
            return False
        if is_same and answer.snapshot and answer.position < self.position:
            self.is_backwards = True
            self.end_lease(now)
            return False
        if not answer.snapshot and not (is_same and answer.position >= self.position):
            return False
        if answer.snapshot:
            self._start_over(answer, is_same)
        fresh = [entry for entry in answer.entries if entry.position > self.position]
        self._note_missing(fresh, answer.position)
        for entry in fresh:
            self._add(entry)
        self.position = max(self.position, answer.position)
        self._offset_ms = answer.now_ms - now.monotonic_ms
        self.forget_up_to(answer.pruned_until_ms if answer.pruned_until_ms is not None else NEVER)
        if answer.snapshot and answer.more:
            self.end_lease(now)  # Nothing may be used until the other pages are here.
        else:
            self._extend_lease(answer, sent)
        self._expire(self.authority_ms(now))
        return True

    def _start_over(self, answer: FeedAnswer, is_same: bool) -> None:
        if not is_same:
            self.forgotten_ms, self.forgotten_position = NEVER, 0
        self.epoch, self.position, self.is_backwards = answer.epoch, 0, False
        self.generation += 1
        self.revoked.clear()
        self._verdicts.clear()

    def _note_missing(self, fresh: list[Entry], last: int) -> None:
        """Positions are dense: where there is no entry between two answers, there was one."""
        for entry in reversed(fresh):
            if entry.position != last:
                break
            last -= 1
        if last > self.position:
            self.forgotten_position = max(self.forgotten_position, last)

    def _add(self, entry: Entry) -> None:
        if entry.issued_before == 0:
            return
        known = self.revoked.setdefault(entry.node, Revoked())
        known.expires_ms, known.position = max(known.expires_ms, entry.expires_ms), entry.position
        if entry.issued_before is None:
            known.is_killed = True
        else:
            # A verdict from before the entry is asked about again, even if the rule reaches less far back.
            known.issued_before = max(known.issued_before, entry.issued_before, entry.position)

    def _expire(self, authority_ms: float) -> None:
        gone = [node for node, known in self.revoked.items() if known.expires_ms <= authority_ms]
        for node in gone:
            known = self.revoked.pop(node)
            self.forget_up_to(known.expires_ms)
            self.forgotten_position = max(self.forgotten_position, known.position)

    def forget_up_to(self, ms: float) -> None:
        self.forgotten_ms = max(self.forgotten_ms, ms)

    def hits(self, path: tuple[Node, ...], position: int) -> bool:
        """True when an entry on the path ends what was issued, or decided, at the position, or may have done so."""
        if position < self.forgotten_position:
            return True
        found = (self.revoked.get(node) for node in path)
        return any(known and (known.is_killed or position < known.issued_before) for known in found)

    def is_killed(self, node: Node) -> bool:
        known = self.revoked.get(node)
        return known is not None and known.is_killed

    # Verdicts.

    def recall(self, credential: str, now: Instant) -> Accepted | None:
        verdict = self._verdicts.get(credential)
        if verdict is None or not self.holds_lease(now):
            return None
        is_over = verdict.usable_until_ms <= max(self.authority_ms(now), self.forgotten_ms)
        if is_over or self.hits(verdict.path, verdict.position):
            del self._verdicts[credential]
            return None
        self._verdicts.move_to_end(credential)
        return verdict

    def hold(self, credential: str, verdict: Accepted) -> None:
        self._verdicts[credential] = verdict
        if len(self._verdicts) > VERDICTS_MAX:
            self._verdicts.popitem(last=False)

    def drop_verdicts(self) -> None:
        self._verdicts.clear()
