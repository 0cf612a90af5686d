#!/bin/sh
# Puts the frozen byom-gui into the menu of whoever runs this, and lets it open *.byom.json. `install.sh --remove`
# takes that back. It lies in the app's own folder, in resources/linux.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/byom-gui.desktop
type=$share/mime/packages/byom-gui.xml
icon=$share/icons/hicolor/scalable/apps/byom-gui.svg

refresh() {
  command -v update-desktop-database >/dev/null 2>&1 && update-desktop-database "$share/applications" || true
  command -v update-mime-database >/dev/null 2>&1 && update-mime-database "$share/mime" || true
}

if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$type" "$icon"
  refresh
  echo "byom-gui is out of the menu."
  exit 0
fi

# resources lie beside the program, or in its _internal folder.
program=
for place in "$here/../../byom-gui" "$here/../../../byom-gui"; do
  if [ -f "$place" ] && [ -x "$place" ]; then
    program=$(CDPATH='' cd -- "$(dirname -- "$place")" && pwd)/byom-gui
    break
  fi
done
[ -n "$program" ] || { echo "There is no byom-gui above $here. Run the install.sh that lies in the app's folder." >&2; exit 2; }
mkdir -p "$(dirname "$entry")" "$(dirname "$type")" "$(dirname "$icon")"
# A path in Exec is quoted, and then escaped once more as any text in such a file.
quoted=$(printf '%s' "$program" | sed 's/[\\"`$]/\\&/g; s/\\/\\\\/g; s/%/%%/g')
while IFS= read -r line; do
  case $line in
    Exec=*) printf 'Exec="%s" %%f\n' "$quoted" ;;
    *) printf '%s\n' "$line" ;;
  esac
done < "$here/byom-gui.desktop" > "$entry"
cp "$here/byom-gui.xml" "$type"
cp "$here/../icon.svg" "$icon"
refresh
echo "byom-gui is in the menu, and opens *.byom.json."
