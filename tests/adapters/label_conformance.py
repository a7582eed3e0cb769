"""The suite that every label service's adapter passes. A test module plugs in a stand with one fixture:

class TestEasyPost(LabelConformance):
    @pytest.fixture
    async def stand(self) -> AsyncIterator[LabelStand]: ...
"""

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from adapters.label_port import LabelItem, LabelPort, LabelRequest, Parcel
from domain.errors import (
    BadCredentials,
    ConnectionDown,
    InDoubt,
    NotFound,
    Passing,
    RateLimited,
    Refused,
    UnexpectedAnswer,
    WaybillError,
)
from domain.money import Money
from domain.order import Address
from sandbox.catalogue import CUSTOMERS, WAREHOUSE, Place

STRANGE_ANSWERS = (b"", b"null", b"[1]", b"{}", b'{"id": 5}', b"<html>no</html>", b"[" * 100_000, b"\xff")


def address(place: Place, person: str = "") -> Address:
    """Return a place of the catalogue as an address."""
    return Address(
        person=person,
        company=place.company,
        street=place.street,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
        phone=place.phone,
    )


ANNA, JOAN = CUSTOMERS[0], CUSTOMERS[4]
REQUEST = LabelRequest(
    reference="RMA-1042-1",
    order_number="ABCDEFGHI",
    customer=address(ANNA.place, "Anna Moreau"),
    customer_email=ANNA.email,
    warehouse=address(WAREHOUSE),
    warehouse_email="returns@waybill.example",
    parcel=Parcel(grams=1250),
    items=(
        LabelItem(
            sku="GLASS-SET-4", description="Set of glasses", quantity=2, value=Money.parse("24.95 EUR")
        ),
    ),
)
FROM_BRISTOL = REQUEST.model_copy(update={"customer": address(JOAN.place, "Joan Baker")})
WITH_CODES = (
    REQUEST.items[0].model_copy(update={"hs_code": "7013.37", "origin": "FR"}),
    LabelItem(description="Cork", quantity=1, value=Money.parse("0.10 EUR"), hs_code="4503.10", origin="PT"),
)


class LabelStand(Protocol):
    """A service to print with: the sandbox behind an adapter."""

    label: LabelPort

    def arm(self, fault: str, **details: Any) -> None:
        """Let a fault happen; `path` of making a label is `making`."""

    @property
    def making(self) -> str:
        """What the path of the request that makes a label contains."""

    def made(self) -> list[str]:
        """Return the references of all labels that were ever made."""

    def wrong_key(self) -> AbstractAsyncContextManager[LabelPort]:
        """Open an adapter with a key that is not accepted."""

    def facing_nobody(self) -> AbstractAsyncContextManager[LabelPort]:
        """Open an adapter whose service is not there."""

    def hearing(self, body: bytes) -> AbstractAsyncContextManager[LabelPort]:
        """Open an adapter that is answered 200 with this body, whatever it asks."""


def just_now() -> datetime:
    """Return a moment before which nothing was made."""
    return datetime.now(UTC) - timedelta(minutes=1)


async def make(label: LabelPort, request: LabelRequest = REQUEST) -> str:
    """Make a label by both steps."""
    return await label.create_return_label(request, await label.draft(request))


class LabelConformance:
    """What holds for every label service."""

    async def test_a_label_goes_from_the_customer_to_the_warehouse(self, stand: LabelStand) -> None:
        found = await stand.label.read_label(await make(stand.label))

        assert found.pdf.startswith(b"%PDF-")
        text = found.pdf.decode("latin-1")
        assert "(From Anna Moreau" in text
        assert "(To Waybill Wines" in text
        assert "RMA-1042-1" in text
        assert found.tracking_number in text
        assert found.carrier
        assert found.service
        assert found.tracking_url.startswith("https://")
        assert found.cost is not None
        assert found.cost.amount > 0

    async def test_a_label_is_found_by_its_reference_alone(self, stand: LabelStand) -> None:
        assert await stand.label.find(REQUEST.reference, just_now()) is None

        made = await make(stand.label)

        assert await stand.label.find(REQUEST.reference, just_now()) == made
        assert await stand.label.find("RMA-1042", just_now()) is None

    @pytest.mark.parametrize("fault", ["lose_answer", "error_after_write"])
    async def test_a_lost_answer_is_in_doubt_and_the_label_is_found(
        self, stand: LabelStand, fault: str
    ) -> None:
        draft = await stand.label.draft(REQUEST)
        stand.arm(fault, path=stand.making)

        with pytest.raises(InDoubt):
            await stand.label.create_return_label(REQUEST, draft)

        found = await stand.label.find(REQUEST.reference, just_now(), draft)
        assert found is not None
        assert (await stand.label.read_label(found)).pdf.startswith(b"%PDF-")
        assert stand.made() == [REQUEST.reference]

    async def test_the_same_draft_and_reference_never_become_a_second_label(self, stand: LabelStand) -> None:
        draft = await stand.label.draft(REQUEST)
        first = await stand.label.create_return_label(REQUEST, draft)

        assert await stand.label.create_return_label(REQUEST, draft) == first
        assert stand.made() == [REQUEST.reference]

    @pytest.mark.parametrize(
        ("fault", "error"), [("refuse", Refused), ("rate_limit", RateLimited)], ids=["refused", "429"]
    )
    async def test_a_definite_no_is_no_doubt(
        self, stand: LabelStand, fault: str, error: type[WaybillError]
    ) -> None:
        draft = await stand.label.draft(REQUEST)
        stand.arm(fault, path=stand.making, seconds=7)

        with pytest.raises(error) as said:
            await stand.label.create_return_label(REQUEST, draft)

        assert said.value.problem.quote
        if fault == "rate_limit":
            assert said.value.retry_after == timedelta(seconds=7)
        else:
            assert "HTTP" not in said.value.problem.quote
        assert await stand.label.find(REQUEST.reference, just_now(), draft) is None
        assert stand.made() == []

    async def test_a_label_that_is_not_printed_yet_is_waited_for(self, stand: LabelStand) -> None:
        made = await make(stand.label)
        stand.arm("not_ready")

        with pytest.raises(Passing):
            await stand.label.read_label(made)

        assert (await stand.label.read_label(made)).pdf.startswith(b"%PDF-")

    async def test_a_page_in_the_place_of_a_label_is_not_taken(self, stand: LabelStand) -> None:
        made = await make(stand.label)
        stand.arm("garbage_label")

        with pytest.raises(UnexpectedAnswer):
            await stand.label.read_label(made)

    async def test_a_label_is_taken_back_once_and_then_no_longer_found(self, stand: LabelStand) -> None:
        made = await make(stand.label)

        await stand.label.cancel(made)
        await stand.label.cancel(made)

        assert await stand.label.find(REQUEST.reference, just_now()) is None

    async def test_customs_wants_to_know_what_comes_back(self, stand: LabelStand) -> None:
        with pytest.raises(Refused):
            await make(stand.label, FROM_BRISTOL)

        declared = FROM_BRISTOL.model_copy(update={"items": WITH_CODES})
        assert "Joan Baker" in (await stand.label.read_label(await make(stand.label, declared))).pdf.decode(
            "latin-1"
        )

    async def test_a_customer_with_nothing_but_an_address_gets_a_label(self, stand: LabelStand) -> None:
        bare = REQUEST.customer.model_copy(update={"phone": "call me", "state": "Auvergne-Rhône-Alpes"})

        assert await make(stand.label, REQUEST.model_copy(update={"customer": bare, "customer_email": ""}))

    async def test_what_is_not_there_is_not_found(self, stand: LabelStand) -> None:
        made = await make(stand.label)
        strange = made[:-1] + ("8" if made[-1] != "8" else "9")

        with pytest.raises(NotFound):
            await stand.label.read_label(strange)
        with pytest.raises(NotFound):
            await stand.label.cancel(strange)

    async def test_the_connection_test_names_a_wrong_key(self, stand: LabelStand) -> None:
        assert [finding.ok for finding in await stand.label.test()] == [True, True]

        async with stand.wrong_key() as label:
            assert [finding.ok for finding in await label.test()] == [True, False]
            with pytest.raises(BadCredentials):
                await label.answers()

    async def test_a_service_that_is_not_there_made_nothing(self, stand: LabelStand) -> None:
        async with stand.facing_nobody() as label:
            with pytest.raises(ConnectionDown):
                await make(label)
            assert [finding.ok for finding in await label.test()] == [False]

    @pytest.mark.parametrize("body", STRANGE_ANSWERS)
    async def test_what_cannot_be_read_is_no_label(self, stand: LabelStand, body: bytes) -> None:
        async with stand.hearing(body) as label:
            with pytest.raises((UnexpectedAnswer, InDoubt)):
                await make(label)
            with pytest.raises(Passing):
                await label.read_label("7")
