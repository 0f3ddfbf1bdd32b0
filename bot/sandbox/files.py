"""Files people attach in the pretend Discord; they never leave this process."""

from simcord import Env


class PretendFiles:
    """The Files port, on what was uploaded there."""

    def __init__(self, env: Env) -> None:
        self._env = env

    async def text_of(self, url: str, largest: int) -> str | None:
        """The text of an uploaded file; None if it is larger, or none of them."""
        content = self._env.backend.cdn.get(url)
        return None if content is None or len(content) > largest else content.decode("utf-8", "replace")
