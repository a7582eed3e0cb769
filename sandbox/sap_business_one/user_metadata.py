"""User tables and user fields: made over the API, and part of it after the Service Layer's restart."""

from typing import TYPE_CHECKING

from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import already_exists, no_such_reference, rule
from sandbox.sap_business_one.properties import Property
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_SHAPE_OF_TABLE = {
    **dict.fromkeys(("ORDR", "OQUT", "ODLN", "OINV", "ORIN", "ORDN", "ORRR", "OPRQ", "ODRF"), "Document"),
    **dict.fromkeys(("RDR1", "QUT1", "DLN1", "INV1", "RIN1", "RDN1", "RRR1", "PRQ1", "DRF1"), "DocumentLine"),
    "ORCT": "Payment",
    "OCRD": "BusinessPartner",
    "CRD1": "BPAddress",
    "OCPR": "ContactEmployee",
    "OITM": "Item",
}
"""A field on one marketing document is on all of them, headers and lines each."""

_KINDS = {
    "db_Alpha": "text",
    "db_Memo": "text",
    "db_Numeric": "whole",
    "db_Date": "date",
    "db_Float": "number",
}


class UserTable(EntitySet):
    """The rows of one user table without an object; `Code` is the primary key of the database table."""

    def __init__(self, company: "Company", table: str) -> None:
        shape = company.shapes.copy_of("UserTable", f"U_{table}")
        super().__init__(company, f"U_{table}", shape, "Code")

    def create(self, body: Row) -> Row:
        """Add a row; the database refuses a second one with the same code."""
        given = self.shape.read(body)
        if not given.get("Code"):
            raise rule("Enter a value for 'Code'", f"@{self.name[2:]}.Code")
        given.setdefault("Name", given["Code"])
        self.table.insert(given["Code"], given)
        self.company.note("key", table=self.name, Code=given["Code"], Name=given["Name"])
        self.company.lag(self.table, given["Code"])
        return given

    def change(self, row: Row, body: Row) -> None:
        """Change a row's other columns."""
        given = {name: value for name, value in self.shape.read(body).items() if name != "Code"}
        self.table.replace(row["Code"], {**row, **given})

    def remove(self, row: Row) -> None:
        """Delete a row."""
        self.table.remove(row["Code"])
        self.company.note("key_removed", table=self.name, Code=row["Code"])


class UserTables(EntitySet):
    """The definitions of user tables."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "UserTablesMD", company.shapes["UserTablesMD"], "TableName")

    def create(self, body: Row) -> Row:
        """Define a table; its entity set appears at once, or after the restart."""
        given = {"TableType": "bott_NoObject", **self.shape.read(body)}
        name = given.get("TableName")
        if not name:
            raise rule("Enter table name", "OUTB.TableName")
        self.table.insert(name, given)
        self.company.after_restart(lambda: self.company.add_set(UserTable(self.company, name)))
        self.company.note("user_table", TableName=name)
        return given


class UserFields(EntitySet):
    """The definitions of user fields, on standard tables and on user tables (`@NAME`)."""

    def __init__(self, company: "Company") -> None:
        super().__init__(company, "UserFieldsMD", company.shapes["UserFieldMD"], "TableName", "FieldID")

    def create(self, body: Row) -> Row:
        """Define a field; the property U_Name appears at once, or after the restart."""
        given = {"Type": "db_Alpha", "SubType": "st_None", "Mandatory": "tNO", **self.shape.read(body)}
        table, name = given.get("TableName"), given.get("Name")
        if not table or not name:
            raise rule("Enter table name and field name", "CUFD.AliasID")
        self._check(table, name)
        number = self.company.figures.draw(("CUFD", table), 0)
        field = {**given, "FieldID": number, "Size": given.get("Size") or 10}
        field["EditSize"] = field["Size"]
        self.table.insert((table, number), field)
        self.company.after_restart(lambda: self._add(field))
        self.company.note("user_field", TableName=table, Name=name)
        return field

    def _check(self, table: str, name: str) -> None:
        known = table in _SHAPE_OF_TABLE
        if not known and self.company.set_of("UserTablesMD").table.get(table.removeprefix("@")) is None:
            raise no_such_reference()
        if any(field["Name"] == name for field in self.table.rows_where("TableName", table)):
            raise already_exists()

    def _add(self, field: Row) -> None:
        table = field["TableName"]
        shape = _SHAPE_OF_TABLE.get(table) or f"U_{table.removeprefix('@')}"
        length = field["Size"] if field["Type"] == "db_Alpha" else None
        added = Property(f"U_{field['Name']}", _KINDS[field["Type"]], length=length)
        self.company.shapes[shape].add(added)
