"""One after the other: of the requests that wait to be worked on, one begins with each round of the event loop."""

import asyncio
from collections import deque


class Turns:
    """Lets work begin once in each round of the loop. Between two pieces of work the loop reads and writes, so that answers that are kept
    already never stand behind a whole crowd of others that are still to be made."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_taken = False

    async def wait(self) -> None:
        """Return when it is one's turn: at once, if nobody else began in this round."""
        loop = asyncio.get_running_loop()
        if self._is_taken:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._is_taken = True
            loop.call_soon(self._pass_on, loop)

    def _pass_on(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # a client that has gone meanwhile was cancelled
                turn.set_result(None)
                loop.call_soon(self._pass_on, loop)
                return
        self._is_taken = False
