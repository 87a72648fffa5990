"""An employer that signs its own people in, and one of them."""

import pytest

from alliance.accounts import actions
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.openid import ADDRESS, SECRET, running


@pytest.fixture(scope="session")
def a_provider():
    with running() as provider:
        yield provider


@pytest.fixture
def provider(a_provider):
    """As honest as it was."""
    a_provider.lies.clear()
    return a_provider


@pytest.fixture
def own(cast, broker, at, provider):
    """Our employer signs its own people in."""
    return actions.set_up_single_sign_on(
        cast.employer.organization,
        server_url=provider.address,
        client_id="connector",
        secret=SECRET,
        domains=["tidewater.example"],
        required=False,
        by=broker,
        at=at,
    )


@pytest.fixture
def ana(cast):
    user = UserFactory(email=ADDRESS)
    user.emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    return MembershipFactory(user=user, organization=cast.employer.organization)
