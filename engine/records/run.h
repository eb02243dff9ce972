/* SPDX-License-Identifier: Apache-2.0 */
/* A run: a titled list of records (measured points), with where they come from.
 *
 * Everything that shows or stores results - chart, table, CSV, logbook tables - reads runs and
 * nothing else, whether they were measured just now, opened from a file or shipped. */
#pragma once

#include <glib.h>

#include "engine/bench/advice.h"
#include "engine/bench/runner.h"
#include "engine/bench/stats.h"
#include "engine/machine/taken.h"
#include "engine/moe/types.h"

G_BEGIN_DECLS

/* One measured point.  What a source does not tell is missing, never 0: NULL for text, NaN for
 * reals, -1 for counts, has_shape FALSE for the shape.  Text fields are interned strings
 * (g_intern_string), so equal values are equal pointers. */
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
  double tokens_per_s;   /* from the median time of moe_record_figures () when there are samples */
  const char *null_mode; /* "independent" when the source is older than null modes */
  const char *distribution;
  const char *mode; /* queue mode: "full", "prequeue" */
  const char *pass;
  const char *impl;
  const char *backend;     /* grouping: "gmm", "ragged_dot" */
  const char *accelerator; /* "openblas", ... */
  const char *dtype;
  const char *null_dispatch; /* "compact", "carry" */
  const char *remat_mode;    /* "none", "expert_mlp", "combine" */
  const char *pack_strategy; /* "argsort", "tuple_sort", "expert_score_sort" */
  const char *permute_mode;  /* "direct_take", "repeat_sort" */
  /* Capacity: factor, rows and drops are missing where the policy is "none". */
  const char *capacity_policy; /* "none", "drop", "pad" */
  double capacity_factor;
  gint64 capacity; /* rows of an expert at most */
  gint64 dropped_assignments;
  const char *shared_fused;  /* "true", "false"; missing without a shared expert */
  const char *parallel_mode; /* "none", "ep" */
  const char *ep_comm_path;  /* "compact_psum", "ring_ag_rs"; of no effect without "ep" */
  gint64 ep_size;            /* shards; missing without "ep" */
  double comm_bytes;         /* of one step, sent by all shards together; missing without "ep" */
  double run_alpha;          /* of the distribution "runs", else missing */
  double run_noise_scale;
  gint64 runs; /* of consecutive tokens with the same best expert: their number and lengths */
  double run_mean;
  double run_p95;
  gint64 run_max;
  gint64 load_min; /* assignments of a real expert, before a capacity drops any */
  gint64 load_max;
  double load_std;
  double load_p25; /* quartiles over the experts */
  double load_p50;
  double load_p75;
  gsize n_kept;                  /* topk + 1; 0 missing */
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

typedef enum MoeRunFormat
{
  MOE_RUN_FORMAT_MEASURED, /* by this process */
  MOE_RUN_FORMAT_NULLCURVE_CSV,
  MOE_RUN_FORMAT_LOGBOOK_CSV,
  MOE_RUN_FORMAT_HARNESS_LOG,
  MOE_RUN_FORMAT_JOURNAL, /* the run file that grows while a run goes on */
} MoeRunFormat;

/* What reading a file found. */
typedef struct MoeLoadSummary
{
  gsize rows_read;
  gsize rows_repeated; /* repeats after RESULT_SUMMARY, not new rows */
  gsize rows_skipped;
  char *first_skip; /* "line 3: topk is missing": why the first was skipped; NULL: none was */
  char *notes;      /* one sentence a line: why rows were skipped, a truncated last line, no shape
                       line...; at most 20 lines; NULL when there is nothing to say */
} MoeLoadSummary;

/* Reference-counted.  Mutable only by the thread that builds it; share it read-only after. */
typedef struct MoeRun MoeRun;

MoeRun *moe_run_new (MoeRunFormat format, const char *title);
MoeRun *moe_run_ref (MoeRun *run);
void moe_run_unref (MoeRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeRun, moe_run_unref)

MoeRunFormat moe_run_get_format (const MoeRun *run);
const char *moe_run_get_title (const MoeRun *run);
void moe_run_set_title (MoeRun *run, const char *title);

/* Grows with every change of the title, the facts and the records: what was worked out from a run
 * still holds while this stays the same. */
guint64 moe_run_get_changes (const MoeRun *run);

const char *moe_run_get_source (const MoeRun *run); /* path or URI, or NULL */
void moe_run_set_source (MoeRun *run, const char *source);

/* Facts: ordered key-value provenance ("host", "cpu", "blas", "threads", "dtype", "date",
 * "seed", "command", ...), at most 1,000.  Setting an existing key replaces its value; the key
 * "title" sets the title; a NULL value or an empty key changes nothing. */
void moe_run_set_fact (MoeRun *run, const char *key, const char *value);
const char *moe_run_get_fact (const MoeRun *run, const char *key); /* NULL when missing */
gsize moe_run_get_n_facts (const MoeRun *run);
const char *moe_run_get_fact_key (const MoeRun *run, gsize index);
const char *moe_run_get_fact_value (const MoeRun *run, gsize index);

/* A record stays at its address as long as its run lives; its samples_s moves when samples are
 * added. */
gsize moe_run_get_n_records (const MoeRun *run);
const MoeRecord *moe_run_get_record (const MoeRun *run, gsize index);

/* Append a copy, samples included; returns its index. */
gsize moe_run_append (MoeRun *run, const MoeRecord *record);

/* Replace record `index` by a copy.  With the same number of samples the stage times behind its
 * stage medians are kept; with another they are forgotten. */
void moe_run_replace (MoeRun *run, gsize index, const MoeRecord *record);

/* Loss and reference error of a record; NaN leaves what is told of it already. */
void moe_run_set_check (MoeRun *run, gsize index, double loss, double max_relative_error);

/* A new run with the same title, facts and source and copies of the records that `keep` returns
 * TRUE for. */
MoeRun *moe_run_subset (const MoeRun *run,
                        gboolean (*keep) (const MoeRecord *record, gconstpointer data),
                        gconstpointer data);

/* Append one sample to a record and bring tokens_per_s, tflops, time_source and the stage medians
 * up to date (T and FLOPs from the record's shape, pass and real_assignments); O (log n).  `stages`
 * may be NULL, `taken` too: not told.  A record that tells how other samples were taken then has
 * moe_taken_unknown () with the sample's index as round, and so have earlier samples of a record
 * that is told for the first time. */
void moe_run_add_sample (
    MoeRun *run, gsize index, double time_s, const MoeStageTimes *stages, const MoeTaken *taken);

const MoeLoadSummary *moe_run_get_summary (const MoeRun *run);

/* The summary in one or two sentences for people: how many rows were read, repeated and skipped,
 * and why.  For a run that no file was read for it counts the points.  Free with g_free (). */
char *moe_run_describe_load (const MoeRun *run);

MoeLoadSummary *moe_run_edit_summary (MoeRun *run); /* for readers */

/* All missing. */
void moe_record_init (MoeRecord *record);

/* A record for a point that is about to be measured: everything the plan and the routing tell,
 * no samples, rates missing.  Facts whose real_assignments are SIZE_MAX were not sampled yet: what
 * the routing will tell is then missing. */
void moe_record_from_point (MoeRecord *record,
                            const MoePoint *point,
                            const MoePointFacts *facts,
                            const char *accelerator);

/* What a record's figures are made of, in the order of the samples: the wall times of its
 * undisturbed samples; where fewer than three are (than all, of fewer samples) the processor times
 * of all samples; where these are not known the wall times of all.  Returns how many, 0 without
 * samples; *times is then NULL, else for the caller to g_free (). */
gsize moe_record_figures (const MoeRecord *record, double **times);

/* Spread of tokens/s over what the figures are made of (FALSE when there are none: *spread then
 * holds the single value, n = 0).  Interval ends are rates: lower <= median <= upper. */
gboolean moe_record_rate_spread (const MoeRecord *record, MoeSpread *spread);

/* What a speed-up against f = 0 was made of. */
typedef enum MoeSpeedup
{
  MOE_SPEEDUP_NONE,     /* there is no f = 0 to compare with */
  MOE_SPEEDUP_RATES,    /* two rates without samples: no interval */
  MOE_SPEEDUP_UNPAIRED, /* samples, but not of the same rounds: the interval of the quotient of two
                           medians */
  MOE_SPEEDUP_PAIRED,   /* time of f = 0 / time of the record, round by round */
} MoeSpeedup;

/* Speed-up of a record of the run against the f = 0 record of its own curve, over the rounds in
 * which both have an undisturbed sample: one round takes all fractions in turn, so that drift of
 * the machine cancels out.  Where a source does not tell rounds, samples are in their order.  FALSE
 * (and *spread all NaN, n = 0) when there is no such record, when either is made of processor time,
 * when fewer than three rounds (than all, of fewer samples) are left, or when, in order, the two
 * have samples in different numbers - the last round of a stopped run may lack one - or none. */
gboolean moe_run_paired_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread);

/* The same, else the best there is, and what that is.  With MOE_SPEEDUP_RATES *spread holds the
 * single value and n = 0, with MOE_SPEEDUP_NONE all NaN. */
MoeSpeedup moe_run_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread);

/* What to say about the spread of a run's samples, given what the machine did meanwhile (see
 * moe_advice_of ()). */
void moe_run_advise (const MoeRun *run, const MoeNoise *noise, MoeAdvice *advice);

/* What disturbed the run stays with it, as facts: "others busy" and "stolen" (mean processors),
 * "others waiting" (mean tasks), "throttlings", "governor", "power" ("mains", "battery"),
 * "platform profile"; "threads", "cores" and "OPENBLAS_CORETYPE" where the run does not tell them
 * yet.  What is missing sets nothing. */
void moe_run_set_noise (MoeRun *run, const MoeNoise *noise);

/* The same back from the facts, what is not told or makes no sense missing.  FALSE when nothing is
 * told of what happened while it was measured. */
gboolean moe_run_get_noise (const MoeRun *run, MoeNoise *noise);

/* What was said about the run when it ended: facts "warning 1", "warning 2", ...  Earlier ones that
 * are more than `n` become empty. */
void moe_run_set_warnings (MoeRun *run, const char *const *sentences, gsize n);

/* What makes curves differ besides shape and top-k. */
typedef enum MoeAxis
{
  MOE_AXIS_NULL_MODE,
  MOE_AXIS_DISPATCH,
  MOE_AXIS_PASS,
  MOE_AXIS_IMPL,
  MOE_AXIS_BACKEND,
  MOE_AXIS_ACCELERATOR,
  MOE_AXIS_DTYPE,
  MOE_AXIS_DISTRIBUTION,
  MOE_AXIS_QUEUE,
  MOE_AXIS_REMAT,
  MOE_AXIS_PACK,
  MOE_AXIS_PERMUTE,
  MOE_AXIS_CAPACITY, /* policy and factor */
  MOE_AXIS_SHARED,   /* fused or not */
  MOE_AXIS_PARALLEL, /* mode, path and shards */
  MOE_AXIS_RUNS,     /* alpha and noise of the distribution "runs" */
  MOE_N_AXES
} MoeAxis;

/* Heading of a column: "Null mode". */
const char *moe_axis_title (MoeAxis axis);

/* The record's value in words: "take_until_null", "drop 1.25", "ep ring_ag_rs, 4 shards"; interned;
 * NULL when it is missing or when there is nothing to choose (fused or not, without a shared
 * expert). */
const char *moe_record_axis (const MoeRecord *record, MoeAxis axis);

/* Equal on an axis?  Sources older than pack strategies, permute modes, capacities and expert
 * parallelism do not tell them: there a missing value equals the one that they had ("argsort",
 * "direct_take", "none"). */
gboolean moe_record_same_axis (const MoeRecord *a, const MoeRecord *b, MoeAxis axis);

/* Same curve, other fractions?  Shape, topk and every axis equal. */
gboolean moe_record_same_curve (const MoeRecord *a, const MoeRecord *b);

/* The f = 0 record of the same curve in the same run, or NULL.  f = 0 means the same in every
 * null mode, so a curve without its own row falls back on one of another null mode. */
const MoeRecord *moe_run_find_baseline (const MoeRun *run, const MoeRecord *record);

/* Null efficiency (SPEC 3), from the very median that moe_run_speedup () tells; NaN when there is
 * no f = 0 to compare with, or the speed-up's interval is wild. */
double moe_run_null_efficiency (const MoeRun *run, const MoeRecord *record);

G_END_DECLS
