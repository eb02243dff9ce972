# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What scripts/run, scripts/test and .ci/run have in common.  Sourced, with ROOT set.

# What a build needs, what a window needs on top of it, and what the tests need on top of both.
# shellcheck disable=SC2034 # used by those who source this file
{
  BUILD_PACKAGES=(
    gcc libc6-dev meson ninja-build pkgconf gettext libxml2-utils
    libglib2.0-dev libgtk-4-dev libadwaita-1-dev libopenblas-dev libdnnl-dev libhwloc-dev
    libjson-glib-dev
  )
  WINDOW_PACKAGES=(adwaita-icon-theme librsvg2-common fonts-cantarell)
  TEST_PACKAGES=(
    xvfb xauth xdotool dbus-daemon at-spi2-core libatspi2.0-dev desktop-file-utils appstream
    libglib2.0-bin groff libopenmpi-dev openmpi-bin
  )
  # What scripts/package-debian needs on top of the build.
  PACKAGE_PACKAGES=(debhelper dpkg-dev lintian python3 libopenmpi-dev)
}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# The files of the repository in the current folder, each ended by a NUL: what git tracks or would, or
# all but build folders of an unpacked archive.
list_sources() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -z
  else
    find . -path './build*' -prune -o -type f -printf '%P\0'
  fi
}

# Run a command quietly; its output is shown only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# Those of the named packages that dpkg does not know as installed, one a line.
missing_packages() {
  local installed package
  # dpkg-query fails when it knows nothing of one of the names; the rest is still listed.
  installed=$(dpkg-query -W -f='${db:Status-Status} ${binary:Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -Eq "^installed ${package//+/\\+}(:[a-z0-9]+)?\$" <<<"$installed" || printf '%s\n' "$package"
  done
}

# Prefix that makes a command run as root: nothing for root, sudo when it can be used.
root_prefix() {
  if ((EUID == 0)); then
    return 0
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 && -t 2 ]]; }; then
    printf 'sudo\n'
  else
    return 1
  fi
}

# Whether need_packages installed something, so that a folder configured before must look again.
packages_installed=false

# Install what is missing of the named packages.  With nothing missing this neither needs rights
# nor touches the network.
need_packages() {
  local -a missing prefix install
  local as_root
  if ! command -v dpkg-query >/dev/null; then
    say "This is not a Debian system, so its packages are not checked; the build needs: ${BUILD_PACKAGES[*]}."
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then return 0; fi
  if ! command -v apt-get >/dev/null || ! as_root=$(root_prefix); then
    die "Packages are missing that only root can install; run: apt-get install ${missing[*]}"
  fi
  prefix=()
  if [[ -n $as_root ]]; then prefix=("$as_root"); fi
  install=(apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120)
  say "Installing ${missing[*]}"
  quietly "${prefix[@]}" apt-get update -q -o DPkg::Lock::Timeout=120 \
    || say "The package lists could not be refreshed; trying with those that are there."
  quietly "${prefix[@]}" env DEBIAN_FRONTEND=noninteractive "${install[@]}" "${missing[@]}" \
    || die "These packages could not be installed: ${missing[*]}"
  packages_installed=true
}

# Whether a build folder was configured for this very checkout.
configured() {
  local info=$1/meson-info/meson-info.json
  [[ -f $1/build.ninja && -f $info ]] && grep -qF "\"source\": \"$ROOT\"" "$info"
}

# configure FOLDER [MESON OPTION...]: once, and again when packages came; changes of meson.build are
# ninja's to notice.
configure() {
  local folder=$1
  shift
  if configured "$folder"; then
    if $packages_installed; then quietly meson setup --reconfigure "$folder" "$ROOT"; fi
    return 0
  fi
  say "Configuring ${folder#"$ROOT"/}"
  # What is left of another checkout or of a configuration that failed cannot be mended.
  if [[ -d $folder/meson-private ]]; then rm -rf -- "$folder"; fi
  quietly meson setup "$@" "$folder" "$ROOT"
}

# build FOLDER [TARGET...]: progress on a terminal, only warnings and errors elsewhere.
build() {
  local folder=$1
  shift
  say "Building ${folder#"$ROOT"/}"
  if [[ -t 1 ]]; then
    ninja -C "$folder" "$@"
  else
    ninja -C "$folder" --quiet "$@"
  fi
}

# Whether a window can be opened.  Variables alone prove little: a display may be gone or refuse.
display_works() {
  local probe=$ROOT/build/display-probe source=$ROOT/scripts/display-probe.c
  local -a flags
  if [[ -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then return 1; fi
  if [[ ! -x $probe || $source -nt $probe ]]; then
    read -ra flags < <(pkg-config --cflags --libs gtk4)
    cc -o "$probe" "$source" "${flags[@]}"
  fi
  timeout 20 "$probe" >/dev/null 2>&1
}

# Run a command as tests want it: home folders, settings, session bus and display of its own.
in_test_session() {
  "$ROOT/tests/session" "$@"
}
