#!/bin/sh
# Runs a command, looks at its outcome, and at the device's last reading: cycle.sh 127.0.0.1:5555 pi/weather rate interval=0.5
set -eu
DUNLIN_ADDRESS=$1 TARGET=$2
shift 2
export DUNLIN_ADDRESS
${DUNLIN:=dunlin} push "$TARGET" "$@"
$DUNLIN query read device="${TARGET#*/}" --json
