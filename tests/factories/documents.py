"""Documents of people, on the disk as well as in the table."""

import factory
from django.utils.timezone import now

from candidates.documents import storage
from candidates.documents.enums import Format, Kind, Status
from candidates.documents.models import Document
from tests.factories.candidates import CandidateFactory


class DocumentFactory(factory.django.DjangoModelFactory):
    """A clean résumé, added by the provider, unless told otherwise."""

    class Meta:
        model = Document
        skip_postgeneration_save = True

    candidate = factory.SubFactory(CandidateFactory)
    provider = factory.SelfAttribute("candidate.provider")
    kind = Kind.RESUME
    format = Format.PDF
    name = factory.Sequence("resume-{}.pdf".format)
    size = 1024
    sha256 = factory.Sequence("{:064x}".format)
    status = Status.CLEAN
    added_by_audience = "provider"
    added_at = factory.LazyFunction(now)
    due_at = factory.SelfAttribute("added_at")
    scanned_at = factory.SelfAttribute("added_at")

    @factory.post_generation
    def content(self, create, extracted, **_kwargs):
        if create:
            storage.keep(
                self.key, extracted or b"%PDF-1.7 of " + self.name.encode(), owner=self.public_id
            )
