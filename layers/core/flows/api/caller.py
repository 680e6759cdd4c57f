"""Who calls: from the authorizer's context only, never from the request."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.accounts.plans import most_runs
from flows.aws import clock, ids
from flows.errors import Forbidden


@dataclass(frozen=True)
class Repeatable:
    """What makes a repeated request do again exactly what the first one did.

    Args:
        key: the client's Idempotency-Key.
        moment: when the key was first seen.
        seed: digest of account, key and request.
    """

    key: str
    moment: datetime
    seed: bytes


@dataclass(frozen=True)
class Caller:
    """The account and API key of the present request.

    Args:
        account_id: ``acct_...``.
        key_id: ``key_...``.
        plan: the account's plan.
        scopes: what the key may do; ``*`` is everything.
        request_id: API Gateway's request id.
        own_runs: runs at once that the account has instead of its plan's, or None.
        repeatable: set when the request carries an Idempotency-Key.
    """

    account_id: str
    key_id: str
    plan: str
    scopes: frozenset[str]
    request_id: str = ""
    own_runs: int | None = None
    repeatable: Repeatable | None = None
    _made: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def idempotency_key(self) -> str | None:
        return self.repeatable.key if self.repeatable else None

    @property
    def most_runs(self) -> int | None:
        """Runs of the account that may be under way at once; None: no limit."""
        return most_runs(self.plan, self.own_runs)

    def may(self, scope: str) -> bool:
        """Whether the key has the scope."""
        return "*" in self.scopes or scope in self.scopes

    def require(self, scope: str) -> None:
        """Raises Forbidden when the key lacks the scope."""
        if not self.may(scope):
            raise Forbidden(f"This API key lacks the scope {scope}", {"scope": scope})

    def new_id(self, prefix: str) -> str:
        """An id for what this request makes.

        With an Idempotency-Key a repeat of the request gets the same ids in the same order, so that a crash between the effect
        and the stored answer makes no second effect: a create that finds its own id taken has happened already.
        """
        if self.repeatable is None:
            return ids.new_id(prefix)
        return ids.derived_id(prefix, self.repeatable.moment, self.derived(prefix))

    def derived(self, purpose: str) -> bytes:
        """32 bytes for the purpose: the same ones, call for call, when the request is repeated with its Idempotency-Key."""
        if self.repeatable is None:
            return hashlib.sha256(ids.new_token().encode()).digest()
        count = self._made.get(purpose, 0)
        self._made[purpose] = count + 1
        return hashlib.sha256(self.repeatable.seed + f"\0{purpose}\0{count}".encode()).digest()

    def started_at(self) -> datetime:
        """The moment of the request, or of the first one with its Idempotency-Key."""
        return self.repeatable.moment if self.repeatable else clock.now()


_current: ContextVar[Caller] = ContextVar("caller")


def caller() -> Caller:
    """The caller of the request that is being answered (routes that are not public)."""
    return _current.get()


def enter(who: Caller) -> None:
    """Make it the present caller."""
    _current.set(who)


def repeatable(who: Caller, how: Repeatable) -> Caller:
    """The caller of a request that carries an Idempotency-Key."""
    return replace(who, repeatable=how, _made={})
