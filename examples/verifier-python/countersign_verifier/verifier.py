"""The verifier: follows the feed in one thread, and checks credentials in as many as call it."""

from __future__ import annotations

import random
import secrets
import threading
import time
from concurrent.futures import Future
from typing import Any

from joserfc.jwk import Key

from . import credentials, tokens
from .authority import Authority, FeedRefused, Outage, read_verdict
from .memory import Accepted, FeedAnswer, Instant, Memory, Node
from .strict import Malformed
from .usage import Usage

HOLD_MS_MAX = 2_000
PAUSE_SECONDS_MIN = 0.1
BACK_OFF_SECONDS_MAX = 2.0
REFUSED_SECONDS = 2.0
WAIT_FOR_LEASE_SECONDS = 3.0
KEYS_SECONDS = 300.0
KEYS_LIMIT_SECONDS = 3.0
UNKNOWN_KEY_SECONDS = 5.0
KEYS_RETRY_SECONDS = 1.0
ASKS_PER_CHECK_MAX = 3
REFUSAL_SECONDS = 1.0
REFUSALS_MAX = 10_000


class Refused(Exception):
    """The credential is bad: 401."""


class Unavailable(Exception):
    """It cannot be known whether the credential is good: 503."""


class Verifier:
    def __init__(self, *, issuer: str, audience: str, key: str, authority_url: str | None = None) -> None:
        self._issuer, self._audiences = issuer, frozenset([audience])
        self._authority = Authority(authority_url or issuer, key)
        self._name = secrets.token_urlsafe(24)  # Random, so that no two processes share it.
        self._memory = Memory()
        self._polled = threading.Condition(self._memory.lock)
        self._attempts = 0
        self._hopeless_until = float("-inf")
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._keys: dict[str, Key] = {}
        self._removed_keys: set[str] = set()
        # Counts what has asked for a fetch: one that began before does not answer it.
        self._keys_wanted, self._keys_fetched = 1, 0
        self._keys_lock = threading.RLock()
        self._keys_tried_at, self._keys_worked = float("-inf"), False
        self._asks: dict[str, Future[Any]] = {}
        self._refusals: dict[str, float] = {}
        self._usage = Usage(self._authority)
        self._threads = [
            threading.Thread(target=target, daemon=True) for target in (self._follow, self._keep_keys, self._report)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        self._closed.set()
        self._wanted.set()
        with self._memory.lock:
            self._memory.end_lease(Instant.now())
            self._polled.notify_all()

    # Checking.

    def check(self, credential: str, route: str = "any", user_agent: str | None = None) -> Accepted:
        """What the credential allows. Raises `Refused` or `Unavailable`.

        What it does not check: where the credential stood, the caller's address, permissions.
        """
        with self._memory.lock:
            verdict = self._memory.recall(credential, Instant.now())
        if verdict is None:
            verdict = self._decide(credential)
        self._usage.count(verdict, route, user_agent)
        return verdict

    def _decide(self, credential: str) -> Accepted:
        try:
            if "." in credential:
                return self._decide_token(tokens.parse_token(credential))
            return self._decide_by_asking(credential, credentials.parse_opaque(credential))
        except Malformed:
            raise Refused from None
        except Outage:
            raise Unavailable from None

    def _decide_token(self, token: tokens.Token) -> Accepted:
        self._need_lease()
        key = self._find_key(token.kid)
        if key is None or not tokens.has_good_signature(token, key):
            raise Refused
        self._need_lease()
        # From here on nothing is waited for: lease, keys and entries are those of one moment.
        with self._memory.lock:
            memory, now = self._memory, Instant.now()
            if not memory.holds_lease(now):
                raise Unavailable
            if self._keys.get(token.kid) is not key:
                raise Refused
            at_ms = memory.authority_ms(now)
            expiry_ms = max(at_ms, memory.forgotten_ms)
            epoch, verdict = tokens.read_claims(
                token, self._issuer, self._audiences, at_ms / 1000, expiry_ms / 1000
            )
            if epoch != memory.epoch or memory.hits(verdict.path, verdict.position):
                raise Refused
            memory.hold(token.text, verdict)
            return verdict

    def _decide_by_asking(self, credential: str, node: Node) -> Accepted:
        if self._refusals.get(credential, 0) > time.monotonic():
            raise Refused
        for _ in range(ASKS_PER_CHECK_MAX):
            self._need_lease()
            with self._memory.lock:
                if self._memory.is_killed(node):
                    raise Refused
            answer, asked_at, generation, asked_ms = self._ask(credential)
            if not answer["active"]:
                self._remember_refusal(credential)
                raise Refused
            verdict, audiences = read_verdict(answer, node, self._issuer, asked_ms)
            self._need_lease()
            with self._memory.lock:
                memory, now = self._memory, Instant.now()
                if not memory.holds_lease(now) or not now.is_within(asked_at, memory.lease_ms):
                    raise Unavailable
                if generation != memory.generation or memory.hits(verdict.path, verdict.position):
                    continue  # Overtaken by an entry or a snapshot: ask again.
                if self._audiences.isdisjoint(audiences):
                    raise Refused
                memory.hold(credential, verdict)
                return verdict
        raise Unavailable

    def _ask(self, credential: str) -> tuple[Any, Instant, int, float]:
        """Asks the authority. Those who ask about the same credential meanwhile get the same answer."""
        with self._memory.lock:
            running = self._asks.get(credential)
            future = running or self._asks.setdefault(credential, Future())
            asked_at, generation = Instant.now(), self._memory.generation
            asked_ms, limit = self._memory.authority_ms(asked_at), self._memory.lease_ms / 1000
        try:
            if running is not None:
                return running.result(timeout=limit)
            answer = self._authority.ask(credential, limit)
            future.set_result((answer, asked_at, generation, asked_ms))
            return future.result()
        except (Outage, TimeoutError):
            if running is None:
                future.set_exception(Outage())
            raise Unavailable from None
        finally:
            if running is None:
                with self._memory.lock:
                    del self._asks[credential]

    def _remember_refusal(self, credential: str) -> None:
        if len(self._refusals) >= REFUSALS_MAX:
            self._refusals = {}
        self._refusals[credential] = time.monotonic() + REFUSAL_SECONDS

    def _need_lease(self) -> None:
        """Where there is no lease, waits for the next attempt to get one, which is hurried."""
        with self._polled:
            attempts = self._attempts
            if self._memory.holds_lease(Instant.now()):
                return
            # Whoever comes right after a failure is told of that one: a flood of requests is none of polls.
            if time.monotonic() < self._hopeless_until:
                raise Unavailable
            self._wanted.set()
            self._polled.wait_for(
                lambda: self._attempts > attempts or self._closed.is_set(), timeout=WAIT_FOR_LEASE_SECONDS
            )
            if not self._memory.holds_lease(Instant.now()):
                raise Unavailable

    # Following the feed.

    def _follow(self) -> None:
        failures = 0
        while not self._closed.is_set():
            started = time.monotonic()
            try:
                pause, failures = self._poll(), 0
                self._pause(pause - (time.monotonic() - started))
            except FeedRefused:
                with self._memory.lock:
                    self._memory.end_lease(Instant.now())
                self._end_attempt(REFUSED_SECONDS)
                self._closed.wait(REFUSED_SECONDS)
            except Outage:
                failures += 1
                self._end_attempt(PAUSE_SECONDS_MIN)
                self._pause(min(PAUSE_SECONDS_MIN * 2**failures, BACK_OFF_SECONDS_MAX) * random.uniform(0.5, 1))

    def _end_attempt(self, hopeless_seconds: float) -> None:
        with self._polled:
            self._attempts += 1
            self._hopeless_until = time.monotonic() + hopeless_seconds
            self._polled.notify_all()

    def _pause(self, seconds: float) -> None:
        """Whoever waits for a lease may cut the pause short, down to a tenth of a second."""
        self._closed.wait(min(seconds, PAUSE_SECONDS_MIN))
        if seconds > PAUSE_SECONDS_MIN:
            self._wanted.wait(seconds - PAUSE_SECONDS_MIN)
        self._wanted.clear()

    def _poll(self) -> float:
        """One poll, and its answer applied. Returns the time from its start to the next one, in seconds."""
        memory = self._memory
        with memory.lock:
            sent = Instant.now()
            place = None if memory.epoch is None else (memory.epoch, memory.position)
            had_lease = memory.holds_lease(sent)
            hold_ms = int(max(0, min(HOLD_MS_MAX, (memory.lease_ms - 1000) / 2))) if had_lease else 0
        answer = self._authority.poll(self._name, place, hold_ms)
        if self._apply(answer, sent) and not answer.more:
            # Before the next poll acknowledges what was announced.
            self._fetch_keys(memory.lease_ms / 4000)
        if not answer.more:
            self._end_attempt(0)
        if answer.more or answer.entries or not had_lease:
            return 0
        # An answer without news that was not held: the lease is too short for a hold.
        return min(memory.lease_ms / 4000, HOLD_MS_MAX / 1000) if hold_ms == 0 else PAUSE_SECONDS_MIN

    def _apply(self, answer: FeedAnswer, sent: Instant) -> bool:
        """Applies an answer in one step. True when the keys have to be fetched anew."""
        memory = self._memory
        with memory.lock:
            now = Instant.now()
            if not memory.holds_lease(now):
                self._keys_wanted += 1
            if not memory.apply(answer, sent, now):
                raise Outage
            about_keys = [entry for entry in answer.entries if entry.node[0] == "signing_key"]
            # A removed key stays removed: whoever stole it can still sign, and an old copy of the set may come late.
            self._removed_keys |= {entry.node[1] for entry in about_keys if entry.issued_before is None}
            self._keys = {kid: key for kid, key in self._keys.items() if kid not in self._removed_keys}
            if about_keys:
                self._keys_wanted += 1
            return self._keys_fetched < self._keys_wanted

    # Keys.

    def _find_key(self, kid: str) -> Key | None:
        """The key; None for one that is not in a set that is fresh. Raises `Unavailable` where there is none such."""
        if self._keys_fetched >= self._keys_wanted and kid in self._keys:
            return self._keys[kid]
        with self._keys_lock:  # Waits for a fetch that is under way.
            is_fresh = self._keys_fetched >= self._keys_wanted
            since = time.monotonic() - self._keys_tried_at
            if is_fresh and (kid in self._keys or (self._keys_worked and since < UNKNOWN_KEY_SECONDS)):
                return self._keys.get(kid)
            if not self._keys_worked and since < KEYS_RETRY_SECONDS:
                raise Unavailable
            if not self._fetch_keys(KEYS_LIMIT_SECONDS):
                raise Unavailable
            return self._keys.get(kid)

    def _fetch_keys(self, limit_seconds: float) -> bool:
        with self._keys_lock:
            wanted = self._keys_wanted
            self._keys_tried_at, self._keys_worked = time.monotonic(), False
            try:
                fetched = tokens.import_keys(self._authority.keys(limit_seconds))
            except (Outage, Malformed):
                return False
            with self._memory.lock:
                before = self._keys
                self._keys = {
                    kid: before[kid] if kid in before and before[kid].as_dict() == key.as_dict() else key
                    for kid, key in fetched.items()
                    if kid not in self._removed_keys
                }
                if any(self._keys.get(kid) is not key for kid, key in before.items()):
                    self._memory.drop_verdicts()  # What a key allowed that is gone goes with it.
                self._keys_fetched, self._keys_worked = wanted, True
            return True

    def _keep_keys(self) -> None:
        while not self._closed.wait(KEYS_SECONDS):
            self._fetch_keys(KEYS_LIMIT_SECONDS)

    def _report(self) -> None:
        while not self._closed.wait(Usage.INTERVAL_SECONDS):
            self._usage.send()
