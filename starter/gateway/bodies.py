"""Read a request's body without trusting it: bounded in size and time, inflated no further than the bound."""

import asyncio
import zlib

from starlette.requests import ClientDisconnect, Request

from starter.gateway.problems import Refusal


async def read_body(request: Request, largest: int, seconds: float) -> bytes:
    """Return the body as it was before any compression.

    Raises `Refusal`: 413 beyond `largest` bytes (compressed or not), 408 when it takes longer than
    `seconds`, 415 for an encoding other than gzip, 400 for broken gzip or a body that ends early.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > largest:
        raise Refusal(413, f"a body has at most {largest} bytes")
    inflate = _inflater(request.headers.get("content-encoding", "identity").strip().lower())
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request, largest, inflate)
    except TimeoutError:
        raise Refusal(408, f"a body arrives within {seconds:g} seconds") from None
    except ClientDisconnect:
        raise Refusal(400, "the body ended early") from None
    except zlib.error:
        raise Refusal(400, "the body is not valid gzip") from None


async def _collect(request: Request, largest: int, inflate: "zlib._Decompress | None") -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        # One byte more than allowed is enough to know that it is too much; a bomb is never unfolded.
        plain = inflate.decompress(part, largest - size + 1) if inflate and part else part
        size += len(plain)
        if size > largest or (inflate and inflate.unconsumed_tail):
            raise Refusal(413, f"a body has at most {largest} bytes")
        parts.append(plain)
    if inflate and not inflate.eof:
        raise Refusal(400, "the body is not valid gzip")
    return b"".join(parts)


def _inflater(encoding: str) -> "zlib._Decompress | None":
    if encoding in {"identity", ""}:
        return None
    if encoding == "gzip":
        return zlib.decompressobj(wbits=31)
    raise Refusal(415, "a body is sent plain or as gzip")
