/* SPDX-License-Identifier: Apache-2.0 */
/* Something in a backend module's place: of another version, no backend at all, one that whoever
 * loads it dies of, or one that was made for a library with more in it.  Also what passes for a
 * driver where only its presence is asked for. */
#include "engine/backends/backend.h"

#ifdef FAKE_CRASHING_MODULE
#include <stdlib.h>
static void __attribute__ ((constructor)) crash (void)
{
  abort ();
}
#endif

#ifdef FAKE_LACKING_MODULE
void nullcurve_no_such_function (void);
static void __attribute__ ((destructor)) lack (void)
{
  nullcurve_no_such_function ();
}
#endif

#ifdef FAKE_OLD_MODULE
extern const MoeBackend moe_backend_module;
const MoeBackend moe_backend_module = { .abi_version = MOE_BACKEND_ABI - 1, .name = "old" };
#else
extern const int fake_nothing;
const int fake_nothing = MOE_BACKEND_ABI;
#endif
