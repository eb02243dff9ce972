/* SPDX-License-Identifier: Apache-2.0 */
/* One measured point, whatever it was read from. */
#pragma once

#include <glib.h>

#include "engine/bench/runner.h"
#include "engine/machine/taken.h"
#include "engine/moe/types.h"

G_BEGIN_DECLS

/* What few numbers say of the distributions "zipf" and "hot", and of the k rule "token_rounding";
 * those of another are missing. */
typedef struct MoeRecordSkew
{
  double zipf_exponent;
  gint64 hot_experts;
  double hot_share;
  const char *file; /* of "loads" and "trace": which part of which file, interned */
  gint64 tile;      /* tokens that an expert takes at once */
} MoeRecordSkew;

/* How uneven the loads are and what that costs (engine/moe/balance.h), before a capacity drops any
 * rows. */
typedef struct MoeRecordBalance
{
  double p25; /* quartiles over the experts */
  double p50;
  double p75;
  double tile_share[MOE_N_TILES];
  gint64 shard_load_max; /* missing without "ep" */
} MoeRecordBalance;

/* One measured point.  What a source does not tell is missing, never 0: NULL for text, NaN for
 * reals, -1 for counts, has_shape FALSE for the shape.  Text fields are interned strings
 * (moe_text_intern), so equal values are equal pointers. */
typedef struct MoeRecord
{
  gboolean has_shape;
  MoeShape shape;
  gint64 topk; /* -1 missing */
  double null_target;
  double null_realized;
  gint64 null_assignments;
  gint64 real_assignments; /* that are computed: without those that a capacity dropped */
  double tflops;
  double tokens_per_s; /* from the median time of moe_record_figures () when there are samples */
  /* The names of the values of every MoeChoice, also such as this version does not know.  The null
   * mode is "independent" when the source is older than null modes; shared_fused is missing without
   * a shared expert, and the exchange is of no effect without "ep". */
  const char *choice[MOE_N_CHOICES];
  const char *kernel; /* what others call the code that they measured: "current", "deepep"; missing
                         where there is nothing but the implementation */
  /* Capacity: factor, rows and drops are missing where the policy is "none"; where only a factor is
   * told the policy is missing. */
  double capacity_factor;
  gint64 capacity; /* rows of an expert at most */
  gint64 dropped_assignments;
  gint64 ep_size;    /* shards; missing without "ep" */
  double comm_bytes; /* of one step, sent by all shards together; missing without "ep" */
  double run_alpha;  /* of the distribution "runs", else missing */
  double run_noise_scale;
  MoeRecordSkew skew;
  gint64 runs; /* of consecutive tokens with the same best expert: their number and lengths */
  double run_mean;
  double run_p95;
  gint64 run_max;
  gint64 active_experts; /* with at least one assignment */
  gint64 load_min;       /* assignments of a real expert, before a capacity drops any */
  gint64 load_max;
  double load_std;
  MoeRecordBalance balance;
  gsize n_kept; /* topk + 1, or by a k rule as many as any token needs; 0 missing */
  gint64 kept[MOE_KEPT_MAX + 1]; /* kept[n]: tokens that keep n experts, before a capacity */
  double *samples_s;             /* of one step, in the order of the rounds; owned by the run; NULL
                                    when there are none */
  MoeTaken *taken;               /* [n_samples] how each was taken; NULL where the source does not
                                    tell; owned by the run */
  const char *time_source; /* what the figures are made of: "wall", the undisturbed samples, or
                              "processor", the processor time of all, where too few are
                              undisturbed; a run finds it out from the samples, and without them it
                              is what the source told */
  gsize n_samples;
  gint64 steps;                 /* that each sample consists of; -1 missing */
  double stage_s[MOE_N_STAGES]; /* medians over the undisturbed samples, over all where there are
                                   none of these; NaN when missing */
  double loss;
  double max_relative_error; /* of the reference check; NaN when there was none */
} MoeRecord;

/* All missing. */
void moe_record_init (MoeRecord *record);

/* The value of a choice; FALSE (and *value untouched) when it is missing or one that this version
 * does not know. */
gboolean moe_record_get_choice (const MoeRecord *record, MoeChoice choice, int *value);

/* Is it told to be this one? */
gboolean moe_record_is (const MoeRecord *record, MoeChoice choice, int value);

/* A record for a point that is about to be measured: everything the plan and the routing tell,
 * no samples, rates missing.  Facts whose real_assignments are SIZE_MAX were not sampled yet: what
 * the routing will tell is then missing. */
void moe_record_from_point (MoeRecord *record,
                            const MoePoint *point,
                            const MoePointFacts *facts,
                            const char *accelerator);

/* Are the record's figures processor time? */
gboolean moe_record_is_processor (const MoeRecord *record);

/* What is realised of the null fraction, else its target. */
double moe_record_realized (const MoeRecord *record);

/* Raise *start and *round to the first that none of its samples was taken in, nor later. */
void moe_record_find_free_turn (const MoeRecord *record, guint32 *start, guint32 *round);

/* Null fractions are written with three decimals (SPEC 5): what reads the same is the same.  In
 * thousandths, for tables keyed by them; -1 for NaN. */
gint64 moe_fraction_thousandths (double fraction);
/* NaN equals nothing. */
gboolean moe_fraction_equal (double a, double b);

G_END_DECLS
