/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of reports that the logbook does not have. */
#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/numbers.h"
#include "engine/records/speedup.h"
#include "ui/words/cells.h"
#include "ui/words/tables.h"

enum
{
  MAX_FRACTIONS = 16 /* columns */
};

#define LEAST_SHARE 0.01

static GString *
finish (MoeGrid *grid, gboolean any)
{
  GString *text = any ? moe_grid_to_markdown (grid) : NULL;
  moe_grid_clear (grid);
  return text;
}

static void
add_shape (MoeGrid *grid, const MoeRecord *record)
{
  GString *cell = g_string_new (NULL);
  moe_cell_append_shape (cell, record);
  moe_grid_take (grid, cell);
}

static void
add_topk (MoeGrid *grid, const MoeRecord *record)
{
  GString *cell = g_string_new (NULL);
  moe_cell_append_topk (cell, record);
  moe_grid_take (grid, cell);
}

static void
add_fraction (MoeGrid *grid, double fraction)
{
  GString *cell = g_string_new (NULL);
  moe_cell_append_fraction (cell, fraction);
  moe_grid_take (grid, cell);
}

static void
add_titles (MoeGrid *grid, const MoeLabels *labels)
{
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (labels->shown[label])
      moe_grid_add (grid, nullcurve_words_label (label));
  moe_grid_add (grid, _ ("Shape"));
  grid->n_left = grid->column;
  moe_grid_add (grid, "topk");
}

static void
begin_row (MoeGrid *grid, const MoeLabels *labels, const MoeRun *run, const MoeRecord *record)
{
  const MoeCurve curve = { .run = run, .first = record };
  moe_grid_begin_row (grid);
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (labels->shown[label])
      moe_grid_add (grid, moe_label_value (&curve, label));
  add_shape (grid, record);
  add_topk (grid, record);
}

/* --- null efficiency --- */

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The fractions of all curves, to three decimals, ascending, thinned out to fit. */
static GArray *
collect_fractions (const GPtrArray *curves)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      for (guint j = 0; j < curve->records->len; j++)
        {
          const MoeRecord *record = g_ptr_array_index (curve->records, j);
          gint thousandths = (gint)lround (1000 * record->null_target);
          double fraction = thousandths / 1000.0;
          if (g_hash_table_add (seen, GINT_TO_POINTER (thousandths + 1)))
            g_array_append_val (all, fraction);
        }
    }
  g_array_sort (all, compare_doubles);
  for (guint i = 0; i < MIN (all->len, MAX_FRACTIONS); i++)
    {
      guint at = all->len <= MAX_FRACTIONS ? i : i * (all->len - 1) / (MAX_FRACTIONS - 1);
      g_array_append_val (chosen, g_array_index (all, double, at));
    }
  return chosen;
}

static gboolean
add_efficiencies (MoeGrid *grid,
                  const MoeLabels *labels,
                  const MoeCurve *curve,
                  const GArray *fractions)
{
  const MoeRecord *base = moe_run_find_baseline (curve->run, curve->first);
  if (base == NULL || isnan (base->tokens_per_s))
    return FALSE;
  begin_row (grid, labels, curve->run, curve->first);
  for (guint i = 0; i < fractions->len; i++)
    {
      double fraction = g_array_index (fractions, double, i);
      const MoeRecord *record = moe_curve_at (curve, fraction, FALSE);
      moe_grid_add_real (grid, record != NULL ? moe_run_null_efficiency (curve->run, record) : NAN,
                         3, "");
    }
  return TRUE;
}

GString *
moe_tables_efficiency (MoeRun *const *runs, gsize n_runs)
{
  MoeGrid grid;
  MoeLabels labels;
  gboolean any = FALSE;
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, n_runs);
  g_autoptr (GArray) fractions = collect_fractions (curves);
  moe_labels_find (curves, &labels);
  moe_grid_init (&grid);
  add_titles (&grid, &labels);
  for (guint i = 0; i < fractions->len; i++)
    add_fraction (&grid, g_array_index (fractions, double, i));
  for (guint i = 0; i < curves->len; i++)
    any |= add_efficiencies (&grid, &labels, g_ptr_array_index (curves, i), fractions);
  return finish (&grid, any);
}

/* --- stage shares --- */

static double
stage_total (const MoeRecord *record)
{
  double total = 0;
  for (int i = 0; i < MOE_N_STAGES; i++)
    total += isnan (record->stage_s[i]) ? 0 : record->stage_s[i];
  return total;
}

static double
stage_share (const MoeRecord *record, int stage)
{
  return isnan (record->stage_s[stage]) ? 0 : record->stage_s[stage] / stage_total (record);
}

static void
find_large_stages (const MoeRun *run, gboolean large[MOE_N_STAGES], gboolean *small)
{
  double most[MOE_N_STAGES] = { 0 };
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    for (int stage = 0; stage < MOE_N_STAGES; stage++)
      if (stage_total (moe_run_get_record (run, i)) > 0)
        most[stage] = MAX (most[stage], stage_share (moe_run_get_record (run, i), stage));
  *small = FALSE;
  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    {
      large[stage] = most[stage] >= LEAST_SHARE;
      *small |= most[stage] > 0 && !large[stage];
    }
}

static void
add_shares (MoeGrid *grid, const MoeRecord *record, const gboolean *large, gboolean small)
{
  double rest = 0;
  add_fraction (grid, record->null_target);
  moe_grid_add_real (grid, 1e3 * stage_total (record), 3, "");
  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    {
      if (large[stage])
        moe_grid_add_real (grid, 100 * stage_share (record, stage), 1, "");
      else
        rest += stage_share (record, stage);
    }
  if (small)
    moe_grid_add_real (grid, 100 * rest, 1, "");
}

static void
find_labels (const MoeRun *run, MoeLabels *labels)
{
  MoeRun *const runs[] = { (MoeRun *)run };
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, 1);
  moe_labels_find (curves, labels);
}

GString *
moe_tables_stages (const MoeRun *run)
{
  MoeGrid grid;
  MoeLabels labels;
  gboolean large[MOE_N_STAGES], small, any = FALSE;
  find_labels (run, &labels);
  find_large_stages (run, large, &small);
  moe_grid_init (&grid);
  add_titles (&grid, &labels);
  moe_grid_add (&grid, "f");
  moe_grid_add (&grid, _ ("step, ms"));
  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    if (large[stage])
      {
        g_autofree char *name = g_strdup (moe_name_of (&moe_stage_names, stage));
        moe_grid_add (&grid, g_strdelimit (name, "_", ' ')); /* so that it can wrap */
      }
  if (small)
    moe_grid_add (&grid, _ ("others"));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!(stage_total (record) > 0))
        continue;
      any = TRUE;
      begin_row (&grid, &labels, run, record);
      add_shares (&grid, record, large, small);
    }
  return finish (&grid, any);
}

/* --- routing --- */

typedef struct RoutingColumn
{
  const char *title;
  gboolean is_count;
  gsize offset;
  double scale;
  int decimals;
} RoutingColumn;

#define FIELD(name) G_STRUCT_OFFSET (MoeRecord, name)

static const RoutingColumn routing_columns[] = {
  { N_ ("load min"), TRUE, FIELD (load_min), 1, 0 },
  { N_ ("load max"), TRUE, FIELD (load_max), 1, 0 },
  { N_ ("load std"), FALSE, FIELD (load_std), 1, 1 },
  { N_ ("runs"), TRUE, FIELD (runs), 1, 0 },
  { N_ ("run mean"), FALSE, FIELD (run_mean), 1, 2 },
  { N_ ("run p95"), FALSE, FIELD (run_p95), 1, 1 },
  { N_ ("run max"), TRUE, FIELD (run_max), 1, 0 },
  { N_ ("capacity"), TRUE, FIELD (capacity), 1, 0 },
  { N_ ("dropped"), TRUE, FIELD (dropped_assignments), 1, 0 },
  { N_ ("exchanged, MB"), FALSE, FIELD (comm_bytes), 1e-6, 3 },
};

static double
routing_value (const MoeRecord *record, const RoutingColumn *column)
{
  const char *field = (const char *)record + column->offset;
  if (column->is_count)
    {
      gint64 count = *(const gint64 *)field;
      return count >= 0 ? (double)count : NAN;
    }
  return *(const double *)field * column->scale;
}

static gboolean
tells (const MoeRecord *record, const gboolean *shown)
{
  for (gsize i = 0; i < G_N_ELEMENTS (routing_columns); i++)
    if (shown[i] && !isnan (routing_value (record, &routing_columns[i])))
      return TRUE;
  return FALSE;
}

static void
add_routing (MoeGrid *grid, const MoeRecord *record, const gboolean *shown)
{
  add_fraction (grid, record->null_target);
  for (gsize i = 0; i < G_N_ELEMENTS (routing_columns); i++)
    if (shown[i])
      moe_grid_add_real (grid, routing_value (record, &routing_columns[i]),
                         routing_columns[i].decimals, "");
}

GString *
moe_tables_routing (const MoeRun *run)
{
  MoeGrid grid;
  MoeLabels labels;
  gboolean shown[G_N_ELEMENTS (routing_columns)] = { 0 }, any = FALSE;
  find_labels (run, &labels);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (routing_columns); j++)
      shown[j] |= !isnan (routing_value (moe_run_get_record (run, i), &routing_columns[j]));
  moe_grid_init (&grid);
  add_titles (&grid, &labels);
  moe_grid_add (&grid, "f");
  for (gsize i = 0; i < G_N_ELEMENTS (routing_columns); i++)
    if (shown[i])
      moe_grid_add (&grid, _ (routing_columns[i].title));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!tells (record, shown))
        continue;
      any = TRUE;
      begin_row (&grid, &labels, run, record);
      add_routing (&grid, record, shown);
    }
  return finish (&grid, any);
}
