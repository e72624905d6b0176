#!/bin/sh
# Takes Tacit away again. Conversations, settings and models stay where they are.
set -eu

DATA=${XDG_DATA_HOME:-$HOME/.local/share}
PLACE="$HOME/.local/lib/tacit"

[ -f "$PLACE/installed" ] || {
  printf '%s\n' "There is no Tacit in $PLACE." >&2
  exit 1
}
while read -r file; do
  rm -f -- "$DATA/$file"
done <"$PLACE/installed"
update-desktop-database -q "$DATA/applications" 2>/dev/null || true
update-mime-database "$DATA/mime" 2>/dev/null || true
[ "$(readlink "$HOME/.local/bin/tacit")" != "$PLACE/tacit" ] || rm -f -- "$HOME/.local/bin/tacit"
rm -rf -- "$PLACE"
printf '%s\n' "Tacit is gone. Your conversations and models are still in $DATA/tacit."
