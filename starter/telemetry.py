"""Traces, metrics and logs. Nothing personal leaves by them: logs keep only the fields they are allowed."""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
ALLOWED = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "connection",
        "order",
        "delivery",
        "stage",
        "code",
        "status",
        "count",
        "started",
        "late",
        "port",
        "address",
        "seconds",
        "kind",
        "error",
        "temporal_activity_type",
        "temporal_workflow_id",
    }
)


_FORMATTERS_OWN = ("_record", "_from_structlog")
"""What structlog's formatter hands to itself; it takes them out before it writes."""


def set_up_tracing(service: str) -> bool:
    """Send traces and counters where OpenTelemetry's variables say; return whether they say so."""
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return False
    provider = TracerProvider(resource=Resource.create({"service.name": f"waybill-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    metrics.set_meter_provider(MeterProvider([reader], resource=provider.resource))
    return True


def runtime_with_metrics(prometheus: str) -> Runtime | None:
    """Return a Temporal runtime that serves the SDK's metrics at an address, or None for the default one."""
    if not prometheus:
        return None
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=prometheus)))


def allowed_only(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field of a log entry that is not on the list."""
    kept = ALLOWED.union(_FORMATTERS_OWN)
    return {name: value for name, value in entry.items() if name in kept}


def set_up_logs(level: str) -> None:
    """Log JSON lines to standard error, ours and the libraries', through the same filter.

    What a library says is kept only from WARNING on, and tracebacks only without the values in them.
    """
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _error_name,
        allowed_only,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(formatter)
    logging.basicConfig(handlers=[out], level=logging.WARNING, force=True)
    logging.getLogger("waybill").setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _error_name(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    # Of an exception only its class: its text may quote an address or a name.
    failure = entry.pop("exc_info", None)
    if isinstance(failure, BaseException):
        entry["error"] = type(failure).__name__
    elif failure:
        current = sys.exc_info()[0] if failure is True else failure[0]
        entry["error"] = current.__name__ if current else ""
    return entry
