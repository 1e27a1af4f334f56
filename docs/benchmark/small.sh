# The commands that are measured on small files, for the scripts beside this one, which set $home and source it.
small=$home/testdata/tiny-english-prose.imatrix.gguf
model=$home/testdata/models/llama-3-70b.gguf

# each_small CALL...: runs CALL... NAME ARGUMENTS... for each of them.
each_small() {
  "$@" "--version" --version
  "$@" "--help" --help
  "$@" "stats" stats "$small"
  "$@" "stats --format json" stats "$small" --format json
  "$@" "stats --format csv" stats "$small" --format csv
  "$@" "check" check "$small"
  "$@" "compare with itself" compare "$small" "$small"
  "$@" "plan, 723 tensors" plan "$model"
  "$@" "recipe, 723 tensors" recipe --model "$model" --target-bpw 4
}
