"""One order is one trace, from the webhook to the last call, and names nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.contrib.opentelemetry import TracingInterceptor

from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import place

PERSONAL = ("anna", "Moreau", "Lilas", "69003")


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    """Everything that is traced in this process from here on."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


async def test_one_order_is_one_trace(
    temporal_server: TemporalServer, tmp_path: Path, spans: InMemorySpanExporter
) -> None:
    async with house(temporal_server, tmp_path, interceptors=[TracingInterceptor()]) as running:
        order_id = place(running)
        await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)
        await _until_told(running, spans)

    finished = spans.get_finished_spans()
    first = next(span for span in finished if span.name == "webhook")
    names = {span.name for span in finished if span.context.trace_id == first.context.trace_id}
    assert {"webhook", "start order", "RunActivity:capture_order", "RunActivity:post_sales_order"} <= names
    assert {"GET /api/orders", "POST /b1s/v2/$batch"} <= names
    told = " ".join(f"{span.name} {dict(span.attributes or {})}" for span in finished)
    assert [word for word in PERSONAL if word in told] == []


async def _until_told(running: House, spans: InMemorySpanExporter) -> None:
    async def look() -> bool | None:
        return any(span.name == "RunActivity:show_erp_number" for span in spans.get_finished_spans()) or None

    await eventually(look)
    assert running.company.ledger.of("order")
