# The installer for Windows, from the tried program. Read by packaging/build-windows, which sets
# ROOT, DIST, WORK, BUNDLE, VERSION and SOURCE_DATE_EPOCH.

# sign FILE: where SIGN_COMMAND is set, it signs a program file.
sign() {
  # shellcheck disable=SC2086  # a command and its options
  [ -z "${SIGN_COMMAND-}" ] || $SIGN_COMMAND "$1" >>"$LOG" 2>&1
}

make_setup() {
  say 'Making the installer'
  SETUP="$DIST/Tacit-$VERSION-windows-x86_64-setup.exe"
}
