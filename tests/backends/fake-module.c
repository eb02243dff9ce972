/* SPDX-License-Identifier: Apache-2.0 */
/* Something in a backend module's place: of another version, or no backend at all.  Also what
 * passes for a driver where only its presence is asked for. */
#include "engine/backends/backend.h"

#ifdef FAKE_OLD_MODULE
extern const MoeBackend moe_backend_module;
const MoeBackend moe_backend_module = { .abi_version = MOE_BACKEND_ABI - 1, .name = "old" };
#else
extern const int fake_nothing;
const int fake_nothing = MOE_BACKEND_ABI;
#endif
