/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/ranks.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "engine/backends/ranks/lead.h"
#include "engine/backends/ranks/serve.h"
#include "engine/machine/forecast.h"
#include "engine/ranks/find.h"

/* NULL while this process is alone. */
static MoeRanks *ranks;
static gboolean has_joined; /* or found out that there is nobody to join */

gboolean
nullcurve_bench_ranks_is_silent (void)
{
  size_t rank = 0;
  return moe_ranks_launched (&rank, NULL) && rank > 0 && !(has_joined && ranks == NULL);
}

gboolean
nullcurve_bench_ranks_join (GError **error)
{
  MoeError engine_error;
  if (moe_ranks_find (nullcurve_bench_signals_cancel (), &ranks, &engine_error) == MOE_OK)
    {
      has_joined = TRUE;
      return TRUE;
    }
  return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
}

gsize
nullcurve_bench_ranks_size (void)
{
  return ranks != NULL ? moe_ranks_size (ranks) : 0;
}

/* Rank 0 tells of every loss but its own. */
int
nullcurve_bench_ranks_serve (void)
{
  const MoeServeHost host = { moe_backend_find, moe_available_memory };
  MoeError error = { 0 };
  MoeStatus status = moe_serve (ranks, &host, nullcurve_bench_signals_cancel (), &error);
  int caught = nullcurve_bench_signals_status ();
  if (status != MOE_OK && caught == 0)
    nullcurve_bench_tell (_ ("nullcurve-bench: Rank %zu: %s\n"), moe_ranks_rank (ranks),
                          error.message);
  moe_ranks_free (ranks, status == MOE_OK);
  ranks = NULL;
  has_joined = FALSE;
  return caught != 0 ? caught : status == MOE_OK ? 0 : NULLCURVE_BENCH_ERROR_FAILED;
}

const MoeBackend *
nullcurve_bench_ranks_spread (const MoeBackend *backend)
{
  return ranks != NULL ? moe_lead (ranks, backend) : backend;
}

MoeStatus
nullcurve_bench_ranks_available_memory (gsize *bytes, MoeError *error)
{
  if (ranks != NULL)
    return moe_lead_available_memory (ranks, moe_available_memory, bytes, error);
  *bytes = moe_available_memory ();
  return MOE_OK;
}

void
nullcurve_bench_ranks_scale (MoeLimits *limits)
{
  if (ranks == NULL)
    return;
  double processes = (double)moe_ranks_size (ranks);
  double machines = processes / (double)moe_ranks_on_machine_of (ranks, 0);
  limits->peak_flops_per_s *= processes;
  limits->read_bytes_per_s *= machines;
  limits->write_bytes_per_s *= machines;
  limits->calibration.flops_per_s *= processes;
  limits->calibration.bytes_per_s *= machines;
}

void
nullcurve_bench_ranks_quieten (MoeNoise *noise)
{
  if (ranks != NULL && moe_ranks_on_machine_of (ranks, 0) > 1)
    noise->others_busy = noise->others_waiting = NAN;
}

void
nullcurve_bench_ranks_leave (void)
{
  MoeError error;
  if (ranks == NULL)
    return;
  MoeStatus status = moe_lead_quit (ranks, &error);
  moe_ranks_free (ranks, status == MOE_OK);
  ranks = NULL;
  has_joined = FALSE;
}
