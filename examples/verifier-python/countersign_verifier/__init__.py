"""A verifier for credentials of a Countersign authority, written from docs/feed-protocol.md."""

from .memory import Accepted
from .verifier import Refused, Unavailable, Verifier

__all__ = ["Accepted", "Refused", "Unavailable", "Verifier"]
