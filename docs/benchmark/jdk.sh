#!/bin/sh
# Prints the folder of a JDK 25 or newer: that of JAVA_HOME, of the PATH, or one in the usual places, where the build finds it too.
for jdk in "$JAVA_HOME" "$(dirname "$(dirname "$(readlink -f "$(command -v javac || echo /none/none)")")")" /usr/lib/jvm/* \
  "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
  [ -x "$jdk/bin/javac" ] || continue
  case $("$jdk/bin/javac" -version 2>&1) in
  "javac 2"[5-9]* | "javac "[3-9][0-9]*)
    echo "$jdk"
    exit
    ;;
  esac
done
echo "needs a JDK 25: set JAVA_HOME" >&2
exit 1
