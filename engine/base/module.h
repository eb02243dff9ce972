/* SPDX-License-Identifier: Apache-2.0 */
/* Shared objects of the program's own that are found and opened at run time, so that it starts and
 * runs without them and without the libraries they need; and such libraries. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The environment variable that names the folder of the modules.  Without it they are those that
 * were installed with the program, wherever that was moved to, or that were built in the folder
 * that it runs from. */
#define MOE_MODULE_DIR_VARIABLE "NULLCURVE_BACKEND_DIR"

typedef struct MoeModule
{
  void *handle; /* of dlopen (); NULL when closed */
  const void *symbol;
  bool faulty; /* not open, though it is there: damaged, not to be trusted, or without the symbol */
} MoeModule;

/* A library that a module is of no use without.  It is looked for before the module is opened,
 * since that may bring others that take a second to load. */
typedef struct MoeModuleNeed
{
  const char *library; /* "libcuda.so.1"; NULL: none */
  const char *what;    /* marked with MOE_WORDS, "an NVIDIA driver" */
} MoeModuleNeed;

/* Open libnullcurve-NAME.so and look `symbol` up.  Opened is only what moe_trust_file () lets pass,
 * is whole, and can be loaded: a process of its own tries that first, so that a damaged file costs
 * a sentence and not the program.  True: *module is open until moe_module_close ().  False:
 * `reason` has a sentence that calls the module `title`.  Any thread; takes some milliseconds. */
bool moe_module_open (const char *name,
                      const char *title,
                      const char *symbol,
                      MoeModuleNeed need,
                      MoeModule *module,
                      char *reason,
                      size_t reason_size);

void moe_module_close (MoeModule *module);

/* dlopen () of a library of the system by its name, but never from a place that depends on the
 * current folder: where LD_LIBRARY_PATH has elements that are empty or relative, its others are
 * searched here, and then the usual folders.  NULL when there is none.  Any thread. */
void *moe_library_open (const char *name);
