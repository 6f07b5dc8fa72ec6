// What the engine needs of <omp.h>, for clang beside g++'s OpenMP library.
#pragma once

extern "C" void omp_set_num_threads(int count);
