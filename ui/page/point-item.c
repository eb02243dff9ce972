/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/point-item.h"

#include "engine/bench/stats.h"
#include "engine/judge/bound.h"
#include "engine/records/rates.h"
#include "engine/records/speedup.h"
#include "engine/sweep/quantities.h"
#include "ui/words/cells.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _NullcurvePointItem
{
  GObject parent_instance;

  NullcurveRunItem *run;
  gsize record;
  gulong changed_id;
  NullcurveDeltas *deltas; /* NULL: no baseline */
  MoeWorkUnit work;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

typedef struct ColumnInfo
{
  const char *title;
  gboolean text;
} ColumnInfo;

static const ColumnInfo column_info[NULLCURVE_POINT_N_COLUMNS] = {
  [NULLCURVE_POINT_COLUMN_RUN] = { NC_ ("noun", "Run"), TRUE },
  [NULLCURVE_POINT_COLUMN_SHAPE] = { N_ ("Shape"), TRUE },
  [NULLCURVE_POINT_COLUMN_TOPK] = { N_ ("Top-k"), FALSE },
  [NULLCURVE_POINT_COLUMN_MODE] = { N_ ("Mode"), TRUE },
  [NULLCURVE_POINT_COLUMN_TARGET] = { N_ ("Null f"), FALSE },
  [NULLCURVE_POINT_COLUMN_REALISED] = { N_ ("Real f"), FALSE },
  [NULLCURVE_POINT_COLUMN_RATE] = { N_ ("Tokens/s"), FALSE },
  [NULLCURVE_POINT_COLUMN_SPREAD] = { N_ ("± %"), FALSE },
  [NULLCURVE_POINT_COLUMN_DELTA] = { N_ ("Δ tokens/s"), FALSE },
  [NULLCURVE_POINT_COLUMN_DELTA_RANGE] = { N_ ("Δ interval %"), FALSE },
  [NULLCURVE_POINT_COLUMN_VERDICT] = { N_ ("Verdict"), TRUE },
  [NULLCURVE_POINT_COLUMN_P] = { N_ ("p"), FALSE },
  [NULLCURVE_POINT_COLUMN_N] = { N_ ("n"), FALSE },
  [NULLCURVE_POINT_COLUMN_TFLOPS] = { N_ ("TF/s"), FALSE },
  [NULLCURVE_POINT_COLUMN_SPEEDUP] = { N_ ("Gain"), FALSE },
  [NULLCURVE_POINT_COLUMN_EFFICIENCY] = { N_ ("Efficiency"), FALSE },
  [NULLCURVE_POINT_COLUMN_BOUND] = { N_ ("Bound"), FALSE },
  [NULLCURVE_POINT_COLUMN_SAMPLES] = { N_ ("Samples"), FALSE },
};

const char *
nullcurve_point_column_title (NullcurvePointColumn column)
{
  /* The same word is a button elsewhere. */
  return column == NULLCURVE_POINT_COLUMN_RUN ? C_ ("noun", "Run") : _ (column_info[column].title);
}

gboolean
nullcurve_point_column_is_text (NullcurvePointColumn column)
{
  return column_info[column].text;
}

G_DEFINE_FINAL_TYPE (NullcurvePointItem, nullcurve_point_item, G_TYPE_OBJECT)

static void
run_changed_cb (NullcurvePointItem *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

NullcurvePointItem *
nullcurve_point_item_new (NullcurveRunItem *run, gsize record)
{
  NullcurvePointItem *self = g_object_new (NULLCURVE_TYPE_POINT_ITEM, NULL);
  self->run = g_object_ref (run);
  self->record = record;
  self->changed_id = g_signal_connect_swapped (run, "changed", G_CALLBACK (run_changed_cb), self);
  return self;
}

void
nullcurve_point_item_set_work (NullcurvePointItem *self, MoeWorkUnit work)
{
  g_return_if_fail (NULLCURVE_IS_POINT_ITEM (self));
  if (self->work.per_tflops == work.per_tflops)
    return;
  self->work = work;
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
nullcurve_point_item_title (NullcurvePointItem *self, NullcurvePointColumn column)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (self), NULL);
  return column == NULLCURVE_POINT_COLUMN_TFLOPS ? self->work.name
                                                 : nullcurve_point_column_title (column);
}

gsize
nullcurve_point_item_get_index (NullcurvePointItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (self), 0);
  return self->record;
}

NullcurveRunItem *
nullcurve_point_item_get_run (NullcurvePointItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (self), NULL);
  return self->run;
}

void
nullcurve_point_item_set_deltas (NullcurvePointItem *self, NullcurveDeltas *deltas)
{
  g_return_if_fail (NULLCURVE_IS_POINT_ITEM (self));
  g_clear_pointer (&self->deltas, nullcurve_deltas_unref);
  self->deltas = deltas != NULL ? nullcurve_deltas_ref (deltas) : NULL;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* NULL once the run has been replaced by a shorter one, until the table follows. */
static const MoeRecord *
get_record (NullcurvePointItem *self)
{
  MoeRun *run = nullcurve_run_item_get_run (self->run);
  return self->record < moe_run_get_n_records (run) ? moe_run_get_record (run, self->record) : NULL;
}

static double
speedup (const MoeRun *run, const MoeRecord *record)
{
  MoeSpread spread;
  moe_run_speedup (run, record, &spread);
  return spread.median;
}

static double
spread_percent (const MoeRecord *record)
{
  MoeSpread spread;
  if (!moe_record_rate_spread (record, &spread) || spread.n < 2)
    return NAN;
  return 100 * moe_spread_relative (&spread);
}

static double
delta_value (const MoePair *pair, NullcurvePointColumn column)
{
  if (pair == NULL)
    return NAN;
  if (column == NULLCURVE_POINT_COLUMN_P)
    return pair->judged.adjusted;
  if (column == NULLCURVE_POINT_COLUMN_N)
    return pair->judged.n_a > 0 && pair->judged.n_b > 0
               ? (double)MIN (pair->judged.n_a, pair->judged.n_b)
               : NAN;
  if (column == NULLCURVE_POINT_COLUMN_DELTA_RANGE && isnan (pair->judged.lower))
    return NAN;
  return 100 * (pair->judged.ratio - 1);
}

double
nullcurve_point_item_get_value (NullcurvePointItem *self, NullcurvePointColumn column)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (self), NAN);
  const MoeRecord *record = get_record (self);
  if (record == NULL)
    return NAN;
  MoeRun *run = nullcurve_run_item_get_run (self->run);
  switch (column)
    {
    case NULLCURVE_POINT_COLUMN_TOPK:
      return record->topk >= 0 ? (double)record->topk : NAN;
    case NULLCURVE_POINT_COLUMN_TARGET:
      return record->null_target;
    case NULLCURVE_POINT_COLUMN_REALISED:
      return record->null_realized;
    case NULLCURVE_POINT_COLUMN_RATE:
      return record->tokens_per_s;
    case NULLCURVE_POINT_COLUMN_SPREAD:
      return spread_percent (record);
    case NULLCURVE_POINT_COLUMN_TFLOPS:
      return record->tflops;
    case NULLCURVE_POINT_COLUMN_SPEEDUP:
      return speedup (run, record);
    case NULLCURVE_POINT_COLUMN_EFFICIENCY:
      return moe_run_null_efficiency (run, record);
    case NULLCURVE_POINT_COLUMN_BOUND:
      return 100 * moe_run_bound_share (run, record);
    case NULLCURVE_POINT_COLUMN_SAMPLES:
      return record->n_samples > 0 ? (double)record->n_samples : NAN;
    case NULLCURVE_POINT_COLUMN_DELTA:
    case NULLCURVE_POINT_COLUMN_DELTA_RANGE:
    case NULLCURVE_POINT_COLUMN_P:
    case NULLCURVE_POINT_COLUMN_N:
      return delta_value (nullcurve_deltas_find (self->deltas, record), column);
    default:
      return NAN;
    }
}

static char *
dup_name (NullcurvePointItem *self, const MoeRecord *record, NullcurvePointColumn column)
{
  if (column == NULLCURVE_POINT_COLUMN_RUN)
    return g_strdup (moe_run_get_title (nullcurve_run_item_get_run (self->run)));
  if (column == NULLCURVE_POINT_COLUMN_MODE)
    {
      char *mode = g_strdup (
          record->choice[MOE_CHOICE_NULL_MODE] != NULL ? record->choice[MOE_CHOICE_NULL_MODE] : "");
      return g_strdelimit (mode, "_", ' ');
    }
  if (!record->has_shape)
    return g_strdup ("");
  return moe_text_shape (&record->shape);
}

static gboolean
is_delta (NullcurvePointColumn column)
{
  return column >= NULLCURVE_POINT_COLUMN_DELTA && column <= NULLCURVE_POINT_COLUMN_N;
}

/* "+6.9 to +9.3" */
static char *
dup_delta_range (const MoePair *pair)
{
  if (isnan (pair->judged.lower) || isnan (pair->judged.upper))
    return g_strdup ("–");
  double lower = 100 * (pair->judged.lower - 1), upper = 100 * (pair->judged.upper - 1);
  return g_strdup_printf (_ ("%s%.1f to %s%.1f"), lower < 0 ? "−" : "+", fabs (lower),
                          upper < 0 ? "−" : "+", fabs (upper));
}

static char *
dup_delta (const MoePair *pair, NullcurvePointColumn column)
{
  char *p = NULL;
  if (pair == NULL)
    return g_strdup (column_info[column].text ? "" : "–");
  switch (column)
    {
    case NULLCURVE_POINT_COLUMN_DELTA:
      return nullcurve_words_delta (pair->judged.ratio);
    case NULLCURVE_POINT_COLUMN_DELTA_RANGE:
      return dup_delta_range (pair);
    case NULLCURVE_POINT_COLUMN_VERDICT:
      return nullcurve_words_verdict (&pair->judged);
    case NULLCURVE_POINT_COLUMN_P:
      if (!isnan (pair->judged.adjusted))
        p = g_strdup_printf (pair->judged.adjusted < 0.001 ? "<0.001" : "%.3f",
                             pair->judged.adjusted);
      return p != NULL ? p : g_strdup ("–");
    default:
      return pair->judged.n_a > 0 && pair->judged.n_b > 0
                 ? g_strdup_printf ("%zu/%zu", pair->judged.n_a, pair->judged.n_b)
                 : g_strdup ("–");
    }
}

char *
nullcurve_point_item_dup_text (NullcurvePointItem *self, NullcurvePointColumn column)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (self), NULL);
  const MoeRecord *record = get_record (self);
  if (record == NULL)
    return g_strdup ("");
  if (is_delta (column))
    return dup_delta (nullcurve_deltas_find (self->deltas, record), column);
  if (column_info[column].text)
    return dup_name (self, record, column);
  double value = nullcurve_point_item_get_value (self, column);
  if (isnan (value))
    return g_strdup ("–");
  switch (column)
    {
    case NULLCURVE_POINT_COLUMN_TARGET:
      return g_strdup_printf ("%.2f", value);
    case NULLCURVE_POINT_COLUMN_REALISED:
      return g_strdup_printf ("%.4f", value);
    case NULLCURVE_POINT_COLUMN_RATE:
      return moe_cell_short_rate (value);
    case NULLCURVE_POINT_COLUMN_SPREAD:
      return value > 100 ? g_strdup (_ ("more than 2×")) : g_strdup_printf ("%.1f", value);
    case NULLCURVE_POINT_COLUMN_TFLOPS:
      return moe_cell_work (&self->work, value);
    case NULLCURVE_POINT_COLUMN_SPEEDUP:
      return g_strdup_printf ("%.2f×", value);
    case NULLCURVE_POINT_COLUMN_EFFICIENCY:
      return g_strdup_printf ("%.2f", value);
    case NULLCURVE_POINT_COLUMN_BOUND:
      return g_strdup_printf ("%.0f %%", value);
    default:
      return g_strdup_printf ("%.0f", value);
    }
}

int
nullcurve_point_item_compare (NullcurvePointItem *a,
                              NullcurvePointItem *b,
                              NullcurvePointColumn column)
{
  g_return_val_if_fail (NULLCURVE_IS_POINT_ITEM (a) && NULLCURVE_IS_POINT_ITEM (b), 0);
  if (column_info[column].text)
    {
      g_autofree char *x = nullcurve_point_item_dup_text (a, column);
      g_autofree char *y = nullcurve_point_item_dup_text (b, column);
      return g_utf8_collate (x, y);
    }
  double x = nullcurve_point_item_get_value (a, column);
  double y = nullcurve_point_item_get_value (b, column);
  if (isnan (x) || isnan (y))
    return (int)isnan (x) - (int)isnan (y);
  return x < y ? -1 : x > y;
}

static void
nullcurve_point_item_dispose (GObject *object)
{
  NullcurvePointItem *self = NULLCURVE_POINT_ITEM (object);
  if (self->run != NULL)
    g_clear_signal_handler (&self->changed_id, self->run);
  g_clear_object (&self->run);
  g_clear_pointer (&self->deltas, nullcurve_deltas_unref);
  G_OBJECT_CLASS (nullcurve_point_item_parent_class)->dispose (object);
}

static void
nullcurve_point_item_class_init (NullcurvePointItemClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_point_item_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_point_item_init (NullcurvePointItem *self)
{
  self->work = moe_work_unit (0);
}
