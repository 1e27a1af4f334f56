#!/bin/sh
# Times imatrix-stats as a user does, by the clock: a small file, and about 1 GB, each beside a floor measured in the same
# run: a JVM that starts and ends, and `wc -l`, which also has to look at every byte. Prints medians and ratios.
# Usage: docs/benchmark/run.sh [RUNS]      needs a JDK 25 (java on the PATH or JAVA_HOME) and 1 GB in ${TMPDIR:-/tmp}
set -e
runs=${1:-9}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
image=$home/app/target/image
small=$home/testdata/tiny-english-prose.imatrix.gguf
large=$(mktemp "${TMPDIR:-/tmp}/large-imatrix-XXXXXX")
trap 'rm -f "$large"' EXIT

# Median wall time of a command in milliseconds, after one run that does not count.
median() {
  "$@" >/dev/null
  i=0
  while [ $i -lt "$runs" ]; do
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
    i=$((i + 1))
  done | sort -n | sed -n "$(((runs + 1) / 2))p"
}

ratio() {
  awk "BEGIN { printf \"%.1f\", $1 / $2 }"
}

"$tool" --version
"${JAVA_HOME:+$JAVA_HOME/bin/}java" "$home/docs/benchmark/LargeImatrix.java" "$large"
bytes=$(wc -c <"$large")

bare=$(median "$image/bin/java" -XX:+UseSerialGC -XX:AOTCache="$image/lib/app.aot" -Xlog:disable -version)
start=$(median "$tool" --version)
report=$(median "$tool" stats "$small")
floor=$(median wc -l "$large")
JAVA_TOOL_OPTIONS=-Xmx256m
export JAVA_TOOL_OPTIONS
big=$(median "$tool" stats "$large" 2>/dev/null)
json=$(median "$tool" stats "$large" --format json 2>/dev/null)
unset JAVA_TOOL_OPTIONS

echo "small file ($(wc -c <"$small") bytes)"
echo "  a JVM that starts and ends   $bare ms"
echo "  --version                    $start ms   $(ratio "$start" "$bare") x"
echo "  stats                        $report ms   $(ratio "$report" "$bare") x"
echo "large file ($bytes bytes, 256 MB of heap, page cache warm)"
echo "  wc -l                        $floor ms"
echo "  stats                        $big ms   $(ratio "$big" "$floor") x"
echo "  stats --format json          $json ms   $(ratio "$json" "$floor") x"
