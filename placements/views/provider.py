"""Who knocked? A training provider's team, to learn what employers answered about its people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.ui.parts import Meter
from candidates.policy import name_face
from placements import policy
from placements.enums import PassReason
from placements.filters import AnswerFilter
from placements.models import Match, MatchQuerySet

PER_PAGE = 20
NEWEST = ("-answered_at", "-pk")


@open_to(Audience.PROVIDER)
@require_safe
def answers(request: BadgedRequest, provider: str) -> HttpResponse:
    """What came back, newest first, and what the programme can learn from it."""
    came_back = policy.visible_to(request.actor).exclude(answered_at=None)
    found = AnswerFilter(request.GET, queryset=came_back, request=request)
    chosen = Match.objects.filter(pk__in=found.qs.order_by().values("pk"))
    total = chosen.count()
    reasons = _reasons(chosen)
    passed = sum(reasons.values())
    paginator = Paginator(chosen.order_by(*NEWEST).values_list("pk", flat=True), PER_PAGE)
    paginator.count = total  # known already, so not asked again
    page = paginator.get_page(request.GET.get("page"))
    # The page is cut first: otherwise the database works out and sorts everybody there ever was.
    listed = _listed(policy.visible_to(request.actor).filter(pk__in=list(page)))
    context = {
        "filter": found,
        "filtered": any(request.GET.get(name) for name in AnswerFilter.base_filters),
        "page": page,
        "rows": [(name_face(match.candidate), match) for match in listed],
        "total": total,
        "met": total - passed,
        "passed": passed,
        "reasons": [_meter(PassReason(key).label, n, passed) for key, n in reasons.items()],
        "skills": [_meter(name, n, passed) for name, n in _skills(chosen).items()],
    }
    return render(request, "placements/answers.html", context)


def _listed(chosen: MatchQuerySet) -> MatchQuerySet:
    return (
        chosen.select_related("pass_skill", "candidate__contact", "role__employer__organization")
        .prefetch_related("candidate__enrolments__cohort__programme")
        .order_by(*NEWEST)
    )


def _reasons(chosen: MatchQuerySet) -> dict[str, int]:
    counted = chosen.exclude(pass_reason="").values("pass_reason").annotate(n=Count("pk"))
    return dict(counted.order_by("-n", "pass_reason").values_list("pass_reason", "n"))


def _skills(chosen: MatchQuerySet) -> dict[str, int]:
    counted = chosen.exclude(pass_skill=None).values("pass_skill__name").annotate(n=Count("pk"))
    return dict(counted.order_by("-n", "pass_skill__name").values_list("pass_skill__name", "n"))


def _meter(label: str, n: int, of: int) -> Meter:
    return Meter(label, n, of, f"{n} of {of}")
