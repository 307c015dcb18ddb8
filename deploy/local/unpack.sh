#!/usr/bin/env bash
# unpack.sh FOLDER PACKAGE...: the newest of these Debian packages, unpacked without installing and without root.
set -euo pipefail
mkdir -p "$1"
folder=$(realpath "$1")
shift
apt=$folder/.apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
# Lists of our own: those of the system may be missing, and are not ours to fetch.
options=(-qq -o "Dir::State=$apt/state" -o "Dir::State::status=/var/lib/dpkg/status" -o "Dir::Cache=$apt/cache")
apt-get "${options[@]}" update >/dev/null
cd "$apt"
apt-get "${options[@]}" download "$@" >/dev/null
for package in *.deb; do dpkg-deb -x "$package" "$folder"; done
rm -rf "$apt"
