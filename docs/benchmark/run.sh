#!/bin/sh
# Times imatrix-stats as a user does, by the clock, each figure beside a floor measured in the same run: a JVM that starts
# and ends; `wc -l`, which also has to look at every byte; a copy that is on the disk when it ends. Prints medians, ratios,
# and the memory that the process had for itself (without the mapped file, whose pages the system can take back).
# Usage: docs/benchmark/run.sh [--against REV | --save FILE | --baseline FILE] [RUNS [GROWTH]]
# RUNS: of each command (9; of 3, chance alone calls one command of five slower). GROWTH: layers of the files that show how the cost grows; the last has 4 GiB ("3 4 20 61 248").
# --against REV: builds that revision too, and runs each command of both in turn, so that what else the machine does falls on
# both. Prints medians, ranges, and the ratio of the medians. Exit code 1 if a command became slower: by 5 % or more, and
# its fastest run is slower than the median of REV. LAYERS=20 takes a smaller file than the one of 1 GiB.
# --save FILE: keeps the times of this checkout. --baseline FILE: compares with times that were kept on the same machine. A JVM
# that prints hi shows whether the machine is as fast as it was.
# Needs Linux, a JDK 25, and 3 GB in ${TMPDIR:-/tmp}, 4.2 GB for the growth.
set -e

# usage MESSAGE: ends with exit code 2.
usage() {
  echo "run.sh: $1" >&2
  exit 2
}

mode=
case $1 in
--against | --save | --baseline)
  mode=${1#--}
  given=$2
  [ -n "$given" ] || case $mode in
  against) usage "--against needs a revision, such as main or HEAD~1" ;;
  *) usage "--$mode needs a file" ;;
  esac
  shift 2
  ;;
-*) usage "unknown option $1; known are --against REV, --save FILE, --baseline FILE" ;;
esac
runs=${1:-9}
growth=${2-3 4 20 61 248}
layers=${LAYERS:-61}
for number in "$runs" "$layers"; do
  case $number in
  '' | *[!0-9]* | 0*) usage "RUNS and LAYERS are numbers from 1, not '$number'" ;;
  esac
done
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
jdk=$("$home/docs/benchmark/jdk.sh")
. "$home/docs/benchmark/small.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
tree=
# A signal at the end must not keep the worktree.
trap 'trap "" INT TERM HUP; [ -z "$tree" ] || git -C "$home" worktree remove --force "$tree" 2>/dev/null || git -C "$home" worktree prune; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# What is kept of one run is not to help another.
export XDG_CACHE_HOME="$work/cache"

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
  # Ctrl-C does not reach what runs in the background of a script.
  trap 'kill $pid 2>/dev/null; exit 130' INT TERM HUP
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

# small_row NAME ARGUMENTS...: the same for the tool, with a JVM as the floor.
small_row() {
  of=$1
  shift
  row "$of" "$jvm" "$tool" "$@"
}

floor_row() {
  printf '  %-28s %6s ms\n' "$1" "$2"
}

matrix() {
  "$jdk/bin/java" "$home/docs/benchmark/LargeImatrix.java" "$@"
}

copied() {
  cp "$1" "$2"
  sync "$2"
}

# Writes the class Hi, a JVM that prints hi.
hi() {
  echo 'class Hi { public static void main(String[] none) { System.out.println("hi"); } }' >"$work/Hi.java"
  "$jdk/bin/javac" -d "$work" "$work/Hi.java"
}

# Milliseconds of one run.
once() {
  start=$(date +%s%N)
  "$@" >/dev/null 2>&1 </dev/null || failed=1
  end=$(date +%s%N)
  echo $(((end - start) / 1000000))
}

# measure NAME ARGUMENTS...: runs the tool, and that of the revision in turn; then a line that compares it with what was before.
measure() {
  name=$1
  shift
  run "$name" "$tool" "$before" "$@"
}

# run NAME COMMAND BEFORE ARGUMENTS...: the same for a command; BEFORE is empty where times are kept.
run() {
  name=$1
  command=$2
  earlier=$3
  shift 3
  failed=
  [ -z "$earlier" ] || once "$earlier" "$@" >/dev/null
  if [ -n "$failed" ]; then
    printf '  %-28s fails before\n' "$name"
    return
  fi
  once "$command" "$@" >/dev/null
  if [ -n "$failed" ]; then
    printf '  %-28s fails\n' "$name"
    slower=1
    return
  fi
  : >"$work/before"
  : >"$work/after"
  i=0
  while [ $i -lt "$runs" ]; do
    # Which is first changes from pair to pair.
    [ -z "$earlier" ] || [ $((i % 2)) = 1 ] || once "$earlier" "$@" >>"$work/before"
    once "$command" "$@" >>"$work/after"
    [ -z "$earlier" ] || [ $((i % 2)) = 0 ] || once "$earlier" "$@" >>"$work/before"
    i=$((i + 1))
  done
  case $mode in
  save) printf '%s\t%s\n' "$part$name" "$(tr '\n' ' ' <"$work/after")" >>"$work/times" ;;
  baseline) awk -F '\t' -v name="$part$name" '$1 == name { gsub(" ", "\n", $2); printf "%s", $2 }' "$given" >"$work/before" ;;
  esac
  sort -n "$work/before" >"$work/before.sorted"
  sort -n "$work/after" >"$work/after.sorted"
  awk -v name="$name" '
    function median(of, count) { return of[int((count + 1) / 2)] }
    function range(of, count) { return sprintf("%6d ms %-13s", median(of, count), "(" of[1] "-" of[count] ")") }
    FILENAME ~ /before/ { before[++b] = $1 }
    FILENAME ~ /after/ { after[++a] = $1 }
    END {
      if (b == 0) {
        printf "  %-28s %s\n", name, range(after, a)
        exit 0
      }
      ratio = median(after, a) / (median(before, b) > 0 ? median(before, b) : 1)
      slower = ratio >= 1.05 && after[1] > median(before, b)
      faster = ratio <= 0.95 && before[1] > median(after, a)
      printf "  %-28s %s %s %5.2f x%s\n", name, range(before, b), range(after, a), ratio,
        slower ? "  slower" : faster ? "  faster" : ""
      exit slower ? 1 : 0
    }' "$work/before.sorted" "$work/after.sorted" || slower=1
}

# The machine, for a file of times.
machine() {
  echo "$(uname -n), $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) cores"
}

# All commands, for each mode that compares.
commands() {
  before=
  slower=
  case $mode in
  against)
    commit=$(git -C "$home" rev-parse --verify --quiet "$given^{commit}") || usage "no revision $given"
    tree=$work/tree
    git -C "$home" worktree add --quiet --detach "$tree" "$commit"
    before=$tree/imatrix-stats
    "$before" --version >/dev/null || exit 1
    title="$(git -C "$home" log -1 --format=%h "$commit") (before) and this checkout (after), $runs alternating runs of each"
    ;;
  save)
    [ ! -d "$given" ] && [ -w "$(dirname "$given")" ] || usage "$given cannot be written"
    printf '# imatrix-stats, %s layers, %s\n' "$layers" "$(machine)" >"$work/times"
    title="this checkout, $runs runs of each"
    ;;
  baseline)
    [ -r "$given" ] && head -n 1 "$given" | grep -q '^# imatrix-stats, ' || usage "$given is not a file that --save wrote"
    [ "$(head -n 1 "$given")" = "# imatrix-stats, $layers layers, $(machine)" ] ||
      usage "$given has other times: $(head -n 1 "$given" | cut -c 18-); here: $layers layers, $(machine)"
    title="$given (before) and this checkout (after), $runs runs of each"
    ;;
  esac
  "$tool" --version >/dev/null
  matrix "$work/large.gguf" "$layers"
  matrix "$work/other.gguf" "$layers" 1
  echo "$title: median (fastest-slowest)"
  if [ $mode != against ]; then
    hi
    part=
    run "a JVM that prints hi" "$jdk/bin/java" "" -XX:+UseSerialGC -cp "$work" Hi
    [ -z "$slower" ] || echo "  The machine is slower than it was. --against tells more."
    slower=
  fi
  echo "small file ($(wc -c <"$small") bytes)"
  part="small: "
  each_small measure
  echo "large file ($(wc -c <"$work/large.gguf") bytes, page cache warm)"
  part="large: "
  measure "stats" stats "$work/large.gguf"
  measure "check" check "$work/large.gguf"
  measure "compare with another" compare "$work/large.gguf" "$work/other.gguf"
  measure "merge with another" merge "$work/large.gguf" "$work/other.gguf" -o "$work/merged.gguf"
  [ $mode != save ] || mv "$work/times" "$given"
  [ -z "$slower" ]
}

if [ -n "$mode" ]; then
  commands
  exit
fi

"$tool" --version
large=$work/large.gguf
other=$work/other.gguf
matrix "$large" 61

hi
jvm=$(median "$jdk/bin/java" -XX:+UseSerialGC -cp "$work" Hi)
echo "small file ($(wc -c <"$small") bytes)"
floor_row "a JVM that prints hi" "$jvm"
each_small small_row 2>/dev/null

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
