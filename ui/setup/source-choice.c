/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/source-choice.h"

#include "engine/sweep/quantities.h"
#include "ui/setup/field-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct NullcurveSourceChoice
{
  GtkDropDown *list;
  GtkButton *file;
  const GPtrArray *rows;
  gboolean several; /* was chosen, though one distribution may be all that is ticked yet */
  char *name;       /* of the part of a file that was read last */
  char *path;       /* of that file; NULL: none was */
  MoeDistribution distribution; /* and what it is */
  char *told;                   /* what is in it */

  void (*read) (gpointer data);
  gpointer data;
  GCancellable *reading; /* another thread reads; NULL: none does */
  MoeOptions *wanted;    /* what it reads or has read last is of these; NULL: nothing yet */
};

/* In the order of the list. */
enum
{
  SOURCE_UNIFORM,
  SOURCE_BALANCED,
  SOURCE_ZIPF,
  SOURCE_HOT,
  SOURCE_RUNS,
  SOURCE_FILE,
  SOURCE_SEVERAL,
  N_SOURCES
};

typedef struct Source
{
  const char *title;
  const char *note;
  guint set; /* of distributions; 0: it is not one of them */
} Source;

static const Source sources[N_SOURCES] = {
  [SOURCE_UNIFORM] = { N_ ("Uniform"), N_ ("Every token for itself; experts are alike."),
                       1u << MOE_DISTRIBUTION_RANDOM },
  [SOURCE_BALANCED] = { N_ ("Balanced"), N_ ("All experts in turn: none has more than another."),
                        1u << MOE_DISTRIBUTION_BALANCED },
  [SOURCE_ZIPF] = { N_ ("Zipf"), N_ ("The fullest expert gets most, the others ever less."),
                    1u << MOE_DISTRIBUTION_ZIPF },
  [SOURCE_HOT] = { N_ ("Hot experts"), N_ ("A few experts get a share of all assignments."),
                   1u << MOE_DISTRIBUTION_HOT },
  [SOURCE_RUNS] = { N_ ("Runs of tokens"), N_ ("Neighbours go to the same expert."),
                    1u << MOE_DISTRIBUTION_RUNS },
  [SOURCE_FILE] = { N_ ("A file…"), NULL, 0 },
  [SOURCE_SEVERAL] = { N_ ("Several"), N_ ("Each of these is measured."), 0 },
};

/* Options that stand in rows of their own below the list, and are seen when they count. */
static const char *const parts[] = { "run-alpha", "run-noise-scale", "zipf-exponent", "hot-experts",
                                     "hot-share", "loads-row",       "trace-layer" };

static NullcurveFieldRow *
find_row (NullcurveSourceChoice *self, const char *option)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (nullcurve_field_row_shows (g_ptr_array_index (self->rows, i), option))
      return g_ptr_array_index (self->rows, i);
  return NULL;
}

NullcurveSourceChoice *
nullcurve_source_choice_new (GtkDropDown *list,
                             GtkButton *file,
                             const GPtrArray *rows,
                             void (*read) (gpointer data),
                             gpointer data)
{
  NullcurveSourceChoice *self = g_new0 (NullcurveSourceChoice, 1);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  self->list = list;
  self->file = file;
  self->rows = rows;
  self->read = read;
  self->data = data;
  for (guint i = 0; i < N_SOURCES; i++)
    gtk_string_list_append (titles, _ (sources[i].title));
  gtk_drop_down_set_model (list, G_LIST_MODEL (titles));
  return self;
}

void
nullcurve_source_choice_free (NullcurveSourceChoice *self)
{
  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_free (self->wanted);
  g_free (self->name);
  g_free (self->path);
  g_free (self->told);
  g_free (self);
}

void
nullcurve_source_choice_reset (NullcurveSourceChoice *self)
{
  self->several = FALSE;
}

/* --- to the options --- */

gboolean
nullcurve_source_choice_store (NullcurveSourceChoice *self, MoeOptions *options)
{
  const guint selected = gtk_drop_down_get_selected (self->list);
  guint8 *set = &options->choice[MOE_CHOICE_DISTRIBUTION];
  /* What another file is nobody knows before it is opened, which has its time. */
  if (selected == SOURCE_FILE && g_strcmp0 (self->path, options->file.path) != 0)
    return FALSE;
  self->several = selected == SOURCE_SEVERAL;
  if (selected == SOURCE_FILE)
    *set = (guint8)(1u << self->distribution);
  else if (selected < N_SOURCES && sources[selected].set != 0)
    *set = (guint8)sources[selected].set;
  return TRUE;
}

/* Sizes that the file decides, which the fields then show. */
static void
take_sizes (NullcurveSourceChoice *self, const MoeGiven *given, MoeOptions *options)
{
  const gboolean loads = moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS);
  const gboolean other = g_strcmp0 (self->name, given->name) != 0;
  options->shape.tokens = given->tokens;
  options->topk = given->topk;
  options->topk_list.n = 0;
  if (loads || (other && options->shape.experts < given->experts))
    options->shape.experts = given->experts;
}

/* --- reading --- */

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MoeOptions resolved;
  const MoeGiven *given;
  /* What came of it is remembered; who asks next is told at once. */
  if (moe_options_read_file (data, &resolved, &given, NULL) == MOE_OK)
    moe_given_unref (given);
  g_task_return_boolean (task, TRUE);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  NullcurveSourceChoice *self = data;
  /* Nobody is there any more. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_clear_object (&self->reading);
  self->read (self->data);
}

static void
start_reading (NullcurveSourceChoice *self, const MoeOptions *options)
{
  self->reading = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, self->reading, read_cb, self);
  g_free (self->wanted);
  self->wanted = g_memdup2 (options, sizeof *options);
  g_task_set_task_data (task, g_memdup2 (options, sizeof *options), g_free);
  g_task_run_in_thread (task, read_thread);
}

static gboolean
is_same_part (const MoeOptions *a, const MoeOptions *b)
{
  return g_str_equal (a->file.path, b->file.path) && a->file.row == b->file.row
         && a->file.layer == b->file.layer && a->topk == b->topk
         && a->choice[MOE_CHOICE_DISTRIBUTION] == b->choice[MOE_CHOICE_DISTRIBUTION];
}

gboolean
nullcurve_source_choice_waits (NullcurveSourceChoice *self, const MoeOptions *options)
{
  gboolean was_read =
      self->reading == NULL && self->wanted != NULL && is_same_part (self->wanted, options);
  /* What could not be remembered, as for want of memory, is not read without end. */
  if (was_read)
    g_clear_pointer (&self->wanted, g_free);
  if (was_read || moe_options_reads_quickly (options))
    return FALSE;
  g_clear_pointer (&self->told, g_free);
  if (self->reading == NULL)
    start_reading (self, options);
  return TRUE;
}

MoeStatus
nullcurve_source_choice_read (NullcurveSourceChoice *self, MoeOptions *options, MoeError *error)
{
  MoeOptions resolved;
  const MoeGiven *given;
  MoeStatus status = moe_options_read_file (options, &resolved, &given, error);
  g_clear_pointer (&self->told, g_free);
  if (status != MOE_OK || given == NULL)
    return status;
  take_sizes (self, given, options);
  g_free (self->name);
  g_free (self->path);
  self->name = g_strdup (given->name);
  self->path = g_strdup (options->file.path);
  self->distribution = moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS)
                           ? MOE_DISTRIBUTION_LOADS
                           : MOE_DISTRIBUTION_TRACE;
  self->told = moe_text_given (given);
  moe_given_unref (given);
  return MOE_OK;
}

MoeStatus
nullcurve_source_choice_take (NullcurveSourceChoice *self,
                              const char *path,
                              MoeDistribution distribution,
                              MoeOptions *options,
                              MoeError *error)
{
  MoeOptions usual, taken = *options;
  moe_options_init (&usual);
  taken.file = usual.file;
  if (g_strlcpy (taken.file.path, path, sizeof taken.file.path) >= sizeof taken.file.path)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "routing-file",
                                 "--%s has a name of too many bytes: allowed are %zu.",
                                 "routing-file", sizeof taken.file.path - 1);
  taken.choice[MOE_CHOICE_DISTRIBUTION] = (guint8)(1u << distribution);
  taken.shape.experts = 0;
  g_clear_pointer (&self->name, g_free);
  MoeStatus status = nullcurve_source_choice_read (self, &taken, error);
  if (status != MOE_OK)
    return status;
  self->several = FALSE;
  *options = taken;
  return MOE_OK;
}

/* --- from the options --- */

static guint
position_of (const NullcurveSourceChoice *self, guint set)
{
  if (self->several)
    return SOURCE_SEVERAL;
  for (guint i = 0; i < N_SOURCES; i++)
    if (sources[i].set == set && set != 0)
      return i;
  return set == 1u << MOE_DISTRIBUTION_LOADS || set == 1u << MOE_DISTRIBUTION_TRACE
             ? SOURCE_FILE
             : SOURCE_SEVERAL;
}

static void
explain_file (NullcurveSourceChoice *self, const MoeOptions *options, gboolean wanted)
{
  g_autofree char *base = g_path_get_basename (options->file.path);
  g_autofree char *name = g_filename_display_name (base);
  gtk_widget_set_visible (GTK_WIDGET (self->file), wanted);
  gtk_button_set_label (self->file, options->file.path[0] != '\0' ? name : _ ("Choose a File…"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->file), self->reading == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->file),
                               options->file.path[0] != '\0' ? options->file.path : NULL);
}

/* Rows whose option counts nothing are not there; those of sizes that the file has cannot be
 * edited. */
static void
explain_rows (NullcurveSourceChoice *self, const MoeOptions *options, gboolean file)
{
  static const char *const sizes[] = { "tokens", "topk", "tokens-list" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      NullcurveFieldRow *row = find_row (self, parts[i]);
      const MoeOptionSpec *spec = moe_option_spec_find (parts[i]);
      gtk_widget_set_visible (GTK_WIDGET (row), moe_options_unneeded (options, spec) == NULL);
      nullcurve_field_row_set_note (row, _ (spec->note));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      NullcurveFieldRow *row = find_row (self, sizes[i]);
      gtk_widget_set_sensitive (GTK_WIDGET (row), !file);
      /* Greyed out once is enough. */
      if (file)
        nullcurve_field_row_set_idle (row, FALSE);
      if (file)
        nullcurve_field_row_set_note (row, _ ("As the routing file says."));
      else if (g_str_equal (sizes[i], "topk"))
        nullcurve_field_row_set_note (row, NULL);
    }
}

void
nullcurve_source_choice_explain (NullcurveSourceChoice *self, const MoeOptions *options)
{
  const guint set = options->choice[MOE_CHOICE_DISTRIBUTION];
  const guint position = position_of (self, set);
  const gboolean file = moe_options_reads_file (options);
  const char *told = file && self->reading != NULL    ? _ ("Reading the routing file…")
                     : file && self->told != NULL     ? self->told
                     : sources[position].note != NULL ? _ (sources[position].note)
                                                      : NULL;
  NullcurveFieldRow *experts = find_row (self, "experts");
  gtk_drop_down_set_selected (self->list, position);
  explain_file (self, options, file);
  explain_rows (self, options, file);
  gtk_widget_set_visible (GTK_WIDGET (find_row (self, "distribution")), position == SOURCE_SEVERAL);
  nullcurve_field_row_set_note (find_row (self, "distribution"),
                                _ (moe_choices[MOE_CHOICE_DISTRIBUTION].note));
  gtk_widget_set_sensitive (
      GTK_WIDGET (experts),
      !moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS));
  if (!gtk_widget_get_sensitive (GTK_WIDGET (experts)))
    nullcurve_field_row_set_note (experts, _ ("As the routing file says."));
  nullcurve_field_row_set_note (find_row (self, "routing-file"), told);
}
