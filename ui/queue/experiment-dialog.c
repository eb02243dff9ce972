/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/experiment-dialog.h"

#include "engine/options/matrix.h"
#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static const gsize scales[] = { 1, 4, 8, 16, 32, 64, 128, 256 };

typedef struct Experiment
{
  NullcurveSetupPanel *panel; /* not owned: the dialog is modal */
  NullcurveSweepQueue *queue; /* likewise */
  AdwComboRow *matrix;
  AdwComboRow *scale;
  GtkLabel *forecast;
  AdwMessageDialog *dialog;
  MoeOptions jobs[MOE_MATRIX_MAX_JOBS];
  MoeForecast forecasts[MOE_MATRIX_MAX_JOBS];
  gboolean fits[MOE_MATRIX_MAX_JOBS];     /* into the memory there is */
  MoeError problems[MOE_MATRIX_MAX_JOBS]; /* why not, or why it cannot be measured at all */
  gsize n_jobs;
} Experiment;

static char *
job_name (const MoeOptions *options, gboolean with_mode)
{
  g_autofree char *shape = moe_text_block_plain (options);
  if (!with_mode)
    return g_steal_pointer (&shape);
  return g_strdup_printf (
      "%s, %s", shape,
      moe_choice_name (MOE_CHOICE_NULL_MODE, options->choice[MOE_CHOICE_NULL_MODE]));
}

/* What all sweeps have in common: the published runs', on this machine as it is set up. */
static MoeOptions
common_options (Experiment *e, const MoeOptions *setup)
{
  static const char *const machine[] = { "dtype", "threads", "null-dispatch", "accelerator", NULL };
  MoeOptions common;
  moe_matrix_init_options ((MoeMatrix)adw_combo_row_get_selected (e->matrix), &common);
  nullcurve_sweep_setup_take (&common, setup, machine);
  return common;
}

static char *
describe_experiment (Experiment *e)
{
  GString *text = g_string_new (NULL);
  double total_s = 0;
  gsize n_fit = 0;
  for (gsize i = 0; i < e->n_jobs; i++)
    {
      if (e->fits[i])
        {
          n_fit++;
          total_s += e->forecasts[i].time_total_s;
          continue;
        }
      g_autofree char *name = job_name (&e->jobs[i], e->n_jobs > 3);
      g_string_append_printf (text, _ ("Left out: %s. %s\n"), name, e->problems[i].message);
    }
  g_autofree char *sweeps = g_strdup_printf (
      g_dngettext (NULL, "%zu sweep of 30 points", "%zu sweeps of 30 points", n_fit), n_fit);
  g_string_append (text, sweeps);
  if (!isnan (total_s))
    {
      g_autofree char *time = moe_text_duration (total_s);
      g_string_append_printf (text, _ (", about %s"), time);
    }
  return g_string_free (text, FALSE);
}

static void
update_experiment (Experiment *e)
{
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (e->panel, &setup);
  MoeOptions common = common_options (e, &setup.options);
  const MoeMatrixScale scale = { .tokens = scales[adw_combo_row_get_selected (e->scale)],
                                 .widths = 1 };
  MoeError error = { 0 };
  gboolean any = FALSE;
  if (moe_matrix_jobs ((MoeMatrix)adw_combo_row_get_selected (e->matrix), &common, scale, e->jobs,
                       &e->n_jobs, &error)
      != MOE_OK)
    {
      e->n_jobs = 0;
      gtk_label_set_label (e->forecast, error.message);
    }
  for (gsize i = 0; i < e->n_jobs; i++)
    {
      e->problems[i] = (MoeError){ 0 };
      e->fits[i] =
          nullcurve_sweep_setup_forecast (&setup, &e->jobs[i], &e->forecasts[i], &e->problems[i]);
      any = any || e->fits[i];
    }
  if (e->n_jobs > 0)
    {
      g_autofree char *text = describe_experiment (e);
      gtk_label_set_label (e->forecast, text);
    }
  adw_message_dialog_set_response_enabled (e->dialog, "add", any);
}

static void
experiment_response_cb (AdwMessageDialog *dialog, const char *response, Experiment *e)
{
  if (strcmp (response, "add") != 0)
    return;
  for (gsize i = 0; i < e->n_jobs; i++)
    if (e->fits[i])
      {
        g_autofree char *name = job_name (&e->jobs[i], e->n_jobs > 3);
        g_autoptr (NullcurveJobItem) job =
            nullcurve_job_item_new (name, &e->jobs[i], e->forecasts[i].time_total_s);
        nullcurve_sweep_queue_append (e->queue, job);
      }
}

static AdwComboRow *
append_choice (GtkWidget *list, const char *title, const char *const *choices)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (choices);
  GtkWidget *row = adw_combo_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (names));
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  return ADW_COMBO_ROW (row);
}

static GtkWidget *
new_experiment_form (Experiment *e)
{
  const char *names[] = { _ ("Logbook"), _ ("Both null modes"), NULL };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autofree char *scale = g_strdup_printf (_ ("tokens / %zu"), scales[i]);
      g_strv_builder_add (builder, scales[i] == 1 ? _ ("as published") : scale);
    }
  g_auto (GStrv) sizes = g_strv_builder_end (builder);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *list = gtk_list_box_new ();
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  e->matrix = append_choice (list, _ ("Sweeps"), names);
  e->scale = append_choice (list, _ ("Size"), (const char *const *)sizes);
  gtk_box_append (GTK_BOX (box), list);
  e->forecast = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (e->forecast, TRUE);
  gtk_label_set_max_width_chars (e->forecast, 44);
  gtk_label_set_xalign (e->forecast, 0);
  gtk_widget_add_css_class (GTK_WIDGET (e->forecast), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (e->forecast));
  return box;
}

GtkWidget *
nullcurve_experiment_dialog_new (GtkWindow *parent,
                                 NullcurveSetupPanel *panel,
                                 NullcurveSweepQueue *queue)
{
  Experiment *e = g_new0 (Experiment, 1);
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("The Published Experiment"),
      _ ("Three shapes, top-2, 4 and 8, null fractions 0 to 0.9, forward and backward, as in the "
         "logbook; with the data type and accelerator that are set up."));
  e->panel = panel;
  e->queue = queue;
  e->dialog = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_set_extra_child (e->dialog, new_experiment_form (e));
  adw_message_dialog_add_responses (e->dialog, "cancel", _ ("_Cancel"), "add", _ ("_Add to Queue"),
                                    NULL);
  adw_message_dialog_set_response_appearance (e->dialog, "add", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (e->dialog, "add");
  adw_message_dialog_set_close_response (e->dialog, "cancel");
  adw_combo_row_set_selected (e->scale, 5); /* tokens / 64: minutes, not hours */
  g_signal_connect_swapped (e->matrix, "notify::selected", G_CALLBACK (update_experiment), e);
  g_signal_connect_swapped (e->scale, "notify::selected", G_CALLBACK (update_experiment), e);
  g_signal_connect_data (dialog, "response", G_CALLBACK (experiment_response_cb), e,
                         (GClosureNotify)(void (*) (void))g_free, 0);
  update_experiment (e);
  return dialog;
}
