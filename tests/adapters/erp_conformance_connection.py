"""The connection: sessions, limits, strange answers, set-up."""

import asyncio

import pytest

from domain.errors import (
    ConnectionDown,
    InDoubt,
    NotFound,
    Passing,
)
from domain.policy import DocumentKind
from sandbox.catalogue import ARTICLES
from tests.adapters.erp_conformance_bench import (
    ErpBench,
    document,
    order,
)

RUBBISH = (
    (200, "application/json", b""),
    (200, "application/json", b"null"),
    (200, "application/json", b"[1, 2]"),
    (200, "application/json", b'{"value": {"a": 1}}'),
    (200, "application/json", b'{"value": [1]}'),
    (200, "application/json", b'{"value": [{"DocEntry": "x"}], "DocEntry": 1e999999999}'),
    (200, "application/json", b'{"DocEntry": 1, "DocTotal": NaN}'),
    (200, "application/json", b'{"DocEntry": 1, "DocTotal": 0E-999999999, "CardCode": 5}'),
    (200, "application/json", b"[" * 100_000),
    (200, "application/json", b'{"DocEntry": ' + b"9" * 5000 + b"}"),
    (200, "text/html", b"<html><body>Maintenance</body></html>"),
    (200, "multipart/mixed;boundary=b", b"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 201 Created"),
    (200, "multipart/mixed;boundary=b", b"--b\r\n\r\nHTTP/1.1 201 Created\r\n\r\n{}\r\n--b--"),
    (200, "multipart/mixed;boundary=b", b"--b\r\n\r\nnothing known\r\n--b--"),
    (200, "multipart/mixed", b"--b--"),
    (204, "text/plain", b""),
    (400, "application/json", b'{"error": "no"}'),
    (404, "text/html", b"<html><body>Not here</body></html>"),
    (200, "application/json", '{"value": "é"}'.encode("utf-16")),
)


class Connection:
    """The connection: sessions, limits, strange answers, set-up."""

    async def test_ended_sessions_are_not_noticed(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        await bench.erp.find_document(asked.key, asked.kind)
        bench.end_sessions()

        made = await bench.erp.create_document(asked)
        bench.end_sessions()

        assert await bench.erp.find_document(asked.key, asked.kind) == made
        assert bench.kept(asked.key) == 1

    async def test_requests_at_once_stay_within_the_limit(self, bench: ErpBench) -> None:
        bench.slow_down(0.005)

        await asyncio.gather(*[bench.erp.items((each.sku,), "01") for each in ARTICLES for _ in range(4)])

        assert 1 < bench.peak_at_once() <= bench.most_at_once

    async def test_everything_waits_when_nobody_is_there(self, bench: ErpBench) -> None:
        asked = document(bench.erp)
        async with bench.facing_nobody() as erp:
            for call in (
                erp.create_document(asked),
                erp.find_document(asked.key, asked.kind),
                erp.find_customer(order(), ""),
                erp.cancel_document(asked.kind, "1"),
            ):
                with pytest.raises(ConnectionDown):
                    await call
            assert not all(finding.ok for finding in await erp.test())

    @pytest.mark.parametrize(("status", "kind", "body"), RUBBISH)
    async def test_rubbish_in_answer_to_a_write_is_in_doubt(
        self, bench: ErpBench, status: int, kind: str, body: bytes
    ) -> None:
        async with bench.hearing(status, kind, body, only_writes=True) as erp:
            with pytest.raises(InDoubt):
                await erp.create_document(document(bench.erp))
            with pytest.raises(Passing):
                await erp.create_customer(order())

    @pytest.mark.parametrize(("status", "kind", "body"), RUBBISH)
    async def test_rubbish_in_answer_to_a_read_passes_by(
        self, bench: ErpBench, status: int, kind: str, body: bytes
    ) -> None:
        async with bench.hearing(status, kind, body) as erp:
            for call in (
                erp.read_document(DocumentKind.ORDER, "1"),
                erp.find_document("shop:1:order:1", DocumentKind.ORDER),
                erp.find_customer(order(), ""),
                erp.items(("WINE-RED-75",), "01"),
                erp.preview(document(bench.erp)),
            ):
                with pytest.raises((Passing, NotFound)):
                    await call

    async def test_set_up_is_done_and_can_be_repeated(self, bench: ErpBench) -> None:
        steps = await bench.erp.setup_steps()
        assert all(step.done for step in steps)

        for step in steps:
            await bench.erp.set_up(step.name)

        assert await bench.erp.setup_steps() == steps

    async def test_connection_test_finds_nothing_wrong(self, bench: ErpBench) -> None:
        findings = await bench.erp.test()

        assert [finding for finding in findings if not finding.ok] == []
        assert len(findings) > 2
