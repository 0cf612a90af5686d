"""All panels of the window, each made once, and laid out."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from byom_gui.ui import theme
from byom_gui.ui.panels.auth import AuthPopup
from byom_gui.ui.panels.canvas import CanvasPanel
from byom_gui.ui.panels.checklist import Checklist
from byom_gui.ui.panels.classes import ClassesPanel
from byom_gui.ui.panels.connection import ConnectionBar
from byom_gui.ui.panels.diagnosis import DiagnosisView
from byom_gui.ui.panels.finding_pane import FindingPane
from byom_gui.ui.panels.images import ImageStrip
from byom_gui.ui.panels.inspector import Inspector
from byom_gui.ui.panels.json_panel import JsonPanel
from byom_gui.ui.panels.key import KeyPanel
from byom_gui.ui.panels.ping import PingView
from byom_gui.ui.panels.register import RegisterPanel
from byom_gui.ui.panels.results import ResultsPanel
from byom_gui.ui.panels.settings import ConnectionSettings
from byom_gui.ui.panels.start import StartPage
from byom_gui.ui.widgets.address_field import AddressText
from byom_gui.ui.widgets.basic import column, ground, hline
from byom_gui.ui.widgets.sub_views import SubViews
from byom_gui.ui.widgets.tabbed import TabbedPane

if TYPE_CHECKING:
    from byom_gui.ui.panels.history import HistoryPanel
    from byom_gui.ui.panels.mapping import MappingPanel
    from byom_gui.ui.panels.reach import ReachPanel

STRIP, STRIP_NARROW, STRIP_LEAST = 208, 88, 160
RIGHT, RIGHT_NARROW, RIGHT_JSON = 368, 320, 720


class Parts:
    """The panels by name. They know nothing of one another; ``wiring`` joins them."""

    def __init__(self) -> None:
        address = AddressText()
        self.start = StartPage(address)
        self.bar = ConnectionBar(address)
        self.auth = AuthPopup()
        self.key = KeyPanel()
        self.strip = ImageStrip()
        self.canvas = CanvasPanel()
        self.ping = PingView()
        self.diagnosis = DiagnosisView()
        self.register = RegisterPanel()
        self.registering = SubViews("Registering")
        self.registering.add("Register", self.register)
        self.classes = ClassesPanel()
        self.results = ResultsPanel()
        self.inspector = Inspector()
        self.json = JsonPanel()
        self.checklist = Checklist()
        self.findings = FindingPane()
        self.settings = ConnectionSettings()
        self.center = TabbedPane(
            "Views",
            {
                "Image": self.canvas,
                "Connection": self.ping,
                "Diagnosis": self.diagnosis,
                "Register": self.registering,
            },
        )
        self.right = TabbedPane("Lists", {"Classes": self.classes, "Results": self.results, "JSON": self.json})
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.pages = QStackedWidget()
        self.central = self._lay_out()
        usual = (("Images", STRIP, STRIP_LEAST), ("Lists", RIGHT, RIGHT_NARROW), ("JSON", RIGHT_JSON, RIGHT_NARROW))
        self._widths = {name: _kept_width(name, width, least) for name, width, least in usual}

    # What is not in sight at the start is imported and made when it is first wanted.

    @cached_property
    def reach(self) -> ReachPanel:
        """Register, Reach."""
        from byom_gui.ui.panels.reach import ReachPanel

        return ReachPanel()

    @cached_property
    def mapping(self) -> MappingPanel:
        """Register, Mapping."""
        from byom_gui.ui.panels.mapping import MappingPanel

        return MappingPanel()

    @cached_property
    def history(self) -> HistoryPanel:
        """Register, History."""
        from byom_gui.ui.panels.history import HistoryPanel

        return HistoryPanel()

    def _lay_out(self) -> QWidget:
        side = column(self.right, self.inspector, spacing=0, on="surface")
        layout = side.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(0, 1)
        for part in (self.strip, self.center, side):
            self.splitter.addWidget(part)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        workspace = column(self.bar, hline(), self.splitter, spacing=0)
        work_layout = workspace.layout()
        assert isinstance(work_layout, QVBoxLayout)
        work_layout.setStretch(2, 1)
        self.pages.addWidget(self.start)
        self.pages.addWidget(workspace)
        central = column(self.pages, hline(), self.checklist, self.findings, spacing=0)
        outer = central.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.setStretch(0, 1)
        ground(central, "window")
        self.right.changed.connect(self._right_changed)
        self.splitter.splitterMoved.connect(lambda *_: self.remember_widths())
        return central

    @property
    def working(self) -> bool:
        """Whether the workspace is in sight, and not the start page."""
        return self.pages.currentIndex() == 1

    def show_work(self, on: bool) -> None:
        """Shows the workspace, or the start page."""
        if on and not self.working:
            # Once the page has its size: until then the splitter has none to share out.
            QTimer.singleShot(0, self.splitter, self._apply_widths)
        self.pages.setCurrentIndex(1 if on else 0)

    def fit(self, width: int) -> None:
        """Reflows to the window's width, in pixels."""
        narrow = width < theme.px(1200)
        for part in (self.strip, self.canvas, self.classes):
            part.set_narrow(narrow)
        self.inspector.set_collapsed(narrow)
        self._narrow = narrow
        self._apply_widths()

    _narrow = False

    def _right_changed(self, title: str) -> None:
        self.inspector.setVisible(title != "JSON")
        self._apply_widths()

    def remember_widths(self) -> None:
        """Keeps the widths of the image strip and of the right panel, for the lists and for JSON by itself."""
        sizes = self.splitter.sizes()
        if len(sizes) == 3 and sizes[2] > 0 and not self._narrow:
            for name, size in (("Images", sizes[0]), ("JSON" if self.right.current == "JSON" else "Lists", sizes[2])):
                self._widths[name] = round(size / theme.px(1000) * 1000)
                QSettings().setValue(f"width-{name}", self._widths[name])

    def _apply_widths(self) -> None:
        total = self.splitter.width()
        if total <= 0:
            return
        left = theme.px(STRIP_NARROW if self._narrow else self._widths["Images"])
        json = self.right.current == "JSON"
        wanted = self._widths["JSON" if json else "Lists"]
        if self._narrow:
            wanted = 480 if json else RIGHT_NARROW
        right = min(theme.px(wanted), max(theme.px(RIGHT_NARROW), total - left - theme.px(320)))
        self.splitter.setSizes([left, max(total - left - right, 1), right])


def _kept_width(name: str, usual: int, least: int) -> int:
    """How wide a panel was when the user moved its edge last."""
    try:
        return min(max(int(str(QSettings().value(f"width-{name}", usual))), least), 2000)
    except ValueError:
        return usual
