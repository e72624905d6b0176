# The packages for Linux, from the tried program. Read by packaging/build-linux, which sets ROOT,
# VENV, DIST, WORK, BUNDLE, VERSION and SOURCE_DATE_EPOCH.

# ---- Debian and Ubuntu ---------------------------------------------------------------------

make_deb() {
  say 'Making the package for Debian and Ubuntu'
  tree="$WORK/deb"
  rm -rf -- "$tree"
  mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree/usr/lib" "$tree/usr/share/doc/tacit" \
    "$tree/usr/share/lintian/overrides"
  cp -a "$BUNDLE" "$tree/usr/lib/tacit"
  ln -s ../lib/tacit/tacit "$tree/usr/bin/tacit"
  install_shared "$tree/usr"
  cp "$ROOT/installer/linux/deb/lintian-overrides" "$tree/usr/share/lintian/overrides/tacit"
  cp "$ROOT/CHANGELOG.md" "$tree/usr/share/doc/tacit/"
  maintainer=${MAINTAINER:-The Tacit authors <nobody@localhost>}
  # The sentences of the licence, each line with a space before it and a dot for an empty one.
  sed -n '5,$p' "$ROOT/LICENSE" | sed -e 's/^$/./' -e 's/^/ /' >"$WORK/mit"
  sed -e "/^@MIT@$/{r $WORK/mit" -e 'd}' "$ROOT/installer/linux/deb/copyright" \
    >"$tree/usr/share/doc/tacit/copyright"
  {
    printf 'tacit (%s) stable; urgency=medium\n\n' "$VERSION"
    printf '  * See CHANGELOG.md.\n\n'
    printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
  } | gzip -9n >"$tree/usr/share/doc/tacit/changelog.gz"
  deb_control "$maintainer" >"$tree/DEBIAN/control"
  (cd "$tree" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
  find "$tree" -type d -exec chmod 755 {} +
  find "$tree/usr/share" "$tree/DEBIAN" -type f -exec chmod 644 {} +
  same_times "$tree"
  dpkg-deb --root-owner-group -Zxz ${QUICK:+-z0} --build "$tree" "$DIST/tacit_${VERSION}_amd64.deb" >&2
}

# The names of the packages come from what the native files ask for. Versions only where they
# matter: those of this machine are not those of Ubuntu.
deb_control() {
  depends=$("$VENV/bin/python" -P "$ROOT/packaging/scan_native.py" --packages "$BUNDLE" |
    sed -e 's/^libc6$/libc6 (>= 2.35)/' -e 's/^libstdc++6$/libstdc++6 (>= 11)/' | paste -s -d , |
    sed 's/,/, /g')
  sed -e "s/@VERSION@/$VERSION/" -e "s/@MAINTAINER@/$1/" -e "s/@DEPENDS@/$depends/" \
    -e "s/@SIZE@/$(du -k -s --apparent-size "$WORK/deb/usr" | cut -f 1)/" \
    "$ROOT/installer/linux/deb/control"
}

# ---- every distribution, for one person ----------------------------------------------------

# An archive to unpack, and the same as one file that unpacks itself. Neither needs an
# administrator; both put the program below ~/.local.
make_portable() {
  say 'Making the portable archive'
  name="Tacit-$VERSION-linux-x86_64"
  tree="$WORK/portable/$name"
  rm -rf -- "$WORK/portable"
  mkdir -p "$tree"
  cp -a "$BUNDLE" "$tree/tacit"
  install_shared "$tree"
  cp "$ROOT/installer/linux/portable/install.sh" "$ROOT/installer/linux/portable/uninstall.sh" \
    "$ROOT/installer/linux/portable/README.txt" "$tree/"
  chmod 755 "$tree/install.sh" "$tree/uninstall.sh"
  same_times "$WORK/portable"
  (cd "$WORK/portable" && tar --sort=name --owner=0 --group=0 --numeric-owner --format=gnu \
    --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" | xz -T2 -6 >"$DIST/$name.tar.xz")
  say 'Making the archive that unpacks itself'
  makeself --quiet --sha256 --xz --complevel 6 --threads 2 --tar-format gnu \
    --tar-extra "--sort=name --owner=0 --group=0 --numeric-owner" \
    --packaging-date "$(date -u -d "@$SOURCE_DATE_EPOCH")" \
    "$tree" "$DIST/$name.run" "Tacit $VERSION" ./install.sh >>"$LOG" 2>&1
}

# ---- Flatpak -------------------------------------------------------------------------------

# What makes one of the archive; the build itself needs a runtime that only its makers publish.
make_flatpak_manifest() {
  archive="$DIST/Tacit-$VERSION-linux-x86_64.tar.xz"
  sum=$(sha256sum "$archive" | cut -d ' ' -f 1)
  sed -e "s/@VERSION@/$VERSION/" -e "s/@SHA256@/$sum/" \
    "$ROOT/installer/linux/flatpak/chat.tacit.tacit.yml" >"$DIST/chat.tacit.tacit.yml"
}

# ---- AppImage ------------------------------------------------------------------------------

# The folder of an AppImage; the file itself needs a small program in front that only its makers
# publish. Where RUNTIME names it, and RUNTIME_SHA256 its hash, the AppImage is made.
make_appdir() {
  tree="$WORK/Tacit.AppDir"
  rm -rf -- "$tree"
  mkdir -p "$tree/usr/lib"
  cp -a "$BUNDLE" "$tree/usr/lib/tacit"
  install_shared "$tree/usr"
  cp "$tree/usr/share/applications/tacit.desktop" "$tree/tacit.desktop"
  sed -i '/^TryExec=/d' "$tree/tacit.desktop"
  cp "$tree/usr/share/icons/hicolor/256x256/apps/tacit.png" "$tree/tacit.png"
  ln -s tacit.png "$tree/.DirIcon"
  ln -s usr/lib/tacit/tacit "$tree/AppRun"
  same_times "$tree"
  if [ -z "${RUNTIME-}" ]; then
    say 'No AppImage was made: RUNTIME does not name its runtime file.'
    return 0
  fi
  printf '%s  %s\n' "$RUNTIME_SHA256" "$RUNTIME" | sha256sum --check --status || fail \
    "The file $RUNTIME is not the one that RUNTIME_SHA256 names." 'Fetch it again, and compare.'
  image="$DIST/Tacit-$VERSION-x86_64.AppImage"
  mksquashfs "$tree" "$WORK/squashfs" -quiet -no-progress -noappend -all-root -comp zstd \
    -mkfs-time "$SOURCE_DATE_EPOCH" >>"$LOG"
  cat "$RUNTIME" "$WORK/squashfs" >"$image"
  chmod 755 "$image"
}
