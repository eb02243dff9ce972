/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of points for terminals, and those of reports that the logbook does not have. */
#include "ui/words/tables.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/numbers.h"
#include "engine/records/rates.h"
#include "engine/records/speedup.h"
#include "ui/words/cells.h"
#include "ui/words/grid.h"
#include "ui/words/work-unit.h"

enum
{
  MAX_FRACTIONS = 16 /* columns */
};

#define LEAST_SHARE 0.01

/* --- points --- */

/* What the whole table needs to know, and what its footnotes tell. */
typedef struct Table
{
  MoeGrid grid;
  const MoeRun *run;
  MoeLabels labels;
  gboolean has_source;  /* a point is made of processor time */
  gboolean has_padding; /* a point computes rows of padding */
  gboolean is_unpaired; /* a speed-up is marked */
  MoeWorkUnit work;
} Table;

static void
add_header (MoeGrid *grid, const Table *table)
{
  const struct
  {
    const char *title;
    gboolean left_out;
  } numbers[] = { { N_ ("top-k"), FALSE },
                  { "f", FALSE },
                  { N_ ("tokens/s"), FALSE },
                  { N_ ("source"), !table->has_source },
                  { N_ ("spread"), FALSE },
                  { table->work.name, FALSE },
                  { N_ ("padding"), !table->has_padding },
                  { N_ ("speed-up"), FALSE },
                  { "±", FALSE },
                  { N_ ("efficiency"), FALSE } };
  if (table->labels.several_shapes)
    moe_grid_add (grid, _ ("shape"));
  moe_grid_add_labels (grid, &table->labels);
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!numbers[i].left_out)
      moe_grid_add (grid, _ (numbers[i].title));
}

static void
add_spread (MoeGrid *grid, const MoeSpread *spread, const char *mark)
{
  g_autofree char *width = moe_number_fixed (100 * moe_spread_relative (spread), 1, " %");
  if (moe_spread_is_wild (spread))
    moe_grid_take (grid, g_strconcat (_ ("more than 2×"), mark, NULL));
  else
    moe_grid_take (grid, g_strconcat ("±", width, mark, NULL));
}

/* The speed-up against f = 0 and its interval; f = 0 itself has none.  TRUE when that is not of
 * pairs, which the mark tells. */
static gboolean
add_speedup (MoeGrid *grid, const MoeRun *run, const MoeRecord *record)
{
  MoeSpread speedup;
  MoeSpeedup kind = moe_run_speedup (run, record, &speedup);
  gboolean marked =
      kind == MOE_SPEEDUP_UNPAIRED && speedup.n > 1 && !moe_fraction_equal (record->null_target, 0);
  moe_grid_add_real (grid, speedup.median, 2, "×");
  if (speedup.n > 1 && !moe_fraction_equal (record->null_target, 0))
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
  moe_grid_take (grid, moe_cell_topk (record));
  moe_grid_take (grid, moe_cell_fraction (record->null_target));
  moe_grid_take (grid, moe_cell_rate (record->tokens_per_s));
  if (table->has_source)
    moe_grid_add (grid, moe_record_is_processor (record) ? _ ("○ processor") : record->time_source);
  if (has_spread)
    add_spread (grid, &spread, "");
  else
    moe_grid_add (grid, NULL);
  moe_grid_take (grid, moe_cell_work (&table->work, record->tflops));
  if (table->has_padding)
    moe_grid_add_real (grid, 100 * moe_record_padding (record), 1, " %");
  table->is_unpaired |= add_speedup (grid, table->run, record);
  moe_grid_add_real (grid, moe_run_null_efficiency (table->run, record), 3, "");
}

static void
add_record (Table *table, const MoeRecord *record)
{
  MoeGrid *grid = &table->grid;
  MoeCurve curve = { .run = table->run, .first = record };
  moe_grid_begin_row (grid);
  if (table->labels.several_shapes)
    moe_grid_take (grid, moe_cell_shape (record));
  moe_grid_add_values (grid, &table->labels, &curve);
  add_numbers (table, record);
}

static void
find_labels (const MoeRun *run, MoeLabels *labels)
{
  MoeRun *const runs[] = { (MoeRun *)run };
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, 1);
  moe_labels_find (curves, NULL, labels);
}

static void
fill_table (Table *table)
{
  gsize n = moe_run_get_n_records (table->run);
  find_labels (table->run, &table->labels);
  table->labels.shown[MOE_LABEL_NULL_MODE] = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      table->has_source |= moe_record_is_processor (moe_run_get_record (table->run, i));
      table->has_padding |= !isnan (moe_record_padding (moe_run_get_record (table->run, i)));
    }
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
      for (gsize k = 0;
           moe_record_is_processor (record) && record->taken != NULL && k < record->n_samples; k++)
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
  table.work = moe_work_unit_of_runs ((MoeRun *const[]){ (MoeRun *)run }, 1);
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

/* --- reports --- */

/* NULL when it has no rows. */
static GString *
finish (MoeGrid *grid)
{
  GString *text = grid->cells->len > grid->widths->len ? moe_grid_to_markdown (grid) : NULL;
  moe_grid_clear (grid);
  return text;
}

static void
add_titles (MoeGrid *grid, const MoeLabels *labels)
{
  moe_grid_add_labels (grid, labels);
  moe_grid_add (grid, _ ("Shape"));
  grid->n_left = grid->column;
  moe_grid_add (grid, "topk");
}

static void
begin_row (MoeGrid *grid, const MoeLabels *labels, const MoeRun *run, const MoeRecord *record)
{
  const MoeCurve curve = { .run = run, .first = record };
  moe_grid_begin_row (grid);
  moe_grid_add_values (grid, labels, &curve);
  moe_grid_take (grid, moe_cell_shape (record));
  moe_grid_take (grid, moe_cell_topk (record));
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
          gint64 thousandths = moe_fraction_thousandths (record->null_target);
          double fraction = (double)thousandths / 1000.0;
          if (g_hash_table_add (seen, GSIZE_TO_POINTER ((gsize)thousandths + 1)))
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

static void
add_efficiencies (MoeGrid *grid,
                  const MoeLabels *labels,
                  const MoeCurve *curve,
                  const GArray *fractions)
{
  const MoeRecord *base = moe_run_find_baseline (curve->run, curve->first);
  if (base == NULL || isnan (base->tokens_per_s))
    return;
  begin_row (grid, labels, curve->run, curve->first);
  for (guint i = 0; i < fractions->len; i++)
    {
      double fraction = g_array_index (fractions, double, i);
      const MoeRecord *record = moe_curve_at (curve, fraction, FALSE);
      moe_grid_add_real (grid, record != NULL ? moe_run_null_efficiency (curve->run, record) : NAN,
                         3, "");
    }
}

GString *
moe_tables_efficiency (MoeRun *const *runs, gsize n_runs)
{
  MoeGrid grid;
  MoeLabels labels;
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, n_runs);
  g_autoptr (GArray) fractions = collect_fractions (curves);
  moe_labels_find (curves, NULL, &labels);
  moe_grid_init (&grid);
  add_titles (&grid, &labels);
  for (guint i = 0; i < fractions->len; i++)
    moe_grid_take (&grid, moe_cell_fraction (g_array_index (fractions, double, i)));
  for (guint i = 0; i < curves->len; i++)
    add_efficiencies (&grid, &labels, g_ptr_array_index (curves, i), fractions);
  return finish (&grid);
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
  moe_grid_take (grid, moe_cell_fraction (record->null_target));
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

GString *
moe_tables_stages (const MoeRun *run)
{
  MoeGrid grid;
  MoeLabels labels;
  gboolean large[MOE_N_STAGES], small;
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
      begin_row (&grid, &labels, run, record);
      add_shares (&grid, record, large, small);
    }
  return finish (&grid);
}

/* --- routing --- */

typedef struct RoutingColumn
{
  const char *title;
  gboolean is_count;
  gsize offset;
  double scale;
  int decimals;
  double (*value) (const MoeRecord *); /* what no field tells; NULL */
} RoutingColumn;

#define FIELD(name) G_STRUCT_OFFSET (MoeRecord, name)

static const RoutingColumn routing_columns[] = {
  { N_ ("load min"), TRUE, FIELD (load_min), 1, 0, NULL },
  { N_ ("load max"), TRUE, FIELD (load_max), 1, 0, NULL },
  { N_ ("load std"), FALSE, FIELD (load_std), 1, 1, NULL },
  { N_ ("active experts"), TRUE, FIELD (active_experts), 1, 0, NULL },
  { N_ ("fullest over mean"), FALSE, 0, 1, 2, moe_record_imbalance },
  { N_ ("in tiles of 16, %"), FALSE, FIELD (balance.tile_share[MOE_TILES_16]), 100, 1, NULL },
  { N_ ("of 64, %"), FALSE, FIELD (balance.tile_share[MOE_TILES_64]), 100, 1, NULL },
  { N_ ("of 128, %"), FALSE, FIELD (balance.tile_share[MOE_TILES_128]), 100, 1, NULL },
  { N_ ("fullest shard over mean"), FALSE, 0, 1, 2, moe_record_shard_imbalance },
  { N_ ("runs"), TRUE, FIELD (runs), 1, 0, NULL },
  { N_ ("run mean"), FALSE, FIELD (run_mean), 1, 2, NULL },
  { N_ ("run p95"), FALSE, FIELD (run_p95), 1, 1, NULL },
  { N_ ("run max"), TRUE, FIELD (run_max), 1, 0, NULL },
  { N_ ("capacity"), TRUE, FIELD (capacity), 1, 0, NULL },
  { N_ ("dropped"), TRUE, FIELD (dropped_assignments), 1, 0, NULL },
  { N_ ("padding, %"), FALSE, 0, 100, 1, moe_record_padding },
  { N_ ("exchanged, MB"), FALSE, FIELD (comm_bytes), 1e-6, 3, NULL },
};

static double
routing_value (const MoeRecord *record, const RoutingColumn *column)
{
  const char *field = (const char *)record + column->offset;
  if (column->value != NULL)
    return column->value (record) * column->scale;
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
  moe_grid_take (grid, moe_cell_fraction (record->null_target));
  for (gsize i = 0; i < G_N_ELEMENTS (routing_columns); i++)
    if (shown[i])
      moe_grid_add_real (grid, routing_value (record, &routing_columns[i]),
                         routing_columns[i].decimals, "");
}

/* "0, 24, 156": by a k rule, whose law this is; NULL where all is as top-k and nulls say. */
static char *
dup_kept (const MoeRecord *record)
{
  const char *rule = record->choice[MOE_CHOICE_K_RULE];
  if (rule == NULL || g_str_equal (rule, "fixed") || record->n_kept == 0)
    return NULL;
  GString *text = g_string_new (NULL);
  for (gsize n = 0; n < record->n_kept; n++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, n > 0 ? ", " : "", record->kept[n]);
  return g_string_free (text, FALSE);
}

GString *
moe_tables_routing (const MoeRun *run)
{
  gboolean by_rule = FALSE;
  MoeGrid grid;
  MoeLabels labels;
  gboolean shown[G_N_ELEMENTS (routing_columns)] = { 0 };
  find_labels (run, &labels);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (routing_columns); j++)
      shown[j] |= !isnan (routing_value (moe_run_get_record (run, i), &routing_columns[j]));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      g_autofree char *kept = dup_kept (moe_run_get_record (run, i));
      by_rule |= kept != NULL;
    }
  moe_grid_init (&grid);
  add_titles (&grid, &labels);
  moe_grid_add (&grid, "f");
  for (gsize i = 0; i < G_N_ELEMENTS (routing_columns); i++)
    if (shown[i])
      moe_grid_add (&grid, _ (routing_columns[i].title));
  if (by_rule)
    moe_grid_add (&grid, _ ("tokens that keep 0, 1, 2 … experts"));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!tells (record, shown))
        continue;
      begin_row (&grid, &labels, run, record);
      add_routing (&grid, record, shown);
      g_autofree char *kept = dup_kept (record);
      if (by_rule)
        moe_grid_add (&grid, kept != NULL ? kept : "");
    }
  return finish (&grid);
}
