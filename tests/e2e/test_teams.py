"""Several teams in the real window over real HTTP: a key after the other is entered, one registration goes to all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from byom_gui import app
from byom_gui.app.world import World, sample_paths
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn, teams_named
from byom_gui.services.secrets import SecretStore
from byom_gui.ui.tour import Tour
from tests.commands.processes import files_with


def test_keys_of_several_teams_and_one_registration(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    with V7StandIn(teams=teams_named(["lab", "clinic", "guest:read"], "")) as v7, ModelServer() as model:
        world = World(environ={"DARWIN_BASE_URL": v7.url}, secrets=SecretStore.session_only())
        window = app.make_window(world)
        try:
            window.show()
            tour = Tour(window, tmp_path)
            tour.connect(model.url)
            tour.preview(sample_paths()[:1])
            backend = window.works.backend.teams
            for count, team in enumerate(v7.teams, 1):
                window.parts.key.key_entered.emit(team.key)
                tour.wait("the team", lambda count=count: len(backend.known()) == count)  # type: ignore[misc]
                tour.wait("the keyring", lambda: window.works.jobs.busy == 0)
            tour.open_register("cells")
            dialog = window.teams.open()
            tour.wait("the teams", lambda: len(dialog.lines) == 3)
            tour.click(dialog.register)
            tour.wait("the outcomes", lambda: dialog.register.text() != "Cancel", 60)
            assert {line.team.slug: line.mark.outcome for line in dialog.lines} == {
                "lab": "ok", "clinic": "ok", "guest": "bad",
            }  # fmt: skip
            assert [[each["name"] for each in team.models] for team in v7.teams] == [["cells"], ["cells"], []]
            dialog.reject()
            use = backend.known()[0]
            window.teams._use(use)
            tour.wait(
                "the first team's key", lambda: window.session.team is not None and window.session.team.slug == "lab"
            )
        finally:
            window.session.dirty = False
            window.close()
            world.close()
        assert files_with(tmp_path, [team.key for team in v7.teams]) == []
