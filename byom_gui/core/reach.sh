#!/bin/sh
# Can @HOST@ be reached from here? Run this on a machine in another network (a cloud shell, a phone's
# hotspot), and paste all that it prints back into byom-gui. It sends a picture of 8 by 8 pixels, and larger
# bodies. Secrets are asked for, and reach curl by a private file that is deleted at the end.
TARGET=@TARGET@
CLASSES=@CLASSES@
PICTURE=@PICTURE@
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
chmod 700 "$T"

hidden() {
  printf '%s: ' "$1" >&2
  stty -echo 2>/dev/null
  IFS= read -r REPLY
  stty echo 2>/dev/null
  echo >&2
}
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }
encoded() { printf '%s' "$1" | od -An -tx1 -v | tr -d '\n' | tr ' ' '%'; }
ask() { # what, curl's configuration, the body, what to tell
  if [ -n "$3" ]; then
    OUT=$(curl -sS -K "$2" -o "$T/answer" -m 60 -w "$4" -H 'Content-Type: application/json' --data-binary "@$3" 2>"$T/error")
  else
    OUT=$(curl -sS -K "$2" -o "$T/answer" -m 60 -w "$4" 2>"$T/error")
  fi
  echo "$1-exit: $?"
  [ -z "$OUT" ] || printf '%s\n' "$OUT"
  [ ! -s "$T/error" ] || echo "$1-error: $(head -n 1 "$T/error" | tr -d '\r')"
}

QUERY=
: > "$T/secrets"
@SECRETS@
{ cat "$T/secrets"; printf 'url = "%s"\n' "$(quoted "$TARGET$QUERY")"; } > "$T/target"
{ cat "$T/secrets"; printf 'url = "%s"\n' "$(quoted "$CLASSES")"; } > "$T/list"
printf '{"image":{"base64":"%s"}}' "$PICTURE" > "$T/body"

echo '----- @VERSION@ -----'
echo "target: $TARGET"
echo "curl: $(curl --version | head -n 1 | cut -d ' ' -f 2)"
ask post "$T/target" "$T/body" 'post-status: %{http_code}\npost-ip: %{remote_ip}\npost-redirect: %{redirect_url}\npost-total: %{time_total}'
if grep -q '"status" *: *"succeeded"' "$T/answer" 2>/dev/null; then
  echo 'post-succeeded: yes'
else
  echo 'post-succeeded: no'
fi
[ -z "$CLASSES" ] || ask classes "$T/list" '' 'classes-status: %{http_code}'
for MB in @SIZES@; do
  {
    printf '{"image":{"base64":"%s"},"padding":"' "$PICTURE"
    head -c "${MB}000000" /dev/zero | tr '\0' A
    printf '"}'
  } > "$T/large"
  ask "size-$MB" "$T/target" "$T/large" "size-$MB-status: %{http_code}"
done
echo '----- end -----'
