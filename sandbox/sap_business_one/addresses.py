"""The addresses on a document: from the customer's address book, or as sent."""

from sandbox.sap_business_one.errors import no_such_reference
from sandbox.sap_business_one.wire import Row

_PARTS = {
    "Street": "Street",
    "StreetNo": "StreetNo",
    "Block": "Block",
    "BuildingFloorRoom": "Building",
    "City": "City",
    "ZipCode": "ZipCode",
    "County": "County",
    "State": "State",
    "Country": "Country",
    "AddressName2": "Address2",
    "AddressName3": "Address3",
}
_SIDES = (("ShipTo", "bo_ShipTo", "ShipToCode", "Address2"), ("BillTo", "bo_BillTo", "PayToCode", "Address"))


def document_addresses(document: Row, sent: Row | None, partner: Row | None) -> Row:
    """Return the address extension, and write the formatted addresses on the document.

    A side that was sent stands as sent; the other comes from the address the document names. A name that
    the customer's address book does not have is refused either way.
    """
    extension: Row = {}
    for side, kind, code_name, formatted in _SIDES:
        own = {name: value for name, value in (sent or {}).items() if name.startswith(side)}
        code = document.get(code_name)
        if code and partner is not None:
            own = own or _from_book(side, _named(partner, kind, code))
        extension |= own
        if own:
            document[formatted] = _formatted(side, own)
    return extension


def _named(partner: Row, kind: str, name: str) -> Row:
    book: list[Row] = partner.get("BPAddresses") or []
    for address in book:
        if address.get("AddressType") == kind and address.get("AddressName") == name:
            return address
    raise no_such_reference()


def _from_book(side: str, address: Row) -> Row:
    return {f"{side}{part}": address.get(name) for name, part in _PARTS.items() if address.get(name)}


def _formatted(side: str, own: Row) -> str:
    def part(name: str) -> str:
        return own.get(f"{side}{name}") or ""

    lines = (
        f"{part('Street')} {part('StreetNo')}",
        f"{part('ZipCode')} {part('City')}",
        part("Country"),
    )
    return "\r".join(line.strip() for line in lines if line.strip())[:254]
