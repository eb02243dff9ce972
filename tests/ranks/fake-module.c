/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that must be refused. */
#include "engine/ranks/transport.h"

#include <stddef.h>

#ifdef WRONG_VERSION
extern const MoeTransportModule moe_transport_module;
const MoeTransportModule moe_transport_module = { .abi_version = 4711, .start = NULL };
#else
extern const int not_the_symbol;
const int not_the_symbol = 1;
#endif
