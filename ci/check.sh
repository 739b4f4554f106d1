#!/usr/bin/env bash
# Runs jwtdoctor check as the action's inputs say, with the report in the log,
# annotations beside it, the rest in the step summary, and a SARIF file if asked for.
set -euo pipefail

args=(check --format github)
if [ -n "${PROFILE:-}" ]; then args+=("--profile=$PROFILE"); fi
if [ -n "${NOW:-}" ]; then args+=("--now=$NOW"); fi
if [ -n "${CLIENT_ID:-}" ]; then args+=("--client-id=$CLIENT_ID"); fi
if [ -n "${FAIL_ON:-}" ]; then args+=("--fail-on=$FAIL_ON"); fi
if [ -n "${SARIF:-}" ]; then args+=("--output=sarif=$SARIF"); fi
if [ -n "${JWKS:-}" ]; then
  if [ ! -f "$JWKS" ]; then
    echo "jwtdoctor: jwks must be a file; there is no $JWKS" >&2
    exit 2
  fi
  args+=("--jwks=$JWKS")
fi

# One pattern a line: nothing is split at blanks, and no name is taken for a flag.
shopt -s nullglob globstar
files=()
while IFS= read -r pattern; do
  pattern=${pattern%$'\r'}
  if [ -z "$pattern" ]; then continue; fi
  IFS=
  # shellcheck disable=SC2206 # expanded on purpose, and not split
  found=($pattern)
  unset IFS
  if [ ${#found[@]} -eq 0 ] || [ ! -e "${found[0]}" ]; then
    echo "jwtdoctor: no file matches $pattern" >&2
    exit 2
  fi
  for file in "${found[@]}"; do
    case $file in -*) file=./$file ;; esac
    files+=("$file")
  done
done <<<"${INPUTS:-}"

status=0
jwtdoctor "${args[@]}" ${files[@]+"${files[@]}"} </dev/null || status=$?
{
  echo "status=$status"
  if [ -n "${SARIF:-}" ]; then echo "sarif=$SARIF"; fi
} >>"$GITHUB_OUTPUT"
exit "$status"
