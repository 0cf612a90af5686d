"""Fills the API profile from what a user pastes: V7's own shell snippet, or a browser's *Copy as cURL*.

Only method, path and key names are taken. Credentials in the text are counted and dropped, V7's host never comes from
it, and nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from byom_gui.core.errors import InputError
from byom_gui.core.profile import METHODS, ApiProfile
from byom_gui.core.shell_words import COMMAND, MARK, VARIABLE, Command, Script, from_windows, mark_variable, parse

MAX_CHARACTERS = 256 * 1024
MAX_ADDRESS = 4096

_MEANINGS: dict[str, str] = {
    "modelname": "name",
    "name": "name",
    "externalurl": "external_url",
    "externalmodelurl": "external_url",
    "modelurl": "external_url",
    "endpointurl": "external_url",
    "endpoint": "external_url",
    "url": "external_url",
    "classes": "classes",
    "modelclasses": "classes",
    "teamid": "team_id",
    "team": "team_id",
    "basicauthusername": "basic_auth_username",
    "basicauthuser": "basic_auth_username",
    "authusername": "basic_auth_username",
    "username": "basic_auth_username",
    "user": "basic_auth_username",
    "basicauthpassword": "basic_auth_password",
    "authpassword": "basic_auth_password",
    "password": "basic_auth_password",
    "authsecret": "auth_secret",
    "secret": "auth_secret",
    "authsecretheader": "auth_secret_header",
    "secretheader": "auth_secret_header",
    "authheader": "auth_secret_header",
    "header": "auth_secret_header",
}
_SECRET = re.compile(r"pass(word|wd)?|secret(?!_?header)|token|api_?key|credential", re.IGNORECASE)
_USER_INFO = re.compile(r"[^:/?#]*://[^/?#]*@")
_SECRET_HEADER = re.compile(r"authorization|cookie|csrf|token|key|secret", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_BEFORE_COMMANDS = frozenset(("export", "local", "declare", "readonly", "then", "else", "do", "!", "time", "if", "{"))

_DATA = ("-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--data-urlencode", "--json")
_SHORT_WITH_VALUE = frozenset("XHdubAeomxEFTwKDCrytUYzQPh")
_LONG_WITH_VALUE = (
    frozenset(option[2:] for option in _DATA if option.startswith("--"))
    | frozenset(
        ("request", "header", "user", "url", "cookie", "user-agent", "referer", "output", "max-time", "connect-timeout")
    )
    | frozenset(("proxy", "cert", "key", "cacert", "capath", "form", "form-string", "retry", "retry-delay", "range"))
    | frozenset(("write-out", "oauth2-bearer", "cookie-jar", "config", "interface", "resolve", "connect-to"))
)
_JQ_PAIRS = frozenset(("--arg", "--argjson", "--slurpfile", "--rawfile"))

_JQ_VARIABLE = re.compile(r"\$(?:ENV\.)?([A-Za-z_]\w*)|\benv\.([A-Za-z_]\w*)")
_JQ_SET = re.compile(r"\.([A-Za-z_][\w.]*)\s*\+?=(?!=)\s*(\$\w+|" + VARIABLE.pattern + ")")
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"|\$?([A-Za-z_]\w*)')


@dataclass(frozen=True, slots=True)
class PastedProfile:
    """What was taken, remarks for the user, and how many credentials were dropped."""

    profile: ApiProfile
    notes: tuple[str, ...]
    dropped: int


@dataclass(slots=True)
class _Curl:
    """The parts of a curl command that matter."""

    command: Command
    method: str = ""
    url: str = ""
    data: list[str] = field(default_factory=list)
    credentials: int = 0


def read_pasted(text: str) -> PastedProfile:
    """Reads a pasted command.

    Raises:
        InputError: it is something else (PowerShell, fetch, no curl), it breaks off, or it holds no body with the
            model's name and address; says what to copy instead. Nothing of the text is repeated but key names.
    """
    if len(text) > MAX_CHARACTERS:
        raise _unfit("This is too much text for a command. Paste only the command.")
    _refuse_others(text)
    paste = _Paste(parse(from_windows(text)))
    curl, fields_ = paste.best()
    path = paste.path(curl.url)
    if missing := [name for name in ("name", "external_url") if name not in fields_]:
        words = {"name": "name", "external_url": "address"}[missing[0]]
        raise _unfit(f"The command's body has no key that looks like the model's {words}. Enter it in the table.")
    profile = ApiProfile(curl.method, path, fields_, True, "Pasted from V7's command.")
    return PastedProfile(profile, tuple(dict.fromkeys(paste.notes)), paste.dropped())


def _unfit(sentence: str) -> InputError:
    return InputError(sentence, where="profile")


def _refuse_others(text: str) -> None:
    if not text.strip():
        raise _unfit("Nothing was pasted. Copy the command from V7's page, or a request as cURL from the browser.")
    if re.search(r"Invoke-(WebRequest|RestMethod)", text, re.IGNORECASE):
        raise _unfit("This is for PowerShell. In the browser choose Copy as cURL (bash) or (cmd).")
    if re.match(r"\s*(await\s+)?fetch\s*\(", text):
        raise _unfit("This is for JavaScript. In the browser choose Copy as cURL.")


class _Paste:
    """One pasted script, looked at as a whole."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.notes: list[str] = []
        self.variables: dict[str, str] = {}
        self.curls: list[_Curl] = []
        for command in script.every():
            name, arguments = self._assign(command.words)
            if re.split(r"[/\\]", name)[-1].lower() in ("curl", "curl.exe"):
                self.curls.append(_curl(command, arguments))

    def _assign(self, words: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Keeps the assignments that a command begins with; gives its name and its arguments."""
        for at, word in enumerate(words):
            if match := _ASSIGNMENT.fullmatch(word):
                self.variables[match[1]] = match[2]
            elif word not in _BEFORE_COMMANDS:
                return word, words[at + 1 :]
        return "", ()

    def dropped(self) -> int:
        """How many credentials the text held."""
        named = [value for name, value in self.variables.items() if _SECRET.search(name)]
        return sum(curl.credentials for curl in self.curls) + sum(bool(MARK.sub("", value)) for value in named)

    def best(self) -> tuple[_Curl, dict[str, str]]:
        """The call that registers: the one that sends most of what we know."""
        if not self.curls:
            raise _unfit(
                "There is no curl command in this. Copy the whole command from V7's page, or a request as cURL."
            )
        writing = [curl for curl in self.curls if curl.method in METHODS]
        if not writing:
            raise _unfit("This command only reads. Copy the one that registers a model (a POST with a body).")
        found = []
        for curl in reversed(writing):
            self.notes = []
            found.append((curl, self._fields(curl), self.notes))
        curl, fields_, self.notes = max(found, key=lambda item: len(item[1]))
        return curl, fields_

    # The path

    def expanded(self, text: str, depth: int = 5) -> str:
        """The text with variables replaced by what they are set to, where that is plain."""

        def value(match: re.Match[str]) -> str:
            found = self.variables.get(match[1], "")
            plain = 0 < len(found) <= MAX_ADDRESS and not COMMAND.search(found) and not _team(match[1])
            return found if plain else match[0]

        changed = VARIABLE.sub(value, text[:MAX_ADDRESS])  # bounded, as a variable may hold itself many times over
        return changed if changed == text or not depth else self.expanded(changed, depth - 1)

    def path(self, url: str) -> str:
        """The path below V7's host, team ids and slugs as placeholders."""
        text = self.expanded(url)

        def team(match: re.Match[str]) -> str:
            name = _team(match[1])
            return f"{{{name}}}" if name and match.start() else match[0]

        text = VARIABLE.sub(team, text)
        path = re.sub(rf"^(?:[A-Za-z]+://[^/?#]*|{MARK.pattern}|[^/?#]*)", "", text, count=1)
        path, *query = re.split(r"[?#]", path, maxsplit=1)
        if query:
            self.notes.append("What follows the ? in the address is left out.")
        if MARK.search(path):
            raise _unfit("The path contains a variable that is not set. Enter the path in the table.")
        return self._with_team(path or "/")

    def _with_team(self, path: str) -> str:
        def placeholder(match: re.Match[str]) -> str:
            name = "{team_id}" if match[2].isdecimal() else "{team_slug}"
            self.notes.append(f"The team in the path is replaced by {name}.")
            return f"{match[1]}{name}"

        return re.sub(r"(/teams/)([^/{}]+)", placeholder, path, count=1)

    # The body

    def _fields(self, curl: _Curl) -> dict[str, str]:
        """Our names to V7's keys, in the order of the body."""
        bindings: dict[str, str] = {}
        template = "&".join(self._body(text, curl.command, bindings, 6) for text in curl.data)
        fields_: dict[str, str] = {}
        for key, raw in (*_pairs(template), *((match[1], match[2]) for match in _JQ_SET.finditer(template))):
            own = self._meaning(key, raw, bindings)
            if own is None:
                self.notes.append(f"“{key[:80]}” is unknown and will not be sent.")
            elif own not in fields_:
                fields_[own] = key
                curl.credentials += own in ("basic_auth_password", "auth_secret") and _is_literal(raw)
        return fields_

    def _body(self, text: str, command: Command, bindings: dict[str, str], depth: int) -> str:
        """The JSON or jq text behind what curl is given as data."""
        text = text.strip()
        if depth and text in ("@-", "@/dev/stdin"):
            return self._output(command, bindings, depth - 1) if command.piped or command.stdin else ""
        if text.startswith("@"):
            raise _unfit("The command's body is in a file. Paste a command that contains its body.")
        if depth and (match := VARIABLE.fullmatch(text)):
            return self._body(self.variables.get(match[1], ""), command, bindings, depth - 1)
        if depth and (match := COMMAND.fullmatch(text)):
            inner = self.script.inner[int(match[1])]
            return self._said(inner[-1], bindings, depth - 1) if inner else ""
        return text

    def _output(self, command: Command, bindings: dict[str, str], depth: int) -> str:
        """What reaches a command's standard input."""
        if command.stdin is not None:
            return self._body(command.stdin, command, bindings, depth)
        return self._said(command.piped, bindings, depth) if command.piped and depth else ""

    def _said(self, command: Command, bindings: dict[str, str], depth: int) -> str:
        """What a command prints: jq its filter, echo and printf their last word, cat what it is given."""
        name, *arguments = command.words
        if name == "jq":
            program = _jq(arguments, bindings)
            return program if "{" in program or not depth else self._output(command, bindings, depth)
        if name in ("echo", "printf") and arguments:
            return self._body(arguments[-1], command, bindings, depth)
        return self._output(command, bindings, depth)

    def _meaning(self, key: str, raw: str, bindings: Mapping[str, str]) -> str | None:
        """Which of our names a pair stands for: by the variable that fills it, else by its key."""
        words: list[str] = VARIABLE.findall(raw)
        for name in (first or second for first, second in _JQ_VARIABLE.findall(raw)):
            words += [*VARIABLE.findall(bindings.get(name, "")), name]
        words += [key.rpartition(".")[2], key, "_".join(key.split(".")[-2:])]
        known = (_MEANINGS.get(_folded(word)) for word in words)
        return next((own for own in known if own), None)


def _folded(word: str) -> str:
    return re.sub(r"[\W_]", "", word).casefold()


def _team(variable: str) -> str:
    folded = _folded(variable)
    if "team" not in folded:
        return ""
    return "team_slug" if "slug" in folded or "name" in folded else "team_id"


def _is_literal(raw: str) -> bool:
    return raw.startswith('"') and len(raw) > 2 and not MARK.search(raw)


def _curl(command: Command, arguments: Sequence[str]) -> _Curl:
    curl = _Curl(command)
    for option, value in _options(arguments):
        if option in ("-X", "--request"):
            curl.method = value.upper()
        elif option in ("", "--url"):
            curl.url = curl.url or value
        elif option in _DATA:
            curl.data.append(value)
        elif option in ("-u", "--user", "-b", "--cookie", "--oauth2-bearer"):
            curl.credentials += 1
        elif option in ("-H", "--header"):
            name, _, text = value.partition(":")
            plain = re.sub(r"(?i)\b(apikey|bearer|basic)\b", "", MARK.sub("", text)).strip()
            curl.credentials += bool(_SECRET_HEADER.search(name)) and bool(plain)
    curl.method = curl.method or ("POST" if curl.data else "GET")
    curl.credentials += bool(_USER_INFO.match(MARK.sub("x", curl.url)))
    return curl


def _options(arguments: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Option and value; a word that belongs to no option comes with an empty one."""
    rest = iter(arguments)
    for word in rest:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
            takes = name[2:] in _LONG_WITH_VALUE
            yield name, value if equals else next(rest, "") if takes else ""
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word, rest)
        else:
            yield "", word


def _short(word: str, rest: Iterable[str]) -> Iterable[tuple[str, str]]:
    for at, letter in enumerate(word[1:], 1):
        if letter in _SHORT_WITH_VALUE:
            yield f"-{letter}", word[at + 1 :] or next(iter(rest), "")
            return


def _jq(arguments: Sequence[str], bindings: dict[str, str]) -> str:
    """A jq command's program; what ``--arg`` gives it goes into ``bindings``."""
    rest = iter(arguments)
    program = ""
    for word in rest:
        if word in _JQ_PAIRS:
            name = next(rest, "")
            bindings[name] = next(rest, "")
        elif not word.startswith("-") and not program:
            program = word
    return program


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """Key and raw value of every object in JSON or a jq program; keys of inner objects with dots."""
    at = 0
    while at < len(text):
        if text[at] == '"':
            at = _skip(text, at)
        elif text[at] == "{":
            found, at = _object(text, at + 1, "", 0)
            yield from found
        else:
            at += 1


def _object(text: str, at: int, prefix: str, depth: int) -> tuple[list[tuple[str, str]], int]:
    """The pairs of the object that opens before ``at``, and where it ends."""
    found: list[tuple[str, str]] = []
    while at < len(text) and text[at] != "}":
        if text[at] in " \t\r\n,":
            at += 1
            continue
        name, value, at = _pair(text, at)
        if name and value.startswith("{") and depth < 4:
            found += _object(value, 1, f"{prefix}{name}.", depth + 1)[0]
        elif name:
            found.append((prefix + name, value))
    return found, at + 1


def _pair(text: str, at: int) -> tuple[str, str, int]:
    """One key with its raw value, and where they end. ``{$name}`` stands for ``{name: $name}``."""
    marked = VARIABLE.match(text, at)
    key = marked or _KEY.match(text, at)
    start = key.end() if key else at
    while start < len(text) and text[start] in " \t\r\n":
        start += 1
    end = start
    while end < len(text) and text[end] not in ",}":
        end = _skip(text, end)
    if key is None:
        return "", "", max(end, at + 1)
    name = key[1] if marked or key[1] is not None else key[2]
    if text[start : start + 1] == ":":
        return name, text[start + 1 : end].strip(), end
    return name, mark_variable(name) if marked else f"${name}", end


_CLOSERS = {"{": "}", "[": "]", "(": ")"}


def _skip(text: str, at: int) -> int:
    """Past the character at ``at``, or past the whole string or bracket that opens there."""
    if text[at] == '"':
        match = re.compile(r'"(?:[^"\\]|\\.)*"?', re.DOTALL).match(text, at)
        return match.end() if match else at + 1
    if text[at] not in _CLOSERS:
        return at + 1
    open_: list[str] = []
    while at < len(text):
        if text[at] in _CLOSERS:
            open_.append(_CLOSERS[text[at]])
        elif text[at] == open_[-1]:
            open_.pop()
        at = _skip(text, at) if text[at] == '"' else at + 1
        if not open_:
            break
    return at
