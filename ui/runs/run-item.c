/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-item.h"

#include "engine/sweep/quantities.h"
#include "ui/cards/arrange.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _NullcurveRunItem
{
  GObject parent_instance;

  MoeRun *run;
  gboolean visible;
  gboolean live;
  gboolean paused;
  int palette;
  gboolean pinned;
  NullcurveRunDelta *delta; /* NULL: it is compared with nothing */
  char *words;
  double gain;          /* as the run was at ... */
  guint64 gain_changes; /* ... its changes of that number, plus one; 0: not worked out */
};

enum
{
  CHANGED,
  LISTED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveRunItem, nullcurve_run_item, G_TYPE_OBJECT)

NullcurveRunItem *
nullcurve_run_item_new (MoeRun *run)
{
  NullcurveRunItem *self = g_object_new (NULLCURVE_TYPE_RUN_ITEM, NULL);
  self->run = moe_run_ref (run);
  return self;
}

MoeRun *
nullcurve_run_item_get_run (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NULL);
  return self->run;
}

void
nullcurve_run_item_set_run (NullcurveRunItem *self, MoeRun *run)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  moe_run_ref (run);
  moe_run_unref (self->run);
  self->run = run;
  self->gain_changes = 0;
  nullcurve_run_item_touch (self);
}

void
nullcurve_run_item_touch (NullcurveRunItem *self)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
nullcurve_run_item_get_visible (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), FALSE);
  return self->visible;
}

void
nullcurve_run_item_set_visible (NullcurveRunItem *self, gboolean visible)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (self->visible == !!visible)
    return;
  self->visible = !!visible;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
nullcurve_run_item_get_live (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), FALSE);
  return self->live;
}

void
nullcurve_run_item_set_live (NullcurveRunItem *self, gboolean live)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (self->live == !!live)
    return;
  self->live = !!live;
  self->paused = FALSE;
  g_signal_emit (self, signals[LISTED], 0);
}

gboolean
nullcurve_run_item_get_paused (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), FALSE);
  return self->paused;
}

void
nullcurve_run_item_set_paused (NullcurveRunItem *self, gboolean paused)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (self->paused == !!paused)
    return;
  self->paused = !!paused;
  g_signal_emit (self, signals[LISTED], 0);
}

int
nullcurve_run_item_get_palette (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), -1);
  return self->palette;
}

void
nullcurve_run_item_set_palette (NullcurveRunItem *self, int palette)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (self->palette == palette)
    return;
  self->palette = palette;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
nullcurve_run_item_get_pinned (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), FALSE);
  return self->pinned;
}

void
nullcurve_run_item_set_pinned (NullcurveRunItem *self, gboolean pinned)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (self->pinned == !!pinned)
    return;
  self->pinned = !!pinned;
  g_signal_emit (self, signals[LISTED], 0);
}

const char *
nullcurve_run_item_get_title (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NULL);
  return moe_run_get_title (self->run);
}

void
nullcurve_run_item_set_title (NullcurveRunItem *self, const char *title)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (g_strcmp0 (moe_run_get_title (self->run), title) == 0)
    return;
  moe_run_set_title (self->run, title);
  nullcurve_run_item_touch (self);
}

const NullcurveRunDelta *
nullcurve_run_item_get_delta (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NULL);
  return self->delta;
}

void
nullcurve_run_item_compare (NullcurveRunItem *self,
                            const MoeRun *baseline,
                            const MoeComparison *comparison)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  g_autoptr (NullcurveRunDelta) before = g_steal_pointer (&self->delta);
  if (comparison != NULL)
    self->delta = nullcurve_run_delta_new (comparison, baseline, self->run);
  if (before != NULL || self->delta != NULL)
    g_signal_emit (self, signals[LISTED], 0);
}

static void
append_part (GString *line, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (line->len > 0)
    g_string_append (line, " · ");
  /* Lines break between the parts, not within one. */
  g_auto (GStrv) words = g_strsplit (part, " ", -1);
  g_autofree char *unbroken = g_strjoinv ("\u00a0", words);
  g_string_append (line, unbroken);
}

/* The shape when all records have the same one, else how many there are. */
static char *
describe_shapes (MoeRun *run)
{
  gsize n = moe_run_get_n_records (run);
  g_autoptr (GPtrArray) shapes = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < n; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!record->has_shape)
        continue;
      g_autofree char *text = moe_text_shape (&record->shape);
      if (!g_ptr_array_find_with_equal_func (shapes, text, g_str_equal, NULL))
        g_ptr_array_add (shapes, g_steal_pointer (&text));
    }
  if (shapes->len == 1)
    return g_strdup (g_ptr_array_index (shapes, 0));
  if (shapes->len == 0)
    return g_strdup (_ ("no shape given"));
  return g_strdup_printf (g_dngettext (NULL, "%u shape", "%u shapes", shapes->len), shapes->len);
}

/* The minute is enough in a list; the whole date stands in the file.  A date that is no more than a
 * day stays one. */
static char *
short_date (MoeRun *run)
{
  const char *date = moe_run_get_fact (run, "date");
  if (date == NULL)
    return NULL;
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (date, NULL);
  if (time == NULL)
    return g_strndup (date, 10);
  g_autoptr (GDateTime) local = g_date_time_to_local (time);
  return g_date_time_format (local, "%Y-%m-%d %H:%M");
}

/* "OpenBLAS 0.3.21" without its build flags */
static char *
short_blas (MoeRun *run)
{
  const char *blas = moe_run_get_fact (run, "blas");
  if (blas == NULL)
    return NULL;
  g_auto (GStrv) words = g_strsplit (blas, " ", 3);
  return g_strjoin (" ", words[0], words[0] != NULL ? words[1] : NULL, NULL);
}

static char *
short_threads (MoeRun *run)
{
  const char *threads = moe_run_get_fact (run, "threads");
  guint64 n;
  if (threads == NULL || !g_ascii_string_to_unsigned (threads, 10, 1, G_MAXUINT, &n, NULL))
    return NULL;
  return g_strdup_printf (g_dngettext (NULL, "%u thread", "%u threads", (gulong)n), (guint)n);
}

char *
nullcurve_run_item_dup_subtitle (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NULL);
  g_autofree char *shapes = describe_shapes (self->run);
  g_autofree char *date = short_date (self->run);
  g_autofree char *blas = short_blas (self->run);
  g_autofree char *threads = short_threads (self->run);
  gsize measured = nullcurve_run_item_count_measured (self);

  g_autofree char *points =
      g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", measured), measured);
  g_autoptr (GString) what = g_string_new (shapes);
  append_part (what, points);
  g_autoptr (GString) where = g_string_new (NULL);
  if (g_strcmp0 (moe_run_get_fact (self->run, "place"), moe_run_get_fact (self->run, "host")) != 0)
    append_part (where, moe_run_get_fact (self->run, "place"));
  append_part (where, moe_run_get_fact (self->run, "host"));
  append_part (where, date);
  g_autoptr (GString) with = g_string_new (NULL);
  append_part (with, blas != NULL ? blas : moe_run_get_fact (self->run, "accelerator"));
  append_part (with, nullcurve_run_delta_dtype (self->run));
  append_part (with, threads);
  if (where->len > 0)
    g_string_append_printf (what, "\n%s", where->str);
  if (with->len > 0)
    g_string_append_printf (what, "\n%s", with->str);
  return g_strdup (what->str);
}

const char *
nullcurve_run_item_get_words (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NULL);
  return self->words != NULL ? self->words : "";
}

void
nullcurve_run_item_set_words (NullcurveRunItem *self, const char *words)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ITEM (self));
  if (g_str_equal (nullcurve_run_item_get_words (self), words))
    return;
  g_free (self->words);
  self->words = g_strdup (words);
  g_signal_emit (self, signals[LISTED], 0);
}

double
nullcurve_run_item_get_gain (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), NAN);
  guint64 changes = moe_run_get_changes (self->run) + 1;
  if (self->gain_changes != changes)
    {
      self->gain = nullcurve_run_gain (self->run);
      self->gain_changes = changes;
    }
  return self->gain;
}

gsize
nullcurve_run_item_count_measured (NullcurveRunItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ITEM (self), 0);
  gsize n = moe_run_get_n_records (self->run), measured = 0;
  for (gsize i = 0; i < n; i++)
    measured += !isnan (moe_run_get_record (self->run, i)->tokens_per_s);
  return measured;
}

static void
nullcurve_run_item_finalize (GObject *object)
{
  NullcurveRunItem *self = NULLCURVE_RUN_ITEM (object);
  g_clear_pointer (&self->run, moe_run_unref);
  g_clear_pointer (&self->delta, nullcurve_run_delta_free);
  g_free (self->words);
  G_OBJECT_CLASS (nullcurve_run_item_parent_class)->finalize (object);
}

static void
nullcurve_run_item_class_init (NullcurveRunItemClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = nullcurve_run_item_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LISTED] =
      g_signal_new ("listed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_run_item_init (NullcurveRunItem *self)
{
  self->visible = TRUE;
  self->palette = -1;
}
