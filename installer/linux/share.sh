# What every form of Tacit for Linux puts beside the program. Read by a POSIX shell with ROOT set
# to the folder of the project, VENV to the environment of the frozen program, VERSION and
# SOURCE_DATE_EPOCH.

# install_shared FOLDER: the desktop entry, the type of our files, icons, metainfo, manual page and completions.
install_shared() {
  share=$1/share
  mkdir -p "$share/applications" "$share/mime/packages" "$share/metainfo" "$share/man/man1" \
    "$share/bash-completion/completions" "$share/zsh/vendor-completions" \
    "$share/fish/vendor_completions.d" "$share/icons/hicolor/scalable/apps"
  cp "$ROOT/installer/linux/tacit.desktop" "$share/applications/"
  cp "$ROOT/installer/linux/chat.tacit.tacit.mime.xml" "$share/mime/packages/chat.tacit.tacit.xml"
  metainfo >"$share/metainfo/chat.tacit.tacit.metainfo.xml"
  cp "$ROOT/installer/artwork/tacit.svg" "$share/icons/hicolor/scalable/apps/"
  "$VENV/bin/python" -P "$ROOT/installer/artwork/render.py" "$share/icons/hicolor"
  documents man | gzip -9n >"$share/man/man1/tacit.1.gz"
  documents bash >"$share/bash-completion/completions/tacit"
  documents zsh >"$share/zsh/vendor-completions/_tacit"
  documents fish >"$share/fish/vendor_completions.d/tacit.fish"
}

documents() {
  "$VENV/bin/python" -P "$ROOT/packaging/cli_docs.py" "$1"
}

# An address and its pictures are only named where the project has a place on the web.
metainfo() {
  addresses=''
  if [ -n "${TACIT_HOMEPAGE-}" ]; then
    addresses="<url type=\"homepage\">$TACIT_HOMEPAGE</url><screenshots>"
    addresses="$addresses<screenshot type=\"default\"><caption>A conversation</caption>"
    addresses="$addresses<image>$TACIT_HOMEPAGE/screenshots/window-light.png</image></screenshot>"
    addresses="$addresses<screenshot><caption>The same in the dark</caption>"
    addresses="$addresses<image>$TACIT_HOMEPAGE/screenshots/window-dark.png</image></screenshot>"
    addresses="$addresses</screenshots>"
  fi
  sed -e '/^<!-- @VERSION@/d' -e "s|@VERSION@|$VERSION|" -e "s|@ADDRESSES@|$addresses|" \
    -e "s|@DATE@|$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)|" -e '/^ *$/d' \
    "$ROOT/installer/linux/chat.tacit.tacit.metainfo.xml"
}

# same_times FOLDER: every file is as old as the source, so that equal builds are equal.
same_times() {
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}
