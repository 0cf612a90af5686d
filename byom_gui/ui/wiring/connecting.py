"""Address, auth, ping, key and connection settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from byom_gui.core.endpoint import MASK, Auth, Endpoint, ParsedAddress, SecretRef, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.observations import STAGE_TITLES, PingReport
from byom_gui.core.project import Settings
from byom_gui.ui.panels.auth import place_key
from byom_gui.ui.panels.trust_rows import WAITING, KeyringState
from byom_gui.ui.parts import Parts
from byom_gui.ui.wiring.consenting import ConsentController
from byom_gui.ui.works import Works

TEAM_WORDS = {"none": "none", "unknown": "not known"}


class Connecting(QObject):
    """From the address field to a ping, with what it needs."""

    def __init__(self, parts: Parts, works: Works, consent: ConsentController, say: Callable[[str], None]) -> None:
        super().__init__(works)
        self._parts, self._works, self._consent, self._say = parts, works, consent, say
        self._session = works.session
        self._wire_address()
        self._wire_ping()
        self._wire_secrets()
        self._wire_settings()
        for signal in (self._session.project_replaced, self._session.endpoint_changed):
            signal.connect(self.show_endpoint)
        self._session.settings_changed.connect(self._show_settings)

    # --- address

    def _wire_address(self) -> None:
        bar, start = self._parts.bar, self._parts.start
        for panel in (bar, start):
            panel.address_edited.connect(self.take_address)
            panel.address_entered.connect(self.enter_address)
        start.ping_clicked.connect(lambda: self.enter_address(start.field.address))
        bar.ping_clicked.connect(lambda: self.enter_address(bar.field.address))

    def enter_address(self, text: str) -> None:
        """Takes the address and goes on with it."""
        if self.take_address(text):
            self.ping()

    def take_address(self, text: str) -> bool:
        """Parses what was typed; an error stands beside the field and nothing is lost."""
        if not text.strip() and self._session.endpoint is None:
            self._set_error("Paste the address of the model server, with its path.")
            return False
        try:
            parsed = self._parsed(text)
        except InputError as error:
            self._set_error(error.sentence)
            return False
        self._set_error("")
        self._use(parsed)
        return True

    def _parsed(self, text: str) -> ParsedAddress:
        """The address. What the user marked as a secret stays one at the same server. Raises InputError."""
        parsed, old = parse_address(text), self._session.endpoint
        same_server = old is not None and old.origin == parsed.address.origin
        return parse_address(text, old.infer.secret_names) if old is not None and same_server else parsed

    def _keep(self, parsed: ParsedAddress) -> None:
        """Secrets leave the field for the keyring at once, and the field shows dots."""
        for name, value in parsed.query_values:
            if value and value != MASK:
                self._works.keys.store(SecretRef("query", parsed.address.origin, name), value)

    def _use(self, parsed: ParsedAddress) -> None:
        old = self._session.endpoint
        self._keep(parsed)
        if old is not None and old.infer.origin == parsed.address.origin:
            same_place = old.infer == parsed.address
            self._session.set_endpoint(old if same_place else replace(old, infer=parsed.address, classes=None))
        else:
            self._session.set_endpoint(Endpoint(parsed.address, old.auth if old else Auth()))
        self.show_endpoint()

    def _set_error(self, sentence: str) -> None:
        self._parts.bar.set_error(sentence)
        self._parts.start.set_error(sentence)

    def show_endpoint(self) -> None:
        """Puts the endpoint into every place that shows it."""
        endpoint = self._session.endpoint
        shown = endpoint.infer.shown if endpoint else ""
        for panel in (self._parts.bar, self._parts.start):
            panel.set_address(shown)
            panel.set_auth_word(endpoint.auth.word if endpoint else "none")
        self._set_error("")
        self._parts.ping.set_endpoint_shown(shown)
        self._show_auth()
        self._show_ping_state()
        self._show_settings()

    # --- ping

    def _wire_ping(self) -> None:
        pinging, view = self._works.pinging, self._parts.ping
        self._parts.bar.cancel_clicked.connect(pinging.cancel)
        self._parts.start.cancel_clicked.connect(pinging.cancel)
        view.cancel_clicked.connect(pinging.cancel)
        view.ping_clicked.connect(self.ping)
        pinging.started.connect(self._started)
        pinging.stage_reached.connect(view.set_stage)
        pinging.elapsed_changed.connect(self._parts.bar.set_elapsed)
        pinging.finished.connect(self._finished)
        pinging.notice.connect(self._say)
        # A folder comes in parts: one ping is enough for all of them.
        self._works.inference.wants_ping.connect(lambda: None if pinging.running else self.ping())
        self._works.keys.secrets_changed.connect(self._secrets_changed)
        self._consent.settled.connect(self.ping)
        self._session.observed_changed.connect(self._show_ping_state)

    def ping(self) -> None:
        """Pings the endpoint and brings the workspace up."""
        if self._session.endpoint is None:
            self.take_address(self._parts.start.field.address)
        if self._session.endpoint is None:
            return
        if self._consent.ready():
            self._works.pinging.start()
        else:
            self._parts.show_work(True)

    def _secrets_changed(self) -> None:
        """What was asked with the old secret is neither waited for nor counted."""
        works = self._works
        works.pinging.cancel()
        works.inference.stop_sending()
        works.diagnosing.cancel_check()
        self._session.forget_observed()

    def _started(self) -> None:
        self._parts.show_work(True)
        self._parts.bar.set_state("running", "Pinging")
        self._parts.ping.start()
        self._parts.center.set_outcome("Connection", "running")
        if not self._session.previews:
            self._parts.center.show_view("Connection")

    def _finished(self, report: PingReport | None) -> None:
        if report is None:
            self._show_ping_state()
            self._parts.ping.set_idle()
            return
        if not report.passed:
            self._parts.center.show_view("Connection")
        elif self._session.previews and self._parts.center.current == "Connection":
            self._parts.center.show_view("Image")
        if self._works.inference.may_send():
            self._works.inference.start_held()

    def _show_ping_state(self) -> None:
        if self._works.pinging.running:
            return
        report = self._session.ping
        bar, center = self._parts.bar, self._parts.center
        if report is None:
            bar.set_state("rest", "Not pinged")
            center.set_outcome("Connection", "")
            self._parts.ping.set_idle()
            return
        failed = next((stage for stage in report.stages if stage.outcome == "failed"), None)
        if failed is None:
            bar.set_state("passed", "Responds", report.milliseconds)
        else:
            bar.set_state("failed", f"{STAGE_TITLES[failed.name]} failed", report.milliseconds)
        center.set_outcome("Connection", "bad" if failed else "")

    # --- secrets

    def _wire_secrets(self) -> None:
        parts, keys = self._parts, self._works.keys
        parts.bar.auth_clicked.connect(lambda: parts.auth.open_under(parts.bar.auth_button))
        parts.start.auth_clicked.connect(lambda: parts.auth.open_under(parts.start.auth_button))
        parts.bar.team_clicked.connect(self.open_key)
        parts.auth.auth_changed.connect(self._auth_changed)
        parts.auth.secret_entered.connect(lambda kind, name, value: self._with_ref(kind, name, keys.store, value))
        parts.auth.forget_clicked.connect(lambda kind, name: self._with_ref(kind, name, keys.forget))
        parts.auth.secret_marked.connect(self._mark_secret)
        parts.auth.copy_clicked.connect(lambda kind, name: self._with_ref(kind, name, keys.copy))
        key_ref = self._works.backend.v7.key_ref
        parts.key.key_entered.connect(lambda value: keys.store(key_ref(), value))
        parts.key.forget_clicked.connect(lambda: keys.forget(key_ref()))
        parts.key.check_clicked.connect(keys.check_key)
        keys.key_busy.connect(parts.key.set_busy)
        keys.key_error.connect(parts.key.set_error)
        keys.key_checked.connect(lambda: parts.key.set_error(""))
        keys.places_changed.connect(self._show_auth)
        keys.places_changed.connect(self._show_key)
        keys.notice.connect(self._say)
        keys.keyring_changed.connect(self._show_keyring)
        parts.bar.trust.skip_keyring_clicked.connect(keys.skip_keyring)
        parts.bar.trust.retry_keyring_clicked.connect(keys.retry_keyring)
        self._session.team_changed.connect(self._show_key)

    def _show_keyring(self, state: KeyringState, why: str) -> None:
        """Under the address, at the ping's step, and where the start page hides both, in a message."""
        self._parts.bar.trust.set_keyring(state, why)
        self._parts.ping.set_waiting_for(WAITING if state == "waiting" else "")
        if state == "waiting" and not self._parts.working:
            self._say(WAITING)

    def _with_ref(self, kind: str, name: str, work: Callable[..., None], *more: str) -> None:
        endpoint = self._session.endpoint
        if endpoint is None:
            self._say("Enter the model's address first: secrets are stored for its host.")
            return
        assert kind in ("basic", "header", "query")
        work(SecretRef(kind, endpoint.origin, name), *more)  # type: ignore[arg-type]

    def _auth_changed(self, auth: Auth) -> None:
        if self._session.endpoint is None:
            self._say("Enter the model's address first: credentials are stored for its host.")
            return
        self._session.set_auth(auth)

    def _mark_secret(self, name: str, secret: bool) -> None:
        """Makes a query value a secret, which goes to the keyring, or a plain part of the address again."""
        endpoint = self._session.endpoint
        value = dict(endpoint.infer.query).get(name) if endpoint else None
        if endpoint is None or (value is None) == secret:
            return
        ref = SecretRef("query", endpoint.origin, name)
        if value:
            self._works.keys.store(ref, value)
        if secret:
            self._session.set_endpoint(endpoint.with_query_value(name, None))
        else:
            self._works.keys.take_out(ref, lambda value: self._make_plain(ref, value))

    def _make_plain(self, ref: SecretRef, value: str) -> None:
        endpoint = self._session.endpoint
        if endpoint is not None and ref in endpoint.infer.secret_refs():
            self._session.set_endpoint(endpoint.with_query_value(ref.name, value))

    def _show_auth(self) -> None:
        endpoint = self._session.endpoint
        if endpoint is None:
            self._parts.auth.set_auth(Auth(), (), {})
            self._parts.auth.set_origin("")
            return
        places = {place_key(ref.kind, ref.name): self._works.keys.place(ref) for ref in endpoint.secret_refs()}
        self._parts.auth.set_auth(endpoint.auth, endpoint.infer.query, places)
        self._parts.auth.set_origin(str(endpoint.origin))

    def _show_key(self) -> None:
        team, place = self._session.team, self._works.keys.key_place
        host = str(self._works.backend.v7.host())
        self._parts.key.set_place(place)
        self._parts.key.set_team(team)
        self._parts.key.set_host(host)
        words = f"Team: {team.slug if team else TEAM_WORDS.get(place.kind, 'not checked')}"
        self._parts.bar.set_team(words, f"V7 key for {host}: {place.title}")

    def open_key(self) -> None:
        """Opens the panel for the V7 key."""
        self._parts.show_work(True)
        self._parts.key.open_under(self._parts.bar.team_button)

    # --- settings

    def _wire_settings(self) -> None:
        self._parts.ping.settings_clicked.connect(self.open_settings)
        self._parts.bar.trust.change_clicked.connect(self.open_settings)
        self._parts.settings.settings_changed.connect(self._settings_changed)
        self._parts.settings.classes_address_changed.connect(self._classes_address_changed)

    def open_settings(self) -> None:
        """Opens the connection settings."""
        self._parts.settings.set_interfaces(self._works.backend.interfaces())
        self._show_settings()
        self._parts.settings.open()

    def _show_settings(self) -> None:
        endpoint = self._session.endpoint
        self._parts.settings.set_settings(self._session.settings)
        if endpoint is not None:
            self._parts.settings.set_classes_address(endpoint.classes_guess.shown, endpoint.classes is None)
        self._parts.ping.set_timeouts(self._session.settings.connect_timeout, self._session.settings.read_timeout)

    def _settings_changed(self, settings: Settings) -> None:
        self._session.set_settings(settings)

    def _classes_address_changed(self, text: str) -> None:
        endpoint = self._session.endpoint
        if endpoint is None:
            return
        if not text.strip():
            self._session.set_endpoint(replace(endpoint, classes=None))
            return
        try:
            parsed = self._parsed(text)
        except InputError as error:
            self._say(error.sentence)
            return
        self._keep(parsed)
        self._session.set_endpoint(replace(endpoint, classes=parsed.address))
