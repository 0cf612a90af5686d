"""The style sheet, with ``@token`` for colours and lengths as at a 13 pixel font."""

STYLE = """
QToolTip { background: @tip; color: @ontip; border: 1px solid @tip; padding: 4px 6px; }
QMenuBar { background: @window; padding: 0; border: 0; }
QMenuBar::item { padding: 5px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @surface; border: 1px solid @linestrong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 24px; border-radius: 4px; }
QMenu::item:selected { background: @sel; color: @text; }
QMenu::item:disabled { color: @text3; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 6px; }

QPushButton { height: 26px; padding: 0 11px; border: 1px solid @btnline; border-radius: 6px; background: @btn;
  color: @text; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @pressed; }
QPushButton:focus { border: 2px solid @focus; padding: 0 10px; height: 24px; }
QPushButton:disabled { background: transparent; color: @text3; border-color: @line; }
QPushButton[kind="primary"] { background: @accent; border-color: @accent; color: @onaccent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: @accenthover; }
QPushButton[kind="primary"]:pressed { background: @accentpressed; }
QPushButton[kind="primary"]:focus { border: 2px solid @text; }
QPushButton[kind="primary"]:disabled { background: transparent; color: @text3; border-color: @line; }
QPushButton[kind="flat"] { border-color: transparent; background: transparent; padding: 0 7px; }
QPushButton[kind="flat"]:hover { background: @hover; }
QPushButton[kind="flat"]:pressed, QPushButton[kind="flat"]:checked { background: @pressed; }
QPushButton[kind="flat"]:focus { border: 2px solid @focus; padding: 0 6px; }
QPushButton[kind="flat"][flush="true"] { padding-left: 0; }
QPushButton[kind="icon"] { border-color: transparent; background: transparent; padding: 0; width: 26px; }
QPushButton[kind="icon"]:hover { background: @hover; }
QPushButton[kind="icon"]:pressed, QPushButton[kind="icon"]:checked { background: @pressed; }
QPushButton[kind="icon"]:focus { border: 2px solid @focus; width: 24px; }
QPushButton[kind="link"] { border-color: transparent; background: transparent; padding: 0 7px; color: @accenttext; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid @focus; padding: 0 6px; }
QPushButton[kind="link"][flush="true"] { padding: 0; }
QPushButton[kind="check"] { border-color: transparent; background: transparent; padding: 0 9px; text-align: left; }
QPushButton[kind="check"]:hover { background: @hover; }
QPushButton[kind="check"]:checked { background: @surface; border-color: @linestrong; font-weight: 600; }
QPushButton[kind="check"]:focus { border: 2px solid @focus; padding: 0 8px; }
QPushButton[tall="true"] { height: 34px; padding: 0 19px; }
QPushButton[tall="true"]:focus { height: 32px; padding: 0 18px; }
QPushButton[menu="true"] { text-align: left; padding-right: 28px; }
QPushButton[menu="true"]:focus { padding-right: 27px; }
QPushButton::menu-indicator { width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { height: 26px; padding: 0 8px; border: 1px solid @fieldline;
  border-radius: 6px; background: @surface; selection-background-color: @accent; selection-color: @onaccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus { border: 2px solid @focus; padding: 0 7px;
  height: 24px; }
QLineEdit[bad="true"] { border-color: @bad; }
QLineEdit:read-only, QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { background: @window; color: @text3;
  placeholder-text-color: @text3;
  border-color: @line; }
QLineEdit[tall="true"] { height: 34px; }
QLineEdit[tall="true"]:focus { height: 32px; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus { border: 0; padding: 0; background: transparent; }
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url(@arrowfile); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @linestrong; selection-background-color: @sel;
  selection-color: @text; outline: 0; }
QLabel[environment="staging"] { background: @warnbg; color: @warn; border: 1px solid @warnline; border-radius: 4px;
  font-weight: 600; }
QLabel[environment="production"] { background: @badbg; color: @bad; border: 1px solid @badline; border-radius: 4px;
  font-weight: 600; }
QAbstractScrollArea { border: 0; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QPlainTextEdit, QTextEdit { border: 1px solid @fieldline; border-radius: 6px; background: @surface;
  selection-background-color: @accent; selection-color: @onaccent; }
QPlainTextEdit:focus { border: 2px solid @focus; }
QPlainTextEdit[code="true"] { background: @sunken; border: 1px solid @line; }
QPlainTextEdit[bare="true"] { border: 0; border-radius: 0; }

QTabBar { qproperty-drawBase: 0; background: transparent; }
QTabBar::tab { height: 34px; padding: 0 12px; border: 0; border-bottom: 2px solid transparent; color: @text2;
  background: transparent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; font-weight: 600; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { border-bottom: 2px solid @focus; background: @hover; }

QTreeView, QListView, QTableView { border: 0; background: @surface; outline: 0; }
QListWidget { border: 1px solid @fieldline; border-radius: 6px; padding: 4px; }
QTableView { gridline-color: @line; }
QHeaderView { background: @surface; border: 0; }
QHeaderView::section { height: 27px; padding: 0 4px; border: 0; border-bottom: 1px solid @line; background: @surface;
  color: @text2; font-size: 11px; }
QHeaderView[inset="true"]::section:first { padding-left: 12px; }
QHeaderView[inset="true"]::section:last { padding-right: 12px; }
QTableCornerButton::section { background: @line; border: 0; }
QScrollArea { background: transparent; border: 0; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QFrame[line="true"] { background: @line; max-height: 1px; min-height: 1px; border: 0; }
QFrame[vline="true"] { background: @line; max-width: 1px; min-width: 1px; border: 0; }
QWidget[ground="badrow"] { background: @badbg; }
QWidget[ground="window"] { background: @window; }
QWidget[ground="surface"] { background: @surface; }
QWidget[ground="sunken"] { background: @sunken; }
QFrame[ground="card"] { background: @surface; border: 1px solid @line; border-radius: 6px; }
QFrame[ground="popover"] { background: @surface; border: 1px solid @linestrong; border-radius: 6px; }
QFrame[ground="box"] { background: @sunken; border: 1px solid @line; border-radius: 6px; }
QFrame[ground="drop"] { background: transparent; border: 1px dashed @fieldline; border-radius: 6px; }
QFrame[ground="dropover"] { background: @sel; border: 2px solid @focus; border-radius: 6px; }
QFrame[ground="assumption"] { background: @warnbg; border: 1px solid @warnline; border-radius: 6px; }
QFrame[ground="notice"] { background: @tip; border: 0; border-radius: 6px; }
QFrame[ground="notice"] QLabel { color: @ontip; }
QFrame[ground="notice"] QPushButton { color: @ontip; border-color: @ontip; background: transparent; }
QFrame[ground="notice"] QPushButton:hover { text-decoration: underline; }
QFrame[ground="bad"] { background: @badbg; border: 1px solid @badline; border-radius: 6px; }
QFrame[ground="badcard"] { background: @surface; border: 1px solid @badline; border-radius: 6px; }
QWidget[ground="badrow"] { background: @badbg; border-top-left-radius: 5px; border-top-right-radius: 5px; }
QFrame[ground="good"] { background: @okbg; border: 1px solid @line; border-radius: 6px; }

QLabel { background: transparent; }
QLabel[tone="second"] { color: @text2; }
QLabel[tone="third"] { color: @text3; }
QLabel[tone="ok"] { color: @ok; }
QLabel[tone="warn"] { color: @warn; }
QLabel[tone="bad"] { color: @bad; }
QLabel[tone="accent"] { color: @accenttext; }
QLabel[textsize="small"] { font-size: 11px; }
QLabel[textsize="heading"] { font-size: 16px; font-weight: 600; }
QLabel[strong="true"] { font-weight: 600; }
QLabel[keycap="true"] { border: 1px solid @btnline; border-radius: 4px; padding: 1px 5px; font-size: 11px;
  color: @text2; background: @surface; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @linestrong; }
QSlider::sub-page:horizontal { background: @linestrong; border-radius: 2px; }
QSlider::add-page:horizontal { background: @accent; border-radius: 2px; }
QSlider[fills="true"]::sub-page:horizontal { background: @accent; }
QSlider[fills="true"]::add-page:horizontal { background: @linestrong; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 6px;
  border: 1px solid @fieldline; background: @btn; }
QSlider::handle:horizontal:focus { border: 2px solid @focus; width: 11px; }
QProgressBar { height: 4px; max-height: 4px; border: 0; border-radius: 2px; background: @line; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator, QListWidget::indicator { width: 14px; height: 14px; border: 1px solid @fieldline;
  border-radius: 4px;
  background: @surface; }
QCheckBox::indicator:checked, QListWidget::indicator:checked { background: @accent; border-color: @accent;
  image: url(@tickfile); }
QCheckBox::indicator:focus { border: 2px solid @focus; width: 12px; height: 12px; }
QCheckBox:disabled { color: @text3; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid @fieldline; border-radius: 8px;
  background: @surface; }
QRadioButton::indicator:checked { border: 5px solid @accent; width: 6px; height: 6px; }
QRadioButton::indicator:focus { border-color: @focus; }

QScrollBar:vertical { width: 12px; background: transparent; border: 0; margin: 0; }
QScrollBar::handle:vertical { background: @linestrong; border-radius: 3px; margin: 2px 3px; min-height: 24px; }
QScrollBar:horizontal { height: 12px; background: transparent; border: 0; margin: 0; }
QScrollBar::handle:horizontal { background: @linestrong; border-radius: 3px; margin: 3px 2px; min-width: 24px; }
QScrollBar::handle:hover { background: @fieldline; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { background: @window; }
"""
