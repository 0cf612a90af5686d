"""Predictions as files: all that was chosen, nothing half, and a stop between two images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from byom_gui.core.cancel import CancelToken
from byom_gui.core.errors import Cancelled, FileError
from byom_gui.core.pre_labels import Choice, Pictured, Targets
from byom_gui.core.predictions import BoundingBox, Prediction, Tag
from byom_gui.services.pre_label_files import write_pre_labels

BOX = Prediction(0, "cell", "cell", 0.9, "bounding_box", BoundingBox(1, 2, 3, 4), None, ())
TAG = Prediction(1, "=cmd()", "field", 0.4, "tag", Tag(), None, ())
PICTURES = [Pictured("one.png", 10, 10, [BOX, TAG]), Pictured("one.png", 10, 10, [BOX])]


def test_each_form_is_written_where_it_was_wanted(tmp_path: Path) -> None:
    ready: list[int] = []
    targets = Targets(str(tmp_path / "new" / "darwin"), str(tmp_path / "all.json"), str(tmp_path / "all.csv"))
    written = write_pre_labels(Choice(targets), PICTURES, on_progress=ready.append)
    assert (written.images, written.results, ready) == (2, 3, [1, 2])
    assert sorted(path.name for path in (tmp_path / "new" / "darwin").iterdir()) == ["one-2.json", "one.json"]
    assert len(json.loads((tmp_path / "all.json").read_text())["annotations"]) == 2
    assert '"\'=cmd()"' in (tmp_path / "all.csv").read_text()
    assert written.sentences() == ("COCO cannot store these, so they are left out: 1 tag",)


def test_only_what_was_chosen_is_written(tmp_path: Path) -> None:
    written = write_pre_labels(Choice(Targets(csv=str(tmp_path / "a.csv")), {"cell"}, 0.5), PICTURES)
    assert written.results == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_stop_between_two_images_writes_no_file(tmp_path: Path) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        write_pre_labels(Choice(Targets(csv=str(tmp_path / "a.csv"))), PICTURES, token, lambda _: token.cancel())
    assert not list(tmp_path.iterdir())


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(FileError, match="could not be created"):
        write_pre_labels(Choice(Targets(darwin=str(tmp_path / "taken"))), PICTURES)
