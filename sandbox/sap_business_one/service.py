"""The service itself: finds what a call is about, and answers it; knows no sessions and no network."""

import re
from typing import TYPE_CHECKING

from sandbox.sap_business_one import crossjoin
from sandbox.sap_business_one.attachments import Attachments
from sandbox.sap_business_one.calls import Call, Reply, no_content, refusal
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import (
    ApprovalPending,
    ServiceLayerError,
    bad_request,
    changed_by_another,
    not_found,
    not_supported,
)
from sandbox.sap_business_one.functions import FUNCTIONS
from sandbox.sap_business_one.queries import matching_rows, next_link, page_of, select_names
from sandbox.sap_business_one.sql_queries import SqlQueries
from sandbox.sap_business_one.wire import Row, read_body, write

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_RESOURCE = re.compile(
    r"(?P<set>\w+)(?:\((?P<key>(?:'(?:[^']|'')*'|[^()'])*)\))?(?:/(?P<tail>\$?\w+))?/?", re.DOTALL
)


class Service:
    """Answers calls for one company."""

    def __init__(self, company: "Company") -> None:
        self._company = company

    def answer(self, call: Call) -> Reply:
        """Answer a call that stands alone: what it writes is committed, or nothing is."""
        try:
            with self._company.transaction():
                return self.carry_out(call)
        except ApprovalPending as pending:
            self.keep_draft(pending)
            return refusal(pending)
        except ServiceLayerError as refused:
            return refusal(refused)

    def keep_draft(self, pending: ApprovalPending) -> None:
        """Keep the draft of an order that awaits approval, although its post is answered with an error."""
        with self._company.transaction():
            self._company.drafts.keep_for_approval(pending.draft)

    def carry_out(self, call: Call) -> Reply:
        """Answer a call as part of the transaction under way; a refusal is raised."""
        if call.path.startswith("$crossjoin("):
            return Reply(200, crossjoin.joined(self._company, call))
        function = FUNCTIONS.get(call.path)
        if function is not None:
            return function(self._company, call)
        match = _RESOURCE.fullmatch(call.path)
        if match is None:
            raise bad_request("Unrecognized resource path.")
        entities = self._company.set_of(match["set"])
        if match["key"] is None:
            return self._on_set(entities, call, match["tail"])
        return self._on_row(entities, call, match["key"], match["tail"])

    def _on_set(self, entities: EntitySet, call: Call, tail: str | None) -> Reply:
        if call.method == "GET" and tail == "$count":
            count = sum(1 for _ in matching_rows(entities, call))
            return Reply(200, str(count), content_type="text/plain;charset=utf-8")
        if tail is not None:
            raise bad_request("Unrecognized resource path.")
        if call.method == "GET":
            return self._list(entities, call)
        if call.method == "POST":
            return self._create(entities, call)
        raise not_supported()

    def _on_row(self, entities: EntitySet, call: Call, key_text: str, tail: str | None) -> Reply:
        key = entities.read_key(key_text)
        if isinstance(entities, SqlQueries) and tail == "List":
            return self._run_query(entities, call, entities.row(key))
        if isinstance(entities, Attachments) and call.method == "GET" and tail == "$value":
            content = entities.content(entities.row(key), call.query.get("filename", "").strip("'"))
            return Reply(200, content, content_type="application/octet-stream")
        if call.method == "GET" and tail is None:
            return self._read(entities, call, entities.table.seen(key))
        row = entities.row(key)
        expected = call.headers.get("if-match")
        if expected not in (None, "*", entities.table.etag(key)):
            raise changed_by_another()
        if call.method == "POST" and tail is not None:
            made = entities.act(row, tail)
            return no_content() if made is None else self._created(entities, call, made)
        if call.method == "PATCH" and tail is None:
            change = entities.rewrite if call.replace_collections else entities.change
            change(row, read_body(call.body))
            return no_content()
        if call.method == "PUT" and tail is None:
            entities.put(row, read_body(call.body))
            return no_content()
        if call.method == "DELETE" and tail is None:
            entities.remove(row)
            return no_content()
        raise not_supported()

    def _list(self, entities: EntitySet, call: Call) -> Reply:
        settings = self._company.settings
        names = select_names(entities.shape, call.query.get("$select"))
        if call.query.get("$expand"):
            raise bad_request(f"Property '{call.query['$expand']}' of '{entities.shape.name}' is invalid")
        page = page_of(entities, call, settings)
        rows = ",".join("{" + self._written(entities, row, names) + "}" for row in page.rows)
        head = f'"@odata.context":"{call.root}$metadata#{entities.name}"'
        link = ""
        if page.next_skip is not None:
            link = f',"@odata.nextLink":{write(next_link(entities, call, page.next_skip, settings))}'
        return Reply(200, f'{{{head},"value":[{rows}]{link}}}')

    def _read(self, entities: EntitySet, call: Call, row: Row | None) -> Reply:
        if row is None:
            raise not_found()
        names = select_names(entities.shape, call.query.get("$select"))
        return self._entity(200, entities, call, entities.present(row), names)

    def _create(self, entities: EntitySet, call: Call) -> Reply:
        try:
            made = entities.create(read_body(call.body))
        except ApprovalPending as pending:
            if not call.keep_quiet:
                raise
            self._company.drafts.keep_for_approval(pending.draft)
            return no_content()
        return self._created(entities, call, made)

    def _created(self, entities: EntitySet, call: Call, made: Row) -> Reply:
        location = f"{call.root}{entities.name}({entities.key_text(made)})"
        if call.keep_quiet:
            return no_content(Location=location)
        return self._entity(201, entities, call, made, None, Location=location)

    def _entity(
        self,
        status: int,
        entities: EntitySet,
        call: Call,
        row: Row,
        names: list[str] | None,
        **headers: str,
    ) -> Reply:
        head = f'"@odata.context":"{call.root}$metadata#{entities.name}/$entity"'
        body = f"{{{head},{self._written(entities, row, names)}}}"
        return Reply(status, body, {"ETag": entities.table.etag(entities.key_of(row)), **headers})

    def _written(self, entities: EntitySet, row: Row, names: list[str] | None) -> str:
        tag = write(entities.table.etag(entities.key_of(row)))
        shape = entities.shape
        members = shape.write(row) if names is None else shape.write_only(row, names)
        return f'"@odata.etag":{tag},{members}'

    def _run_query(self, queries: SqlQueries, call: Call, row: Row) -> Reply:
        if call.method == "POST":
            text = str(read_body(call.body).get("ParamList", ""))
            parameters = dict(part.split("=", 1) for part in text.split("&") if "=" in part)
        else:
            parameters = {name: value for name, value in call.query.items() if not name.startswith("$")}
        rows = queries.run(row, parameters)
        skip, size = call.number("$skip") or 0, call.page_size(self._company.settings.page_size)
        end = skip + size if size else len(rows)
        body = {"@odata.context": f"{call.root}$metadata#SAPB1.SQLQueryResult", "SqlText": row["SqlText"]}
        value: Row = {"value": rows[skip:end]}
        if end < len(rows):
            value["@odata.nextLink"] = f"SQLQueries('{row['SqlCode']}')/List?$skip={end}"
        return Reply(200, write({**body, **value}))
