#!/usr/bin/env bash
# Checks a large NDJSON file with GNU parallel, on this machine or several.
#
#   parallel.sh assertions.ndjson [parallel's options, such as --sshlogin a,b]
#
# The lines are first partitioned by client, so that all assertions of one client meet
# in one process: a jti that was used before is found there. Within a client, order is
# kept. Where jti does not matter, parallel --pipe -k alone does, and keeps all order:
#
#   parallel --pipe -k --block 16M jwtdoctor check -f ndjson -q - <assertions.ndjson
set -euo pipefail

file=$1
shift
parts=${PARTS:-$(nproc)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The part is chosen by a checksum of the member client (PARTITION names another).
python3 - "$file" "$work" "$parts" "${PARTITION:-client}" <<'PARTITION'
import json, sys, zlib

file, work, parts, member = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
outs = [open(f"{work}/{n:04d}.ndjson", "w") for n in range(parts)]
with open(file) as lines:
    for line in lines:
        try:
            value = json.loads(line).get(member, "")
        except (ValueError, AttributeError):
            value = ""  # what is unreadable is answered by the first part
        outs[zlib.crc32(str(value).encode()) % parts].write(line)
PARTITION

# Each file travels to where it is checked; -k keeps the parts in order. Exit status 1,
# a fault was found, is an answer and no failure of the run.
status=0
parallel -k --halt never "$@" "jwtdoctor check -f ndjson --profile '${PROFILE:-rfc7523}' --now '${NOW:-iat}' ${JWKS:+--jwks '$JWKS'} --lines - <{}" ::: "$work"/*.ndjson || status=$?
if [ "$status" -gt 0 ] && [ "$status" -le 100 ]; then status=1; fi
exit "$status"
