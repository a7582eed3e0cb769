"""Goods and money back, and money in: each made in the ERP once, under a key of its own."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import activity

from activities.once import Once
from activities.systems import Systems
from domain.fulfilment import Paper
from domain.model import Frozen
from domain.returns import IncomingPayment, PaymentEntry, TakeBack, paper_key
from records.postings import Made, PostingKey, Postings

Kept = TypeVar("Kept", bound=BaseModel)


class TakeBackRequest(Frozen):
    """What is to be made, in which ERP, for which order; `settle` as the pair has it."""

    erp: str
    connection: str
    store_order_id: str
    settle: timedelta
    wanted: TakeBack


class PaymentRequest(Frozen):
    """A payment to be entered, in which ERP, for which order; `settle` as the pair has it."""

    erp: str
    connection: str
    store_order_id: str
    settle: timedelta
    payment: IncomingPayment


class Aftercare:
    """Writes into the ERP after the order was posted."""

    def __init__(self, systems: Systems, postings: Postings) -> None:
        self._systems, self._postings, self._once = systems, postings, Once(postings)

    @activity.defn
    async def take_back(self, request: TakeBackRequest) -> Paper:
        """Make a return request, a return or a credit note, and return it.

        Safe to run twice, as the posting of an order is: the key is looked up before anything is sent.
        """
        erp, wanted = self._systems.erp(request.erp), request.wanted
        paper = await self._write(
            request,
            wanted.key,
            Paper,
            lambda: erp.find_paper(wanted.kind, wanted.key),
            lambda: erp.take_back(wanted),
        )
        made = Made(
            entity=paper.kind.value,
            theirs=f"{paper.kind.value}:{paper.entry}",
            label=paper.number,
            document=paper.model_dump(mode="json"),
        )
        await self._postings.bind(_key(request, wanted.key), made, datetime.now(UTC))
        return paper

    @activity.defn
    async def register_payment(self, request: PaymentRequest) -> PaymentEntry | None:
        """Enter money that came in; nothing for an amount of zero. Safe to run twice."""
        erp, payment = self._systems.erp(request.erp), request.payment
        if not payment.amount.amount:
            return None
        entry = await self._write(
            request,
            payment.key,
            PaymentEntry,
            lambda: erp.find_payment(payment.key),
            lambda: erp.register_payment(payment),
        )
        made = Made(
            entity="payment",
            theirs=f"payment:{entry.entry}",
            label=entry.number,
            document=entry.model_dump(mode="json"),
        )
        await self._postings.bind(_key(request, payment.key), made, datetime.now(UTC))
        return entry

    async def _write(
        self,
        request: TakeBackRequest | PaymentRequest,
        key: str,
        model: type[Kept],
        find: Callable[[], Awaitable[Kept | None]],
        create: Callable[[], Awaitable[Any]],
    ) -> Kept:
        name = _key(request, key)
        known = await self._once.take_turn(name)
        if known.bound:
            return model.model_validate(known.bound)
        found = await find()
        if found is not None:
            return found
        self._once.check_settled(known, request.erp, request.settle)
        timeout = self._systems.erp(request.erp).write_timeout
        # How much may still be credited depends on what another return of the order is crediting right now.
        lock = paper_key(request.connection, request.store_order_id, "aftercare", "lock")
        async with self._once.alone(_key(request, lock), write_timeout=timeout, settle=request.settle):
            made = await self._once.send(name, known, create, write_timeout=timeout, settle=request.settle)
        return model.model_validate(made)


def _key(request: TakeBackRequest | PaymentRequest, key: str) -> PostingKey:
    return PostingKey(key=key, erp=request.erp, store=request.connection, order_id=request.store_order_id)
