/* SPDX-License-Identifier: Apache-2.0 */
/* The published rows that ship with the program, and where they come from (SPEC 6). */
#pragma once

#include <glib.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

/* How the titles of published runs end. */
#define MOE_PUBLISHED_REMARK " (published)"

/* Rows that belong together and are chosen together. */
typedef struct MoeReferenceSet
{
  const char *name;  /* "null-rows" */
  const char *title; /* for people, as all that follows: English that passes through moe_words () */
  const char *note;  /* what they are, in one line */
  gsize first;       /* of its runs, among those of all sets, and ... */
  gsize n_runs;      /* ... how many */
} MoeReferenceSet;

/* The null-routed rows first.  Static storage; any thread. */
const MoeReferenceSet *moe_reference_sets (gsize *n);

/* NULL when there is none of that name. */
const MoeReferenceSet *moe_reference_find (const char *name);

/* Run `index`, from 0, of those of all sets, read from `data_dir`/reference, with its title and
 * where it comes from; moe_run_unref ().  Rates that a source does not print follow from those that
 * it prints, by the FLOP formula, where no capacity bounds the rows.  NULL with *error, of GIO or
 * of MOE_FORMATS_ERROR.  Blocking; any thread. */
MoeRun *moe_reference_read (const char *data_dir, gsize index, GError **error);

/* The runs of the first set: an array of MoeRun (moe_run_unref () as its free function), the rows
 * with the f = 0.1 -> 0.9 deltas first, then the mode comparison. */
GPtrArray *moe_formats_read_reference (const char *data_dir, GError **error);

G_END_DECLS
