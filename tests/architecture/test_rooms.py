"""Rooms: every package says what it answers, and the map in the documents is made of these sentences."""

import pytest

from bot import rooms

PACKAGES = [package for layer in rooms.LAYERS for package in rooms.packages(layer)]


@pytest.mark.parametrize("package", PACKAGES, ids=[str(each.relative_to(rooms.ROOT)) for each in PACKAGES])
def test_a_room_says_in_one_sentence_what_it_answers(package):
    said = rooms.sentence(package)

    assert said.endswith(".")
    assert len(said) <= 140


def test_the_map_in_the_documents_is_up_to_date():
    document = rooms.DOCUMENT.read_text("utf-8")

    assert rooms.placed(document) == document, "make reference writes it anew"


def test_a_document_without_marks_is_refused():
    with pytest.raises(ValueError, match="expected"):
        rooms.placed("# For engineers\n")
