"""Many requests at once over connections that stay open, at little cost to the machine that is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

OK = b"HTTP/1.1 200"


@dataclass(frozen=True, slots=True)
class Volley:
    """How it went: `waits_s` from each request to its whole answer, `took_s` for all."""

    waits_s: Sequence[float]
    took_s: float

    @property
    def per_s(self) -> float:
        """Requests a second."""
        return len(self.waits_s) / self.took_s

    @property
    def p99_ms(self) -> float:
        """What one wait in a hundred exceeds."""
        return 1000 * sorted(self.waits_s)[int(0.99 * len(self.waits_s))]


def post(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"host: {parts.netloc}", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode() + body


async def volley(url: str, requests: Sequence[bytes], at_once: int) -> Volley:
    """As many of `requests` at once; each connection sends its next when its last is answered.

    Raises RuntimeError when one is not answered with 200.
    """
    waits_s: list[float] = []
    left = iter(requests)
    began_s = time.perf_counter()
    await asyncio.gather(*(_one_by_one(url, left, waits_s) for _ in range(at_once)))
    return Volley(waits_s, time.perf_counter() - began_s)


async def _one_by_one(url: str, left: Iterator[bytes], waits_s: list[float]) -> None:
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    try:
        for request in left:
            began_s = time.perf_counter()
            writer.write(request)
            await _answered(reader)
            waits_s.append(time.perf_counter() - began_s)
    finally:
        writer.close()
        await writer.wait_closed()


async def _answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(OK):
        raise RuntimeError(f"answered with {head.splitlines()[0]!r}")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
