"""The PrestaShop module: its own PHP tests, its zip, and that this gateway takes what it signs."""

import asyncio
import json
import runpy
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.life import OrderView
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpState
from domain.stages import Stage
from sandbox.serving import serving
from starter.gateway import order_status, webhooks
from tests.house import SECRETS
from tests.starter.test_gateway import Gate, gate

FOLDER = Path(__file__).parents[2] / "deploy" / "prestashop"
RECORDED = json.loads((FOLDER / "tests" / "signed.json").read_text("utf-8"))
PHP = shutil.which("php")
HAS_CURL = PHP is not None and "curl" in subprocess.run([PHP, "-m"], capture_output=True, text=True).stdout
needs_php = pytest.mark.skipif(PHP is None, reason="PHP is not on this machine (Debian: apt install php-cli)")
needs_curl = pytest.mark.skipif(
    not HAS_CURL, reason="PHP with cURL is not on this machine (Debian: apt install php-cli php-curl)"
)

POSTED = OrderView(
    version=1,
    connection="shop",
    store_order_id="1042",
    since=datetime(2026, 5, 28, tzinfo=UTC),
    stage=Stage.POSTED,
    document=ErpDocument(kind=DocumentKind.ORDER, entry="7", number="2001", state=ErpState.OPEN),
)


def php(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run PHP; what it prints is both its output and its complaints."""
    command = [str(PHP), *map(str, arguments)]
    return subprocess.run(command, text=True, check=False, capture_output=True, timeout=100)


def in_zip(folder: Path) -> list[str]:
    """Pack the module and return the names in the zip."""
    runpy.run_path(str(FOLDER / "package.py"))["pack"](folder / "waybill.zip")
    with zipfile.ZipFile(folder / "waybill.zip") as archive:
        return archive.namelist()


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gate]:
    async with gate(tmp_path) as opened:
        await opened.waybill.orders.record(POSTED, POSTED.since)
        yield opened


@pytest.fixture
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway's clock stands at the time of the recording."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Then":
            return cls.fromtimestamp(RECORDED["at"], tz)

    monkeypatch.setattr(webhooks, "datetime", Then)
    monkeypatch.setattr(order_status, "datetime", Then)


@needs_php
def test_every_file_is_php() -> None:
    files = sorted(FOLDER.rglob("*.php"))

    results = {file.name: php("-l", file) for file in files}

    assert len(files) > 20
    assert {name: each.stdout for name, each in results.items() if each.returncode} == {}


@needs_php
@pytest.mark.parametrize("version", ["1.7.8.11", "8.2.0", "9.0.0"])
def test_the_modules_own_tests_pass(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESTASHOP_VERSION", version)

    result = php(FOLDER / "tests" / "run.php")

    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.strip().endswith(" passed, 0 failed")


def test_the_recording_was_signed_with_a_new_secret_and_with_the_gateways() -> None:
    assert len(RECORDED["secrets"]) == 2
    assert RECORDED["secrets"][1] == SECRETS["HOOK"]


@pytest.mark.usefixtures("_then")
async def test_the_gateway_takes_what_the_module_signed(gateway: Gate) -> None:
    for delivery in RECORDED["deliveries"]:
        answer = await gateway.send(delivery["body"].encode(), **delivery["headers"])

        assert answer.status_code == 202, delivery

    rows = [(row.kind, row.order_id) for row in await gateway.waybill.inbox.waiting()]
    assert sorted(rows) == [
        ("order.created", "1042"),
        ("order.return_requested", "1042"),
        ("order.status_changed", "1042"),
    ]
    assert (await gateway.kept())["ignored"] == 3


@pytest.mark.usefixtures("_then")
async def test_the_gateway_refuses_a_recorded_body_that_was_changed(gateway: Gate) -> None:
    delivery = RECORDED["deliveries"][0]
    changed = delivery["body"].replace("1042", "1043").encode()

    assert (await gateway.send(changed, **delivery["headers"])).status_code == 401


@pytest.mark.usefixtures("_then")
async def test_the_gateway_answers_the_question_that_the_module_signed(gateway: Gate) -> None:
    question = RECORDED["status"]

    answer = await gateway.http.get(question["path"], headers=question["headers"])

    assert (answer.status_code, answer.json()["erp_number"]) == (200, "2001")


@needs_curl
async def test_the_module_itself_delivers_to_a_running_gateway_and_shows_its_answer(gateway: Gate) -> None:
    result = await run_php(FOLDER / "tests" / "deliver.php", gateway.url)

    delivery = result["delivery"]
    assert (delivery["state"], delivery["answer"], delivery["trouble"]) == ("sent", 202, "")
    (row,) = await gateway.waybill.inbox.waiting()
    assert (row.delivery, row.kind, row.order_id) == (delivery["message"], "order.created", "1042")
    assert "2001" in result["page"]
    assert (result["nobody"]["status"], result["nobody"]["trouble"]) == (0, "not reachable")


async def run_php(*arguments: str | Path) -> Any:
    """Run PHP beside this loop, which serves the gateway, and read the JSON it prints."""
    result = await asyncio.to_thread(php, *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


@pytest.fixture
async def odd_server() -> AsyncIterator[str]:
    """A server that redirects, answers without end, or not at all."""

    async def redirect(_: Request) -> Response:
        return RedirectResponse("/found", 302, {"retry-after": "7"})

    async def found(request: Request) -> Response:
        return PlainTextResponse(f"asked: {request.headers['x-asked']}")

    async def big(_: Request) -> Response:
        return PlainTextResponse("x" * 3_000_000)

    async def slow(_: Request) -> Response:
        await asyncio.sleep(3)
        return PlainTextResponse("late")

    pages = {"/redirect": redirect, "/found": found, "/big": big, "/slow": slow}
    async with serving(Starlette(routes=[Route(path, page) for path, page in pages.items()])) as url:
        yield url


@needs_curl
async def test_the_modules_requests_follow_no_redirect_and_have_bounds(odd_server: str) -> None:
    async def fetched(path: str) -> tuple[int, str]:
        answer = await run_php(FOLDER / "tests" / "fetch.php", odd_server + path, "1")
        assert answer["bytes"] < 400_000
        return answer["status"], answer["trouble"] or answer["retry_after"] or answer["body"]

    assert await fetched("/found") == (200, "asked: yes")
    assert await fetched("/redirect") == (302, "7")
    assert await fetched("/big") == (0, "answer too long")
    assert await fetched("/slow") == (0, "time-out")


def test_its_xml_is_well_formed_and_its_dictionaries_name_their_language() -> None:
    found = sorted((FOLDER / "waybill").rglob("*.xlf"))

    languages = [etree.parse(file).getroot()[0].get("target-language") for file in found]

    assert languages == [file.parent.name for file in found]
    assert languages == ["es-ES", "es-ES", "fr-FR", "fr-FR"]
    assert etree.parse(FOLDER / "waybill" / "config.xml").findtext("name") == "waybill"


def test_the_zip_has_the_module_in_a_folder_of_its_name(tmp_path: Path) -> None:
    names = in_zip(tmp_path)

    assert {"waybill/waybill.php", "waybill/config.xml", "waybill/logo.png"} <= set(names)
    assert all(name.startswith("waybill/") for name in names)


def test_the_same_files_make_the_same_zip(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    in_zip(tmp_path / "a")
    in_zip(tmp_path / "b")

    assert (tmp_path / "a/waybill.zip").read_bytes() == (tmp_path / "b/waybill.zip").read_bytes()


def test_the_logo_is_what_its_script_draws() -> None:
    drawing = runpy.run_path(str(FOLDER / "draw_logo.py"))["drawing"]()

    assert pixels((FOLDER / "waybill" / "logo.png").read_bytes()) == pixels(drawing)


def pixels(png: bytes) -> bytes:
    """Return the points of our own PNG, whatever zlib compressed them: signature, IHDR, one IDAT, IEND."""
    return zlib.decompress(png[41:-16])
