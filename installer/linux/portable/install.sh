#!/bin/sh
# Installs Tacit for the person who runs it; nothing outside their home folder is touched.
# `uninstall.sh` beside the installed program takes it away again.
set -eu

HERE=$(dirname -- "$(readlink -f -- "$0")")
DATA=${XDG_DATA_HOME:-$HOME/.local/share}
PLACE="$HOME/.local/lib/tacit"
BIN="$HOME/.local/bin"

say() {
  printf '%s\n' "$*"
}

# One that runs would lose its files under its feet.
for exe in /proc/[0-9]*/exe; do
  case "$(readlink "$exe" 2>/dev/null)" in
    "$PLACE/"*)
      say 'Tacit is running. Close it, then start this again.' >&2
      exit 1
      ;;
  esac
done
mkdir -p "$HOME/.local/lib" "$BIN" "$DATA"
NEW="$PLACE.new"
rm -rf -- "$NEW"
cp -R "$HERE/tacit" "$NEW"
cp "$HERE/uninstall.sh" "$NEW/"
# What was put beside the program, so that exactly that can be taken away.
(cd "$HERE/share" && find . -type f) | sed 's|^\./||' >"$NEW/installed"
rm -rf -- "$PLACE.old"
[ ! -e "$PLACE" ] || mv "$PLACE" "$PLACE.old"
mv "$NEW" "$PLACE"
rm -rf -- "$PLACE.old"
while read -r file; do
  mkdir -p "$DATA/$(dirname -- "$file")"
  cp "$HERE/share/$file" "$DATA/$file"
done <"$PLACE/installed"
ln -sf "$PLACE/tacit" "$BIN/tacit"
# The menu of a desktop need not know ~/.local/bin.
sed -i -e "s|^Exec=tacit|Exec=\"$PLACE/tacit\"|" -e '/^TryExec=/d' "$DATA/applications/tacit.desktop"
update-desktop-database -q "$DATA/applications" 2>/dev/null || true
update-mime-database "$DATA/mime" 2>/dev/null || true
"$PLACE/tacit" --version >/dev/null || {
  say 'Tacit was installed, but does not start on this system: it needs glibc 2.35 or newer.' >&2
  exit 1
}
say "Tacit is installed in $PLACE, and in the menu of your desktop."
say "To take it away again: $PLACE/uninstall.sh"
