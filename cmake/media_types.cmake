# Makes media_type_table.inc out of the system's table of media types: one line per extension, in
# order.  Run as a script: cmake -DSOURCE=/etc/mime.types -DTARGET=... -P media_types.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${SOURCE}" lines REGEX "^[a-z]+/[^ \t]+[ \t]+[^ \t]")

# Extensions that the table lacks, or that mean something else to most who serve them.
set(entries
  "map|application/json" "log|text/plain" "conf|text/plain" "ini|text/plain"
  "toml|application/toml" "yaml|application/yaml" "yml|application/yaml"
  "ts|text/plain" "rs|text/plain" "go|text/plain" "sh|text/x-sh")
set(known "")
foreach(entry IN LISTS entries)
  string(REGEX REPLACE "\\|.*" "" extension "${entry}")
  list(APPEND known "${extension}")
endforeach()

foreach(line IN LISTS lines)
  string(REGEX REPLACE "[ \t]+" ";" words "${line}")
  list(POP_FRONT words type)
  foreach(extension IN LISTS words)
    string(TOLOWER "${extension}" extension)
    if(extension MATCHES "^[a-z0-9+_-]+$" AND NOT extension IN_LIST known)
      list(APPEND known "${extension}")
      list(APPEND entries "${extension}|${type}")
    endif()
  endforeach()
endforeach()

# In the order of the bytes, for a binary search: `|` would sort behind every letter.
list(TRANSFORM entries REPLACE "\\|" "!")
list(SORT entries COMPARE STRING)
list(TRANSFORM entries REPLACE "^(.*)!(.*)$" "{\"\\1\", \"\\2\"},")
list(JOIN entries "\n" text)
file(WRITE "${TARGET}" "${text}\n")
