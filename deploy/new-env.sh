#!/bin/sh
# Copies an example of settings from standard input to standard output, with 32 random bytes, written as
# 64 hexadecimal digits, in place of each `replace-this`.
set -eu

while IFS= read -r line || [ -n "$line" ]; do
  case "$line" in
    [A-Z]*=replace-this) printf '%s=%s\n' "${line%%=*}" "$(od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n')" ;;
    *) printf '%s\n' "$line" ;;
  esac
done
