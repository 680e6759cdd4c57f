"""Whether the ids that a definition names are things of the account. Asked only for kinds that it names: one read for each."""

from __future__ import annotations

from dataclasses import dataclass

from flows.workflows import repository


@dataclass(frozen=True)
class AccountLookup:
    """The things of one account (``flows.engine.definition.Lookup``).

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
