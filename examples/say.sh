#!/bin/sh
# Says something in a room, once however often it has to try, and prints what was said last.
# Run: SUPERCHAT=http://localhost:8080 TOKEN=… examples/say.sh lobby "Backups are done."
set -eu
api="${SUPERCHAT:-http://localhost:8080}/api/v1"
room=$1
text=$2
auth="Authorization: Bearer $TOKEN"

# A UUID of version 7: the time in milliseconds, then chance. The same id in every try makes it one message.
random=$(od -An -N10 -tx1 /dev/urandom | tr -d ' \n')
time=$(printf '%012x' "$(($(date +%s) * 1000))")
id=$(printf '%s-%s-7%s-8%s-%s' "$(echo "$time" | cut -c1-8)" "$(echo "$time" | cut -c9-12)" \
  "$(echo "$random" | cut -c1-3)" "$(echo "$random" | cut -c4-6)" "$(echo "$random" | cut -c7-18)")

# Text as JSON, with nothing but sed.
quoted=$(printf '%s' "$text" | sed 's/\\/\\\\/g; s/"/\\"/g' | sed ':a;N;$!ba;s/\n/\\n/g')

# Keeps the answer; of a refusal it says why.
call() {
  answer=$(curl --silent --show-error --fail-with-body -H "$auth" "$@") && return
  status=$?
  printf '%s\n' "$answer" | sed -n 's/.*"detail":"\([^"]*\)".*/\1/p' >&2
  exit "$status"
}

call -X PUT "$api/rooms/$room/members/me"
call --retry 8 --retry-connrefused -H 'Content-Type: application/json' -d "{\"id\":\"$id\",\"text\":\"$quoted\"}" "$api/rooms/$room/messages"
call "$api/rooms/$room/messages?limit=3"
printf '%s\n' "$answer"
