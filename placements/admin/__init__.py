"""Who knocked? Staff, at matches, jobs and check-ins, one file a noun."""

from placements.admin import check_ins, employers, matches, placements

__all__ = ["check_ins", "employers", "matches", "placements"]
