"""Words and names as a Danish reader expects them."""

import pytest

from services.partners.words import fold, order, query


@pytest.mark.parametrize(
    ("written", "asked"),
    [("Mødrehjælpen", "MØDRE"), ("Ålborg", "aalborg"), ("Ærø", "ærø"), ("café", "cafe"), ("Göteborg", "gøteborg")],
)
def test_a_word_is_found_however_it_is_written(written: str, asked: str) -> None:
    (word,), (wanted,) = fold(written), fold(asked)
    assert word.startswith(wanted)


def test_another_letter_is_another_word() -> None:
    assert fold("møder") != fold("moder")


def test_a_query_is_words_only() -> None:
    assert query("unge & (mødre):* | 'x'; --") == "unge:* & moedre:* & x:*"
    assert query(" !! ") == ""


def test_names_sort_as_in_danish() -> None:
    names = ["Ås", "Østerbro", "Zoo", "Ærø", "allé", "Alle"]
    assert sorted(names, key=order) == ["allé", "Alle", "Zoo", "Ærø", "Østerbro", "Ås"]
