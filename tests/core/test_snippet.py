"""A pasted command fills the API profile: method, path and names alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.errors import InputError
from byom_gui.core.shell_words import from_windows, mark_variable, parse
from byom_gui.core.snippet import MAX_CHARACTERS, read_pasted

SNIPPET = r"""
# Registers a model.
API_KEY="abcdefg.sesame"
BASE=https://darwin.v7labs.com
TEAM_ID=$(curl -s -H "Authorization: ApiKey $API_KEY" "$BASE/api/users/token_info" | jq -r '.selected_team.id')
export MODEL_NAME="My model"
EXTERNAL_URL="http://your.externalmodel.ai/api"
BASIC_AUTH_USERNAME=""
BASIC_AUTH_PASSWORD="sesame"
AUTH_SECRET=
AUTH_SECRET_HEADER=
CLASSES=`curl -s "$EXTERNAL_URL/classes"`
PAYLOAD=$(jq -n \
  --arg name "$MODEL_NAME" --arg url "$EXTERNAL_URL" --argjson c "$CLASSES" --argjson team_id "$TEAM_ID" \
  --arg u "$BASIC_AUTH_USERNAME" --arg p "$BASIC_AUTH_PASSWORD" --arg s "$AUTH_SECRET" --arg h "$AUTH_SECRET_HEADER" \
  '{title: $name, "href": $url, labels: $c, team_id: ($team_id|tonumber), auth: {user: $u, pass: $p}, type: "external"}
   + (if $s != "" then {key: $s, key_header: $h} else {} end)')
if [ -n "$PAYLOAD" ]; then
  curl -X POST "$BASE/api/teams/$TEAM_ID/external_models" \
    -H "Authorization: ApiKey $API_KEY" -H 'Content-Type: application/json' \
    -d "$PAYLOAD" > /dev/null 2>&1
fi
"""


def test_v7s_own_snippet() -> None:
    pasted = read_pasted(SNIPPET)
    profile = pasted.profile
    assert (profile.method, profile.path, profile.confirmed) == ("POST", "/api/teams/{team_id}/external_models", True)
    assert dict(profile.fields) == {
        "name": "title",
        "external_url": "href",
        "classes": "labels",
        "team_id": "team_id",
        "basic_auth_username": "auth.user",
        "basic_auth_password": "auth.pass",
        "auth_secret": "key",
        "auth_secret_header": "key_header",
    }
    assert pasted.notes == ("“type” is unknown and will not be sent.",)
    assert pasted.dropped == 2, "the key and the password"
    assert "sesame" not in repr(pasted)
    assert "v7labs" not in repr(pasted)


ALL = {"name": "name", "external_url": "external_url"}


@pytest.mark.parametrize(
    ("text", "path", "fields", "dropped"),
    [
        pytest.param(
            "curl 'https://darwin.v7labs.com/ai/models?x=1' -H 'authorization: Bearer sesame' -b 'sid=sesame' "
            r"""--data-raw $'{"name":"it\'s \u0041","external_url":"https://x/api","classes":[{"name":"a"}],"team_id":4}'"""
            " --compressed",
            "/ai/models",
            ALL | {"classes": "classes", "team_id": "team_id"},
            2,
            id="browser, bash",
        ),
        pytest.param(
            'curl ^"https://darwin.v7labs.com/api/teams/acme/models^" ^\r\n  -X ^"PUT^" ^\r\n'
            '  -H ^"cookie: sesame^" ^\r\n  --data-raw ^"^{^\\^"name^\\^":^\\^"50^%^ off^\\^",'
            '^\\^"url^\\^":^\\^"https://a/b^\\^",^\\^"auth_secret^\\^":^\\^"sesame^\\^"^}^"',
            "/api/teams/{team_slug}/models",
            {"name": "name", "external_url": "url", "auth_secret": "auth_secret"},
            2,
            id="browser, cmd",
        ),
        pytest.param(
            'curl "https://v7/api/teams/42/m" ^\r\n --data-raw "{\\"name\\":\\"x\\",\\"url\\":\\"y\\"}"',
            "/api/teams/{team_id}/m",
            {"name": "name", "external_url": "url"},
            0,
            id="older browser, cmd",
        ),
        pytest.param(
            'curl -sX POST "$DARWIN_BASE_URL/ai/x" -u user:sesame -d @- <<EOF\n'
            '{"name": "$MODEL_NAME", "external_url": "$EXTERNAL_URL", "classes": $(curl -s $EXTERNAL_URL/classes),\n'
            ' "team_id": $TEAM_ID, "basic": {"username": "$U", "password": ""}}\nEOF\n',
            "/ai/x",
            ALL
            | {"classes": "classes", "team_id": "team_id", "basic_auth_username": "basic.username"}
            | {"basic_auth_password": "basic.password"},
            1,
            id="here-document",
        ),
        pytest.param(
            'cat <<-\'EOF\' | curl https://u:sesame@v7/ai/x --data-binary @/dev/stdin\n{"name": 1, "url": 2}\n\tEOF\n',
            "/ai/x",
            {"name": "name", "external_url": "url"},
            1,
            id="quoted here-document through cat",
        ),
        pytest.param(
            "jq -n --arg n \"$MODEL_NAME\" '{$n, external_url: env.EXTERNAL_URL, s: $ENV.AUTH_SECRET}' "
            "| curl -XPOST v7.com/ai/x -d@-",
            "/ai/x",
            {"name": "n", "external_url": "external_url", "auth_secret": "s"},
            0,
            id="jq piped",
        ),
        pytest.param(
            'B="{\\"name\\": \\"$N\\", \\"url\\": \\"$U\\"}"; echo "$B" | jq -c . | curl -d @- --url=v7.com/ai/x',
            "/ai/x",
            {"name": "name", "external_url": "url"},
            0,
            id="echo through jq",
        ),
        pytest.param(
            "curl -d @- v7.com/ai/x <<< '{name: 1, url: 2}'",
            "/ai/x",
            {"name": "name", "external_url": "url"},
            0,
            id="here-string",
        ),
        pytest.param(
            'D=$(jq -n --arg k "$AUTH_SECRET" \'{name: $n, url: $u} | .access.key = $k '
            '| .team_id += $team_id\')\ncurl -d "$D" v7.com/ai/x',
            "/ai/x",
            {"name": "name", "external_url": "url", "auth_secret": "access.key", "team_id": "team_id"},
            0,
            id="jq that sets keys",
        ),
        pytest.param(
            'curl "${BASE:-https://v7.com}/teams/${TEAM_SLUG}/x" --json \'{"name": "a", "model": {"url": "b"}}\'',
            "/teams/{team_slug}/x",
            {"name": "name", "external_url": "model.url"},
            0,
            id="braces and slug",
        ),
        pytest.param(
            'curl https://v7/x -d \'{"name": [1, {"x": "}"}], "url": "a\\"}"}\'',
            "/x",
            {"name": "name", "external_url": "url"},
            0,
            id="brackets and quotes in values",
        ),
    ],
)
def test_commands_as_people_paste_them(text: str, path: str, fields: dict[str, str], dropped: int) -> None:
    pasted = read_pasted(text)
    assert (pasted.profile.path, dict(pasted.profile.fields), pasted.dropped) == (path, fields, dropped)
    assert "sesame" not in repr(pasted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Nothing was pasted"),
        ("hello", "no curl command"),
        ("A=1", "no curl command"),
        ("Invoke-WebRequest -Uri https://v7", "PowerShell"),
        ("await fetch('https://v7')", "JavaScript"),
        ("curl https://v7/x", "only reads"),
        ("curl -X DELETE https://v7/x -d '{}'", "only reads"),
        ("curl https://v7/x -d '{\"a\": 1}'", "no key that looks like the model's name"),
        ("curl https://v7/x -d '{\"name\": 1}'", "no key that looks like the model's address"),
        ("curl https://v7/x -d ''", "no key that looks like the model's name"),
        ("curl https://v7/x -d @-", "no key that looks like the model's name"),
        ("curl https://v7/x -d $(true)", "no key that looks like"),
        ("curl https://v7/x -d $()", "no key that looks like"),
        ("D=$D curl https://v7/x -d $D", "no key that looks like"),
        ("curl https://v7/x -d @body.json", "in a file"),
        ("curl 'https://v7/x", "breaks off"),
        ('curl "https://v7/x', "breaks off"),
        ("curl $'https://v7/x", "breaks off"),
        ("curl $(jq", "breaks off"),
        ("curl $(jq '", "breaks off"),
        ('curl $(jq "\\"', "breaks off"),
        ("curl $(jq \\)", "breaks off"),
        ("curl -d @- v7/x <<EOF\n{}", "breaks off"),
        ("$(" * 20 + ")" * 20, "nested too deeply"),
        ('curl v7.com/$WHAT/x -d \'{"name": 1, "url": 2}\'', "that is not set"),
        ("curl 'v7.com/a b' -d '{\"name\": 1, \"url\": 2}'", "must start with one /"),
        ('curl v7.com/x -d \'{"name": 1, "url": 2, "x', "breaks off"),
        ("x" * (MAX_CHARACTERS + 1), "too much text"),
    ],
)
def test_what_is_something_else_is_said(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_pasted(text)
    assert words in caught.value.sentence


def test_the_first_of_two_keys_for_one_thing_is_taken() -> None:
    pasted = read_pasted('curl v7/x -d \'{"name": 1, "url": 2, "endpoint": 3}\'')
    assert dict(pasted.profile.fields) == {"name": "name", "external_url": "url"}


def test_a_query_and_a_team_in_the_path_are_told() -> None:
    pasted = read_pasted('curl \'https://v7/teams/acme/x?y=1\' -d \'{"name": 1, "url": 2, "colour": 3}\'')
    assert pasted.notes == (
        "“colour” is unknown and will not be sent.",
        "What follows the ? in the address is left out.",
        "The team in the path is replaced by {team_slug}.",
    )


def test_of_several_calls_the_one_that_registers_is_taken() -> None:
    other = 'curl -X POST https://v7/api/teams/acme/annotation_classes -d \'{"name": "a", "metadata": {}}\'\n'
    ours = 'curl -X POST https://v7/ai/x -d \'{"name": 1, "url": 2}\'\n'
    for text in (other + ours, ours + other):
        pasted = read_pasted(text)
        assert (pasted.profile.path, pasted.notes) == ("/ai/x", ())


def test_quotes_inside_a_substitution_inside_quotes() -> None:
    text = """curl v7/x -d "$(jq -n --arg n "$(echo "a\\"b)" \\) 'c)')" '{name: $n, url: $u}')" """
    assert dict(read_pasted(text).profile.fields) == {"name": "name", "external_url": "url"}


def test_nothing_is_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    mark = tmp_path_factory.mktemp("run") / "ran"
    text = (
        f'X=$(touch {mark}); `touch {mark}`; curl -d "$(touch {mark})$X{{name: 1, url: 2}}" v7.com/ai/x; touch {mark}'
    )
    assert read_pasted(text).profile.path == "/ai/x"
    assert not mark.exists()


PIECES = st.sampled_from(
    [
        "curl ",
        "-d ",
        "-X POST ",
        "'",
        '"',
        "$(",
        ")",
        "`",
        "{",
        "}",
        "<<EOF\n",
        "EOF\n",
        "$A",
        "${B}",
        "\\",
        "\n",
        "^",
        "jq ",
        "--arg ",
        "a:",
        ",",
        "@-",
        "x ",
        "/",
        "A=",
        "$'",
        "[",
        "]",
        ":",
        "<<<",
        ">",
        "#",
        "2>&1 ",
        "<-",
        "^\n",
        "\x00",
        "|",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_breaks_it(text: str) -> None:
    with contextlib.suppress(InputError):
        profile = read_pasted(text).profile
        assert profile.path.startswith("/")


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "curl -d '" + "{" * n + "' v7/x",
        lambda n: "curl -d '" + "[" * n + '"' * n + "' v7/x",
        lambda n: "curl -d '{" + "(" * n + "' v7/x",
        lambda n: "A=" + "$A" * n + "; curl -d $A v7/x",
        lambda n: "A=" + "$A" * (n // 40) + "; curl -d '{name: 1, url: 2}' $A",
        lambda n: "curl -d '{" + "a " * n + "}' v7/x",
        lambda n: 'curl ^"' + "\\" * n,
    ],
)
def test_odd_text_does_not_take_for_ever(make: Callable[[int], str]) -> None:
    # Were the work to grow with the square of the length, this would meet the time limit of a test.
    with pytest.raises(InputError):
        read_pasted(make(80_000))


def test_words_of_a_shell() -> None:
    script = parse("a 'b c'd \\\n e\\ f \"g\\\"$H\\n\" $ $'\\t\\x41\\101\\q' # no\ni;j&k>l 2>/dev/null m")
    assert [command.words for command in script.commands] == [
        ["a", "b cd", "e f", f'g"{mark_variable("H")}\\n', "$", "\tAA\x71"],
        ["i"],
        ["j"],
        ["k", "m"],
    ]


def test_text_that_is_not_of_windows_stays() -> None:
    assert from_windows("curl 'a^b'") == "curl 'a^b'"
