"""Whether the ids that a definition names are things of the account. Asked only for kinds that it names."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.aws.tables import Write
from flows.workflows import repository

MOST_PRESUMED = 12
"""Ids that a write looks at itself; a definition that names more of them is looked up before (a transaction has 100 writes)."""


@dataclass(frozen=True)
class AccountLookup:
    """The things of one account (``flows.engine.definition.Lookup``): one read for each kind.

    Args:
        account_id: whose.
    """

    account_id: str

    def existing(self, kind: str, ids: frozenset[str]) -> frozenset[str]:
        """Those of the ids that exist; another account's are as good as none."""
        if kind == "workflow":
            return repository.existing(self.account_id, ids)
        if kind == "credential":
            from flows.credentials import service as credentials

            return credentials.existing(self.account_id, ids)
        from flows.forms import service as forms

        return forms.existing(self.account_id, ids)


@dataclass(frozen=True)
class Presumed:
    """Takes the ids for existing, and remembers them: the write that follows looks whether they are (:meth:`checks`).

    Args:
        account_id: whose.
        own_id: the workflow that is written: it needs no look.
    """

    account_id: str
    own_id: str = ""
    named: set[tuple[str, str]] = field(default_factory=set)

    def existing(self, kind: str, ids: frozenset[str]) -> frozenset[str]:
        """All of them."""
        self.named.update((kind, one) for one in ids if one != self.own_id)
        return ids

    @property
    def is_few(self) -> bool:
        return len(self.named) <= MOST_PRESUMED

    def checks(self) -> list[Write]:
        """For a transaction: each fails when its thing is not there."""
        return [self._check(kind, one) for kind, one in sorted(self.named)]

    def _check(self, kind: str, one: str) -> Write:
        if kind == "workflow":
            return repository.listed_existence(self.account_id, one)
        if kind == "credential":
            from flows.credentials import service as credentials

            return credentials.existence(self.account_id, one)
        from flows.forms import service as forms

        return forms.existence(self.account_id, one)
