/* SPDX-License-Identifier: Apache-2.0 */
/* A run: a titled list of records (measured points), with where they come from.
 *
 * Everything that shows or stores results - chart, table, CSV, logbook tables - reads runs and
 * nothing else, whether they were measured just now, opened from a file or shipped. */
#pragma once

#include "engine/records/record.h"

G_BEGIN_DECLS

typedef enum MoeRunFormat
{
  MOE_RUN_FORMAT_MEASURED, /* by this process */
  MOE_RUN_FORMAT_NULLCURVE_CSV,
  MOE_RUN_FORMAT_LOGBOOK_CSV,
  MOE_RUN_FORMAT_HARNESS_LOG,
  MOE_RUN_FORMAT_BENCH_JSON, /* of marin's benches */
  MOE_RUN_FORMAT_JOURNAL,    /* the run file that grows while a run goes on */
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
double moe_run_get_real (const MoeRun *run, const char *key);      /* NaN when it is no number */
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

/* The f = 0 record of the same curve in the same run, or NULL.  f = 0 means the same in every
 * null mode, so a curve without its own row falls back on one of another null mode. */
const MoeRecord *moe_run_find_baseline (const MoeRun *run, const MoeRecord *record);

/* --- for readers --- */

enum
{
  MOE_RUN_MAX_FACTS = 1000 /* a run takes no more; a file with more is refused */
};

/* As moe_run_add_sample (), leaving medians and rates to one moe_run_refresh () at the end. */
void moe_run_add_sample_quietly (
    MoeRun *run, gsize index, double time_s, const MoeStageTimes *stages, const MoeTaken *taken);
/* The same, of a sample whose starts and rounds follow on others: `start` and `round` are added. */
void moe_run_add_sample_at (MoeRun *run,
                            gsize index,
                            double time_s,
                            const MoeStageTimes *stages,
                            const MoeTaken *taken,
                            guint32 start,
                            guint32 round);
void moe_run_refresh (MoeRun *run, gsize index);

/* Count a skipped row; the first one's reason is kept. */
void moe_run_note_skip (MoeRun *run, gsize line, const char *reason);

/* Bring a run's summary up by one sentence (kept only while there are fewer than twenty), ended
 * by moe_run_finish_notes (), which says how many were left out. */
void moe_run_note (MoeRun *run, const char *format, ...) G_GNUC_PRINTF (2, 3);
void moe_run_finish_notes (MoeRun *run);

MoeLoadSummary *moe_run_edit_summary (MoeRun *run);

G_END_DECLS
