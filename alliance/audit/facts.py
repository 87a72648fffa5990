"""Which rows? Those a person may ask for."""

from __future__ import annotations

from alliance.audit.models import AccessRecord, AccessRecordQuerySet


def accesses_of(candidate_id: int) -> AccessRecordQuerySet:
    """Every look at what is confidential about this person: when, from where, at what."""
    return AccessRecord.objects.of_candidate(candidate_id)
