/* SPDX-License-Identifier: Apache-2.0 */
/* Shared objects of the program's own that are found and opened at run time, so that it starts and
 * runs without them and without the libraries they need. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The environment variable that names the folder of the modules; without it they are looked for in
 * the build folder that the program runs from, then where they were installed to. */
#define MOE_MODULE_DIR_VARIABLE "NULLCURVE_BACKEND_DIR"

typedef struct MoeModule
{
  void *handle; /* of dlopen (); NULL when closed */
  const void *symbol;
} MoeModule;

/* Open libnullcurve-NAME.so and look `symbol` up.  True: *module is open until moe_module_close ().
 * False: `reason` has a sentence that calls the module `title`: no such file, a missing library, or
 * no such symbol.  Any thread. */
bool moe_module_open (const char *name,
                      const char *title,
                      const char *symbol,
                      MoeModule *module,
                      char *reason,
                      size_t reason_size);

void moe_module_close (MoeModule *module);
