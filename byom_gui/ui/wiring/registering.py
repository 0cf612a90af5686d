"""The register view: the exact request, what stands against it, by hand, and how it ended."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox

from byom_gui.core.classes import ClassList
from byom_gui.core.colours import assign
from byom_gui.core.endpoint import Endpoint, SecretRef
from byom_gui.core.errors import AppError
from byom_gui.core.profile import ApiProfile
from byom_gui.ui.panels.by_hand import HandRow
from byom_gui.ui.panels.profile_dialog import PasteProfileDialog, ProfileDialog
from byom_gui.ui.parts import Parts
from byom_gui.ui.wiring.connecting import Connecting
from byom_gui.ui.works import Works

NAMED = 20
"""Classes whose names are shown for registering manually."""


class Registering(QObject):
    """Joins the register view with the session."""

    def __init__(
        self, parts: Parts, works: Works, connecting: Connecting, export: Callable[[], None], say: Callable[[str], None]
    ) -> None:
        super().__init__(works)
        self._parts, self._panel, self._works = parts, parts.register, works
        self._session, self._connecting, self._say = works.session, connecting, say
        self._refs: dict[str, SecretRef] = {}
        self._wire_panel(export)
        session = self._session
        for signal in (
            session.project_replaced,
            session.endpoint_changed,
            session.name_changed,
            session.classes_changed,
            session.settings_changed,
            session.team_changed,
            session.diagnosis_changed,
            session.profile_changed,
            works.keys.places_changed,
        ):
            signal.connect(self.show_state)
        session.outcome_changed.connect(self._show_outcome)
        works.submitting.sending_changed.connect(self._panel.set_sending)
        works.submitting.sending_changed.connect(self.show_state)
        works.submitting.notice.connect(say)
        self.show_state()

    def _wire_panel(self, export: Callable[[], None]) -> None:
        panel, submitting = self._panel, self._works.submitting
        panel.model_name_changed.connect(self._session.set_name)
        panel.register_clicked.connect(self._register)
        panel.cancel_clicked.connect(submitting.stop_watching)
        panel.export_clicked.connect(export)
        panel.override_changed.connect(self._override_changed)
        panel.show_finding.connect(self._show_finding)
        panel.paste_profile_clicked.connect(self.paste_profile)
        panel.edit_profile_clicked.connect(self.edit_profile)
        panel.copy_secret_clicked.connect(self._copy_secret)
        panel.key_clicked.connect(self._connecting.open_key)
        panel.open_v7_clicked.connect(lambda: QDesktopServices.openUrl(QUrl(f"{self._works.backend.v7.host()}/models")))
        panel.confirmed_there.connect(submitting.confirm)

    def _register(self) -> None:
        """Sends it; a model without any class only after a yes, as V7 may take it without a word."""
        submitting = self._works.submitting
        if submitting.why_not() or len(self._session.classes):
            submitting.submit()
            return
        yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
        text = "The class list is empty, so V7 would have nothing to map. Register the model anyway?"
        if QMessageBox.question(self._panel.window(), "Register without classes?", text, yes | no, no) == yes:
            submitting.submit(without_classes=True)

    def show_state(self) -> None:
        """Brings the view up to date with the session."""
        session, panel = self._session, self._panel
        endpoint = session.endpoint
        panel.set_team(session.team, self._works.keys.key_place)
        panel.set_host(str(self._works.backend.v7.host()))
        panel.set_model_name(session.project.registration.name)
        external = endpoint.external_url if endpoint else None
        panel.set_urls(endpoint.infer.shown if endpoint else "", external, _why_by_hand(endpoint))
        request, why = self._works.submitting.plan()
        panel.set_request(request.masked() if request else None, not session.profile.confirmed, why)
        blocking = self._works.submitting.blocking()
        others = tuple(f for f in session.diagnosis.findings if f.severity != "error")
        panel.set_findings(blocking, others)
        self._show_new()
        panel.set_override(session.settings.override_reason)
        panel.set_by_hand(self._rows(endpoint))
        why_not = self._works.submitting.why_not()
        panel.set_can_register(not why_not, why_not)
        bad = blocking and not session.settings.override_reason.strip()
        self._parts.center.set_outcome("Register", "bad" if bad else "")
        self._parts.checklist.set_register_enabled(endpoint is not None, "" if endpoint else "Connect a model first.")

    def _show_new(self) -> None:
        """Classes that the last registration with this team and host did not have."""
        session = self._session
        host = str(self._works.backend.v7.host())
        slug = session.team.slug if session.team else ""
        before = [one for one in session.project.registered if (one.host, one.team) == (host, slug)]
        if not before or session.outcome is not None:
            self._panel.set_new("", (), {})
            return
        known = set(before[-1].classes)
        fresh = [entry for entry in session.classes if entry not in known]
        when = _day(before[-1].when)
        chosen = {entry.name: entry.color for entry in session.classes if entry.color}
        self._panel.set_new(when, fresh, assign(session.classes.names, chosen))

    def _rows(self, endpoint: Endpoint | None) -> tuple[HandRow, ...]:
        session = self._session
        self._refs = {}
        rows = [HandRow("Name", session.project.registration.name)]
        if endpoint is not None:
            rows.append(HandRow("URL", endpoint.infer.shown))
            rows += self._secret_rows(endpoint)
        rows.append(HandRow("Classes", _class_lines(session.classes), shown=_class_summary(session.classes)))
        return tuple(rows)

    def _secret_rows(self, endpoint: Endpoint) -> list[HandRow]:
        rows = []
        titles = {"basic": ("User", "Password"), "header": ("Secret header", "Secret")}
        for ref in endpoint.secret_refs():
            key = f"{ref.kind} {ref.name}"
            self._refs[key] = ref
            if ref.kind in titles:
                rows.append(HandRow(titles[ref.kind][0], ref.name))
                rows.append(HandRow(titles[ref.kind][1], "", secret_ref_key=key))
            else:
                rows.append(HandRow(f"?{ref.name}=", "", secret_ref_key=key))
        return rows

    def _copy_secret(self, key: str) -> None:
        if key in self._refs:
            self._works.keys.copy(self._refs[key])

    def _override_changed(self, reason: str) -> None:
        self._session.set_settings(replace(self._session.settings, override_reason=reason))

    def _show_finding(self, finding_id: str) -> None:
        for finding in self._session.diagnosis.findings:
            if finding.id == finding_id:
                self.finding_wanted(finding_id)
                return

    def finding_wanted(self, finding_id: str) -> None:
        """Set by the window: opens the finding below."""

    def _show_outcome(self) -> None:
        self._panel.set_outcome(self._session.outcome)
        self.show_state()

    # --- the API profile

    def edit_profile(self) -> None:
        """Opens the small table of method, path and field names."""
        dialog = ProfileDialog(self._session.profile, self._parts.central.window())
        dialog.accepted.connect(lambda: self._keep(dialog.profile()))
        dialog.open()

    def paste_profile(self) -> None:
        """Fills the profile from V7's snippet or a copied curl command."""
        dialog = PasteProfileDialog(self._parts.central.window())
        dialog.accepted.connect(lambda: self._keep(dialog.profile()))
        dialog.open()

    def _keep(self, profile: ApiProfile | None) -> None:
        if profile is None:
            return
        self._session.set_profile(profile)

        def failed(error: AppError) -> None:
            self._say(error.sentence)

        self._works.jobs.run(
            lambda _: self._works.backend.v7.save_profile(profile), lambda _: None, failed, lane="files"
        )


def _why_by_hand(endpoint: Endpoint | None) -> str:
    if endpoint is None or endpoint.external_url is not None:
        return ""
    return (
        "V7's API requires a base address with /infer and /classes under it, but this address has a different form. "
        "Register manually in V7's dialog; each value is listed for that."
    )


def _day(when: str) -> str:
    """A date for people; what a file holds instead of one is shown as it is."""
    try:
        return datetime.fromisoformat(when).astimezone().strftime("%d %b %Y")
    except ValueError:
        return when[:20]


def _class_summary(classes: ClassList) -> str:
    """The first names; of thousands the complete text is for the clipboard alone."""
    if not len(classes):
        return "none yet"
    more = f" and {len(classes) - NAMED:,} more" if len(classes) > NAMED else ""
    return ", ".join(entry.name for entry in itertools.islice(classes, NAMED)) + more


def _class_lines(classes: ClassList) -> str:
    return "\n".join(f"{entry.name}\t{entry.type}" for entry in classes)
