# target_sotto_resources(target NAME FOLDERS...): puts all files of these folders of resources/ into the program, under the
# same path: resources/sql/0001_x.sql is :/sql/0001_x.sql.
function(target_sotto_resources target name)
  set(files "")
  foreach(folder IN LISTS ARGN)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/resources/${folder}/*)
    list(APPEND files ${found})
  endforeach()
  if(files)
    qt_add_resources(${target} ${name} PREFIX / BASE ${PROJECT_SOURCE_DIR}/resources FILES ${files})
  endif()
endfunction()
