# What ./packaging/run and ./packaging/test share: the way from a bare machine to a Python
# environment with everything in it. Read by a POSIX shell (`. packaging/setup.sh`), with ROOT
# set to the folder of the project. Progress and sentences go to standard error, so that
# `./packaging/run ask ... --json` prints one JSON document and nothing else.

CACHE="$ROOT/.cache"
LOG="$CACHE/setup.log"
PYTHON=''   # the Python that makes the environments, set by `find_python`
WANTED=''   # system packages that are missing, collected by the `need_*` functions

# The libraries that Qt links to and does not bring, with the Debian package of each. The names
# are right for Debian 12 and 13 and Ubuntu 22.04 and later (renamed ones have kept the old name).
WINDOW_LIBRARIES='
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libX11-xcb.so.1 libx11-xcb1
libxcb.so.1 libxcb1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render.so.0 libxcb-render0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-util.so.1 libxcb-util1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libgssapi_krb5.so.2 libgssapi-krb5-2
libstdc++.so.6 libstdc++6
libz.so.1 zlib1g
libzstd.so.1 libzstd1
'

say() {
  printf '%s\n' "$*" >&2
}

say_in_log() {
  printf '%s\n' "$*" >>"$LOG"
}

# Two sentences, what happened and what to do, and the end.
fail() {
  say "$1"
  say "$2"
  exit 1
}

# What is set for another Python must not reach ours. The index, the certificates and the cache
# that the person chose for pip (PIP_*, pip.conf) stay.
clean_environment() {
  unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIREMENT CDPATH
  export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
}

check_place() {
  [ "$(uname -s)" = Linux ] || fail \
    'This command sets Tacit up on Linux.' \
    'On Windows, follow the section "Windows" of README.md.'
  mkdir -p "$CACHE" 2>/dev/null && [ -w "$CACHE" ] || fail \
    "The folder $ROOT cannot be written to." \
    'Put Tacit into a folder of your own, then start again.'
}

# One set-up at a time in this folder. The lock goes when this shell ends or `unlock` is called.
lock() {
  exec 9>"$CACHE/setup.lock"
  command -v flock >/dev/null 2>&1 || return 0
  flock -n 9 || {
    say 'Another set-up is running in this folder. This one waits for it.'
    flock 9
  }
}

unlock() {
  exec 9>&-
}

# ---- what is missing -----------------------------------------------------------------------

python_fits() {
  "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 14)))' \
    </dev/null >/dev/null 2>&1
}

python_makes_environments() {
  "$1" -c 'import ensurepip, venv' </dev/null >/dev/null 2>&1
}

# Sets PYTHON to the newest Python that fits, one that can make environments before others.
find_python() {
  PYTHON=''
  for candidate in python3.13 python3.12 python3.11 python3; do
    command -v "$candidate" >/dev/null 2>&1 && python_fits "$candidate" || continue
    if python_makes_environments "$candidate"; then
      PYTHON=$(command -v "$candidate")
      return 0
    fi
    [ -n "$PYTHON" ] || PYTHON=$(command -v "$candidate")
  done
  [ -n "$PYTHON" ]
}

python_is_ready() {
  find_python && python_makes_environments "$PYTHON"
}

# The newest Python that the system's packages offer.
offered_python() {
  for version in 3.13 3.12 3.11; do
    if apt-cache show "python$version-venv" >/dev/null 2>&1; then
      printf '%s\n' "python$version python$version-venv"
      return 0
    fi
  done
  printf '%s\n' 'python3 python3-venv'
}

need_python() {
  if ! find_python; then
    WANTED="$WANTED $(offered_python)"
  elif ! python_makes_environments "$PYTHON"; then
    version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    WANTED="$WANTED python$version-venv"
  fi
}

need_window_libraries() {
  known=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null) || return 0
  case "$(uname -m)" in
    x86_64) known=$(printf '%s\n' "$known" | grep x86-64) || known='' ;;
    aarch64) known=$(printf '%s\n' "$known" | grep AArch64) || known='' ;;
  esac
  while read -r library package; do
    case "$known" in
      *"	$library "*) ;;
      *) [ -z "$library" ] || WANTED="$WANTED $package" ;;
    esac
  done <<END
$WINDOW_LIBRARIES
END
}

need_command() {
  command -v "$1" >/dev/null 2>&1 || WANTED="$WANTED $2"
}

# ---- system packages -----------------------------------------------------------------------

# Sets AS_ROOT to what goes before a command that needs an administrator.
become_root() {
  AS_ROOT=''
  [ "$(id -u)" -ne 0 ] || return 0
  command -v sudo >/dev/null 2>&1 || return 1
  if sudo -n true >/dev/null 2>&1; then
    AS_ROOT='sudo -n'
  elif (: </dev/tty) 2>/dev/null; then
    AS_ROOT='sudo'
    say 'System packages are missing. sudo may ask for your password to install them.'
    sudo true || return 1
  else
    return 1
  fi
}

# Installs what the `need_*` functions found missing; asks for nothing when nothing is.
install_wanted() {
  WANTED=$(printf '%s' "${WANTED# }")
  [ -n "$WANTED" ] || return 0
  command -v apt-get >/dev/null 2>&1 || fail \
    'Tacit needs parts of the system that are missing, and there is no apt-get here to install them.' \
    "Install what your system calls these Debian packages, then start again: $WANTED"
  become_root || fail \
    'Tacit needs system packages that only an administrator can install. Ask for this command:' \
    "  apt-get install --no-install-recommends $WANTED"
  # shellcheck disable=SC2086  # counted by words
  say "$1 ($(set -- $WANTED && echo $#), named in $LOG)"
  say_in_log "$WANTED"
  apt_get update || say 'The list of packages could not be renewed. The old one is used.'
  case " $WANTED " in
    # Without lists the newest Python on offer was not known above.
    *' python3 python3-venv '*) WANTED="$(offered_python)${WANTED#*python3 python3-venv}" ;;
  esac
  # shellcheck disable=SC2086  # package names: one word each
  apt_get install -y --no-install-recommends $WANTED || {
    tail -n 4 "$LOG" >&2
    fail \
      "The system packages could not be installed (the whole report is in $LOG). This command does it by hand:" \
      "  apt-get install --no-install-recommends $WANTED"
  }
  WANTED=''
}

apt_get() {
  # shellcheck disable=SC2086  # AS_ROOT: a command and its option
  $AS_ROOT env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" \
    </dev/null >>"$LOG" 2>&1
}

# ---- Python environments -------------------------------------------------------------------

# An environment is whole when the mark `.unfinished` is gone; one that was interrupted, that was
# moved or copied, or whose Python is gone is made again.
environment_is_whole() {
  [ -d "$1" ] && [ ! -e "$1/.unfinished" ] &&
    "$1/bin/python" -P -c 'import pip' </dev/null >/dev/null 2>&1 &&
    { [ ! -e "$1/.place" ] || [ "$(cat "$1/.place")" = "$1" ]; }
}

# make_environment FOLDER: leaves `.unfinished` in it until `finish_environment`.
make_environment() {
  [ ! -e "$1" ] && [ ! -L "$1" ] || rm -rf -- "$1"
  mkdir -p "$1"
  : >"$1/.unfinished"
  (cd "$ROOT" && "$PYTHON" -m venv "$1") </dev/null >>"$LOG" 2>&1 || {
    tail -n 4 "$LOG" >&2
    fail "Python could not make an environment in $1 (the whole report is in $LOG)." \
      'Check the free space, then start again.'
  }
}

# finish_environment FOLDER STAMP: what STAMP names is in it, all of it.
finish_environment() {
  printf '%s\n' "$1" >"$1/.place"
  printf '%s\n' "$2" >"$1/.stamp"
  rm -f -- "$1/.unfinished"
}

environment_has() {
  [ -e "$1/.stamp" ] && [ "$(cat "$1/.stamp")" = "$2" ]
}

# stamp_of FILE...: changes when one of the files does.
stamp_of() {
  cat -- "$@" | sha256sum | cut -d ' ' -f 1
}

# pip_install FOLDER ARGUMENTS...: into that environment, naming the big downloads as they come.
pip_install() {
  environment=$1
  shift
  : >"$CACHE/pip.log"
  {
    (cd "$ROOT" && "$environment/bin/python" -P -m pip install --progress-bar off "$@") \
      </dev/null 2>&1 && echo 'pip: done' || echo 'pip: failed'
  } | tee "$CACHE/pip.log" |
    sed -n 's/^ *Downloading \([A-Za-z0-9_.]*\)-[^ ]* (\([0-9.]* [MG]B\)).*$/  \1 (\2)/p' >&2
  cat "$CACHE/pip.log" >>"$LOG"
  [ "$(tail -n 1 "$CACHE/pip.log")" = 'pip: done' ] || {
    grep '^ERROR' "$CACHE/pip.log" | head -n 4 >&2
    fail "The Python libraries could not be installed (the whole report is in $LOG)." \
      'Check the connection to the package index and the free space, then start again.'
  }
}
