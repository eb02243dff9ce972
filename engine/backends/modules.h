/* SPDX-License-Identifier: Apache-2.0 */
/* Backends that are modules: shared objects found and opened when first asked for, so that the
 * program starts and runs without them. */
#pragma once

#include "engine/backends/backend.h"

/* The symbol that a module exports: a `const MoeBackend`. */
#define MOE_BACKEND_MODULE_SYMBOL "moe_backend_module"

/* The known modules, usable or not; one that could not be opened still has its name and title, and
 * its probe () tells why: no such file, a missing library, no such symbol, another version of this
 * header.  Opened once, on the first call; any thread; static storage. */
const MoeBackend *const *moe_backend_modules (size_t *n);

/* A sentence when `backend`, one of those above, stands for a module that is there but damaged, not
 * to be trusted, or of another version; NULL when it can be used, is not installed, or lacks only
 * what this machine does not have.  Any thread, after moe_backend_modules (); static storage. */
const char *moe_backend_module_fault (const MoeBackend *backend);
