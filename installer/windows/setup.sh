# The installer for Windows, from the tried program. Read behind packaging/setup.sh, with ROOT set;
# who makes an installer sets VERSION and SOURCE_DATE_EPOCH as well.

# Which runtime goes in: the pair with DirectML that pyproject.toml asks for, or the one for Windows
# ML, whose libraries are newer. Both install the same program; one replaces the other.
case "${FLAVOUR:=directml}" in
  directml) SUFFIX='' ;;
  winml) SUFFIX=-winml ;;
  *) fail "There is no flavour “$FLAVOUR”." 'Set FLAVOUR to directml or winml, or not at all.' ;;
esac
export FLAVOUR
DIST="$ROOT/dist"
WORK="$ROOT/build/windows$SUFFIX"
BUNDLE="$DIST/windows$SUFFIX/tacit"
ARTWORK="$DIST/windows$SUFFIX/artwork"

# sign FILE: where SIGN_COMMAND is set, it signs a program file.
sign() {
  # shellcheck disable=SC2086  # a command and its options
  [ -z "${SIGN_COMMAND-}" ] || $SIGN_COMMAND "$1" >>"$LOG" 2>&1
}

setup_file() {
  printf '%s/Tacit-%s-windows-x86_64%s-setup.exe' "$DIST" "$VERSION" "$SUFFIX"
}

# make_setup: packed small, or with QUICK fast, for tests.
make_setup() {
  say 'Making the installer'
  longest=$(cd "$BUNDLE" && find . -type f -printf '%P\n' | awk '{ if (length > most) most = length } END { print most }')
  makensis -V2 -INPUTCHARSET UTF8 -NOCD \
    "-DVERSION=$VERSION" "-DVERSION_FOUR=$(four_numbers "$VERSION")" \
    "-DPAYLOAD=$BUNDLE" "-DARTWORK=$ARTWORK" \
    "-DLICENCE=$ROOT/LICENSE" "-DLONGEST=$((longest + 11))" "-DSETUP=$(setup_file)" \
    ${SIGN_COMMAND:+"-DSIGN=$SIGN_COMMAND"} ${QUICK:+-DQUICK} \
    "-X!addincludedir \"$ROOT/installer/windows\"" \
    "$ROOT/installer/windows/tacit.nsi" >>"$LOG" 2>&1 || {
    tail -n 12 "$LOG" >&2
    fail "NSIS failed (the whole report is in $LOG)." 'Read it, then start again.'
  }
}

# four_numbers VERSION: 0.1.0.0 for 0.1.0, as Windows counts.
four_numbers() {
  printf '%s' "$1" | sed 's/[^0-9.].*//' | awk -F . '{ printf "%d.%d.%d.%d", $1, $2, $3, $4 }'
}
