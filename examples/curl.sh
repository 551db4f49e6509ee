#!/usr/bin/env bash
# From the first observation to the first verdict with curl; jq is not needed.
set -euo pipefail
url="http://127.0.0.1:${PERSONAKIT_PORT:-8000}"
person="${PERSONAKIT_PERSON:-curl}"
auth=(${PERSONAKIT_TOKEN:+-H "authorization: Bearer $PERSONAKIT_TOKEN"})

ask() { curl -sS --fail-with-body --retry 3 "${auth[@]}" -H 'content-type: application/json' "$@"; echo; }
first_suggestion() { python3 -c 'import json, sys; print(json.load(sys.stdin)["suggestions"][0]["suggestion_id"])'; }

echo "# is it there?"
ask "$url/health"

echo "# what was done: two sessions at once, all or none"
ask "$url/v1/observations:batch" -d "{\"observations\": [
  {\"person_id\": \"$person\", \"time_zone\": \"Europe/Berlin\", \"source\": \"curl.sh\", \"source_id\": \"1\",
   \"work_session\": {\"start_time\": \"2026-11-17T08:00:00Z\", \"duration_minutes\": 80, \"productivity_score\": 5, \"interruptions\": 0}},
  {\"person_id\": \"$person\", \"time_zone\": \"Europe/Berlin\", \"source\": \"curl.sh\", \"source_id\": \"2\",
   \"work_session\": {\"start_time\": \"2026-11-17T13:00:00Z\", \"duration_minutes\": 40, \"productivity_score\": 2, \"interruptions\": 3}}]}"

echo "# wait until it is believed"
ask "$url/v1/people/$person/processing:wait"

echo "# what to do on Tuesday morning, and whether that helped"
suggestion=$(ask "$url/v1/suggestions?person_id=$person&at=2026-11-24T08:30:00Z" | first_suggestion)
ask "$url/v1/feedback" -d "{\"person_id\": \"$person\", \"suggestion_id\": \"$suggestion\", \"helpful\": true}"

echo "# why that is believed"
ask "$url/v1/people/$person/mindscape/traits/work.focus_duration:explain"
