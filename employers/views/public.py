"""Who knocked? Anybody, looking at what is open."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import now
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.limits import limited, whoever
from alliance.skills.enums import Education
from employers import policy
from employers.enums import Demand, PayUnit
from employers.filters import BoardFilter
from employers.models import Role

PER_PAGE = 20
FULL_TIME = 30
# Inside a script element these could end it or begin markup; JSON reads the escapes as the same.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
# https://developers.google.com/search/docs/appearance/structured-data/job-posting
CREDENTIALS = {
    Education.HIGH_SCHOOL: "high school",
    Education.CERTIFICATE: "professional certificate",
    Education.ASSOCIATE: "associate degree",
    Education.BACHELOR: "bachelor degree",
    Education.MORE: "postgraduate degree",
}


@open_to(*Audience)
@limited("board", whoever)
@require_safe
@cache_control(public=True, max_age=60)
def board(request: BadgedRequest) -> HttpResponse:
    """Every open role: by words, kind of work, shift, pay and distance."""
    found = BoardFilter(
        request.GET,
        policy.visible_to(request.actor)
        .open()
        .ready_for_face()
        .with_hourly_pay()
        .order_by("-opened_at", "-pk"),
        request=request,
    )
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page": page,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "area": found.form.cleaned_data.get("zip") if found.form.is_bound else None,
        "at": now(),
    }
    return render(request, "employers/board.html", context)


@open_to(*Audience)
@require_safe
@cache_control(public=True, max_age=60)
def public_role(request: BadgedRequest, public_id: UUID) -> HttpResponse:
    """One open role as anybody may read it; one that is over says so."""
    shown = policy.visible_to(request.actor).open().ready_for_face()
    role = shown.filter(public_id=public_id).first()
    if role is None:
        over = policy.once_public().select_related("employer__organization")
        gone = get_object_or_404(over, public_id=public_id)
        return render(request, "employers/role_over.html", {"role": gone}, status=410)
    context = {
        "role": role,
        "posting": _data_block(posting(role)),
        "skills": role.skills.all(),
        "asks_for_education": role.education != Education.NONE,
        "at": now(),
    }
    return render(request, "employers/public_role.html", context)


def posting(role: Role) -> dict[str, Any]:
    """The role as search engines read it: https://schema.org/JobPosting."""
    area = role.site.zip
    described: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": role.title,
        "description": role.description or role.title,
        "identifier": {
            "@type": "PropertyValue",
            "name": str(role.employer),
            "value": str(role.public_id),
        },
        "datePosted": role.opened_at.date().isoformat() if role.opened_at else None,
        "jobStartDate": role.starts_on.isoformat(),
        "employmentType": "FULL_TIME" if role.hours_per_week >= FULL_TIME else "PART_TIME",
        "workHours": f"{role.get_shift_display()}, {role.hours_per_week.normalize():f} hours a week",
        "totalJobOpenings": role.openings,
        "hiringOrganization": {"@type": "Organization", "name": str(role.employer)},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": role.site.street,
                "addressLocality": role.site.city,
                "addressRegion": area.state,
                "postalCode": area.code,
                "addressCountry": "US",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {
                "@type": "QuantitativeValue",
                "minValue": float(role.pay_min),
                "maxValue": float(role.pay_max),
                "unitText": "HOUR" if role.pay_unit == PayUnit.HOUR else "YEAR",
            },
        },
        "occupationalCategory": f"{role.occupation.onet} {role.occupation.title}",
        "skills": ", ".join(ask.skill.name for ask in role.skills.all()),
        "directApply": False,
    }
    if role.education != Education.NONE and role.education_demand != Demand.PREFERRED:
        described["educationRequirements"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": CREDENTIALS[Education(role.education)],
        }
        described["experienceInPlaceOfEducation"] = role.education_demand == Demand.EXPERIENCE
    return described


def _data_block(data: dict[str, Any]) -> SafeString:
    """Data, not script: browsers never run it, and nothing an employer typed can end it."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308 - escaped on the line above
    )
