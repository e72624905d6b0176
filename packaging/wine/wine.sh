# A Windows to build and try the program in, on Linux: wine, with a CPython for Windows. Read by a
# POSIX shell after installer/windows/setup.sh, which says which runtime goes in.
#
# It is good for building and for trying. What ships is built on a real Windows with python.org's
# Python, by the same commands: the standard library here is that of the machine's own Python 3.11
# beside a CPython 3.11.9, and python3.dll is made here.

WINDOWS_CACHE="$CACHE/windows"
WINDOWS_PYTHON="$WINDOWS_CACHE/python$SUFFIX"
WINE_LOCK="$ROOT/packaging/requirements/wine.txt"
WINDOWS_LOCK="$ROOT/packaging/requirements/frozen-windows$SUFFIX.txt"
COMPILER=x86_64-w64-mingw32-gcc

need_wine() {
  need_command wine wine
  need_command makensis nsis
  need_command unzip unzip
  need_command "$COMPILER" gcc-mingw-w64-x86-64
  need_command osslsigncode osslsigncode
}

# ---- the system ----------------------------------------------------------------------------

# make_wine FOLDER: a Windows 10 of its own in it, for `in_wine`. Its system libraries get what
# wine 8 lacks or does badly.
make_wine() {
  export WINEPREFIX=$1 WINEARCH=win64 WINEDEBUG=-all
  # No browser, no Mono, no entries in the menu of the real desktop.
  export WINEDLLOVERRIDES='ucrtbase,icuuc,bcryptprimitives,d3d12=n,b;mscoree,mshtml,winemenubuilder.exe='
  [ ! -e "$1/.made" ] || return 0
  fetch_for_wine
  rm -rf -- "$1"
  mkdir -p "$1"
  say '  Making a Windows'
  in_wine wineboot --init >>"$LOG" 2>&1
  wineserver -w
  in_wine winecfg -v win10 >>"$LOG" 2>&1
  wineserver -w
  system="$1/drive_c/windows/system32"
  unzip -q -o -j "$WINDOWS_CACHE"/wheels-wine/pynsist-*.whl 'nsist/msvcrt/x64/ucrtbase.dll' -d "$system"
  for name in icuuc bcryptprimitives d3d12; do
    "$COMPILER" -shared -O2 -s -Wl,--no-insert-timestamp \
      "-D$(printf '%s' "$name" | tr '[:lower:]' '[:upper:]')" \
      -o "$system/$name.dll" "$ROOT/packaging/wine/system.c" \
      $([ "$name" != d3d12 ] || printf '%s' "$ROOT/packaging/wine/d3d12.def") -ladvapi32
  done
  : >"$1/.made"
}

# in_wine PROGRAM ARGUMENTS...: Python for Windows cannot live with a plain file for its streams
# under wine, so they are pipes. The code of the program is the code of this.
in_wine() {
  { { { wine "$@" </dev/null 2>&1; echo "$?" >&3; } | cat >&4; } 3>&1 | { read -r code; exit "$code"; }; } 4>&1
}

# windows_path PATH: as Windows names it. Every file of this system lies on the drive Z.
windows_path() {
  printf 'Z:%s' "$(printf '%s' "$1" | tr / '\\')"
}

# ---- Python --------------------------------------------------------------------------------

fetch_for_wine() {
  fetch_wheels "$WINDOWS_CACHE/wheels-wine" "$WINE_LOCK"
}

# fetch_wheels FOLDER LOCK: what the lock names, for Windows, checked against its hashes.
fetch_wheels() {
  stamp=$(stamp_of "$2")
  ! environment_has "$1" "$stamp" || return 0
  say "Fetching the packages of $(basename "$2")"
  rm -rf -- "$1" # all of it is installed, so what an older lock named must not stay
  mkdir -p "$1"
  "$PYTHON" -m pip download --progress-bar off --no-deps --require-hashes --only-binary :all: \
    --platform win_amd64 --python-version 3.11 --implementation cp -d "$1" -r "$2" \
    </dev/null >>"$LOG" 2>&1 || {
    grep '^ERROR' "$LOG" | tail -n 3 >&2
    fail "The packages for Windows could not be fetched (the whole report is in $LOG)." \
      'Check the connection to the package index and the free space, then start again.'
  }
  printf '%s\n' "$stamp" >"$1/.stamp"
}

# A CPython for Windows in WINDOWS_PYTHON, with everything of the lock in it.
make_windows_python() {
  python_stamp=$(stamp_of "$WINE_LOCK" "$WINDOWS_LOCK" "$ROOT/packaging/wine/python.c" \
    "$ROOT/packaging/wine/stable.py" "$ROOT/packaging/wine/wine.sh")
  [ -e "$WINDOWS_PYTHON/.unfinished" ] || ! environment_has "$WINDOWS_PYTHON" "$python_stamp" || return 0
  fetch_for_wine
  fetch_wheels "$WINDOWS_CACHE/wheels$SUFFIX" "$WINDOWS_LOCK"
  say 'Making a Python for Windows'
  rm -rf -- "$WINDOWS_PYTHON"
  mkdir -p "$WINDOWS_PYTHON/DLLs" "$WINDOWS_PYTHON/Lib/site-packages"
  : >"$WINDOWS_PYTHON/.unfinished"
  unzip -q -j "$WINDOWS_CACHE"/wheels-wine/panda3d-*.whl 'deploy_libs/*' -d "$WINDOWS_PYTHON/DLLs"
  (cd "$WINDOWS_PYTHON/DLLs" && rm -f api-ms-* t*86t.dll _tkinter.pyd p3* lib*panda* &&
    mv python311.dll VCRUNTIME140.dll ..)
  # Beside the program: ctypes, _ssl and _sqlite3 find theirs in DLLs.
  "$PYTHON" "$ROOT/packaging/wine/stable.py" "$WINDOWS_PYTHON/python311.dll" >"$WINDOWS_PYTHON/python3.def"
  (cd "$WINDOWS_PYTHON" &&
    "$COMPILER" -shared -nostdlib -s -Wl,--no-insert-timestamp -Wl,-e,0 -o python3.dll python3.def &&
    "$COMPILER" -municode -O2 -s -Wl,--no-insert-timestamp -o python.exe \
      "$ROOT/packaging/wine/python.c" python311.dll)
  library=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
  (cd "$library" && tar -cf - --exclude=__pycache__ --exclude=./site-packages --exclude=./lib-dynload \
    --exclude=./dist-packages --exclude=./test --exclude='./config-*' .) |
    tar -C "$WINDOWS_PYTHON/Lib" -xf -
  "$PYTHON" -m pip install --quiet --no-deps --no-index --no-compile --only-binary :all: \
    --platform win_amd64 --python-version 3.11 --implementation cp --upgrade \
    --target "$WINDOWS_PYTHON/Lib/site-packages" "$WINDOWS_CACHE/wheels$SUFFIX"/*.whl </dev/null >>"$LOG" 2>&1
  rm -f -- "$WINDOWS_PYTHON/.unfinished"
  printf '%s\n' "$python_stamp" >"$WINDOWS_PYTHON/.stamp"
}
