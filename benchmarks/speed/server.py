"""A model server in a process of its own that costs next to nothing: the same answer, after a wait.

``python -m benchmarks.speed.server MILLISECONDS [RESULTS [POINTS]]`` prints its port, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys


def answer(results: int, points: int, size: tuple[int, int] = (1000, 900)) -> bytes:
    """A sound answer: outlines spread over a picture of that size, some overlapping."""
    rows = []
    for number in range(results):
        x, y = 40 + number * 7919 % (size[0] - 80), 40 + number * 104729 % (size[1] - 80)
        angles = [math.tau * index / points for index in range(points)]
        turns = [(angle, 24 + 6 * math.sin(3 * angle)) for angle in angles]
        path = [{"x": round(x + r * math.cos(a), 3), "y": round(y + r * math.sin(a), 3)} for a, r in turns]
        confidence = 0.02 + number * 37 % 98 / 100
        rows.append({"name": "nucleus", "label": "nucleus", "confidence": confidence, "polygon": {"path": path}})
    return json.dumps({"status": "succeeded", "results": rows}).encode()


class Server:
    """Answers each POST after a wait; every GET with a class list."""

    def __init__(self, wait: float, body: bytes) -> None:
        self._wait, self._body = wait, body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept alive."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                left = int(headers.get("content-length", 0))
                while left:
                    left -= len(await reader.read(min(left, 1 << 20)))
                body = self._body
                if lines[0].startswith("GET"):
                    body = b'[{"name": "nucleus", "type": "polygon"}]'
                else:
                    await asyncio.sleep(self._wait)
                start = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(start.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(wait: float, body: bytes) -> None:
    """Serves until standard input ends."""
    server = await asyncio.start_server(Server(wait, body).serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    wait, results, points = [*(int(word) for word in sys.argv[1:]), 10, 20][:3]
    asyncio.run(main(wait / 1000, answer(results, points)))
