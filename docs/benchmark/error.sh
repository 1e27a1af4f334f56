#!/bin/bash
# Times imatrix-stats error on a model of the shape of Llama 3 8B, with an importance matrix: the default, which reads a sample,
# on all cores; then a part of the full measurement on one core, from which the whole is extrapolated; then each type by
# itself. All with 512 MB of heap. The time of cores counts; other work on the machine disturbs it less than the clock.
# Usage: docs/benchmark/error.sh [LAYERS [PARTS]]
# LAYERS: 32 are the whole model, 16 GB as BF16 (32). PARTS: one core measures one of so many parts (800: 10 million weights).
# Needs Linux, a JDK 25, and the space in ${TMPDIR:-/tmp}.
set -e
layers=${1:-32}
parts=${2:-800}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
jdk=$("$home/docs/benchmark/jdk.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
"$tool" --version
"$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$work/model.gguf" "$layers" bf16
"$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$work/imatrix.dat" "$layers" imatrix
weights=$(("$(stat -c %s "$work/model.gguf")" / 2))
echo "$layers layers, $weights weights"
export JAVA_TOOL_OPTIONS=-Xmx512m

# run ARGUMENTS...: prints wall seconds, seconds of cores, and the most anonymous memory in MiB.
run() {
  local most=0 now pid
  TIMEFORMAT='%R %U %S'
  {
    time {
      "$tool" error "$work/model.gguf" --imatrix "$work/imatrix.dat" -o "$work/out.$RANDOM" "$@" >"$work/said" 2>&1 &
      pid=$!
      # Ctrl-C does not reach what runs in the background of a script.
      trap 'kill $pid 2>/dev/null; exit 130' INT TERM HUP
      while now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
        [ "$now" -gt "$most" ] && most=$now
        sleep 0.1
      done
      wait $pid || cat "$work/said" >&2
      echo "$most" >"$work/memory"
    }
  } 2>"$work/time"
  awk -v memory="$(cat "$work/memory")" '{ print $1, $2 + $3, memory / 1024 }' "$work/time"
}

run --format csv --threads "$(nproc)" | awk -v cores="$(nproc)" \
  '{ printf "default, %d cores: %.0f s by the clock, %.0f s of cores, %.0f MiB\n", cores, $1, $2, $3 }'
grep -v "^Picked up" "$work/said"
run --full --threads 1 --part "1/$parts" | awk -v parts="$parts" '{
  printf "part 1/%d in full, all types, 1 core: %.0f s of cores, %.0f MiB\n", parts, $2, $3
  printf "the whole in full: %.1f hours of one core\n", $2 * parts / 3600 }'
echo "by type, 1 core, start-up included:"
for type in q1_0 iq1_s iq1_m tq1_0 iq2_xxs tq2_0 iq2_xs q2_0 iq2_s q2_K iq3_xxs q3_K iq3_s iq4_xs mxfp4 nvfp4 q4_0 iq4_nl q4_K \
  q4_1 q5_0 q5_K q5_1 q6_K q8_0 f16 bf16; do
  case $type in
  iq1*|iq2*|iq3*) n=$parts ;;
  *) n=$((parts / 8)) ;;
  esac
  run --full --threads 1 --types "$type" --part "1/$n" | awk -v type="$type" -v values="$((weights / n))" -v all="$weights" \
    '{ printf "  %-8s %7.1f million weights per second, %5.2f hours for the whole\n", type, values / 1e6 / $2, all / (values / $2) / 3600 }'
done
