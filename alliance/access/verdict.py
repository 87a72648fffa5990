"""The answer to "may I?": yes, or no and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied


@dataclass(frozen=True, slots=True)
class Verdict:
    """Truthy when allowed; otherwise carries the sentence the person is shown."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def require(self) -> None:
        """Raise ``PermissionDenied`` with the reason unless allowed."""
        if not self.allowed:
            raise PermissionDenied(self.reason)


YES = Verdict(allowed=True)


def no(reason: str) -> Verdict:
    """A refusal that explains itself."""
    return Verdict(allowed=False, reason=reason)
