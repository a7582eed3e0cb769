"""Who buys and where to: accounts, guests, and the addresses an order keeps."""

from typing import Any

from sandbox.prestashop.offers import ShopRefusal
from sandbox.prestashop.requests import Buyer, NewCustomer, OrderRequest, PostalAddress
from sandbox.prestashop.seed import CUSTOMER_GROUP, GUEST_GROUP, country_id, hashed_password
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.tables import Row


def buyer_of(state: ShopState, request: OrderRequest) -> Row:
    """Return the account that buys, or a new row for a guest: one each time, even for the same e-mail."""
    if request.guest is not None:
        return add_person(state, request.guest, guest=True)
    known = state.tables["customers"].find(email=request.customer, is_guest=0, deleted=0)
    if not known:
        raise ShopRefusal(f"no account has the e-mail {request.customer!r}", 404)
    return known[0]


def register(state: ShopState, wanted: NewCustomer) -> Row:
    """Open an account, with an address when one is given."""
    if state.tables["customers"].find(email=wanted.email, is_guest=0):
        raise ShopRefusal("The email is already used, please choose another one", 409)
    customer = add_person(state, wanted, guest=False, company=wanted.company)
    if wanted.address is not None:
        add_address(state, customer, wanted.address)
    return customer


def add_person(state: ShopState, buyer: Buyer, *, guest: bool, company: str = "") -> Row:
    """Add a customer row."""
    group = GUEST_GROUP if guest else CUSTOMER_GROUP
    customer = state.insert(
        "customers",
        email=buyer.email,
        firstname=buyer.first_name,
        lastname=buyer.last_name,
        company=company,
        passwd=hashed_password(state),
        secure_key=state.coin(),
        last_passwd_gen=state.now(),
        id_default_group=group,
        id_lang=1,
        active=1,
        is_guest=guest,
        id_shop=1,
        id_shop_group=1,
        _groups=[group],
    )
    state.ledger.write("customer", id_customer=customer["id"], email=buyer.email, guest=guest)
    return customer


def addresses_of(state: ShopState, request: OrderRequest, customer: Row) -> tuple[Row, Row]:
    """Return the delivery and the invoice address of an order."""
    delivery = address_like(state, customer, request.address) if request.address else _own(state, customer)
    if request.invoice_address is None:
        return delivery, delivery
    return delivery, address_like(state, customer, request.invoice_address)


def address_like(state: ShopState, customer: Row, wanted: PostalAddress) -> Row:
    """Return the customer's record of that address, a new one when there is none."""
    values = address_values(state, customer, wanted)
    known = state.tables["addresses"].find(**values, deleted=0)
    return known[0] if known and not wanted.raw else add_address(state, customer, wanted)


def add_address(state: ShopState, customer: Row, wanted: PostalAddress) -> Row:
    """Add an address record."""
    return state.insert("addresses", **{**address_values(state, customer, wanted), **wanted.raw})


def address_values(state: ShopState, customer: Row, wanted: PostalAddress) -> dict[str, Any]:
    """Write an address under the names the shop has for its parts."""
    try:
        id_country = country_id(state, wanted.country)
    except ValueError as unknown:
        raise ShopRefusal(str(unknown)) from unknown
    found = (
        state.tables["states"].first(iso_code=wanted.state, id_country=id_country) if wanted.state else None
    )
    return {
        "id_customer": customer["id"],
        "id_country": id_country,
        "id_state": found["id"] if found else 0,
        "alias": wanted.alias,
        "company": wanted.company,
        "firstname": wanted.first_name or customer["firstname"],
        "lastname": wanted.last_name or customer["lastname"],
        "vat_number": wanted.vat_id,
        "address1": wanted.street,
        "address2": wanted.street2,
        "postcode": wanted.postcode,
        "city": wanted.city,
        "phone": wanted.phone,
        "phone_mobile": wanted.mobile,
        "dni": wanted.dni,
    }


def _own(state: ShopState, customer: Row) -> Row:
    known = state.tables["addresses"].find(id_customer=customer["id"], deleted=0)
    if not known:
        raise ShopRefusal("this customer has no address; give one with the order")
    return known[0]
