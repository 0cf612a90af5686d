"""Addresses: parsed once, without their secrets, and one origin for one server."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byom_gui.core.endpoint import MASK, Address, Auth, Endpoint, Origin, SecretRef, check_proxy, parse_address
from byom_gui.core.errors import InputError
from byom_gui.core.secret_names import is_secret_name


def address(text: str) -> Address:
    return parse_address(text).address


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://models.acme.io/api/infer", "https://models.acme.io/api/infer"),
        ("  HTTPS://Models.ACME.io:443/api/infer \n", "https://models.acme.io/api/infer"),
        ("http://localhost:8000", "http://localhost:8000/"),
        ("http://h:80/x", "http://h/x"),
        ("https://h:80/x", "https://h:80/x"),
        ("http://h:/x", "http://h/x"),
        ("https://h/a#part", "https://h/a"),
        ("https://acme.io./infer", "https://acme.io/infer"),
        ("https://bücher.example/infer", "https://xn--bcher-kva.example/infer"),
        ("https://BÜCHER.example/infer", "https://xn--bcher-kva.example/infer"),
        ("https://xn--bcher-kva.example/infer", "https://xn--bcher-kva.example/infer"),
        ("http://my_model.internal/infer", "http://my_model.internal/infer"),
        ("http://[::1]:8000/infer", "http://[::1]:8000/infer"),
        ("http://[0:0:0:0:0:0:0:1]/infer", "http://[::1]/infer"),
        ("https://[2001:DB8::1]/infer", "https://[2001:db8::1]/infer"),
        ("http://127.0.0.1:9/infer", "http://127.0.0.1:9/infer"),
        ("http://１２７.0.0.1/infer", "http://127.0.0.1/infer"),
        ("https://h/a%20b/%C3%A9", "https://h/a%20b/%C3%A9"),
        ("https://h/é", "https://h/%C3%A9"),
        ("https://h/100%/infer", "https://h/100%25/infer"),
        ("https://h/a%2Fb", "https://h/a%2Fb"),
        ('https://h/"quoted"<x>', "https://h/%22quoted%22%3Cx%3E"),
        ("https://h//double//infer", "https://h//double//infer"),
    ],
)
def test_an_address_is_kept_in_one_form(text: str, base: str) -> None:
    parsed = parse_address(text)
    assert parsed.address.base == base
    assert address(parsed.address.stored) == parsed.address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter the model's address"),
        ("   ", "Enter the model's address"),
        ("models.acme.io/infer", "no scheme"),
        ("localhost:8000/infer", "no scheme"),
        ("ftp://h/infer", "must start with"),
        ("file:///etc/passwd", "must start with"),
        ("https:///infer", "no valid host"),
        ("https://h/a b", "a space"),
        ("https://h/a\u00a0b", "a space"),
        ("https://h/a\nb", "a space"),
        ("https://h/a\u200bb", "invisible"),
        ("https://h/a\x00b", "invisible"),
        ("https://h\\infer", "backslash"),
        ("https://u:sesame@h/infer", "user or password"),
        ("https://sesame@h/infer", "user or password"),
        ("https://h:0/", "Port 0"),
        ("https://h:99999/", "host or port"),
        ("https://h:sesame/", "host or port"),
        ("https://[::1/infer", "host or port"),
        ("https://u:se/same@h/", "host or port"),
        ("https://[fe80::1%25eth0]/", "no valid host"),
        ("https://[::1::2]/", "host"),
        ("https://256.1.1.1/", "no valid host"),
        ("https://1.2.3/", "no valid host"),
        ("https://a..b/", "no valid host"),
        ("https://a../", "no valid host"),
        ("https://ex%61mple.com/", "no valid host"),
        (f"https://{'a' * 64}.com/", "no valid host"),
        ("https://h/?a=sesame&a=2", "twice"),
    ],
)
def test_what_can_not_be_used_is_said_without_repeating_it(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_address(text)
    assert words in caught.value.sentence
    assert caught.value.where == "endpoint"
    assert "sesame" not in f"{caught.value!r} {caught.value.detail}"


def test_secret_query_values_are_kept_apart_and_masked_and_others_are_not() -> None:
    parsed = parse_address("https://h/infer?api_key=ses%20ame&kept=&flag&a%26b=1%202&&%61uth=x")
    assert parsed.query_values == (("api_key", "ses ame"), ("kept", ""), ("auth", "x"))
    assert "ame" not in repr(parsed).replace("name", "")
    where = parsed.address
    assert where.query == (("api_key", None), ("kept", None), ("flag", ""), ("a&b", "1 2"), ("auth", None))
    assert where.secret_names == ("api_key", "kept", "auth")
    assert where.shown == f"https://h/infer?api_key={MASK}&kept={MASK}&flag&a%26b=1+2&auth={MASK}"
    assert where.stored == "https://h/infer?api_key=&kept=&flag&a%26b=1+2&auth="
    assert address(where.stored) == where == address(where.shown)
    values = dict(parsed.query_values)
    filled = "https://h/infer?api_key=ses+ame&kept=&flag&a%26b=1+2&auth=x"
    assert where.filled(lambda ref: values[ref.name]) == filled
    assert where.filled(lambda _: None) == where.stored
    assert address("https://h/infer").filled(lambda _: "x") == "https://h/infer"


def test_a_user_may_say_that_a_value_is_a_secret() -> None:
    parsed = parse_address("https://h/infer?model=yolo&version=2", ["model"])
    assert parsed.query_values == (("model", "yolo"),)
    assert parsed.address.stored == "https://h/infer?model=&version=2"
    assert address(parsed.address.stored) == parsed.address, "it stays one in a file"
    assert parsed.address == address("https://h/infer?model=yolo&version=2").with_value("model", None)
    assert parsed.address.with_value("model", "x").shown == "https://h/infer?model=x&version=2"


def test_the_classes_address_at_the_same_server_follows_a_mark() -> None:
    plain = Endpoint(address("https://h/infer?m=1"), classes=address("https://h/list?m=1"))
    assert plain.with_query_value("m", None).classes == address("https://h/list?m=")
    other = Endpoint(address("https://h/infer?m=1"), classes=address("https://other/list?m=1"))
    assert other.with_query_value("m", None) == Endpoint(address("https://h/infer?m="), classes=other.classes)
    assert Endpoint(plain.infer).with_query_value("m", "2").infer == address("https://h/infer?m=2")


@pytest.mark.parametrize(
    "name",
    [
        "key",
        "token",
        "sig",
        "signature",
        "secret",
        "password",
        "passwd",
        "pwd",
        "pass",
        "auth",
        "credential",
        "credentials",
        "api_key",
        "apikey",
        "API-Key",
        "apiKey",
        "access",
        "accessToken",
        "access_token",
        "AWSAccessKeyId",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Credential",
        "x-goog-signature",
        "code",
        "jwt",
        "sas",
        "bearer",
        "clientSecret",
        "client_secret",
        "authtoken",
        "hmac",
        "otp",
        "session",
        "sessionid",
        "sid",
        "subscription-key",
        "functionkey",
        "user[password]",
        "private.key",
        "sign",
        "HTTPToken",
        "PHPSESSID",
        "JSESSIONID",
        "user_tok",
        "userkey",
        "awsaccesskeyid",
        "authCode",
        "api_code",
        "key_access_level",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)
    assert address(f"https://h/?{quote(name)}=v").secret_names == (name,)


@pytest.mark.parametrize(
    "name",
    [
        "version",
        "model",
        "v",
        "task",
        "threshold",
        "conf",
        "iou",
        "max_tokens",
        "tokens",
        "keypoints",
        "keyframe",
        "monkey",
        "author",
        "authors",
        "signal",
        "design",
        "passes",
        "bypass",
        "compass",
        "encode",
        "encoding",
        "codec",
        "decode",
        "format",
        "class",
        "k",
        "imgsz",
        "half",
        "device",
        "return_masks",
        "sidecar",
        "日本",
        "1",
        "country_code",
        "colorCode",
        "zip-code",
        "access_level",
        "keyPoints",
        "key_frame",
    ],
)
def test_names_that_are_no_secrets(name: str) -> None:
    assert not is_secret_name(name)
    assert address(f"https://h/?{quote(name)}=v").secret_names == ()


@given(st.text(max_size=40))
def test_a_path_survives_being_stored(path: str) -> None:
    try:
        once = address(f"https://h/{path}")
    except InputError:
        return
    assert address(once.stored) == once
    assert once.base.isascii()


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("http://localhost/", True),
        ("http://app.localhost/", True),
        ("http://127.9.9.9/", True),
        ("http://[::1]/", True),
        ("http://[::ffff:127.0.0.1]/", True),
        ("http://[2001:db8::1]/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost.acme.io/", False),
    ],
)
def test_loopback(text: str, loopback: bool) -> None:
    assert address(text).origin.is_loopback is loopback


@pytest.mark.parametrize(
    ("infer", "sibling"),
    [
        ("https://h/api/infer", "https://h/api/classes"),
        ("https://h/infer", "https://h/classes"),
        ("https://h/infer/", "https://h/classes"),
        ("https://h/", "https://h/classes"),
        ("https://h/infer?key=v&model=m", "https://h/classes?key=&model=m"),
    ],
)
def test_the_classes_address_is_guessed_beside_the_inference(infer: str, sibling: str) -> None:
    assert Endpoint(address(infer)).classes_guess.stored == sibling


@pytest.mark.parametrize(
    ("infer", "classes", "external"),
    [
        ("https://h/api/infer", None, "https://h/api"),
        ("https://h/infer", None, "https://h"),
        ("https://h/api/infer", "https://h/api/classes", "https://h/api"),
        ("https://h/api/infer", "https://h/classes", None),
        ("https://h/api/infer", "https://other/api/classes", None),
        ("https://h/api/predict", None, None),
        ("https://h/api/infer/", None, None),
        ("https://h/api/INFER", None, None),
        ("https://h/", None, None),
        ("https://h/infer?key=v", None, None),
        ("https://h/infer?model=m", None, None),
    ],
)
def test_the_base_for_v7s_api(infer: str, classes: str | None, external: str | None) -> None:
    assert Endpoint(address(infer), classes=address(classes) if classes else None).external_url == external


@pytest.mark.parametrize(
    ("auth", "word", "kinds"),
    [
        (Auth(), "none", []),
        (Auth("u"), "Basic", ["basic"]),
        (Auth("", "X-S"), "header", ["header"]),
        (Auth("u", "X-S"), "Basic + header", ["basic", "header"]),
    ],
)
def test_auth_names_its_secrets(auth: Auth, word: str, kinds: list[str]) -> None:
    endpoint = Endpoint(address("https://h/infer?key=v&model=m"), auth)
    assert auth.word == word
    assert [ref.kind for ref in endpoint.secret_refs()] == [*kinds, "query"]
    assert {ref.origin for ref in endpoint.secret_refs()} == {endpoint.origin}


def test_secrets_are_keyed_by_origin_and_name() -> None:
    origin = Origin("https", "h", 8443)
    assert SecretRef("header", origin, "X-S").account == "header https://h:8443 X-S"
    assert SecretRef("v7-key", origin).account == "v7-key https://h:8443"


@pytest.mark.parametrize("proxy", ["http://proxy.example:3128", "https://u:p@proxy.example", "http://[::1]:8080/"])
def test_a_proxys_address_passes(proxy: str) -> None:
    check_proxy(proxy)


@pytest.mark.parametrize("proxy", ["proxy:3128", "http://[::1", "http://u:hush@h:99999", "socks5://h", "http://a b"])
def test_what_is_no_proxy_is_refused_without_its_password(proxy: str) -> None:
    with pytest.raises(InputError, match="The proxy cannot be used") as told:
        check_proxy(proxy)
    assert "hush" not in told.value.sentence
