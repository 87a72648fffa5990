"""When may it move? The life of a match. docs/lifecycles/match.md is drawn from this file."""

from alliance.lib.lifecycle import Lifecycle, Move
from placements.enums import Status

LIVE = frozenset(
    {
        Status.SHORTLISTED,
        Status.ASKED,
        Status.WILLING,
        Status.PRESENTED,
        Status.MEETING,
        Status.INTERVIEWING,
        Status.OFFERED,
        Status.ACCEPTED,
    }
)
# What an employer may still see: everything that was presented to it and did not go away again.
SHOWN = frozenset(
    {
        Status.PRESENTED,
        Status.MEETING,
        Status.INTERVIEWING,
        Status.OFFERED,
        Status.ACCEPTED,
        Status.STARTED,
        Status.PASSED,
    }
)
# From here on the employer knows who the person is, while consent lasts.
REVEALED = frozenset(
    {Status.MEETING, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED, Status.STARTED}
)
MEETABLE = frozenset({Status.MEETING, Status.INTERVIEWING})

ASK = Move("ask", frozenset({Status.SHORTLISTED}), Status.ASKED, "Ask the candidate")
AGREE = Move("agree", frozenset({Status.ASKED}), Status.WILLING, "Yes, put me forward")
PRESENT = Move("present", frozenset({Status.WILLING}), Status.PRESENTED, "Present")
MEET = Move("meet", frozenset({Status.PRESENTED}), Status.MEETING, "Meet")
INVITE = Move("invite", MEETABLE, Status.INTERVIEWING, "Arrange an interview")
OFFER = Move("offer", MEETABLE, Status.OFFERED, "Make an offer")
ACCEPT = Move("accept", frozenset({Status.OFFERED}), Status.ACCEPTED, "Accept the offer")
START = Move("start", frozenset({Status.ACCEPTED}), Status.STARTED, "Confirm the start")
PASS = Move(
    "pass",
    frozenset({Status.PRESENTED, Status.MEETING, Status.INTERVIEWING, Status.OFFERED}),
    Status.PASSED,
    "Not this time",
)
DECLINE = Move("decline", LIVE - {Status.SHORTLISTED}, Status.DECLINED, "No")
WITHDRAW = Move("withdraw", LIVE, Status.WITHDRAWN, "Withdraw")
END_WITH_ROLE = Move("end_with_role", LIVE, Status.ROLE_ENDED, "Role ended")
# Whoever was asked has been reminded and has not answered; the clock waits no longer.
EXPIRE = Move(
    "expire", frozenset({Status.ASKED, Status.PRESENTED}), Status.EXPIRED, "Not answered in time"
)
# Only while no letter has left: then nobody has heard of it.
UNASK = Move("unask", frozenset({Status.ASKED}), Status.SHORTLISTED, "Undo the question")
UNPRESENT = Move("unpresent", frozenset({Status.PRESENTED}), Status.WILLING, "Undo the slate")
# Back to where it stood, which the match remembers: one way for each state it may have ended from.
UNWITHDRAW: dict[str, Move] = {
    was: Move("unwithdraw", frozenset({Status.WITHDRAWN}), was, "Undo the withdrawal")
    for was in Status
    if was in WITHDRAW.sources
}
UNDECLINE: dict[str, Move] = {
    was: Move("undecline", frozenset({Status.DECLINED}), was, "Undo the no")
    for was in Status
    if was in DECLINE.sources
}

LIFECYCLE = Lifecycle(
    start=Status.SHORTLISTED,
    moves=(
        ASK,
        AGREE,
        PRESENT,
        MEET,
        INVITE,
        OFFER,
        ACCEPT,
        START,
        PASS,
        DECLINE,
        WITHDRAW,
        END_WITH_ROLE,
        EXPIRE,
        UNASK,
        UNPRESENT,
        *UNWITHDRAW.values(),
        *UNDECLINE.values(),
    ),
)
