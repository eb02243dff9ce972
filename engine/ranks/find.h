/* SPDX-License-Identifier: Apache-2.0 */
/* The ranks that this process was started as one of. */
#pragma once

#include "engine/ranks/ranks.h"

/* Was this process started by mpirun or its like as one of several?  Told from the environment
 * alone; `rank` and `size` may be NULL, and *size is 0 when only the library knows. */
bool moe_ranks_launched (size_t *rank, size_t *size);

/* Join the other ranks: NULL in *ranks, and nothing is opened, when this process is alone, also
 * where that is known only after the library was asked (PMIX_RANK without a size).  Else the MPI
 * module is found and opened, the library started, and the processors that several ranks were given
 * together are shared out (moe_topology_take_part ()), so this comes before anything that asks for
 * the topology.  Fails with MOE_ERROR_UNSUPPORTED when the module is not installed, cannot be
 * opened, lacks its symbol or is of another version, and as moe_ranks_new (), which says what the
 * arguments are.  At most once in a process, on the thread that is going to use the ranks.
 */
MoeStatus moe_ranks_find (const MoeCancel *cancel, MoeRanks **ranks, MoeError *error);
