"""Several teams in the real window over real HTTP: a key after the other is entered, one registration goes to all."""

from __future__ import annotations

from pathlib import Path

from byom_gui.app.world import sample_paths
from byom_gui.sandbox.model_server import ModelServer
from byom_gui.sandbox.v7 import V7StandIn, teams_named
from byom_gui.ui.tour import Tour
from tests.commands.processes import files_with
from tests.e2e.conftest import Open


def test_keys_of_several_teams_and_one_registration(open_window: Open, tmp_path: Path) -> None:
    with V7StandIn(teams=teams_named(["lab", "clinic", "guest:read"], "")) as v7, ModelServer() as model:
        window = open_window(v7.url)
        tour, session = Tour(window, tmp_path), window.session
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
        outcomes = {line.team.slug: line.mark.outcome for line in dialog.lines}
        assert outcomes == {"lab": "ok", "clinic": "ok", "guest": "bad"}
        assert [[each["name"] for each in team.models] for team in v7.teams] == [["cells"], ["cells"], []]
        dialog.reject()
        window.teams._use(backend.known()[0])
        tour.wait("the first team's key", lambda: session.team is not None and session.team.slug == "lab")
        assert files_with(tmp_path, [team.key for team in v7.teams]) == []
