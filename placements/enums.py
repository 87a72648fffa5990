"""What are the words? A match's states and their faces, answers, outcomes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.access.actor import Audience


class Status(models.TextChoices):
    SHORTLISTED = "shortlisted", "Shortlisted"
    ASKED = "asked", "Candidate asked"
    WILLING = "willing", "Candidate said yes"
    PRESENTED = "presented", "Presented"
    MEETING = "meeting", "Employer wants to meet"
    INTERVIEWING = "interviewing", "Interview arranged"
    OFFERED = "offered", "Offer made"
    ACCEPTED = "accepted", "Offer accepted"
    STARTED = "started", "Started"
    PASSED = "passed", "Employer: not this time"
    DECLINED = "declined", "Candidate said no"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ROLE_ENDED = "role_ended", "Role ended"
    EXPIRED = "expired", "Not answered in time"


EMPLOYER_WORDS = {
    Status.PRESENTED: "Waiting for your answer",
    Status.MEETING: "To be invited",
    Status.INTERVIEWING: "Interview arranged",
    Status.OFFERED: "Your offer is out",
    Status.ACCEPTED: "Accepted your offer",
    Status.STARTED: "Started",
    Status.PASSED: "Not this time",
}

CANDIDATE_WORDS = {
    Status.ASKED: _("Waiting for your answer"),
    Status.WILLING: _("We are preparing to present you"),
    Status.PRESENTED: _("The employer is looking at your skills"),
    Status.MEETING: _("The employer wants to meet you"),
    Status.INTERVIEWING: _("You have an interview"),
    Status.OFFERED: _("You have an offer"),
    Status.ACCEPTED: _("You accepted the offer"),
    Status.STARTED: _("You have the job"),
    Status.PASSED: _("The employer chose somebody else this time"),
    Status.DECLINED: _("You said no"),
    Status.WITHDRAWN: _("No longer going on"),
    Status.ROLE_ENDED: _("The role is closed"),
    Status.EXPIRED: _("The time to answer is over"),
}

WORDS_FOR = {Audience.EMPLOYER: EMPLOYER_WORDS, Audience.CANDIDATE: CANDIDATE_WORDS}


class PassReason(models.TextChoices):
    """Why an employer says "not this time": structured, so that providers can learn from it."""

    SKILL = "skill", "A skill is missing or too light"
    EXPERIENCE = "experience", "Not enough hands-on experience"
    SCHEDULE = "schedule", "Schedule or shift does not fit"
    START_DATE = "start_date", "Available too late"
    CREDENTIAL = "credential", "A required credential is missing"
    PAY = "pay", "Pay expectations do not fit"
    STRONGER = "stronger", "Others on the slate were stronger"
    CHANGED = "changed", "The role has changed"


class NoReason(models.TextChoices):
    """Why a candidate says no; "rather not say" is an answer too."""

    PAY = "pay", _("The pay")
    SCHEDULE = "schedule", _("The hours or the shift")
    COMMUTE = "commute", _("Getting there")
    WORK = "work", _("The kind of work")
    OTHER_JOB = "other_job", _("I have another job")
    PERSONAL = "personal", _("Personal reasons")
    NOT_SAID = "not_said", _("I would rather not say")


class Evidence(models.TextChoices):
    """How we know, weakest first."""

    SELF = "self", "The worker says so"
    EMPLOYER = "employer", "The employer says so"
    PAY_STUB = "pay_stub", "Pay stub seen"
    ADMIN = "admin", "Wage records"


class Separation(models.TextChoices):
    """Why a job ended; after the HUD list of causes of job loss."""

    BETTER_JOB = "better_job", "Left for a better job"
    SCHOOL = "school", "Went back to school"
    MOVED = "moved", "Moved away"
    CARE = "care", "Child or family care"
    TRANSPORT = "transport", "Could not get there"
    HEALTH = "health", "Health"
    PAY = "pay", "Pay did not cover the costs"
    CONFLICT = "conflict", "Conflict or miscommunication at work"
    PERFORMANCE = "performance", "Dismissed for performance"
    ATTENDANCE = "attendance", "Dismissed for attendance"
    LAYOFF = "layoff", "Layoff or site closure"
    TEMP_END = "temp_end", "A temporary job ended"
    DEATH = "death", "Death"
    UNKNOWN = "unknown", "Not known"


class Reporter(models.TextChoices):
    """Which side a check-in asks."""

    WORKER = "worker", "Worker"
    SUPERVISOR = "supervisor", "Supervisor"


class Expected(models.TextChoices):
    """Whether the job is what the worker was told."""

    YES = "yes", _("Yes")
    MOSTLY = "mostly", _("Mostly")
    NO = "no", _("No")


class Obstacle(models.TextChoices):
    """What makes it hard to come to work."""

    TRAVEL = "travel", _("Getting there")
    CARE = "care", _("Child or family care")
    SHIFT = "shift", _("The shift or the hours")
    MONEY = "money", _("Pay or benefits")
    PAPERS = "papers", _("Papers I still need")


class Concern(models.TextChoices):
    """What in an answer worries us."""

    LEFT = "left", "No longer works there"
    UNHAPPY = "unhappy", "The job is not going well"
    NO_HELP = "no_help", "Gets little help"
    NOT_AS_EXPECTED = "not_as_expected", "The job is not what was expected"
    OBSTACLE = "obstacle", "Something makes it hard to work"
    LEAVING = "leaving", "May not stay"
    WANTS_CALL = "wants_call", "Wants a call"
    BELOW_EXPECTATIONS = "below", "Supervisor: below expectations"
    ATTENDANCE = "attendance", "Supervisor: attendance"
    WRONG_PERSON = "wrong_person", "The letter reached the wrong person"
