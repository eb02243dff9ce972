/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/runs-model.h"

#include "ui/figure/palettes.h"

#include <glib/gi18n.h>

enum
{
  MAX_CHANGES = 100
};

struct _NullcurveRunsModel
{
  GObject parent_instance;

  GPtrArray *items;           /* of NullcurveRunItem, in order */
  NullcurveRunItem *selected; /* in the list, as are the next two */
  NullcurveRunItem *baseline;
  NullcurveRunItem *live;
  NullcurveDeltas *deltas; /* NULL without a baseline */
  guint deltas_id;         /* they are to be renewed; 0: they hold */
  GPtrArray *changes;      /* of Change, in the order they were made */
  guint n_done;            /* of these; the rest was taken back */
};

enum
{
  PROP_SELECTED = 1,
  PROP_BASELINE,
  PROP_LIVE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  CHANGED,
  COMPARED,
  HISTORY_CHANGED,
  DELETED,
  RENAMED,
  MOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurveRunsModel,
                               nullcurve_runs_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* --- the list --- */

static GType
get_item_type (GListModel *model)
{
  return NULLCURVE_TYPE_RUN_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return NULLCURVE_RUNS_MODEL (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *items = NULLCURVE_RUNS_MODEL (model)->items;
  return position < items->len ? g_object_ref (g_ptr_array_index (items, position)) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

gboolean
nullcurve_runs_model_find (NullcurveRunsModel *self, NullcurveRunItem *item, guint *position)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), FALSE);
  return g_ptr_array_find (self->items, item, position);
}

NullcurveRunItem *
nullcurve_runs_model_find_source (NullcurveRunsModel *self, const char *source)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  g_autoptr (GFile) file = source != NULL ? g_file_new_for_commandline_arg (source) : NULL;
  for (guint i = 0; file != NULL && i < self->items->len; i++)
    {
      NullcurveRunItem *item = g_ptr_array_index (self->items, i);
      const char *other = moe_run_get_source (nullcurve_run_item_get_run (item));
      g_autoptr (GFile) listed = other != NULL ? g_file_new_for_commandline_arg (other) : NULL;
      if (listed != NULL && g_file_equal (listed, file))
        return item;
    }
  return NULL;
}

GPtrArray *
nullcurve_runs_model_dup_runs (NullcurveRunsModel *self, gboolean visible_only)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (guint i = 0; i < self->items->len; i++)
    {
      NullcurveRunItem *item = g_ptr_array_index (self->items, i);
      if (!visible_only || nullcurve_run_item_get_visible (item))
        g_ptr_array_add (runs, moe_run_ref (nullcurve_run_item_get_run (item)));
    }
  return runs;
}

static gboolean
renew_cb (gpointer data)
{
  nullcurve_runs_model_get_deltas (data);
  return G_SOURCE_REMOVE;
}

static void
changed (NullcurveRunsModel *self)
{
  if (self->deltas_id == 0 && (self->baseline != NULL || self->deltas != NULL))
    self->deltas_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, renew_cb, self, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The list is another: what has left it is neither pinned nor in hand. */
static void
items_changed (NullcurveRunsModel *self, guint position, guint removed, guint added)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  if (self->baseline != NULL && !g_ptr_array_find (self->items, self->baseline, NULL))
    nullcurve_runs_model_set_baseline (self, NULL);
  if (self->selected == NULL || !g_ptr_array_find (self->items, self->selected, NULL))
    nullcurve_runs_model_select (
        self, self->items->len > 0 ? g_ptr_array_index (self->items, self->items->len - 1) : NULL);
  changed (self);
}

static void
insert (NullcurveRunsModel *self, NullcurveRunItem *item, guint position)
{
  g_ptr_array_insert (self->items, (int)position, g_object_ref (item));
  items_changed (self, position, 0, 1);
}

/* One that no other run of the list has: of this colour, in whatever shade is free; -1: of any. */
static int
find_palette (NullcurveRunsModel *self, NullcurveRunItem *item, int colour)
{
  g_autoptr (GArray) worn = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < self->items->len; i++)
    {
      int palette = nullcurve_run_item_get_palette (g_ptr_array_index (self->items, i));
      if (g_ptr_array_index (self->items, i) != item && palette >= 0)
        g_array_append_val (worn, palette);
    }
  return (int)nullcurve_palettes_choose ((const guint *)worn->data, worn->len, colour);
}

NullcurveRunItem *
nullcurve_runs_model_add (NullcurveRunsModel *self, MoeRun *run)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  g_autoptr (NullcurveRunItem) item = nullcurve_run_item_new (run);
  nullcurve_run_item_set_palette (item, find_palette (self, item, -1));
  g_signal_connect_object (item, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  insert (self, item, self->items->len);
  return item;
}

void
nullcurve_runs_model_remove (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  guint position;
  if (nullcurve_run_item_get_live (item) || !g_ptr_array_find (self->items, item, &position))
    return;
  g_ptr_array_remove_index (self->items, position);
  items_changed (self, position, 1, 0);
}

/* --- in hand, and pinned --- */

NullcurveRunItem *
nullcurve_runs_model_get_selected (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  return self->selected;
}

void
nullcurve_runs_model_select (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  g_return_if_fail (item == NULL || g_ptr_array_find (self->items, item, NULL));
  if (!g_set_object (&self->selected, item))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
  changed (self);
}

NullcurveRunItem *
nullcurve_runs_model_get_baseline (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  return self->baseline;
}

void
nullcurve_runs_model_set_baseline (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  g_return_if_fail (item == NULL || g_ptr_array_find (self->items, item, NULL));
  if (self->baseline == item)
    return;
  if (self->baseline != NULL)
    nullcurve_run_item_set_pinned (self->baseline, FALSE);
  g_set_object (&self->baseline, item);
  if (item != NULL)
    nullcurve_run_item_set_pinned (item, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BASELINE]);
  changed (self);
}

NullcurveDeltas *
nullcurve_runs_model_get_deltas (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  if (self->deltas_id == 0)
    return self->deltas;
  g_clear_handle_id (&self->deltas_id, g_source_remove);
  MoeRun *baseline = self->baseline != NULL ? nullcurve_run_item_get_run (self->baseline) : NULL;
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self, FALSE);
  g_autoptr (NullcurveDeltas) earlier = g_steal_pointer (&self->deltas);
  if (baseline != NULL)
    self->deltas =
        nullcurve_deltas_renew (earlier, baseline, (MoeRun *const *)runs->pdata, runs->len);
  if (self->deltas == earlier)
    return self->deltas;
  for (guint i = 0; i < self->items->len; i++)
    nullcurve_run_item_compare (g_ptr_array_index (self->items, i), baseline,
                                nullcurve_deltas_get (self->deltas, g_ptr_array_index (runs, i)));
  g_signal_emit (self, signals[COMPARED], 0);
  return self->deltas;
}

/* --- a run while it is measured --- */

static void
set_live (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  if (g_set_object (&self->live, item))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIVE]);
}

NullcurveRunItem *
nullcurve_runs_model_begin (NullcurveRunsModel *self, MoeRun *run)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  NullcurveRunItem *item = nullcurve_runs_model_begin_elsewhere (self, run);
  set_live (self, item);
  return item;
}

NullcurveRunItem *
nullcurve_runs_model_begin_elsewhere (NullcurveRunsModel *self, MoeRun *run)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  NullcurveRunItem *before = nullcurve_runs_model_find_source (self, moe_run_get_source (run));
  NullcurveRunItem *item = nullcurve_runs_model_add (self, run);
  nullcurve_run_item_set_live (item, TRUE);
  if (before != NULL && before == self->baseline)
    nullcurve_runs_model_set_baseline (self, item);
  if (before != NULL)
    nullcurve_runs_model_remove (self, before);
  return item;
}

NullcurveRunItem *
nullcurve_runs_model_get_live (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  return self->live;
}

void
nullcurve_runs_model_touch_live (NullcurveRunsModel *self)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  for (guint i = 0; i < self->items->len; i++)
    if (nullcurve_run_item_get_live (g_ptr_array_index (self->items, i)))
      nullcurve_run_item_touch (g_ptr_array_index (self->items, i));
}

/* The new name is to be written into the file, which while the run is measured is somebody else's.
 */
static const char renamed_key[] = "nullcurve-renamed";

static void
tell_renamed (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  gboolean later = nullcurve_run_item_get_live (item);
  g_object_set_data (G_OBJECT (item), renamed_key, GINT_TO_POINTER (later));
  if (!later)
    g_signal_emit (self, signals[RENAMED], 0, item);
}

gsize
nullcurve_runs_model_end (NullcurveRunsModel *self, NullcurveRunItem *item, MoeRun *run)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), 0);
  g_object_ref (item); /* it may leave the list */
  nullcurve_run_item_set_live (item, FALSE);
  if (item == self->live)
    set_live (self, NULL);
  if (run != NULL)
    nullcurve_run_item_set_run (item, run);
  if (g_object_get_data (G_OBJECT (item), renamed_key) != NULL)
    tell_renamed (self, item);
  gsize measured = nullcurve_run_item_count_measured (item);
  if (run == NULL || measured == 0)
    nullcurve_runs_model_remove (self, item);
  g_object_unref (item);
  return measured;
}

/* --- changes that a person makes --- */

typedef enum ChangeKind
{
  CHANGE_REMOVE,
  CHANGE_RENAME,
  CHANGE_RECOLOUR,
  CHANGE_MOVE,
  CHANGE_SHOW,
  CHANGE_PIN,
} ChangeKind;

/* What was, and what is now. */
enum
{
  BEFORE,
  AFTER,
  N_TIMES
};

typedef struct Change
{
  ChangeKind kind;
  const char *label;
  GPtrArray *items;   /* of NullcurveRunItem, in the order of the list */
  GArray *positions;  /* of guint, where those items were removed from */
  GArray *shown;      /* of gboolean, whether those items were shown before */
  int value[N_TIMES]; /* palette, position */
  char *title[N_TIMES];
  NullcurveRunItem *pin[N_TIMES];
} Change;

static Change *
change_new (ChangeKind kind, const char *label, NullcurveRunItem *item)
{
  Change *change = g_new0 (Change, 1);
  change->kind = kind;
  change->label = label;
  change->items = g_ptr_array_new_with_free_func (g_object_unref);
  change->positions = g_array_new (FALSE, FALSE, sizeof (guint));
  change->shown = g_array_new (FALSE, FALSE, sizeof (gboolean));
  if (item != NULL)
    g_ptr_array_add (change->items, g_object_ref (item));
  return change;
}

static void
change_free (Change *change)
{
  g_ptr_array_unref (change->items);
  g_array_unref (change->positions);
  g_array_unref (change->shown);
  for (int time = BEFORE; time < N_TIMES; time++)
    {
      g_free (change->title[time]);
      g_clear_object (&change->pin[time]);
    }
  g_free (change);
}

static void
remove_items (NullcurveRunsModel *self, const Change *change)
{
  for (guint i = 0; i < change->items->len; i++)
    nullcurve_runs_model_remove (self, g_ptr_array_index (change->items, i));
}

static void
set_pin (NullcurveRunsModel *self, NullcurveRunItem *pin)
{
  if (pin == NULL || g_ptr_array_find (self->items, pin, NULL))
    nullcurve_runs_model_set_baseline (self, pin);
}

/* Its colour may have gone to a run that came meanwhile. */
static void
keep_colour_unique (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  int palette = nullcurve_run_item_get_palette (item);
  for (guint i = 0; i < self->items->len; i++)
    if (g_ptr_array_index (self->items, i) != item
        && nullcurve_run_item_get_palette (g_ptr_array_index (self->items, i)) == palette)
      {
        nullcurve_run_item_set_palette (item, find_palette (self, item, -1));
        return;
      }
}

/* Where they were; runs that came meanwhile may have moved the end. */
static void
insert_items (NullcurveRunsModel *self, const Change *change)
{
  for (guint i = 0; i < change->items->len; i++)
    {
      NullcurveRunItem *item = g_ptr_array_index (change->items, i);
      guint position = g_array_index (change->positions, guint, i);
      if (!g_ptr_array_find (self->items, item, NULL))
        {
          keep_colour_unique (self, item);
          insert (self, item, MIN (position, self->items->len));
        }
    }
  if (change->pin[BEFORE] != NULL && self->baseline == NULL)
    set_pin (self, change->pin[BEFORE]);
  nullcurve_runs_model_select (self, g_ptr_array_index (change->items, 0));
}

static void
move_item (NullcurveRunsModel *self, NullcurveRunItem *item, guint to)
{
  guint from;
  if (!g_ptr_array_find (self->items, item, &from))
    return;
  to = MIN (to, self->items->len - 1);
  g_ptr_array_insert (self->items, (int)to, g_ptr_array_steal_index (self->items, from));
  /* In one go: for no moment is the item gone from the list. */
  guint length = MAX (from, to) - MIN (from, to) + 1;
  items_changed (self, MIN (from, to), length, length);
  nullcurve_runs_model_select (self, item);
  g_signal_emit (self, signals[MOVED], 0, item);
}

/* A change of what is shown turns every one of its items over. */
static void
show_items (const Change *change, int time)
{
  for (guint i = 0; i < change->items->len; i++)
    {
      gboolean before = g_array_index (change->shown, gboolean, i);
      nullcurve_run_item_set_visible (g_ptr_array_index (change->items, i),
                                      time == BEFORE ? before : !before);
    }
}

static void
apply (NullcurveRunsModel *self, const Change *change, int time)
{
  NullcurveRunItem *item = change->items->len > 0 ? g_ptr_array_index (change->items, 0) : NULL;
  switch (change->kind)
    {
    case CHANGE_REMOVE:
      if (time == AFTER)
        remove_items (self, change);
      else
        insert_items (self, change);
      break;
    case CHANGE_RENAME:
      nullcurve_run_item_set_title (item, change->title[time]);
      tell_renamed (self, item);
      break;
    case CHANGE_RECOLOUR:
      nullcurve_run_item_set_palette (item, change->value[time]);
      break;
    case CHANGE_MOVE:
      move_item (self, item, (guint)change->value[time]);
      break;
    case CHANGE_SHOW:
      show_items (change, time);
      break;
    case CHANGE_PIN:
      set_pin (self, change->pin[time]);
      break;
    }
}

/* FALSE where there is no such change, as before the first. */
static gboolean
step (NullcurveRunsModel *self, guint index, int time)
{
  if (index >= self->changes->len)
    return FALSE;
  self->n_done = time == AFTER ? index + 1 : index;
  apply (self, g_ptr_array_index (self->changes, index), time);
  g_signal_emit (self, signals[HISTORY_CHANGED], 0);
  return TRUE;
}

/* Make it and remember it; what had been taken back is forgotten. */
static void
make (NullcurveRunsModel *self, Change *change)
{
  g_ptr_array_set_size (self->changes, (int)self->n_done);
  if (self->changes->len == MAX_CHANGES)
    g_ptr_array_remove_index (self->changes, 0);
  g_ptr_array_add (self->changes, change);
  step (self, self->changes->len - 1, AFTER);
}

gboolean
nullcurve_runs_model_undo (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), FALSE);
  return step (self, self->n_done - 1, BEFORE);
}

gboolean
nullcurve_runs_model_redo (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), FALSE);
  return step (self, self->n_done, AFTER);
}

static const char *
get_label (NullcurveRunsModel *self, guint index)
{
  return index < self->changes->len ? ((Change *)g_ptr_array_index (self->changes, index))->label
                                    : NULL;
}

const char *
nullcurve_runs_model_get_undo_label (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  return get_label (self, self->n_done - 1);
}

const char *
nullcurve_runs_model_get_redo_label (NullcurveRunsModel *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUNS_MODEL (self), NULL);
  return get_label (self, self->n_done);
}

void
nullcurve_runs_model_rename (NullcurveRunsModel *self, NullcurveRunItem *item, const char *title)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  g_autofree char *name = g_strstrip (g_strdup (title));
  const char *present = nullcurve_run_item_get_title (item);
  if (*name == '\0' || g_strcmp0 (name, present) == 0)
    return;
  Change *change = change_new (CHANGE_RENAME, _ ("Rename Run"), item);
  change->title[BEFORE] = g_strdup (present);
  change->title[AFTER] = g_steal_pointer (&name);
  make (self, change);
}

static void
make_valued (NullcurveRunsModel *self,
             ChangeKind kind,
             const char *label,
             NullcurveRunItem *item,
             int before,
             int after)
{
  if (before == after)
    return;
  Change *change = change_new (kind, label, item);
  change->value[BEFORE] = before;
  change->value[AFTER] = after;
  make (self, change);
}

void
nullcurve_runs_model_recolour (NullcurveRunsModel *self, NullcurveRunItem *item, int colour)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  make_valued (self, CHANGE_RECOLOUR, _ ("Recolour Run"), item,
               nullcurve_run_item_get_palette (item), find_palette (self, item, colour));
}

void
nullcurve_runs_model_move (NullcurveRunsModel *self, NullcurveRunItem *item, guint position)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  guint from;
  if (g_ptr_array_find (self->items, item, &from) && position < self->items->len)
    make_valued (self, CHANGE_MOVE, _ ("Move Run"), item, (int)from, (int)position);
}

static void
turn_over (Change *change, NullcurveRunItem *item, gboolean shown)
{
  gboolean before = nullcurve_run_item_get_visible (item);
  if (before == !!shown)
    return;
  g_ptr_array_add (change->items, g_object_ref (item));
  g_array_append_val (change->shown, before);
}

static void
make_unless_empty (NullcurveRunsModel *self, Change *change)
{
  if (change->items->len > 0)
    make (self, change);
  else
    change_free (change);
}

void
nullcurve_runs_model_show_all (NullcurveRunsModel *self, GPtrArray *items, gboolean shown)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  Change *change = change_new (CHANGE_SHOW, shown ? _ ("Show Run") : _ ("Hide Run"), NULL);
  for (guint i = 0; i < items->len; i++)
    turn_over (change, g_ptr_array_index (items, i), shown);
  make_unless_empty (self, change);
}

void
nullcurve_runs_model_show (NullcurveRunsModel *self, NullcurveRunItem *item, gboolean shown)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_ptr_array_add (one, item);
  nullcurve_runs_model_show_all (self, one, shown);
}

void
nullcurve_runs_model_show_only (NullcurveRunsModel *self, GPtrArray *items)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  Change *change = change_new (CHANGE_SHOW, items != NULL ? _ ("Show Only") : _ ("Show All"), NULL);
  for (guint i = 0; i < self->items->len; i++)
    {
      NullcurveRunItem *item = g_ptr_array_index (self->items, i);
      turn_over (change, item, items == NULL || g_ptr_array_find (items, item, NULL));
    }
  make_unless_empty (self, change);
}

void
nullcurve_runs_model_pin (NullcurveRunsModel *self, NullcurveRunItem *item)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  if (item == self->baseline)
    return;
  const char *label = item != NULL ? _ ("Pin Baseline") : _ ("Unpin Baseline");
  Change *change = change_new (CHANGE_PIN, label, NULL);
  g_set_object (&change->pin[BEFORE], self->baseline);
  g_set_object (&change->pin[AFTER], item);
  make (self, change);
}

/* Remove these, but what is being measured. */
static void
remove_with_undo (NullcurveRunsModel *self, const GPtrArray *those, const char *label)
{
  Change *change = change_new (CHANGE_REMOVE, label, NULL);
  for (guint i = 0; i < self->items->len; i++)
    {
      NullcurveRunItem *item = g_ptr_array_index (self->items, i);
      if (!g_ptr_array_find ((GPtrArray *)those, item, NULL) || nullcurve_run_item_get_live (item))
        continue;
      g_ptr_array_add (change->items, g_object_ref (item));
      g_array_append_val (change->positions, i);
      if (item == self->baseline)
        g_set_object (&change->pin[BEFORE], item);
    }
  guint n = change->items->len;
  g_autofree char *message =
      n == 1 ? g_strdup_printf (_ ("“%s” removed from the list"),
                                nullcurve_run_item_get_title (g_ptr_array_index (change->items, 0)))
             : g_strdup_printf (g_dngettext (NULL, "%u run removed from the list",
                                             "%u runs removed from the list", n),
                                n);
  make_unless_empty (self, change);
  if (n > 0)
    g_signal_emit (self, signals[DELETED], 0, message);
}

void
nullcurve_runs_model_delete_all (NullcurveRunsModel *self, GPtrArray *items)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  remove_with_undo (self, items, items->len == 1 ? _ ("Remove Run") : _ ("Remove Runs"));
}

void
nullcurve_runs_model_clear (NullcurveRunsModel *self)
{
  g_return_if_fail (NULLCURVE_IS_RUNS_MODEL (self));
  remove_with_undo (self, self->items, _ ("Clear List"));
}

/* --- the object --- */

static void
nullcurve_runs_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NullcurveRunsModel *self = NULLCURVE_RUNS_MODEL (object);
  NullcurveRunItem *const values[N_PROPS] = { NULL, self->selected, self->baseline, self->live };
  g_value_set_object (value, values[id]);
}

static void
nullcurve_runs_model_finalize (GObject *object)
{
  NullcurveRunsModel *self = NULLCURVE_RUNS_MODEL (object);
  g_clear_handle_id (&self->deltas_id, g_source_remove);
  g_clear_object (&self->selected);
  g_clear_object (&self->baseline);
  g_clear_object (&self->live);
  g_clear_pointer (&self->deltas, nullcurve_deltas_unref);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (nullcurve_runs_model_parent_class)->finalize (object);
}

static guint
add_signal (NullcurveRunsModelClass *klass, const char *name, GType argument)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, argument != G_TYPE_NONE, argument);
}

static void
nullcurve_runs_model_class_init (NullcurveRunsModelClass *klass)
{
  static const char *const names[N_PROPS] = { NULL, "selected", "baseline", "live" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->get_property = nullcurve_runs_model_get_property;
  object_class->finalize = nullcurve_runs_model_finalize;
  for (int i = 1; i < N_PROPS; i++)
    props[i] =
        g_param_spec_object (names[i], NULL, NULL, NULLCURVE_TYPE_RUN_ITEM,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[CHANGED] = add_signal (klass, "changed", G_TYPE_NONE);
  signals[COMPARED] = add_signal (klass, "compared", G_TYPE_NONE);
  signals[HISTORY_CHANGED] = add_signal (klass, "history-changed", G_TYPE_NONE);
  signals[DELETED] = add_signal (klass, "deleted", G_TYPE_STRING);
  signals[RENAMED] = add_signal (klass, "renamed", NULLCURVE_TYPE_RUN_ITEM);
  signals[MOVED] = add_signal (klass, "moved", NULLCURVE_TYPE_RUN_ITEM);
}

static void
nullcurve_runs_model_init (NullcurveRunsModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify)change_free);
}

NullcurveRunsModel *
nullcurve_runs_model_new (void)
{
  return g_object_new (NULLCURVE_TYPE_RUNS_MODEL, NULL);
}
