"""People in training, what they can do and what they agreed to."""

from datetime import date

import factory
from django.utils.timezone import now

from candidates.enums import CONSENT_TEXT_VERSION, Alike, Language, Scope, Source, Status
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from tests.factories.providers import CohortFactory, ProviderFactory
from tests.factories.skills import SkillFactory, ZipFactory


class CandidateFactory(factory.django.DjangoModelFactory):
    """A person who is ready, has a contact and agrees to everything unless told otherwise."""

    class Meta:
        model = Candidate
        skip_postgeneration_save = True

    provider = factory.SubFactory(ProviderFactory)
    reference = factory.Sequence("ref-{}".format)
    status = Status.READY
    ready_at = factory.LazyFunction(now)
    available_on = date(2026, 1, 5)
    shifts = ["day", "evening"]
    created_at = factory.LazyFunction(now)
    contact = factory.RelatedFactory(
        "tests.factories.candidates.ContactFactory", factory_related_name="candidate"
    )

    @factory.post_generation
    def agrees(self, create, extracted, **_kwargs):
        if not create:
            return
        for scope in Scope if extracted is None else extracted:
            ConsentFactory(candidate=self, scope=scope)


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    candidate = factory.SubFactory(CandidateFactory, contact=None)
    provider = factory.SelfAttribute("candidate.provider")
    first_name = factory.Sequence("Xiomara{}".format)
    last_name = factory.Sequence("Quintanilla{}".format)
    email = factory.Sequence("xiomara{}@example.test".format)
    phone = "+16175550150"
    zip = factory.SubFactory(ZipFactory)


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consent

    candidate = factory.SubFactory(CandidateFactory, agrees=[])
    scope = Scope.EMPLOYERS
    text_version = CONSENT_TEXT_VERSION
    language = Language.ENGLISH
    given_at = factory.LazyFunction(now)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    candidate = factory.SubFactory(CandidateFactory)
    provider = factory.SelfAttribute("candidate.provider")
    cohort = factory.SubFactory(
        CohortFactory, programme__provider=factory.SelfAttribute("...candidate.provider")
    )
    started_on = date(2026, 1, 5)
    completed_on = date(2026, 3, 2)


class SkillEvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SkillEvidence

    candidate = factory.SubFactory(CandidateFactory)
    skill = factory.SubFactory(SkillFactory)
    level = 3
    source = Source.PROVIDER
    signed_off_by = "Coordinator"
    signed_off_on = date(2026, 3, 2)


class LookalikeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lookalike

    one = factory.SubFactory(CandidateFactory)
    other = factory.SubFactory(CandidateFactory)
    alike = [Alike.EMAIL]
    found_at = factory.LazyFunction(now)
