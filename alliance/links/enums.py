"""What are the words? The one thing each link is good for."""

from django.db import models


class Purpose(models.TextChoices):
    CONSENT = "consent", "Decide who may see me"
    ANSWER = "answer", "Say yes or no to a role"
    MY_PAGE = "my_page", "Open my page"
    WORKER_CHECK_IN = "worker_check_in", "Answer a check-in as the worker"
    SUPERVISOR_CHECK_IN = "supervisor_check_in", "Answer a check-in as the supervisor"
    INVITATION = "invitation", "Join an organisation"


CANDIDATE_PURPOSES = frozenset(
    {Purpose.CONSENT, Purpose.ANSWER, Purpose.MY_PAGE, Purpose.WORKER_CHECK_IN}
)
