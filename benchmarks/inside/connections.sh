#!/usr/bin/env bash
# How many connections an office on the PostgreSQL of PREGON_DATABASE_URL holds while few follow a live coverage, and
# while many do: a line of JSON for each.
#   connections.sh PORT FEW MANY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PREGON_PYTHON:?which Python has Pregón}
pregon=$(dirname "$python")/pregon
port=$1
"$pregon" demo mazamitla --home "$PREGON_HOME" --prepare >&2
"$python" "$here/rest.py" >&2
coverage=$("$python" "$here/coverage.py" open)
field() { "$python" -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$coverage" "$1"; }

"$pregon" up --home "$PREGON_HOME" --port "$port" >&2 & office=$!
trap 'kill "$office" && wait "$office"' EXIT
for _ in $(seq 100); do (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null && break || sleep 0.2; done

for readers in "$2" "$3"; do
  coproc LISTENERS { "$python" "$here/listeners.py" "$port" "/vivo/$(field stream)" "$readers" 1; }
  read -r ready <&"${LISTENERS[0]}"
  [ "$ready" = ready ]
  "$python" "$here/coverage.py" post "$(field pk)" 3 1 >&2
  "$python" "$here/coverage.py" connections
  kill "$LISTENERS_PID"; wait "$LISTENERS_PID" || true  # it ends as one that was killed
done
