#!/usr/bin/env bash
# Puts jwtdoctor into $RUNNER_TEMP/jwtdoctor-bin for the steps after it. VERSION is
# "source", to build the action's own commit, or the tag of a release, whose archive is
# verified before it is unpacked: by ci/releases.tsv where the release is older than
# this commit, else by checksums.txt and the attestation of its release workflow.
set -euo pipefail

repository=assertionworks/jwtdoctor
releases=${JWTDOCTOR_RELEASES:-https://github.com/$repository/releases/download}
bin=$RUNNER_TEMP/jwtdoctor-bin
mkdir -p "$bin"

fail() {
  echo "jwtdoctor: $*" >&2
  exit 1
}

sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

system() {
  case ${RUNNER_OS:-$(uname -s)} in
  Linux) echo linux ;;
  macOS | Darwin) echo darwin ;;
  Windows | MINGW* | MSYS*) echo windows ;;
  *) fail "there is no release for ${RUNNER_OS:-$(uname -s)}; use version: source" ;;
  esac
}

machine() {
  case ${RUNNER_ARCH:-$(uname -m)} in
  X64 | x86_64 | amd64) echo amd64 ;;
  ARM64 | aarch64 | arm64) echo arm64 ;;
  *) fail "there is no release for ${RUNNER_ARCH:-$(uname -m)}; use version: source" ;;
  esac
}

if [ "$VERSION" = source ]; then
  command -v go >/dev/null || fail "version: source needs Go on the PATH"
  (cd "$ACTION_PATH" && CGO_ENABLED=0 go build -trimpath -o "$bin/" ./cmd/jwtdoctor)
else
  [[ $VERSION =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "version must be source or the tag of a release such as v1.2.3"
  os=$(system)
  extension=tar.gz
  if [ "$os" = windows ]; then extension=zip; fi
  archive=jwtdoctor_${VERSION#v}_${os}_$(machine).$extension
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  curl --fail --silent --show-error --location --retry 3 --output "$work/$archive" "$releases/$VERSION/$archive" ||
    fail "cannot download $archive of $VERSION"
  want=$(awk -F '\t' -v v="$VERSION" -v a="$archive" '$1 == v && $2 == a { print $3 }' "$ACTION_PATH/ci/releases.tsv")
  if [ -z "$want" ]; then
    curl --fail --silent --show-error --location --retry 3 --output "$work/checksums.txt" "$releases/$VERSION/checksums.txt" ||
      fail "cannot download checksums.txt of $VERSION"
    command -v gh >/dev/null || fail "$VERSION is newer than this action and its attestation cannot be verified: gh is not installed"
    gh attestation verify "$work/checksums.txt" --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" ||
      fail "checksums.txt of $VERSION is not attested by the release workflow"
    want=$(awk -v a="$archive" '$2 == a { print $1 }' "$work/checksums.txt")
  fi
  [ -n "$want" ] && [ "$(sum "$work/$archive")" = "$want" ] || fail "the checksum of $archive is not that of the release"
  if [ "$os" = windows ]; then
    unzip -q -o "$work/$archive" -d "$work/unpacked"
    mv "$work/unpacked/jwtdoctor.exe" "$bin/"
  else
    tar -xzf "$work/$archive" -C "$work" jwtdoctor
    mv "$work/jwtdoctor" "$bin/"
  fi
  have=$("$bin/jwtdoctor" version)
  case $have in
  "jwtdoctor $VERSION "*) ;;
  *) fail "asked for $VERSION, got: $have" ;;
  esac
fi
"$bin/jwtdoctor" version
echo "$bin" >>"$GITHUB_PATH"
