"""What do we write to people? Every letter about a match or a check-in, as things stand when it leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.timezone import now

from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.lib.calendars import local_date
from alliance.links.enums import Purpose
from alliance.outbox.registry import Attachment, Envelope, Mint, Withheld, compose, letter
from candidates.enums import Scope
from candidates.policy import BlindFace, agrees_to, bare_face, blind_face
from placements import invitations
from placements.enums import Status
from placements.models import CheckIn, Interview, Match, Slate

NO_READER = Withheld("The reader has left the team.")
MOVED_ON = Withheld("Things have moved on since this letter was queued.")
NO_CONSENT = Withheld("The person does not agree to this any more.")


@letter("placements.ask")
def ask(mint: Mint, match_id: int) -> Envelope | Withheld:
    """May we put you forward for this role?"""
    match = _match(match_id)
    if match.status != Status.ASKED:
        return MOVED_ON
    return compose_ask(match, mint=mint)


def compose_ask(match: Match, *, mint: Mint) -> Envelope | Withheld:
    """The same letter for the outbox and for the broker's preview of it."""
    if not agrees_to(match.candidate, Scope.MATCHING):
        return NO_CONSENT
    return _to_candidate("ask", match, mint=mint)


@letter("placements.slate")
def slate(_mint: Mint, slate_id: int, membership_id: int) -> Envelope | Withheld:
    """People for your role: their skills, not their names."""
    shown = Slate.objects.select_related("role__employer__organization").get(pk=slate_id)
    reader = _reader(membership_id)
    if reader is None:
        return NO_READER
    matches = shown.matches.shown().with_faces().order_by("pk")
    agreeing = [match for match in matches if agrees_to(match.candidate, Scope.EMPLOYERS)]
    if not agreeing:
        return NO_CONSENT
    people = [(blind_face(match.candidate), match.why) for match in agreeing]
    return compose_slate(shown, people, reader, named=any(match.named for match in agreeing))


def compose_slate(
    shown: Slate, people: list[tuple[BlindFace, str]], reader: Membership, *, named: bool = False
) -> Envelope | Withheld:
    """The same letter for the outbox and for the broker's preview of it."""
    return compose(
        "slate",
        to=reader.user.email,
        slate=shown,
        role=shown.role,
        reader=reader.user,
        people=[{"face": face, "why": why} for face, why in people],
        named=named,
    )


@letter("placements.meet")
def meet(mint: Mint, match_id: int) -> Envelope | Withheld:
    """The employer wants to meet you."""
    match = _match(match_id)
    if match.status not in {Status.MEETING, Status.INTERVIEWING}:
        return MOVED_ON
    return _to_candidate("meet", match, mint=mint)


@letter("placements.passed")
def passed(mint: Mint, match_id: int) -> Envelope | Withheld:
    """Not this time; we keep looking."""
    return _to_candidate("passed", _match(match_id), mint=mint)


@letter("placements.role_ended")
def role_ended(mint: Mint, match_id: int) -> Envelope | Withheld:
    """The role is closed; we keep looking."""
    return _to_candidate("role_ended", _match(match_id), mint=mint)


@letter("placements.offer")
def offer(mint: Mint, match_id: int) -> Envelope | Withheld:
    """You have an offer: pay, hours, first day."""
    match = _match(match_id)
    if match.status != Status.OFFERED:
        return MOVED_ON
    return _to_candidate("offer", match, mint=mint, offer=match.offer)


@letter("placements.interview")
def interview(mint: Mint, interview_id: int) -> Envelope | Withheld:
    """When and where, with a calendar entry; or that it is off."""
    meeting = _interview(interview_id)
    return _to_candidate(
        "interview",
        meeting.match,
        mint=mint,
        interview=meeting,
        attachments=[_calendar(meeting, to=meeting.match.candidate.contact.email)],
    )


@letter("placements.interview_for_team")
def interview_for_team(_mint: Mint, interview_id: int, membership_id: int) -> Envelope | Withheld:
    """The same for the employer. The name is left out: the page shows it under consent."""
    meeting = _interview(interview_id)
    reader = _reader(membership_id)
    if reader is None:
        return NO_READER
    if not (meeting.cancelled_at or agrees_to(meeting.match.candidate, Scope.EMPLOYERS)):
        return NO_CONSENT
    return compose(
        "interview_for_team",
        to=reader.user.email,
        interview=meeting,
        match=meeting.match,
        face=bare_face(meeting.match.candidate),
        reader=reader.user,
        attachments=[_calendar(meeting, to=reader.user.email)],
    )


@letter("placements.accepted")
def accepted(_mint: Mint, match_id: int, membership_id: int) -> Envelope | Withheld:
    """Your offer was accepted."""
    if Match.objects.get(pk=match_id).status not in {Status.ACCEPTED, Status.STARTED}:
        return MOVED_ON
    return _to_member("accepted", match_id, membership_id)


@letter("placements.gone")
def gone(_mint: Mint, match_id: int, membership_id: int) -> Envelope | Withheld:
    """Somebody you were looking at is no longer available."""
    return _to_member("gone", match_id, membership_id)


def compose_gone(match: Match, reader: Membership) -> Envelope | Withheld:
    """The same letter for the broker's preview of it."""
    return _about(match, reader, "gone")


@letter("placements.answer_for_provider")
def answer_for_provider(_mint: Mint, match_id: int, membership_id: int) -> Envelope | Withheld:
    """An employer answered about one of your people, and why."""
    return _to_member("answer_for_provider", match_id, membership_id)


@letter("placements.role_ended_for_provider")
def role_ended_for_provider(_mint: Mint, match_id: int, membership_id: int) -> Envelope | Withheld:
    """A role one of your people was put forward for is closed."""
    return _to_member("role_ended_for_provider", match_id, membership_id)


@letter("placements.answer_due")
def answer_due(_mint: Mint, employer_id: int, membership_id: int) -> Envelope | Withheld:
    """Your answer is nearly due, or late already: about how many people, for which roles."""
    reader = _reader(membership_id)
    if reader is None:
        return NO_READER
    waiting = (
        Match.objects.shown()
        .for_employer(employer_id)
        .filter(status=Status.PRESENTED, employer_reminded_at__isnull=False)
    )
    return compose_answer_due(waiting.with_faces().order_by("answer_due_at", "pk"), reader)


def compose_answer_due(waiting: Iterable[Match], reader: Membership) -> Envelope | Withheld:
    """The same letter for the outbox and for the broker's preview of it."""
    slates: dict[int, list[Match]] = defaultdict(list)
    for match in waiting:
        if agrees_to(match.candidate, Scope.EMPLOYERS):
            slates[match.role_id].append(match)
    if not slates:
        return MOVED_ON
    return compose(
        "answer_due",
        to=reader.user.email,
        reader=reader.user,
        employer=reader.organization,
        waiting=[
            {"role": several[0].role, "people": len(several), "due": several[0].answer_due_at}
            for several in slates.values()
        ],
        people=sum(map(len, slates.values())),
    )


@letter("placements.ask_again")
def ask_again(mint: Mint, candidate_id: int) -> Envelope | Withheld:
    """There is still time to say yes or no: one letter about every role that waits for it."""
    asked = Match.objects.for_candidate(candidate_id).filter(
        status=Status.ASKED, candidate_reminded_at__isnull=False
    )
    matches = list(asked.with_faces().order_by("candidate_due_at", "pk"))
    return compose_ask_again(matches, mint=mint) if matches else MOVED_ON


def compose_ask_again(matches: Sequence[Match], *, mint: Mint) -> Envelope | Withheld:
    """The same letter for the outbox and for the broker's preview of it."""
    candidate = matches[0].candidate
    if not agrees_to(candidate, Scope.MATCHING):
        return NO_CONSENT
    if len(matches) == 1:
        link = mint(Purpose.ANSWER, subject_id=matches[0].pk, holder_id=candidate.pk)
    else:
        link = mint(Purpose.MY_PAGE, subject_id=candidate.pk, holder_id=candidate.pk)
    return compose(
        "ask_again",
        to=candidate.contact.email,
        language=candidate.language,
        first_name=candidate.contact.first_name,
        matches=matches,
        due=matches[0].candidate_due_at,
        link=link,
    )


@letter("placements.expired")
def expired(mint: Mint, match_id: int) -> Envelope | Withheld:
    """Nobody waits any longer: you did not answer, or the employer did not."""
    return _to_candidate("expired", _match(match_id), mint=mint)


@letter("placements.expired_for_provider")
def expired_for_provider(_mint: Mint, match_id: int, membership_id: int) -> Envelope | Withheld:
    """The same for whoever trained the person."""
    return _to_member("expired_for_provider", match_id, membership_id)


@letter("placements.lapsed")
def lapsed(_mint: Mint, slate_id: int, membership_id: int) -> Envelope | Withheld:
    """The people you did not answer about are free for others now."""
    reader = _reader(membership_id)
    if reader is None:
        return NO_READER
    shown = Slate.objects.select_related("role__employer__organization").get(pk=slate_id)
    people = shown.matches.filter(status=Status.EXPIRED).count()
    if not people:
        return MOVED_ON
    return compose(
        "lapsed", to=reader.user.email, reader=reader.user, role=shown.role, people=people
    )


@letter("placements.worker_check_in")
def worker_check_in(mint: Mint, check_in_id: int) -> Envelope | Withheld:
    """How is the job going?"""
    check_in = _check_in(check_in_id)
    candidate = check_in.placement.candidate
    if not agrees_to(candidate, Scope.CHECK_INS):
        return NO_CONSENT
    if too_late := _over(check_in):
        return too_late
    return compose(
        "worker_check_in",
        to=candidate.contact.email,
        language=candidate.language,
        first_name=candidate.contact.first_name,
        check_in=check_in,
        employer=check_in.placement.role.employer.organization.name,
        link=mint(Purpose.WORKER_CHECK_IN, subject_id=check_in.pk, holder_id=candidate.pk, days=60),
    )


@letter("placements.supervisor_check_in")
def supervisor_check_in(mint: Mint, check_in_id: int) -> Envelope | Withheld:
    """How is your new colleague doing?"""
    check_in = _check_in(check_in_id)
    placement = check_in.placement
    if not agrees_to(placement.candidate, Scope.EMPLOYERS):
        return NO_CONSENT
    if too_late := _over(check_in):
        return too_late
    return compose(
        "supervisor_check_in",
        to=placement.supervisor_email,
        supervisor=placement.supervisor_name,
        first_name=placement.candidate.contact.first_name,
        check_in=check_in,
        link=mint(
            Purpose.SUPERVISOR_CHECK_IN,
            subject_id=check_in.pk,
            holder_id=placement.employer_id,
            days=60,
        ),
    )


def _match(match_id: int) -> Match:
    return Match.objects.with_faces().select_related("pass_skill").get(pk=match_id)


def _interview(interview_id: int) -> Interview:
    return Interview.objects.select_related(
        "match__role__employer__organization", "match__role__site", "match__candidate__contact"
    ).get(pk=interview_id)


def _check_in(check_in_id: int) -> CheckIn:
    return CheckIn.objects.select_related(
        "placement__candidate__contact", "placement__role__employer__organization"
    ).get(pk=check_in_id)


def _over(check_in: CheckIn) -> Withheld | None:
    if check_in.answered_at:
        return Withheld("Already answered.")
    if check_in.placement.ended_on and check_in.placement.ended_on < check_in.due_on:
        return Withheld("The job ended before this check-in.")
    if local_date(now()) > check_in.closes_on:
        return Withheld("The time to answer is over.")
    return None


def _reader(membership_id: int) -> Membership | None:
    return with_people(Membership.objects.active(), "user").filter(pk=membership_id).first()


def _to_candidate(name: str, match: Match, *, mint: Mint, **context: Any) -> Envelope | Withheld:
    candidate = match.candidate
    return compose(
        name,
        to=candidate.contact.email,
        language=candidate.language,
        first_name=candidate.contact.first_name,
        match=match,
        role=match.role,
        employer=match.role.employer.organization.name,
        link=mint(Purpose.ANSWER, subject_id=match.pk, holder_id=candidate.pk),
        **context,
    )


def _to_member(name: str, match_id: int, membership_id: int) -> Envelope | Withheld:
    reader = _reader(membership_id)
    return _about(_match(match_id), reader, name) if reader else NO_READER


def _about(match: Match, reader: Membership, name: str) -> Envelope | Withheld:
    own_person = reader.organization_id == match.provider_id
    return compose(
        name,
        to=reader.user.email,
        match=match,
        role=match.role,
        employer=match.role.employer.organization.name,
        label=match.candidate.contact.name if own_person else bare_face(match.candidate).label,
        reader=reader.user,
    )


def _calendar(meeting: Interview, *, to: str) -> Attachment:
    method = "CANCEL" if meeting.cancelled_at else "REQUEST"
    return Attachment(
        name="interview.ics",
        content=invitations.calendar(meeting, to=to),
        mimetype=f"text/calendar; method={method}; charset=utf-8",
    )
