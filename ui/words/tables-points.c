/* SPDX-License-Identifier: Apache-2.0 */
/* A run's points as one aligned table for a terminal. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/bench/stats.h"
#include "engine/records/numbers.h"
#include "engine/records/rates.h"
#include "engine/records/speedup.h"
#include "ui/words/cells.h"
#include "ui/words/grid.h"
#include "ui/words/tables.h"

static gboolean
is_shown (const MoeLabels *labels, MoeLabel label)
{
  return labels->shown[label] || label == MOE_LABEL_NULL_MODE;
}

/* What the whole table needs to know, and what its footnotes tell. */
typedef struct Table
{
  MoeGrid grid;
  const MoeRun *run;
  MoeLabels labels;
  gboolean several_shapes;
  gboolean has_source;  /* a point is made of processor time */
  gboolean is_unpaired; /* a speed-up is marked */
} Table;

static gboolean
is_of_processors (const MoeRecord *record)
{
  return g_strcmp0 (record->time_source, "processor") == 0;
}

static void
add_header (MoeGrid *grid, const Table *table)
{
  static const struct
  {
    const char *title;
    gboolean of_source;
  } numbers[] = { { N_ ("top-k") },        { "f" },           { N_ ("tokens/s") },
                  { N_ ("source"), TRUE }, { N_ ("spread") }, { "TF/s" },
                  { N_ ("speed-up") },     { "±" },           { N_ ("efficiency") } };
  const MoeLabels *labels = &table->labels;
  if (table->several_shapes)
    moe_grid_add (grid, _ ("shape"));
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (labels, label))
      moe_grid_add (grid, nullcurve_words_label (label));
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (table->has_source || !numbers[i].of_source)
      moe_grid_add (grid, _ (numbers[i].title));
}

static void
add_spread (MoeGrid *grid, const MoeSpread *spread, const char *mark)
{
  GString *cell = g_string_new (NULL);
  if (moe_spread_is_wild (spread))
    g_string_append (cell, _ ("more than 2×"));
  else
    {
      g_string_append (cell, "±");
      moe_number_append_fixed (cell, 100 * moe_spread_relative (spread), 1);
      g_string_append (cell, " %");
    }
  g_string_append (cell, mark);
  moe_grid_take (grid, cell);
}

/* The speed-up against f = 0 and its interval; f = 0 itself has none.  TRUE when that is not of
 * pairs, which the mark tells. */
static gboolean
add_speedup (MoeGrid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  gboolean marked = kind == MOE_SPEEDUP_UNPAIRED && speedup.n > 1 && record->null_target > 0;
  moe_grid_add_real (grid, speedup.median, 2, "×");
  if (speedup.n > 1 && record->null_target > 0)
    add_spread (grid, &speedup, marked ? "*" : "");
  else
    moe_grid_add (grid, NULL);
  return marked;
}

static void
add_numbers (Table *table, const MoeRecord *record)
{
  MoeSpread spread;
  MoeGrid *grid = &table->grid;
  gboolean has_spread = moe_record_rate_spread (record, &spread) && spread.n > 1;
  GString *cell = g_string_new (NULL);
  moe_cell_append_topk (cell, record);
  moe_grid_take (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_fraction (cell, record->null_target);
  moe_grid_take (grid, cell);
  cell = g_string_new (NULL);
  moe_cell_append_rate (cell, record->tokens_per_s);
  moe_grid_take (grid, cell);
  if (table->has_source)
    moe_grid_add (grid, is_of_processors (record) ? _ ("○ processor") : record->time_source);
  if (has_spread)
    add_spread (grid, &spread, "");
  else
    moe_grid_add (grid, NULL);
  cell = g_string_new (NULL);
  moe_cell_append_tflops (cell, record->tflops);
  moe_grid_take (grid, cell);
  table->is_unpaired |= add_speedup (grid, table->run, record);
  moe_grid_add_real (grid, moe_run_null_efficiency (table->run, record), 3, "");
}

static void
add_record (Table *table, const MoeRecord *record)
{
  MoeGrid *grid = &table->grid;
  MoeCurve curve = { .run = table->run, .first = record };
  moe_grid_begin_row (grid);
  if (table->several_shapes)
    {
      GString *cell = g_string_new (NULL);
      moe_cell_append_shape (cell, record);
      moe_grid_take (grid, cell);
    }
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (is_shown (&table->labels, label))
      moe_grid_add (grid, moe_label_value (&curve, label));
  add_numbers (table, record);
}

static gboolean
has_several_shapes (const GPtrArray *curves)
{
  for (guint i = 1; i < curves->len; i++)
    {
      const MoeCurve *first = g_ptr_array_index (curves, 0), *curve = g_ptr_array_index (curves, i);
      if (first->first->has_shape != curve->first->has_shape
          || (first->first->has_shape
              && !moe_shape_equal (&first->first->shape, &curve->first->shape)))
        return TRUE;
    }
  return FALSE;
}

static void
fill_table (Table *table)
{
  gsize n = moe_run_get_n_records (table->run);
  MoeRun *const runs[] = { (MoeRun *)table->run };
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, 1);
  moe_labels_find (curves, &table->labels);
  table->several_shapes = has_several_shapes (curves);
  for (gsize i = 0; i < n; i++)
    table->has_source |= is_of_processors (moe_run_get_record (table->run, i));
  add_header (&table->grid, table);
  for (gsize i = 0; i < n; i++)
    add_record (table, moe_run_get_record (table->run, i));
}

/* What others left of the processors to the samples of all points that are made of processor time;
 * NaN when no sample tells. */
static double
mean_share (const MoeRun *run)
{
  double sum = 0;
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      for (gsize k = 0; is_of_processors (record) && record->taken != NULL && k < record->n_samples;
           k++)
        if (!isnan (record->taken[k].share))
          {
            sum += record->taken[k].share;
            n++;
          }
    }
  return n > 0 ? sum / (double)n : NAN;
}

static void
append_source_note (GString *text, const MoeRun *run)
{
  double share = mean_share (run);
  if (share < 1)
    g_string_append_printf (
        text,
        _ ("○ Made of processor time: other work took %.0f %% of the time of its "
           "samples."),
        100 * (1 - share));
  else
    g_string_append (text, _ ("○ Made of processor time: other work disturbed its samples."));
  g_string_append_c (text, '\n');
}

static GString *
points_table (const MoeRun *run, gboolean markdown)
{
  Table table = { .run = run };
  moe_grid_init (&table.grid);
  fill_table (&table);
  GString *text = markdown ? moe_grid_to_markdown (&table.grid) : moe_grid_to_text (&table.grid);
  if (table.has_source)
    {
      g_string_append (text, markdown ? "\n" : "");
      append_source_note (text, run);
    }
  if (table.is_unpaired)
    g_string_append_printf (text, "%s %s\n", markdown ? "\n\\*" : "*",
                            _ ("Not of pairs from the same rounds as f = 0: the interval is that "
                               "of two medians."));
  moe_grid_clear (&table.grid);
  return text;
}

GString *
moe_tables_points (const MoeRun *run)
{
  return points_table (run, FALSE);
}

GString *
moe_tables_points_markdown (const MoeRun *run)
{
  return points_table (run, TRUE);
}
