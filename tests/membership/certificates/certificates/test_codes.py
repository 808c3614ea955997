"""A code is read as people write it, and one wrong character is noticed."""

import secrets

import pytest

from services.membership.certificates.certificates import codes

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_the_check_character_is_that_of_crockford(monkeypatch: pytest.MonkeyPatch) -> None:
    # Remainders modulo 37, by hand: 31 is Z, 32 to 36 are * ~ $ = U.
    for number, code in ((0, "0" * 17), (31, "0" * 15 + "ZZ"), (32, "0" * 14 + "10*"), (36, "0" * 14 + "14U")):
        monkeypatch.setattr(secrets, "randbits", lambda _bits, number=number: number)
        assert codes.new_code() == code
        assert codes.read(code) == code


def test_the_largest_number_has_sixteen_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda bits: 2**bits - 1)
    assert codes.new_code()[:16] == "Z" * 16


def test_a_code_is_read_as_people_write_it() -> None:
    for _ in range(200):
        code = codes.new_code()
        forgiven = codes.printed(code).lower().replace("0", "o").replace("1", "l")
        for text in (code, forgiven, forgiven.replace("l", "I"), f" {code} ", code.replace("", " ")):
            assert codes.read(text) == code


def test_one_other_character_or_two_exchanged_are_noticed() -> None:
    for _ in range(50):
        code = codes.new_code()
        for place, character in enumerate(code[:16]):
            other = secrets.choice(_ALPHABET.replace(character, ""))
            assert codes.read(code[:place] + other + code[place + 1 :]) is None
        for place in range(15):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert codes.read(swapped) == (code if swapped == code else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0" * 16,
        "0" * 18,
        "U" + "0" * 16,
        "*" + "0" * 16,
        "٠" * 17,
        "０" * 17,
        "0" * 15 + "é0",
        "\0" * 17,
        "ı" * 17,
    ],
)
def test_other_texts_are_no_codes(text: str) -> None:
    assert codes.read(text) is None
