/* SPDX-License-Identifier: Apache-2.0 */
/* The same cases between processes.  Run by mpirun; rank 0 tells for all, and a case that fails on
 * another rank ends them all. */
#include <glib.h>
#include <stdio.h>

#include "engine/ranks/find.h"
#include "tests/ranks/rank-cases.h"

static MoeRanks *ranks;

static void
test_case (gconstpointer data)
{
  const RankCase *rank_case = data;
  rank_case->run (ranks);
}

/* This process really is one of several, and they talk by MPI. */
static void
test_joined (void)
{
  size_t rank, size;
  g_assert_true (moe_ranks_launched (&rank, &size));
  g_assert_cmpuint (moe_ranks_rank (ranks), ==, rank);
  g_assert_cmpuint (moe_ranks_size (ranks), ==, size);
  g_assert_cmpuint (size, >, 1);
  g_assert_nonnull (g_strstr_len (moe_ranks_library (ranks), -1, "MPI"));
}

int
main (int argc, char **argv)
{
  size_t n;
  MoeError error = { 0 };
  g_test_init (&argc, &argv, NULL);
  if (moe_ranks_find (NULL, &ranks, &error) != MOE_OK || ranks == NULL)
    {
      fprintf (stderr, "The ranks were not joined: %s\n", error.message);
      return 1;
    }
  if (moe_ranks_rank (ranks) > 0 && freopen ("/dev/null", "w", stdout) == NULL)
    return 1;
  g_test_add_func ("/mpi/joined", test_joined);
  const RankCase *list = rank_cases (&n);
  for (size_t i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/mpi/%s", list[i].name);
      g_test_add_data_func (path, &list[i], test_case);
    }
  int status = g_test_run ();
  moe_ranks_free (ranks, status == 0);
  return status;
}
