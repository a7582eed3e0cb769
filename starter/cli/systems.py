"""`waybill doctor` and `waybill setup`: are we connected, and what is missing over there?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

from adapters.channel_ports import ChatPort, TextPort, WebhookPort
from adapters.label_port import LabelPort
from adapters.ports import ErpPort, Finding, MailPort, StorePort
from domain.errors import WaybillError
from records.database import DatabaseGone
from records.migrate import migrate
from starter.cli.codes import Code
from starter.cli.hooks import code_tested
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened
from starter.cli.tokens import expiring_tokens
from starter.composition import Waybill
from starter.configuration import load
from starter.connection_desk import ConnectionDesk
from starter.ending import Unable
from starter.mapping_checkup import mapping_tested
from starter.order_desk import NoAnswer
from starter.temporal_client import connect, register_search_attributes, temporal_address

_PATIENCE_SECONDS = 20
_Testable = StorePort | ErpPort | MailPort | TextPort | WebhookPort | ChatPort | LabelPort


async def _diagnose(waybill: Waybill) -> AsyncIterator[tuple[str, Finding]]:
    yield "database", await _database(waybill)
    yield "temporal", await _temporal()
    async for found in connections_tested(waybill):
        yield found
    for finding in await expiring_tokens(waybill.database, datetime.now(UTC)):
        yield "tokens", finding
    async for found in code_tested(waybill):
        yield found
    async for found in mapping_tested(waybill):
        yield found


async def connections_tested(waybill: Waybill) -> AsyncIterator[tuple[str, Finding]]:
    """Test every outside system that is connected."""
    channels = waybill.channels
    systems: dict[str, _Testable] = {
        "mail": waybill.mail,
        **channels.texts,
        **channels.webhooks,
        **channels.chats,
        **waybill.systems.stores,
        **waybill.systems.erps,
        **waybill.systems.labels,
    }
    for name, system in systems.items():
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                findings = await system.test()
        except WaybillError as error:
            findings = (Finding(what=error.problem.sentence, ok=False, fix=_fix(name, error)),)
        except TimeoutError:
            fix = f"Check connections.{name}.base_url and the network between."
            findings = (Finding(what="it does not answer", ok=False, fix=fix),)
        for finding in findings:
            yield name, finding


def _fix(name: str, error: WaybillError) -> str:
    field = error.problem.field
    place = field if field.startswith("connections.") or not field else f"connections.{name}.{field}"
    return f"{place}: {error.problem.remedy}" if place else error.problem.remedy


async def _database(waybill: Waybill) -> Finding:
    try:
        await asyncio.to_thread(migrate, waybill.configuration.database)
        await waybill.database.answers()
    except DatabaseGone:
        fix = "Check `database` in waybill.toml: is the server up, may the user log in, is the disk full?"
        return Finding(what="our database does not answer", ok=False, fix=fix)
    except WaybillError as error:
        return Finding(what=error.problem.sentence, ok=False, fix=error.problem.remedy)
    return Finding(what="our database answers and has the right tables", ok=True)


async def _temporal() -> Finding:
    try:
        client = await connect()
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        await register_search_attributes(client)
    except Unable as problem:
        sentence, _, fix = str(problem).partition("\n")
        return Finding(what=sentence, ok=False, fix=fix)
    except RPCError as problem:
        fix = "Create the namespace, or name another with TEMPORAL_NAMESPACE."
        return Finding(what=f"Temporal at {temporal_address()}: {problem.message}", ok=False, fix=fix)
    return Finding(what=f"Temporal at {temporal_address()} answers, search attributes are there", ok=True)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Test every part, and name the fix for what is wrong."""

    async def examine() -> list[tuple[str, Finding]]:
        found = []
        async with opened() as waybill:
            async for name, finding in _diagnose(waybill):
                found.append((name, finding))
                if not as_json:
                    mark = "[green]ok[/green]  " if finding.ok else "[red]fix[/red] "
                    out.print(f"{mark}{name}: ", end="")
                    out.print(finding.what, markup=False)
                    if not finding.ok:
                        out.print(f"     {finding.fix}", markup=False, style="yellow")
        return found

    found = asyncio.run(examine())
    if as_json:
        say_json([{"part": name, **finding.model_dump()} for name, finding in found])
    if not all(finding.ok for _, finding in found):
        raise typer.Exit(Code.DIFFERENT)


def try_now(
    connection: Annotated[str, typer.Argument(help="The connection's name in waybill.toml.")],
) -> None:
    """Try a connection in trouble at once, after something was mended."""

    async def send() -> bool:
        try:
            return await ConnectionDesk(await connect()).try_now(connection)
        except NoAnswer as silence:
            raise Unable(f"Temporal at {temporal_address()} does not answer ({silence}).") from None

    if not asyncio.run(send()):
        err.print(f"No orders wait for {connection}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    out.print(f"Trying {connection}; the waiting orders go on as soon as it works.", markup=False)


def set_up(
    system: Annotated[str, typer.Argument(help="Name of the ERP's connection in waybill.toml.")],
    yes: Annotated[bool, typer.Option("--yes", help="Create without asking.")] = False,
) -> None:
    """Show what Waybill needs inside an ERP, then create it. Can be run again."""
    missing = asyncio.run(_show_steps(system))
    if not missing:
        out.print("Everything is there.")
        return
    if not yes and not typer.confirm("Create what is missing?"):
        raise typer.Exit(Code.DIFFERENT)
    asyncio.run(_create(system, missing))
    out.print("Created. Where the ERP asks for it, restart its service layer before the first order.")


async def _show_steps(system: str) -> list[str]:
    if system not in load().connections:
        err.print(f"waybill.toml has no connection {system}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    async with opened() as waybill:
        steps = await waybill.systems.erp(system).setup_steps()
    made = table("", "name", "what it is for")
    for step in steps:
        made.add_row("there" if step.done else "missing", step.name, step.what)
    out.print(made)
    return [step.name for step in steps if not step.done]


async def _create(system: str, names: list[str]) -> None:
    async with opened() as waybill:
        for name in names:
            out.print(f"Creating {name} …", markup=False)
            await waybill.systems.erp(system).set_up(name)
