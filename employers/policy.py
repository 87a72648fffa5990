"""Who may? See and move roles."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.lib.lifecycle import Move
from employers.enums import Status
from employers.lifecycle import (
    APPROVE,
    CLOSE,
    EDITABLE,
    FILL,
    LIFECYCLE,
    PUBLISH,
    REOPEN,
    RETURN,
    SUBMIT,
)
from employers.models import Employer, Reach, Role, RoleQuerySet, Site


def visible_to(actor: Actor) -> RoleQuerySet:
    """Staff see every role, an employer all its own; everybody else the open ones."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Role.objects.all()
        case Audience.EMPLOYER if actor.organization_id is not None:
            return Role.objects.for_employer(actor.organization_id)
        case _:
            return Role.objects.open()


def once_public() -> RoleQuerySet:
    """Roles that anybody could read and that are over: their page says so, and nothing else."""
    return Role.objects.filter(status__in=[Status.FILLED, Status.CLOSED]).exclude(opened_at=None)


def sites_visible_to(actor: Actor) -> QuerySet[Site]:
    """Where a role may be placed: the employer's own sites, for staff any."""
    match actor.audience:
        case Audience.BROKER:
            return Site.objects.all()
        case Audience.EMPLOYER if actor.organization_id is not None:
            return Site.objects.filter(employer_id=actor.organization_id)
        case _:
            return Site.objects.none()


def reaches_visible_to(actor: Actor) -> QuerySet[Reach]:
    """An employer reads what was counted for its own roles; staff have the people themselves."""
    if actor.audience is Audience.EMPLOYER and actor.organization_id is not None:
        return Reach.objects.filter(employer_id=actor.organization_id)
    return Reach.objects.none()


def may_set_blindness(actor: Actor, _employer: Employer) -> Verdict:
    """What an employer sees first is the Alliance's to decide, and the person's to agree to."""
    if actor.audience is not Audience.BROKER or not actor.may_write:
        return no("Only Alliance staff decide whether an employer sees names from the start.")
    return YES


def may_count(actor: Actor) -> Verdict:
    """What employers are told of is counted by the clock alone, so that nobody can ask twice a night."""
    return YES if actor.audience is Audience.CLOCK else no("Counting is done in the night.")


def may_post(actor: Actor, employer: Employer) -> Verdict:
    """An employer's members post its roles; staff may help."""
    return _own(actor, employer.pk, "Only the employer's own team and the Alliance post roles.")


def may_edit(actor: Actor, role: Role) -> Verdict:
    """The employer's members and staff, while the role is not over."""
    if role.status not in EDITABLE:
        return no("This role is over. Reopen it as a draft to change it.")
    return _own(
        actor, role.employer_id, "Only the employer's own team and the Alliance edit roles."
    )


def may_submit(actor: Actor, role: Role) -> Verdict:
    return _own(actor, role.employer_id, "Only the employer's own team submits its roles.")


def may_publish(actor: Actor, role: Role) -> Verdict:
    """Once the Alliance has approved an employer's first role, the rest open at once."""
    verdict = may_submit(actor, role)
    if verdict and actor.audience is not Audience.BROKER and role.employer.trusted_since is None:
        return no("The Alliance approves an employer's first roles. Submit it for approval.")
    return verdict


def may_approve(actor: Actor, role: Role) -> Verdict:
    if actor.audience is not Audience.BROKER or not actor.may_write:
        return no("Only Alliance staff approve roles.")
    return YES


def may_set_terms(actor: Actor, role: Role) -> Verdict:
    """What must hold of a person is set where people are put forward, while the role is not over."""
    if actor.audience is not Audience.BROKER or not actor.may_write:
        return no("Only Alliance staff say what must hold for a role.")
    if role.status not in EDITABLE:
        return no("This role is over. Reopen it as a draft to change it.")
    return YES


def may_fill(actor: Actor, role: Role) -> Verdict:
    """The clock fills a role when its last opening is taken."""
    if actor.audience is Audience.CLOCK:
        return YES
    return _own(
        actor, role.employer_id, "Only the employer or the Alliance marks a role as filled."
    )


def may_close(actor: Actor, role: Role) -> Verdict:
    return _own(actor, role.employer_id, "Only the employer or the Alliance closes a role.")


MAY: dict[Move, Callable[[Actor, Role], Verdict]] = {
    SUBMIT: may_submit,
    PUBLISH: may_publish,
    APPROVE: may_approve,
    RETURN: may_approve,
    FILL: may_fill,
    CLOSE: may_close,
    REOPEN: may_close,
}


def moves_for(actor: Actor, role: Role) -> list[Move]:
    """The buttons to draw: what this actor may do with this role now."""
    return [move for move in LIFECYCLE.open_to(role.status) if MAY[move](actor, role)]


def _own(actor: Actor, employer_id: int, otherwise: str) -> Verdict:
    if not actor.may_write:
        return no("Your access is to look only. Ask an owner of your team to change that.")
    if actor.audience is Audience.BROKER:
        return YES
    if actor.audience is Audience.EMPLOYER and actor.organization_id == employer_id:
        return YES
    return no(otherwise)
