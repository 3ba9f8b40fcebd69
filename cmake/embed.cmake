# Makes a C++ file out of texts: NAME of SOURCE for each pair in PAIRS (`NAME|FILE`), as constants.
# Run as a script: cmake "-DPAIRS=page_css|page.css;..." -DFOLDER=... -DTARGET=... -P embed.cmake
cmake_minimum_required(VERSION 3.25)
set(text "")
foreach(pair IN LISTS PAIRS)
  string(REGEX REPLACE "\\|.*" "" name "${pair}")
  string(REGEX REPLACE ".*\\|" "" file "${pair}")
  file(READ "${FOLDER}/${file}" content)
  string(STRIP "${content}" content)
  string(APPEND text "constexpr std::string_view ${name} = R\"=====(${content})=====\";\n")
endforeach()
file(WRITE "${TARGET}" "${text}")
