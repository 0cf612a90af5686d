"""Run as a program: a big window from which the files named as arguments are dragged, as from a file manager."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

TITLE = "byom-drag-source"


class Source(QWidget):
    """Starts a drag on the first move with the button down; says on stdout what became of it."""

    def __init__(self, files: list[str]) -> None:
        super().__init__()
        self._files = files
        self.setWindowTitle(TITLE)
        self.resize(300, 300)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The drag itself; returns once it is dropped."""
        if not event.buttons() & Qt.MouseButton.LeftButton:
            return
        # Both are kept: on X11 the other side asks for the data only after exec has returned.
        self._mime = QMimeData()
        self._mime.setUrls([QUrl.fromLocalFile(name) for name in self._files])
        self._drag = QDrag(self)
        self._drag.setMimeData(self._mime)
        action = self._drag.exec(Qt.DropAction.CopyAction)
        print("dropped" if action == Qt.DropAction.CopyAction else "refused", flush=True)


def main() -> int:
    """Shows the window until it is killed."""
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1:])
    source.move(QPoint(0, 0))
    source.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
