from datetime import date

import pytest

from portal.register.codes import CODES, TABLE, Category, categorise, lookup

OLD, NEW = date(2024, 8, 18), date(2024, 8, 19)
CLASSES = {
    Category.PRESENT: "/ \\ L",
    Category.ELSEWHERE: "K V P W B",
    Category.AUTHORISED: "C C1 C2 E I J1 M R S T",
    Category.UNAUTHORISED: "G N O U",
    Category.NOT_POSSIBLE: "D Q X Y1 Y2 Y3 Y4 Y5 Y6 Y7",
    Category.ADMINISTRATIVE: "Z #",
}


@pytest.mark.parametrize(("category", "codes"), CLASSES.items())
def test_every_current_code_is_in_its_class(category, codes):
    assert {row.letters for row in CODES if row.category is category and row.in_force(NEW)} == set(codes.split())


def test_no_code_is_listed_twice():
    assert len(TABLE) == len(CODES)


@pytest.mark.parametrize("code", ["C1", "C2", "J1", "K", "Q", "Y1", "Y7"])
def test_a_new_code_means_nothing_before_the_change(code):
    assert lookup(code, OLD) is None
    assert lookup(code, NEW) is not None


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("H", Category.AUTHORISED),
        ("F", Category.AUTHORISED),
        ("J", Category.ELSEWHERE),
        ("Y", Category.NOT_POSSIBLE),
    ],
)
def test_an_old_code_means_something_only_before_the_change(code, category):
    assert categorise(code, OLD) is category
    assert categorise(code, NEW) is Category.MISSING


@pytest.mark.parametrize("code", ["", "-", "!", "@", "A", "ZZ", "9"])
def test_what_is_no_code_is_missing_and_never_absent(code):
    assert categorise(code, NEW) is Category.MISSING
    assert not Category.MISSING.possible
