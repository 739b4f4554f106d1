#!/bin/sh
# Any CI with a shell: the report in the log, a JUnit file beside it, and the exit
# status decides. Usage: check.sh FILE…
set -eu
exec jwtdoctor check --profile "${JWTDOCTOR_PROFILE:-rfc7523}" --now iat --output junit=jwtdoctor.xml "$@" </dev/null
