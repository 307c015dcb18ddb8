"""The subject codes in use: data that an operator can change, and that every reader can read."""

import re

import pytest

from services.cases.errors import SubjectCodeUnknown
from services.cases.subjects import SUBJECTS, subject_of


@pytest.mark.parametrize("code", SUBJECTS)
def test_a_subject_has_a_kle_code_and_a_title_in_each_language(code: str) -> None:
    assert re.fullmatch(r"\d\d\.\d\d\.\d\d", code)
    titles = subject_of(code)
    assert set(titles) == {"da", "sv", "en"}
    assert all(title.strip() for title in titles.values())


@pytest.mark.parametrize("code", ["", "27", "99.99.99", "27.24.00 "])
def test_another_code_is_refused(code: str) -> None:
    with pytest.raises(SubjectCodeUnknown) as no:
        subject_of(code)
    assert no.value.details == {"code": code}
