"""The key ring: what opens, what does not, and what stays on disk."""

import base64
import logging
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.keyring import Keyring, KeyringFault, WrappedKey, open_to_others

ANNA, BEN = 111, 222


@pytest.fixture
def ring() -> Keyring:
    return Keyring.generate()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keyring.txt"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def fault_of(call: Callable[[], object]) -> KeyringFault:
    with pytest.raises(KeyringFault) as caught:
        call()
    return caught.value


@given(text=st.text(st.characters(codec=None)), user=st.integers(1, 2**63 - 1), place=st.text())
def test_what_is_sealed_opens_again(text: str, user: int, place: str):
    ring = Keyring.generate()
    key = ring.new_person_key(user)
    assert ring.open(key, user, place, ring.seal(key, user, place, text)) == text


def test_half_a_surrogate_pair_is_kept(ring: Keyring):
    key = ring.new_person_key(ANNA)
    assert ring.open(key, ANNA, "p", ring.seal(key, ANNA, "p", "a\ud83d")) == "a\ud83d"


def test_the_same_words_never_look_the_same_twice(ring: Keyring):
    key = ring.new_person_key(ANNA)
    assert len({ring.seal(key, ANNA, "p", "quiet week") for _ in range(50)}) == 50


def test_sealed_bytes_do_not_hold_the_words(ring: Keyring):
    sealed = ring.seal(ring.new_person_key(ANNA), ANNA, "p", "quiet week")
    assert b"quiet" not in sealed
    assert sealed[:1] == b"\x01"


@pytest.mark.parametrize(("user", "place"), [(BEN, "case:1"), (ANNA, "case:2"), (ANNA, "case:1\n")])
def test_sealed_words_cannot_be_moved_to_another_row(ring: Keyring, user: int, place: str):
    """Not to another person, not to another place."""
    key = ring.new_person_key(ANNA)
    sealed = ring.seal(key, ANNA, "case:1", "quiet week")
    fault = fault_of(lambda: ring.open(key, user, place, sealed))
    assert fault.key == ("tampered_key" if user == BEN else "tampered_text")


def test_one_persons_key_does_not_open_for_another(ring: Keyring):
    assert fault_of(lambda: ring.rewrap(ring.new_person_key(ANNA), BEN)).key == "tampered_key"


def test_two_people_have_two_keys(ring: Keyring):
    anna, ben = ring.new_person_key(ANNA), ring.new_person_key(ANNA)
    sealed = ring.seal(anna, ANNA, "p", "quiet week")
    assert fault_of(lambda: ring.open(ben, ANNA, "p", sealed)).key == "tampered_text"


def test_any_changed_bit_is_noticed(ring: Keyring):
    key = ring.new_person_key(ANNA)
    sealed = ring.seal(key, ANNA, "p", "hi")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        assert (
            fault_of(lambda changed=changed: ring.open(key, ANNA, "p", bytes(changed))).key == "tampered_text"
        )
    for length in range(len(sealed)):
        assert (
            fault_of(lambda length=length: ring.open(key, ANNA, "p", sealed[:length])).key == "tampered_text"
        )


def test_a_wrapped_key_that_changed_is_noticed(ring: Keyring):
    key = ring.new_person_key(ANNA)
    changed = WrappedKey(key.master_key_id, key.wrapped[:-1] + bytes([key.wrapped[-1] ^ 1]))
    assert fault_of(lambda: ring.seal(changed, ANNA, "p", "hi")).key == "tampered_key"


def test_a_key_of_another_ring_is_named_in_the_fault(ring: Keyring):
    other = Keyring.generate()
    fault = fault_of(lambda: ring.seal(other.new_person_key(ANNA), ANNA, "p", "hi"))
    assert fault.key == "unknown_key"
    assert other.active_id in str(fault)


def test_after_rewrapping_the_old_master_key_can_go(ring: Keyring):
    key = ring.new_person_key(ANNA)
    sealed = ring.seal(key, ANNA, "p", "hi")
    grown = ring.with_new_master_key()
    moved = grown.rewrap(key, ANNA)
    alone = grown.without(ring.key_ids)
    assert alone.key_ids == (grown.active_id,)
    assert alone.open(moved, ANNA, "p", sealed) == "hi"
    assert fault_of(lambda: alone.open(key, ANNA, "p", sealed)).key == "unknown_key"


def test_the_active_key_cannot_go(ring: Keyring):
    assert fault_of(lambda: ring.without([ring.active_id])).key == "in_use"


def test_a_new_master_key_leaves_the_old_ring_as_it_was(ring: Keyring):
    grown = ring.with_new_master_key()
    assert len(ring.key_ids) == 1
    assert grown.key_ids == (*ring.key_ids, grown.active_id)


def test_a_new_file_is_private_explains_itself_and_opens_again(file: Path):
    made = Keyring.load_or_create(file)
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert "all notes are lost" in file.read_text()
    key = made.new_person_key(ANNA)
    assert Keyring.load(file).open(key, ANNA, "p", made.seal(key, ANNA, "p", "hi")) == "hi"
    assert Keyring.load_or_create(file).key_ids == made.key_ids


def test_the_last_line_is_the_active_key(file: Path):
    ring = Keyring.generate().with_new_master_key().with_new_master_key()
    ring.save(file)
    assert file.read_text().splitlines()[-1].split()[0] == ring.active_id
    assert Keyring.load(file).key_ids == ring.key_ids


def test_twenty_starts_at_once_end_with_one_ring(file: Path):
    found: list[tuple[str, ...]] = []
    ready = threading.Barrier(20)

    def start() -> None:
        ready.wait()
        found.append(Keyring.load_or_create(file).key_ids)

    threads = [threading.Thread(target=start) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert set(found) == {Keyring.load(file).key_ids}


def test_saving_leaves_one_private_file_and_nothing_else(file: Path):
    Keyring.load_or_create(file)
    Keyring.load(file).with_new_master_key().save(file)
    assert [path.name for path in file.parent.iterdir()] == ["keyring.txt"]
    assert mode(file) == 0o600


def test_a_missing_file_is_one_sentence_with_its_path(file: Path):
    fault = fault_of(lambda: Keyring.load(file))
    assert fault.key == "missing"
    assert str(file) in str(fault)
    assert not file.parent.exists()


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path):
    assert fault_of(lambda: Keyring.load(tmp_path)).key == "unreadable"


def test_a_ring_that_cannot_be_written_is_a_fault(tmp_path: Path):
    (tmp_path / "file").write_text("")
    assert fault_of(lambda: Keyring.generate().save(tmp_path / "file" / "keyring.txt")).key == "unwritable"


GOOD = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    "line",
    [
        "k1",
        f"k1 {GOOD} more",
        f"k1 {GOOD[:-4]}",
        "k1 not*base64",
        f"a-name-that-is-too-long {GOOD}",
        f"k:1 {GOOD}",
        f"k0 {GOOD}",
    ],
)
def test_a_damaged_line_is_named_but_never_shown(tmp_path: Path, line: str):
    file = tmp_path / "keyring.txt"
    file.write_text(f"# ours\nk0 {GOOD}\n{line}\n")
    file.chmod(0o600)
    fault = fault_of(lambda: Keyring.load(file))
    assert fault.key == "damaged"
    assert "line 3" in str(fault)
    assert GOOD[:8] not in str(fault) + repr(fault.facts)


@pytest.mark.parametrize("content", [b"", b"# only words\n\n", b"\xff\xfe\x00"])
def test_a_file_without_a_key_is_a_fault(tmp_path: Path, content: bytes):
    file = tmp_path / "keyring.txt"
    file.write_bytes(content)
    assert fault_of(lambda: Keyring.load(file)).key in {"no_keys", "damaged"}


@pytest.mark.skipif(os.name != "posix", reason="file modes are a Unix matter")
def test_a_file_others_may_read_is_a_warning_only(file: Path, caplog: pytest.LogCaptureFixture):
    Keyring.load_or_create(file)
    assert not open_to_others(file)
    assert not caplog.records
    file.chmod(0o640)
    with caplog.at_level(logging.WARNING):
        Keyring.load(file)
    assert open_to_others(file)
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_nothing_that_can_be_printed_shows_a_key(ring: Keyring, file: Path):
    ring.save(file)
    secret = file.read_text().split()[-1]
    assert secret not in repr(ring) + str(ring) + repr(ring.new_person_key(ANNA))
