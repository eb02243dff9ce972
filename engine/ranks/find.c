/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/ranks/find.h"

#include "engine/base/module.h"
#include "engine/base/words.h"
#include "engine/threads/topology.h"

#include <stdio.h>
#include <stdlib.h>

enum
{
  REASON_SIZE = 512
};

/* The first of the variables that is set, as a number; false when none is. */
static bool
read_variables (const char *const *names, size_t n, size_t *number)
{
  for (size_t i = 0; i < n; i++)
    {
      const char *text = getenv (names[i]);
      char *end;
      if (text == NULL || *text == '\0')
        continue;
      unsigned long value = strtoul (text, &end, 10);
      if (*end != '\0')
        continue;
      *number = (size_t)value;
      return true;
    }
  return false;
}

bool
moe_ranks_launched (size_t *rank, size_t *size)
{
  /* Open MPI, then MPICH and its kin, then PMIx, which tells no size: Slurm does for a step.  Where
   * nobody tells, the first rank may be the only one, and is taken for that. */
  static const char *const ranks[] = { "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK" };
  static const char *const sizes[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS" };
  size_t own = 0, all = 0;
  bool has_rank = read_variables (ranks, 3, &own);
  bool has_size = read_variables (sizes, has_rank ? 3 : 2, &all);
  if (rank != NULL)
    *rank = own;
  if (size != NULL)
    *size = all;
  return has_size ? all > 1 : has_rank && own > 0;
}

static MoeStatus
refuse (MoeError *error, const char *reason)
{
  size_t rank, size;
  moe_ranks_launched (&rank, &size);
  return moe_error_set (error, MOE_ERROR_UNSUPPORTED,
                        "This process was started as rank %zu of %zu, but cannot join the others: "
                        "%s",
                        rank, size, reason);
}

/* The module stays open: MPI cannot be started twice. */
static MoeStatus
start_transport (MoeTransport **transport, MoeError *error)
{
  char reason[REASON_SIZE];
  MoeModule module;
  if (!moe_module_open ("mpi", "MPI", MOE_TRANSPORT_SYMBOL, (MoeModuleNeed){ 0 }, &module, reason,
                        sizeof reason))
    return refuse (error, reason);
  const MoeTransportModule *found = module.symbol;
  if (found->abi_version == MOE_TRANSPORT_ABI)
    {
      if (found->set_translator != NULL)
        found->set_translator (moe_words);
      return found->start (transport, error);
    }
  snprintf (reason, sizeof reason,
            moe_words ("The MPI module is of interface version %u, this program of version %d."),
            found->abi_version, (int)MOE_TRANSPORT_ABI);
  moe_module_close (&module);
  return refuse (error, reason);
}

MoeStatus
moe_ranks_find (const MoeCancel *cancel, MoeRanks **ranks, MoeError *error)
{
  MoeTransport *transport;
  MoePeer self;
  size_t part, parts;
  *ranks = NULL;
  if (!moe_ranks_launched (NULL, NULL))
    return MOE_OK;
  moe_peer_self (&self);
  MoeStatus status = start_transport (&transport, error);
  if (status == MOE_OK)
    status = moe_ranks_new (transport, &self, cancel, ranks, error);
  if (status != MOE_OK)
    return status;
  /* Who told of a rank and no size may have started this one alone: one rank is no ranks. */
  if (moe_ranks_size (*ranks) == 1)
    {
      moe_ranks_free (*ranks, true);
      *ranks = NULL;
      return MOE_OK;
    }
  moe_ranks_part (*ranks, &part, &parts);
  moe_topology_take_part (part, parts);
  return MOE_OK;
}
