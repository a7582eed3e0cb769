"""Recorded lives of orders that rules steer: held, released, asked for, chosen, told of."""

from domain.life import Asked
from domain.stages import Stage
from tests.house import House, eventually
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule

PARIS = {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"}
NORA = {"email": "nora.nouvelle@example.com", "first_name": "Nora", "last_name": "Nouvelle"}


async def ruled(house: House) -> str:
    """Tagged, held and released by rules, its new customer created first, approved, told when posted."""
    new = {"fact": "customer_is_new", "is": "is_true"}
    held = {"fact": "hold_reason", "is": "equals", "value": "rule_hold"}
    await publish(
        house,
        rule("tag", "captured", {"do": "tag", "tags": ["paris"]}),
        rule("look", "validated", {"do": "hold", "reason": "have a look"}, priority="1"),
        rule("create", "validated", {"do": "create_customer"}, **{"if": new}),
        rule("ask", "validated", {"do": "require_approval"}),
        rule("field", "validated", {"do": "choose", "document": "quotation"}),
        rule("go-on", "on_hold_for", {"do": "release"}, after="1s", **{"if": held}),
        rule("tell", "posted", {"do": "notify", "audience": "sales", "to": "sales@waybill.example"}),
    )
    order = place(house, CABINET, customer="", guest=NORA, address=PARIS)
    view = await house.until(order, Stage.AWAITING_APPROVAL, where=lambda view: view.approval is not None)
    await house.update(order, "decide", house.decision(view))
    await house.until(order, Stage.POSTED, where=lambda view: view.told_store)

    async def told() -> bool | None:
        return any("sales@waybill.example" in mail.to[0] for mail in house.mailbox.mails) or None

    await eventually(told)
    return house.handle(order).id


async def ruled_out(house: House) -> str:
    """Told of when it was captured, and rejected by a rule."""
    tell = {"do": "notify", "audience": "sales", "to": "sales@waybill.example"}
    await publish(
        house,
        rule("no", "validated", {"do": "reject", "reason": "no cabinets abroad"}),
        rule("seen", "captured", tell),
    )
    order = place(house, CABINET)
    await house.until(order, Stage.REJECTED)
    await house.handle(order).result()
    return house.handle(order).id


async def told_at_once(house: House) -> str:
    """Held with two people told, one more for the hold itself; released, and rejected."""
    sales, warehouse = (
        {"do": "notify", "audience": name, "to": f"{name}@waybill.example"} for name in ("sales", "warehouse")
    )
    tag = {"do": "tag", "tags": ["looked-at"]}
    hold = {"do": "hold", "reason": "have a look"}
    await publish(
        house,
        rule("look", "validated", hold, sales, warehouse, tag),
        rule("held", "held", {"do": "notify", "audience": "sales", "to": "desk@waybill.example"}),
        rule("no", "validated", {"do": "reject", "reason": "seen"}, priority="200"),
    )
    order = place(house)
    await house.until(order, Stage.HELD)
    await house.mailbox.arrived(3)
    await house.update(order, "release", Asked(by="olga"))
    await house.until(order, Stage.REJECTED)
    await house.handle(order).result()
    return house.handle(order).id
