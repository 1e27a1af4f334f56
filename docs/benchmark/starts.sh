#!/bin/sh
# Counts what starts do: classes that the JVM loads, those of them that it has to make or to read from a jar, page faults,
# system calls, and processes beside java, as a release starts. They are the same on any machine, but for system calls, which depend on its threads.
# Usage: docs/benchmark/starts.sh [CHECKOUT]
# CHECKOUT is another clone, to count before a change; default: this one. Needs Linux, and strace for the last two.
set -e
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=${1:-$home}/imatrix-stats
. "$home/docs/benchmark/small.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-starts-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$tool" --version >/dev/null

# As in a release, and the same with a JVM that logs its classes. The -Xlog:disable of the launcher turns off all before it.
ln -s "$(dirname "$tool")/app/target/image" "$work/runtime"
cp "$tool" "$work/imatrix-stats"
sed "s#-Xlog:disable#& -Xlog:class+load:file=$work/classes#" "$tool" >"$work/logging"
chmod +x "$work/logging"
tool=$work/imatrix-stats

row() {
  name=$1
  shift
  "$work/logging" "$@" >/dev/null 2>&1
  classes=$(wc -l <"$work/classes")
  cached=$(grep -c 'shared objects file' "$work/classes")
  calls=- processes=-
  if command -v strace >/dev/null; then
    strace -f -c -o "$work/calls" "$tool" "$@" >/dev/null 2>&1
    # How often threads wait for each other is chance.
    calls=$(awk '/total$/ { all = $4 } / (futex|sched_yield)$/ { waits += $4 } END { print all - waits }' "$work/calls")
    strace -f -e trace=execve -o "$work/calls" "$tool" "$@" >/dev/null 2>&1
    processes=$(($(grep -c 'execve(.*= 0' "$work/calls") - 2))
  fi
  printf '%-22s %7s %9s %9s %7s %9s\n' "$name" "$classes" "$((classes - cached))" "$(faults "$@")" "$calls" "$processes"
}

faults() {
  /usr/bin/env time -f %R -o "$work/faults" "$tool" "$@" >/dev/null 2>&1 && cat "$work/faults" || echo -
}

printf '%-22s %7s %9s %9s %7s %9s\n' "" classes "not cached" faults calls processes
each_small row
