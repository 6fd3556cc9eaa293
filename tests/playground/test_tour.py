"""The three things to try: read from the caller's file, told in the reader's language."""

from __future__ import annotations

import json

import pytest

from playground import tour

STEP = {"title": {"en": "Look", "zh": "看"}, "text": "At it.", "command": "/risk list"}


@pytest.fixture
def file(tmp_path):
    def write(document):
        path = tmp_path / "tour.json"
        path.write_text(json.dumps(document), "utf-8")
        return path

    return write


def test_people_read_the_steps_in_their_language(make, file):
    pg = make(tour=file({"steps": [STEP] * 3}))
    ana, mei = (pg.person(name).state()["tour"] for name in ("ana", "mei"))

    assert ana[0] == {"title": "Look", "text": "At it.", "command": "/risk list", "form": ""}
    assert (mei[0]["title"], mei[0]["text"], len(mei)) == ("看", "At it.", 3)


def test_without_a_file_nothing_is_suggested(pg):
    assert pg.person("ana").state()["tour"] == []


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ([], "exactly 3 steps"),
        ({"steps": [STEP] * 2}, "exactly 3 steps"),
        ({"steps": [STEP, STEP, "look"]}, "step 3"),
        ({"steps": [STEP, STEP | {"command": "list"}, STEP]}, "step 2: command is 'list'"),
        ({"steps": [STEP, STEP, STEP | {"form": 1}]}, "step 3: form is 1"),
        ({"steps": [STEP | {"title": {}}, STEP, STEP]}, "step 1: title"),
    ],
)
def test_a_wrong_tour_is_refused_with_its_place(file, document, named):
    with pytest.raises(ValueError, match=r"tour\.json") as refusal:
        tour.read(file(document))

    assert named in str(refusal.value)
