"""Who may? See and move matches, placements and check-ins. Nowhere else decides this."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.lib.lifecycle import Move
from candidates.documents import policy as documents
from candidates.documents.models import DocumentQuerySet
from candidates.enums import Scope
from candidates.policy import (
    BlindFace,
    agrees_to,
    bare_face,
    blind_face,
    revealed_face,
    staff_face,
)
from placements.enums import Reporter, Status
from placements.lifecycle import (
    ACCEPT,
    AGREE,
    ASK,
    DECLINE,
    END_WITH_ROLE,
    EXPIRE,
    INVITE,
    LIFECYCLE,
    MEET,
    OFFER,
    PASS,
    PRESENT,
    REVEALED,
    SHOWN,
    START,
    UNASK,
    UNDECLINE,
    UNPRESENT,
    UNWITHDRAW,
    WITHDRAW,
)
from placements.models import (
    CheckIn,
    CheckInQuerySet,
    Interview,
    Match,
    MatchQuerySet,
    Placement,
    PlacementQuerySet,
    Slate,
)

STAFF_SIDE = frozenset({Audience.BROKER, Audience.PROVIDER})
VIEWER = "Your access is to look only. Ask an owner of your team to change that."
GONE = "This person no longer agrees to be shown to employers."


def visible_to(actor: Actor) -> MatchQuerySet:
    """Staff see every match, an employer those shown to it, a provider its own people's, a person
    their own from the moment they are asked."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Match.objects.all()
        case Audience.EMPLOYER if actor.organization_id is not None:
            return Match.objects.shown().for_employer(actor.organization_id)
        case Audience.PROVIDER if actor.organization_id is not None:
            return Match.objects.for_provider(actor.organization_id)
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return Match.objects.for_candidate(actor.candidate_id).exclude(asked_at=None)
        case _:
            return Match.objects.none()


def slates_visible_to(actor: Actor) -> QuerySet[Slate]:
    """Staff see every slate, an employer those it was sent."""
    match actor.audience:
        case Audience.BROKER:
            return Slate.objects.all()
        case Audience.EMPLOYER if actor.organization_id is not None:
            return Slate.objects.filter(employer_id=actor.organization_id)
        case _:
            return Slate.objects.none()


def interviews_visible_to(actor: Actor) -> QuerySet[Interview]:
    """Those of the matches one may see."""
    return Interview.objects.filter(match__in=visible_to(actor))


def placements_visible_to(actor: Actor) -> PlacementQuerySet:
    """Staff see every placement; each side its own."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Placement.objects.all()
        case Audience.EMPLOYER if actor.organization_id is not None:
            return Placement.objects.for_employer(actor.organization_id)
        case Audience.PROVIDER if actor.organization_id is not None:
            return Placement.objects.for_provider(actor.organization_id)
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return Placement.objects.filter(candidate_id=actor.candidate_id)
        case _:
            return Placement.objects.none()


def check_ins_visible_to(actor: Actor) -> CheckInQuerySet:
    """The worker's side is never visible to the employer, not even that it was asked."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return CheckIn.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return CheckIn.objects.filter(provider_id=actor.organization_id)
        case Audience.EMPLOYER if actor.organization_id is not None:
            return CheckIn.objects.filter(
                employer_id=actor.organization_id, reporter=Reporter.SUPERVISOR
            )
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return CheckIn.objects.filter(
                placement__candidate_id=actor.candidate_id, reporter=Reporter.WORKER
            )
        case Audience.SUPERVISOR if actor.subject_id is not None:
            return CheckIn.objects.filter(pk=actor.subject_id, reporter=Reporter.SUPERVISOR)
        case _:
            return CheckIn.objects.none()


def face_for(actor: Actor, match: Match) -> BlindFace:
    """How much of the person this actor reads in this match, at this moment.

    Identity goes to the employer only after *meet*, unless the person agreed to more, and anything at all only while the person agrees.
    """
    candidate = match.candidate
    if actor.audience in STAFF_SIDE:
        return staff_face(candidate)
    if not shows(actor, match):
        return bare_face(candidate)
    return revealed_face(candidate) if knows_who(match) else blind_face(candidate)


def knows_who(match: Match) -> bool:
    """Whether the employer is to know who it is: from *meet* on, or from the start where the person said so."""
    return match.status in REVEALED or (match.status == Status.PRESENTED and match.named)


def shows(actor: Actor, match: Match) -> bool:
    """Whether this actor may read anything of the person, now."""
    return actor.audience in STAFF_SIDE or agrees_to(match.candidate, Scope.EMPLOYERS)


def reveals(actor: Actor, match: Match) -> bool:
    """Whether this actor may read who the person is, now."""
    return actor.audience in STAFF_SIDE or (knows_who(match) and shows(actor, match))


def resumes_visible_to(actor: Actor, match: Match) -> DocumentQuerySet:
    """The person's clean résumés, by the same rule as their name. Callers fetched the match
    through ``visible_to``."""
    clean = documents.resumes_to_show(match.candidate_id)
    return clean if reveals(actor, match) else clean.none()


def may_ask(actor: Actor, match: Match) -> Verdict:
    """Only people who agreed that we look for jobs are asked about one."""
    verdict = _broker(actor, "Only a broker asks a candidate.")
    if verdict and not agrees_to(match.candidate, Scope.MATCHING):
        return no("This person has not agreed (or no longer agrees) that we look for jobs.")
    return verdict


def may_agree(actor: Actor, match: Match) -> Verdict:
    """Nobody says yes for somebody else."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == match.candidate_id:
        return YES
    return no("Only the candidate says yes to being put forward.")


def may_present(actor: Actor, match: Match) -> Verdict:
    """Checked when the slate leaves, not when it was built."""
    verdict = _broker(actor, "Only a broker presents a candidate to an employer.")
    if verdict and not agrees_to(match.candidate, Scope.EMPLOYERS):
        return no(GONE)
    return verdict


def may_meet(actor: Actor, match: Match) -> Verdict:
    """*Meet* reveals who the person is, so consent is asked again."""
    verdict = _employer(actor, match)
    if verdict and not agrees_to(match.candidate, Scope.EMPLOYERS):
        return no(GONE)
    return verdict


def may_answer(actor: Actor, match: Match) -> Verdict:
    return _employer(actor, match)


def may_accept(actor: Actor, match: Match) -> Verdict:
    """The candidate, or whoever heard it from them."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == match.candidate_id:
        return YES
    return _employer(actor, match)


def may_decline(actor: Actor, match: Match) -> Verdict:
    """Candidates say no at every step; a broker may write down what was said on the phone."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == match.candidate_id:
        return YES
    return _broker(actor, "Only the candidate declines, or a broker who heard it from them.")


def may_withdraw(actor: Actor, match: Match) -> Verdict:
    """A broker takes a match back; so does the clock when its reason is gone."""
    if actor.audience is Audience.CLOCK:
        return YES
    return _broker(actor, "Ask your broker to withdraw this candidate.")


def may_remind(actor: Actor) -> Verdict:
    """The clock when time is nearly over, a broker before."""
    if actor.audience is Audience.CLOCK:
        return YES
    return _broker(actor, "Only a broker reminds somebody of an answer.")


def may_end_with_role(actor: Actor, match: Match) -> Verdict:
    if actor.audience is Audience.CLOCK:
        return YES
    return no("A match ends with its role, not by hand.")


def may_undo(actor: Actor, _sent: Match | Slate) -> Verdict:
    """Whoever works at the desk; whether a letter has left is asked of the outbox."""
    return _broker(actor, "Only a broker undoes what the desk has sent.")


def may_take_back(actor: Actor, match: Match) -> Verdict:
    """Where it stood it stands again only while the person agrees to that."""
    verdict = may_undo(actor, match)
    if not verdict or match.ended_from == Status.SHORTLISTED:
        return verdict
    if not agrees_to(match.candidate, Scope.MATCHING):
        return no("This person no longer agrees that we look for jobs.")
    if match.ended_from in SHOWN and not agrees_to(match.candidate, Scope.EMPLOYERS):
        return no(GONE)
    return verdict


def may_expire(actor: Actor, match: Match) -> Verdict:
    if actor.audience is Audience.CLOCK:
        return YES
    return no("A match expires by the clock, not by hand.")


MAY: dict[Move, Callable[[Actor, Match], Verdict]] = {
    ASK: may_ask,
    AGREE: may_agree,
    PRESENT: may_present,
    MEET: may_meet,
    INVITE: may_meet,
    OFFER: may_meet,
    ACCEPT: may_accept,
    START: may_answer,
    PASS: may_answer,
    DECLINE: may_decline,
    WITHDRAW: may_withdraw,
    END_WITH_ROLE: may_end_with_role,
    EXPIRE: may_expire,
    UNASK: may_undo,
    UNPRESENT: may_undo,
    **dict.fromkeys((*UNWITHDRAW.values(), *UNDECLINE.values()), may_take_back),
}


def moves_for(actor: Actor, match: Match) -> list[Move]:
    """The buttons to draw: what this actor may do with this match now."""
    return [move for move in LIFECYCLE.open_to(match.status) if MAY[move](actor, match)]


def may_shortlist(actor: Actor) -> Verdict:
    return _broker(actor, "Only a broker puts people on a shortlist.")


def may_report(actor: Actor, placement: Placement) -> Verdict:
    """Wages and separations are written down by the employer and the desk."""
    if not actor.may_write:
        return no(VIEWER)
    if actor.audience in {Audience.BROKER, Audience.CLOCK}:
        return YES
    if actor.audience is Audience.EMPLOYER and actor.organization_id == placement.employer_id:
        return YES
    return no("Only the employer and the Alliance report on a placement.")


def may_check_in(actor: Actor, check_in: CheckIn) -> Verdict:
    """Each side answers for itself, by its own link."""
    if actor.subject_id == check_in.pk and actor.audience in {
        Audience.CANDIDATE,
        Audience.SUPERVISOR,
    }:
        return YES
    return no("This check-in is answered by the person it was sent to.")


def may_handle(actor: Actor) -> Verdict:
    return _broker(actor, "Only Alliance staff look after worrying answers.")


def _broker(actor: Actor, otherwise: str) -> Verdict:
    if actor.audience is not Audience.BROKER:
        return no(otherwise)
    return YES if actor.may_write else no(VIEWER)


def _employer(actor: Actor, match: Match) -> Verdict:
    """The employer's own team, and staff on its behalf."""
    if not actor.may_write:
        return no(VIEWER)
    if actor.audience is Audience.BROKER:
        return YES
    if actor.audience is Audience.EMPLOYER and actor.organization_id == match.employer_id:
        return YES
    return no("Only the employer answers for its own roles.")
