"""Takes a pasted shell text apart into commands and words. Nothing is run, and nothing is looked up.

A word is a string; where it holds a variable or a command substitution, a marker stands for it: ``mark_variable`` and
``mark_command``. That is all that reading a method, a path and names takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from byom_gui.core.errors import InputError

OPEN, CLOSE = "\ue000", "\ue001"
VARIABLE = re.compile(f"{OPEN}v:(\\w+){CLOSE}")
COMMAND = re.compile(f"{OPEN}s:(\\d+){CLOSE}")
MARK = re.compile(f"{OPEN}[vs]:\\w+{CLOSE}")

_NAME = re.compile(r"\w+")
_BRACED = re.compile(r"\$\{[!#]?(\w+)[^}]*\}")
_ANSI = re.compile(r"\\(?:u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_ANSI_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([\w.-]+)\1")
_OPERATOR = re.compile(r"\|\||&&|;;|\|&|[|;&()\n]")
_REDIRECT = re.compile(r"\d*(?:>>|>&|<&|&>|>|<)(?:&?\d+)?")
MAX_DEPTH = 8


@dataclass(slots=True)
class Command:
    """One simple command. ``stdin`` is what a here-document or here-string gives it, ``piped`` what comes before it."""

    words: list[str] = field(default_factory=list)
    stdin: str | None = None
    piped: Command | None = None


def mark_variable(name: str) -> str:
    """The marker for a variable."""
    return f"{OPEN}v:{name}{CLOSE}"


def mark_command(number: int) -> str:
    """The marker for the substitution with that number in ``Script.inner``."""
    return f"{OPEN}s:{number}{CLOSE}"


@dataclass(slots=True)
class Script:
    """All commands of a text in order; ``inner`` holds those of each command substitution."""

    commands: list[Command] = field(default_factory=list)
    inner: list[list[Command]] = field(default_factory=list)

    def every(self) -> list[Command]:
        """The commands, those within substitutions before the rest."""
        return [command for group in self.inner for command in group] + self.commands


def parse(text: str) -> Script:
    """Takes ``text`` apart. Raises InputError where it breaks off inside quotes or brackets."""
    script = Script()
    text = text.replace("\r\n", "\n").translate({ord(OPEN): None, ord(CLOSE): None})
    script.commands = _Lexer(text, script, 0).commands()
    return script


class _Lexer:
    """One pass over one text; substitutions get a lexer of their own."""

    def __init__(self, text: str, script: Script, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise InputError("What was pasted is nested too deeply to read.", where="profile")
        self.text = text
        self.at = 0
        self.script = script
        self.depth = depth
        self.done: list[Command] = []
        self.command = Command()
        self.word: list[str] | None = None
        self.wanted: list[tuple[Command, str, bool]] = []
        self.next_is = ""

    def commands(self) -> list[Command]:
        while self.at < len(self.text):
            self._step()
        self._end_command()
        return self.done

    def _step(self) -> None:
        char = self.text[self.at]
        if char in " \t":
            self._end_word()
            self.at += 1
        elif self.text.startswith("\\\n", self.at):
            self.at += 2
        elif char == "#" and self.word is None:
            self.at = self._find("\n", self.at, or_end=True)
        elif operator := _OPERATOR.match(self.text, self.at):
            self._operator(operator.group())
        elif char == "<" or (self.word is None and _REDIRECT.match(self.text, self.at)) or char == ">":
            self._redirect()
        else:
            if self.word is None:
                self.word = []
            self.word.append(self._piece(char))

    def _operator(self, operator: str) -> None:
        before = self._end_command()
        self.at += len(operator)
        if operator in ("|", "|&"):
            self.command.piped = before
        if operator == "\n":
            self._read_heredocs()

    def _redirect(self) -> None:
        self._end_word()
        if self.text.startswith("<<<", self.at):
            self.at += 3
            self.next_is = "stdin"
        elif heredoc := _HEREDOC.match(self.text, self.at):
            self.at = heredoc.end()
            self.wanted.append((self.command, heredoc[2], bool(heredoc[1])))
        else:
            match = _REDIRECT.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1
            self.next_is = "" if match and match.group()[-1].isdigit() and "&" in match.group() else "file"

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._single()
        if char == '"':
            self.at += 1
            return self._double('"')
        if char == "\\":
            self.at += 2
            return self.text[self.at - 1 : self.at]
        if char in "$`":
            return self._dollar()
        self.at += 1
        return char

    def _single(self) -> str:
        end = self._find("'", self.at + 1)
        text, self.at = self.text[self.at + 1 : end], end + 1
        return text

    def _double(self, end: str) -> str:
        parts = []
        while not self.text.startswith(end, self.at):
            if self.at >= len(self.text):
                raise _broken()
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\", "\n"):
                parts.append(self.text[self.at + 1].replace("\n", ""))
                self.at += 2
            elif char in "$`":
                parts.append(self._dollar())
            else:
                parts.append(char)
                self.at += 1
        self.at += len(end)
        return "".join(parts)

    def _dollar(self) -> str:
        if self.text[self.at] == "`":
            end = self._find("`", self.at + 1)
            return self._substitution(self.at + 1, end)
        if self.text.startswith("$(", self.at):
            return self._substitution(self.at + 2, _closing(self.text, self.at + 2))
        if self.text.startswith("$'", self.at):
            return self._ansi()
        name = _BRACED.match(self.text, self.at) or _NAME.match(self.text, self.at + 1)
        if not name:
            self.at += 1
            return "$"
        self.at = name.end()
        return mark_variable(name[1] if name.re is _BRACED else name[0])

    def _substitution(self, start: int, end: int) -> str:
        inner = _Lexer(self.text[start:end], self.script, self.depth + 1).commands()
        self.script.inner.append(inner)
        self.at = end + 1
        return mark_command(len(self.script.inner) - 1)

    def _ansi(self) -> str:
        end = self.at + 2
        while end < len(self.text) and self.text[end] != "'":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise _broken()
        text, self.at = self.text[self.at + 2 : end], end + 1
        return _ANSI.sub(_ansi_character, text)

    def _find(self, what: str, start: int, or_end: bool = False) -> int:
        end = self.text.find(what, start)
        if end < 0 and not or_end:
            raise _broken()
        return len(self.text) if end < 0 else end

    def _end_word(self) -> None:
        if self.word is None:
            return
        word = "".join(self.word)
        if self.next_is == "stdin":
            self.command.stdin = word
        elif not self.next_is:
            self.command.words.append(word)
        self.word, self.next_is = None, ""

    def _end_command(self) -> Command:
        self._end_word()
        command = self.command
        if command.words:
            self.done.append(command)
        self.command = Command()
        return command

    def _read_heredocs(self) -> None:
        for command, delimiter, quoted in self.wanted:
            end = re.compile(rf"^\t*{re.escape(delimiter)}[ \t]*$", re.MULTILINE).search(self.text, self.at)
            if not end:
                raise _broken()
            body = self.text[self.at : end.start()]
            command.stdin = body if quoted else _Lexer(f"{body}\x00", self.script, self.depth + 1)._double("\x00")
            self.at = end.end()
        self.wanted = []


def _broken() -> InputError:
    return InputError("What was pasted breaks off inside quotes or brackets. Copy all of it.", where="profile")


def _closing(text: str, at: int) -> int:
    """Where the bracket that was opened before ``at`` closes, quotes and inner brackets passed over."""
    depth = 1
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "'":
            at = text.find("'", at + 1)
            if at < 0:
                break
        elif char == '"':
            at = _after_double(text, at)
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return at
        at += 1
    raise _broken()


def _after_double(text: str, at: int) -> int:
    """Where the double quote that opens at ``at`` closes; a substitution in it may hold quotes of its own."""
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
        elif text.startswith("$(", at):
            at = _closing(text, at + 2)
        at += 1
    return at


def _ansi_character(match: re.Match[str]) -> str:
    short, long, hex_, octal, letter = match.groups()
    if letter is not None:
        return _ANSI_LETTERS.get(letter, letter)
    number = int(octal, 8) if octal else int(short or long or hex_, 16)
    return chr(number) if number < 0x110000 else ""


def from_windows(text: str) -> str:
    """A browser's *Copy as cURL (cmd)* in bash's quoting; other text as it is."""
    if '^"' not in text and not re.search(r"\^\r?\n", text):
        return text
    if '^"' in text:
        text = re.sub(r"\^\r?\n(\r?\n)?", lambda match: "\n" if match[1] else " ", text)
        text = re.sub(r"\^(.)", r"\1", text, flags=re.DOTALL)
    else:
        text = re.sub(r"\^\r?\n", " ", text)
    return " ".join(_bash_quoted(word) for word in _windows_words(text))


def _windows_words(text: str) -> Sequence[str]:
    """Words by the rules of a Windows program: double quotes, in which ``\\"`` and ``""`` stand for a quote."""
    pattern = re.compile(r'(?:"(?:[^"\\]|\\.|"")*"|[^\s"])+', re.DOTALL)
    quoted = re.compile(r'"((?:[^"\\]|\\.|"")*)"', re.DOTALL)

    def plain(match: re.Match[str]) -> str:
        return match[1].replace('""', '"').replace('\\"', '"').replace("\\\\", "\\")

    return [quoted.sub(plain, word) for word in pattern.findall(text)]


def _bash_quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
