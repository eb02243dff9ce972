/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks of which the last ends without a word in the middle of an exchange, for test-mpi-lost.  The
 * others say on standard output how their exchange ended, and exit without waiting for anybody. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "engine/ranks/find.h"

enum
{
  ELEMENTS = 300000
};

static MoeCancel cancel;

static void
on_signal (int number)
{
  (void)number;
  moe_cancel_request (&cancel);
}

static void
reduce_for_ever (MoeRanks *ranks, MoeError *error)
{
  static float array[ELEMENTS];
  MoeStatus status = MOE_OK;
  for (size_t round = 0; status == MOE_OK; round++)
    {
      if (round == 20 && moe_ranks_rank (ranks) + 1 == moe_ranks_size (ranks))
        _exit (7);
      status = moe_ranks_all_reduce (ranks, MOE_DTYPE_FLOAT32, array, ELEMENTS, error);
    }
}

int
main (void)
{
  MoeRanks *ranks;
  MoeError error = { 0 };
  moe_cancel_init (&cancel);
  if (moe_ranks_find (&cancel, &ranks, &error) != MOE_OK || ranks == NULL)
    {
      fprintf (stderr, "The ranks were not joined: %s\n", error.message);
      return 1;
    }
  signal (SIGTERM, on_signal);
  size_t rank = moe_ranks_rank (ranks);
  reduce_for_ever (ranks, &error);
  moe_ranks_free (ranks, true);
  printf ("rank %zu: %s\n", rank, error.message);
  return 3;
}
