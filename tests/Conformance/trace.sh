#!/usr/bin/env bash
# trace.sh URL Suite.Test      runs one test of iscsi-test-cu verbosely and prints what it said, followed by the session as
# tshark decodes it, where tshark is there and may capture. DESTRUCTIVE to the LUN. Environment: LIMIT=30 seconds.
set -uo pipefail
URL=$1 NAME=$2
here=$(mktemp -d) || exit 1
trap 'rm -rf "$here"' EXIT
hp=${URL#*://}; hp=${hp%%/*}; PORT=${hp##*:}
family=$(iscsi-test-cu --list 2>/dev/null | grep -E "^[A-Za-z]+\.${NAME/./\\.}\$" | head -n 1)
[ -n "$family" ] || { echo "the tool has no test $NAME" >&2; exit 1; }

capture=
if command -v dumpcap >/dev/null && command -v tshark >/dev/null; then
  dumpcap -q -i lo -f "tcp port $PORT" -w "$here/session.pcapng" >"$here/dumpcap.log" 2>&1 & capture=$!
  for _ in $(seq 50); do grep -q '^File:' "$here/dumpcap.log" && break; sleep 0.1; done
fi
timeout -k 3 "${LIMIT:-30}" iscsi-test-cu -d -n -S -V -t "$family" "$URL" >"$here/said" 2>&1 </dev/null

# A long run is cut in the middle: what failed stands at the end, and how it began at the top.
shorten() { awk -v max="$1" '{ l[NR] = substr($0, 1, 116) }
  END { if (NR <= max) { for (i = 1; i <= NR; i++) print l[i] } else {
    for (i = 1; i <= 8; i++) print l[i]; print "..."; for (i = NR - max + 9; i <= NR; i++) print l[i] } }'; }

echo "$family"
sed -n '/cunit.sourceforge/,$p' "$here/said" | sed -e 1d -e 's/[ \t]*$//' -e '/Elapsed time/,$d' -e 's/Send PRIN.READ_KEYS.*//' |
  grep -v '^ *$' | shorten 40
if [ -n "$capture" ]; then
  sleep 0.5
  kill -INT $capture 2>/dev/null; wait $capture 2>/dev/null
  echo
  echo "The session, by tshark:"
  # The tool logs in twice: once to look at the disk, then to test. The second login begins the test.
  tshark -r "$here/session.pcapng" -d "tcp.port==$PORT,iscsi" -Y iscsi -T fields -e tcp.dstport -e _ws.col.Info 2>/dev/null |
    awk -F'\t' -v port="$PORT" '{ if ($2 ~ /^Login Command/) { n = 0 } l[++n] = ($1 == port ? "-> " : "<- ") $2 }
      END { for (i = 1; i <= n; i++) print l[i] }' | sed 's/[ \t]*$//' | shorten 40
fi
