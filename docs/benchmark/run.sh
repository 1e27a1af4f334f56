#!/bin/sh
# Times imatrix-stats as a user does, by the clock, each figure beside a floor measured in the same run: a JVM that starts
# and ends; `wc -l`, which also has to look at every byte; a copy that is on the disk when it ends. Prints medians, ratios,
# and the memory that the process had for itself (without the mapped file, whose pages the system can take back).
# Usage: docs/benchmark/run.sh [--against REV] [RUNS [GROWTH]]
# RUNS: of each command (9). GROWTH: layers of the files that show how the cost grows; the last has 4 GiB ("3 4 20 61 248").
# --against REV: builds that revision too, and runs each command of both in turn, so that what else the machine does falls on
# both. Prints medians, ranges, and the ratio of the medians. Exit code 1 if a command became slower: by 5 % or more, and
# its fastest run is slower than the median of REV. LAYERS=20 takes a smaller file than the one of 1 GiB.
# Needs Linux, a JDK 25 (java on the PATH or JAVA_HOME), and 3 GB in ${TMPDIR:-/tmp}, 4.2 GB for the growth.
set -e
revision=
if [ "$1" = --against ]; then
  revision=${2:?"--against needs a revision, such as main or HEAD~1"}
  shift 2
fi
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

# Milliseconds of one run.
once() {
  start=$(date +%s%N)
  "$@" >/dev/null 2>&1
  end=$(date +%s%N)
  echo $(((end - start) / 1000000))
}

# pair NAME ARGUMENTS...: a line that compares the tool of the revision with this one.
pair() {
  name=$1
  shift
  "$before" "$@" >/dev/null 2>&1
  "$tool" "$@" >/dev/null 2>&1
  : >"$work/before" >"$work/after"
  i=0
  while [ $i -lt "$runs" ]; do
    # Which is first changes from pair to pair.
    if [ $((i % 2)) = 0 ]; then
      once "$before" "$@" >>"$work/before"
      once "$tool" "$@" >>"$work/after"
    else
      once "$tool" "$@" >>"$work/after"
      once "$before" "$@" >>"$work/before"
    fi
    i=$((i + 1))
  done
  sort -n "$work/before" >"$work/before.sorted"
  sort -n "$work/after" >"$work/after.sorted"
  paste "$work/before.sorted" "$work/after.sorted" | awk -v name="$name" '
    { before[NR] = $1; after[NR] = $2 }
    END {
      middle = int((NR + 1) / 2)
      ratio = after[middle] / (before[middle] > 0 ? before[middle] : 1)
      slower = ratio >= 1.05 && after[1] > before[middle]
      faster = ratio <= 0.95 && before[1] > after[middle]
      printf "  %-28s %6d ms (%d-%d) %6d ms (%d-%d) %7.2f x%s\n", name, before[middle], before[1], before[NR],
        after[middle], after[1], after[NR], ratio, slower ? "  slower" : faster ? "  faster" : ""
      exit slower ? 1 : 0
    }' || slower=1
}

against() {
  commit=$(git -C "$home" rev-parse --verify --quiet "$revision^{commit}") || {
    echo "no revision $revision" >&2
    exit 2
  }
  tree=$work/tree
  trap 'git -C "$home" worktree remove --force "$tree" 2>/dev/null; rm -rf "$work"' EXIT
  git -C "$home" worktree add --quiet --detach "$tree" "$commit"
  before=$tree/imatrix-stats
  "$before" --version >/dev/null
  "$tool" --version >/dev/null
  slower=
  matrix "$work/large.gguf" "${LAYERS:-61}"
  matrix "$work/other.gguf" "${LAYERS:-61}" 1
  echo "$(git -C "$home" log -1 --format=%h "$commit") (before) and this checkout (after), $runs alternating runs of each: median (fastest-slowest)"
  echo "small file ($(wc -c <"$small") bytes)"
  pair "--version" --version
  pair "--help" --help
  pair "stats" stats "$small"
  pair "stats --format json" stats "$small" --format json
  pair "check" check "$small"
  pair "compare with itself" compare "$small" "$small"
  pair "plan, 723 tensors" plan "$model"
  pair "recipe, 723 tensors" recipe --model "$model" --target-bpw 4
  echo "large file ($(wc -c <"$work/large.gguf") bytes, page cache warm)"
  pair "stats" stats "$work/large.gguf"
  pair "check" check "$work/large.gguf"
  pair "compare with another" compare "$work/large.gguf" "$work/other.gguf"
  pair "merge with another" merge "$work/large.gguf" "$work/other.gguf" -o "$work/merged.gguf"
  [ -z "$slower" ]
}

if [ -n "$revision" ]; then
  against
  exit
fi

"$tool" --version
large=$work/large.gguf
other=$work/other.gguf
matrix "$large" 61

echo 'class Hi { public static void main(String[] none) { System.out.println("hi"); } }' >"$work/Hi.java"
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" -d "$work" "$work/Hi.java"
jvm=$(median "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+UseSerialGC -cp "$work" Hi)
echo "small file ($(wc -c <"$small") bytes)"
floor_row "a JVM that prints hi" "$jvm"
row "--version" "$jvm" "$tool" --version
row "--help" "$jvm" "$tool" --help
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
