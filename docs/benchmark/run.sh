#!/bin/sh
# Times imatrix-stats as a user does, by the clock, each figure beside a floor measured in the same run: a JVM that starts
# and ends; `wc -l`, which also has to look at every byte; a copy that is on the disk when it ends. Prints medians, ratios,
# and the memory that the process had for itself (without the mapped file, whose pages the system can take back).
# Usage: docs/benchmark/run.sh [RUNS [GROWTH]]
# RUNS: of each command (9). GROWTH: layers of the files that show how the cost grows; the last has 4 GiB ("3 4 20 61 248").
# Needs Linux, a JDK 25 (java on the PATH or JAVA_HOME), and 3 GB in ${TMPDIR:-/tmp}, 4.2 GB for the growth.
set -e
runs=${1:-9}
growth=${2-3 4 20 61 248}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
image=$home/app/target/image
small=$home/testdata/tiny-english-prose.imatrix.gguf
model=$home/testdata/models/llama-3-70b.gguf
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

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

# Most anonymous memory of a command in MiB, looked at until it ends.
memory() {
  "$@" >/dev/null &
  pid=$!
  most=0
  while now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
    [ "$now" -gt "$most" ] && most=$now
    sleep 0.01
  done
  wait $pid
  echo $((most / 1024))
}

# row NAME FLOOR COMMAND...: a line with the time of a command, its ratio to a floor, and its memory.
row() {
  name=$1
  floor=$2
  shift 2
  time=$(median "$@")
  printf '  %-28s %6s ms %6s x %6s MiB\n' "$name" "$time" "$(awk "BEGIN { printf \"%.1f\", $time / ($floor > 0 ? $floor : 1) }")" \
    "$(memory "$@")"
}

floor_row() {
  printf '  %-28s %6s ms\n' "$1" "$2"
}

matrix() {
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" "$home/docs/benchmark/LargeImatrix.java" "$@"
}

copied() {
  cp "$1" "$2"
  sync "$2"
}

"$tool" --version
large=$work/large.gguf
other=$work/other.gguf
matrix "$large" 61

jvm=$(median "$image/bin/java" -XX:+UseSerialGC -XX:AOTCache="$image/lib/app.aot" -Xlog:disable --version)
echo "small file ($(wc -c <"$small") bytes)"
floor_row "a JVM that starts and ends" "$jvm"
row "--version" "$jvm" "$tool" --version
row "stats" "$jvm" "$tool" stats "$small"
row "check" "$jvm" "$tool" check "$small"
row "compare with itself" "$jvm" "$tool" compare "$small" "$small" 2>/dev/null
row "plan, 723 tensors" "$jvm" "$tool" plan "$model"
row "recipe, 723 tensors" "$jvm" "$tool" recipe --model "$model" --target-bpw 4 2>/dev/null

look=$(median wc -l "$large")
copy=$(median copied "$large" "$work/copy")
# The launcher would start a JVM that takes a quarter of the machine's memory for its heap, if it needed it.
JAVA_TOOL_OPTIONS=-Xmx256m
export JAVA_TOOL_OPTIONS
exec 2>/dev/null # what a JVM says about JAVA_TOOL_OPTIONS
echo "large file ($(wc -c <"$large") bytes, 256 MB of heap, page cache warm)"
floor_row "wc -l" "$look"
row "stats" "$look" "$tool" stats "$large"
row "stats --format json" "$look" "$tool" stats "$large" --format json
row "stats --threads 1" "$look" "$tool" stats "$large" --threads 1
row "check" "$look" "$tool" check "$large"
matrix "$other" 61 1
row "compare with another" "$look" "$tool" compare "$large" "$other"
rm -f "$other"
floor_row "cp, until it is on the disk" "$copy"
row "merge with itself" "$copy" "$tool" merge "$large" "$large" --allow-duplicate -o "$work/copy"
rm -f "$large" "$work/copy"

echo "growth (stats, 256 MB of heap; the floor is a JVM and wc -l)"
for layers in $growth; do
  matrix "$work/grown" "$layers"
  floor=$((jvm + $(median wc -l "$work/grown")))
  row "$(wc -c <"$work/grown" | awk '{ printf "%.1f MiB", $1 / 1048576 }')" "$floor" "$tool" stats "$work/grown"
  rm -f "$work/grown"
done
