"""What people wrote, read from a message as Discord describes it.

Words do not only stand in a message's content: they are forwarded, asked in a poll, put into the name of a
file, or posted by an app for somebody. Nothing is taken for granted about the shape of what Discord sends, so
a message with a part missing still gives the rest (Discord's documentation, "Message Object").
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from bot.services.heard import TextFile

Raw: TypeAlias = Mapping[str, Any]
"""Something as Discord sends it."""

_DEEP = 6  # how far forwards and components are followed; Discord nests them two or three deep
_TEXT_NAMES = (".txt", ".md", ".log", ".rtf", ".csv")


def written_in(message: Raw, *, by_app: bool = False) -> tuple[str, ...]:
    """Every text somebody wrote in a message, one by one; its content first.

    by_app: an app posted it, so its embeds are words too. Those of a person are previews of links.
    """
    return tuple(text for text in _texts(message, by_app, _DEEP) if text.strip())


def text_files_in(message: Raw) -> tuple[TextFile, ...]:
    """The attachments that hold plain text; also those of a forwarded message."""
    return tuple(_files(message, _DEEP))


def number_in(value: object) -> int | None:
    """An id as Discord writes it: a text of digits."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def part_of(value: object, name: str) -> Raw:
    """The part of this name; an empty one if there is none."""
    found = cast(Raw, value).get(name) if isinstance(value, dict) else None
    return cast(Raw, found) if isinstance(found, dict) else {}


def list_in(value: object, name: str) -> list[Raw]:
    """The list of parts of this name, as far as it is one."""
    found = cast(Raw, value).get(name) if isinstance(value, dict) else None
    if not isinstance(found, list):
        return []
    return [cast(Raw, each) for each in cast(list[object], found) if isinstance(each, dict)]


def text_in(value: Raw, name: str) -> str:
    """The text of this name; empty if there is none."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _texts(message: Raw, by_app: bool, deep: int) -> Iterator[str]:
    yield text_in(message, "content")
    poll = part_of(message, "poll")
    asked = [text_in(part_of(poll, "question"), "text")]
    asked += [text_in(part_of(answer, "poll_media"), "text") for answer in list_in(poll, "answers")]
    yield "\n".join(asked)
    for file in list_in(message, "attachments"):
        yield from (text_in(file, name) for name in ("title", "filename", "description"))
    if by_app:
        for embed in list_in(message, "embeds"):
            yield _embedded(embed)
        yield from _shown(list_in(message, "components"), _DEEP)
    if deep:
        for snapshot in list_in(message, "message_snapshots"):
            yield from _texts(part_of(snapshot, "message"), True, deep - 1)


def _embedded(embed: Raw) -> str:
    """The words of an embed; nothing where it previews somebody else's page."""
    if part_of(embed, "provider") or text_in(embed, "type") not in ("", "rich"):
        return ""
    lines = [
        text_in(part_of(embed, "author"), "name"),
        text_in(embed, "title"),
        text_in(embed, "description"),
    ]
    for field in list_in(embed, "fields"):
        lines += [text_in(field, "name"), text_in(field, "value")]
    lines.append(text_in(part_of(embed, "footer"), "text"))
    return "\n".join(line for line in lines if line)


def _shown(components: list[Raw], deep: int) -> Iterator[str]:
    """The texts of components; what stands on a button was not written by anybody."""
    for component in components if deep else ():
        yield text_in(component, "content")
        yield text_in(component, "description")
        for inner in (*list_in(component, "items"), part_of(component, "accessory")):
            yield text_in(inner, "description")
        yield from _shown(list_in(component, "components"), deep - 1)


def _files(message: Raw, deep: int) -> Iterator[TextFile]:
    for file in list_in(message, "attachments"):
        kind, name = text_in(file, "content_type").casefold(), text_in(file, "filename").casefold()
        size = number_in(file.get("size"))
        if size is not None and (kind.startswith("text/") or (not kind and name.endswith(_TEXT_NAMES))):
            yield TextFile(text_in(file, "url"), size)
    if deep:
        for snapshot in list_in(message, "message_snapshots"):
            yield from _files(part_of(snapshot, "message"), deep - 1)
