/* SPDX-License-Identifier: Apache-2.0 */
/* The figure of what is shown. */
#include "ui/window/window-private.h"

#include "ui/views/against.h"
#include "ui/views/curves.h"
#include "ui/views/efficiency.h"
#include "ui/views/load.h"
#include "ui/views/stages.h"
#include "ui/views/throughput.h"

#include <glib/gi18n.h>
#include <math.h>

static void stages_chosen_cb (NullcurveWindow *self);

/* Expected tokens/s of each point of the live run, as far as this machine has been measured. */
static GArray *
forecast_rates (NullcurveWindow *self)
{
  GArray *rates = g_array_new (FALSE, FALSE, sizeof (double));
  const MoeCalibration *calibration = self->calibrated ? &self->calibration : NULL;
  for (gsize i = 0; self->planned && i < self->plan.n_points; i++)
    {
      const MoePoint *point = &self->plan.points[i];
      double rate = calibration != NULL ? (double)point->block.shape.tokens
                                              / moe_forecast_step_s (point, calibration)
                                        : NAN;
      g_array_append_val (rates, rate);
    }
  return rates;
}

/* The colour and marker that each run has in the list, and so in the chart; and whether it is. */
static GArray *
dup_palettes (NullcurveWindow *self, GArray *hidden)
{
  GArray *palettes = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      guint palette = (guint)MAX (0, nullcurve_run_item_get_palette (item));
      gboolean hide = !nullcurve_run_item_get_visible (item);
      g_array_append_val (hidden, hide);
      g_array_append_val (palettes, palette);
    }
  return palettes;
}

/* The run being measured, else the one in hand; NULL: none. */
static NullcurveRunItem *
current_item (NullcurveWindow *self)
{
  NullcurveRunItem *live = nullcurve_runs_model_get_live (self->runs);
  return live != NULL ? live : nullcurve_runs_model_get_selected (self->runs);
}

/* The run that the stages are of. */
static MoeRun *
stages_run (NullcurveWindow *self)
{
  NullcurveRunItem *current = current_item (self);
  return current != NULL ? nullcurve_run_item_get_run (current) : NULL;
}

/* Among several runs nothing else would say whose curve it is. */
static void
name_run (NullcurveWindow *self, NullcurveFigure *figure, const MoeRun *run)
{
  NullcurvePanel *panel = &figure->panels[0];
  const char *title = moe_run_get_title (run);
  if (title == NULL || panel->subtitle == NULL
      || g_list_model_get_n_items (G_LIST_MODEL (self->runs)) < 2)
    return;
  g_autofree char *words = g_strdup_printf ("%s; %s", title, panel->subtitle);
  nullcurve_figure_set_text (&panel->subtitle, words);
}

/* Where the time of one curve goes, or what routing gave its experts. */
static NullcurveFigure *
make_curve_figure (NullcurveWindow *self)
{
  MoeRun *run = stages_run (self);
  NullcurveStagesOptions options = { self->stages_curve, self->phase,
                                     nullcurve_runs_model_get_deltas (self->runs) };
  if (run != NULL)
    {
      NullcurveFigure *whole = self->view == NULLCURVE_VIEW_LOAD
                                   ? nullcurve_figure_load (run, self->stages_curve, options.deltas)
                                   : nullcurve_figure_stages (run, &options);
      name_run (self, whole, run);
      return whole;
    }
  NullcurveFigure *figure = nullcurve_figure_new ();
  nullcurve_figure_set_text (&figure->empty_text, _ ("Choose a run to see where its time goes."));
  return figure;
}

/* Throughput against a baseline that there is not yet. */
static NullcurveFigure *
make_unpinned (void)
{
  NullcurveFigure *figure = nullcurve_figure_new ();
  nullcurve_figure_add_panel (figure, _ ("Tokens/s"), NULL, NULLCURVE_UNIT_RATIO);
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("No run is pinned as the baseline. Select the run to compare with "
                                "and press B, or choose Pin Run as Baseline in the menu."));
  return figure;
}

static NullcurveFigure *
make_runs_figure (NullcurveWindow *self,
                  MoeRun *const *runs,
                  gsize n_runs,
                  const NullcurveThroughputOptions *options)
{
  if (self->view == NULLCURVE_VIEW_EFFICIENCY)
    return nullcurve_figure_efficiency (runs, n_runs, options);
  if (self->relation == NULLCURVE_RELATION_BASELINE)
    return options->deltas != NULL ? nullcurve_figure_against (runs, n_runs, options)
                                   : make_unpinned ();
  return nullcurve_figure_throughput (runs, n_runs, options);
}

/* The table has none of its own: exports then take the throughput. */
static NullcurveFigure *
make_view (NullcurveWindow *self)
{
  if (self->view == NULLCURVE_VIEW_STAGES || self->view == NULLCURVE_VIEW_LOAD)
    return make_curve_figure (self);
  g_autoptr (GArray) hidden = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, FALSE);
  g_autoptr (GArray) forecast = forecast_rates (self);
  g_autoptr (GArray) palettes = dup_palettes (self, hidden);
  NullcurveThroughputOptions options;
  nullcurve_throughput_options_init (&options);
  options.relative = self->relation == NULLCURVE_RELATION_RELATIVE;
  options.log_y = self->log_y;
  options.show_bound = self->limits;
  options.deltas = nullcurve_runs_model_get_deltas (self->runs);
  options.run_hidden = (const gboolean *)hidden->data;
  options.run_palettes = (const guint *)palettes->data;
  guint current;
  if (nullcurve_runs_model_find (self->runs, current_item (self), &current))
    options.current_run = current;
  if (nullcurve_window_get_running (self))
    {
      options.measuring_record = self->measuring == SIZE_MAX ? -1 : (gssize)self->measuring;
      options.forecast_tokens_per_s = (const double *)forecast->data;
      options.n_forecast = forecast->len;
    }
  return make_runs_figure (self, (MoeRun *const *)runs->pdata, runs->len, &options);
}

/* As the chart shows it: split, zoomed, and without the curves that its legend hides. */
NullcurveFigure *
nullcurve_window_make_figure (NullcurveWindow *self)
{
  NullcurveFigure *figure = make_view (self);
  nullcurve_window_arrange_figure (self, figure);
  return figure;
}

/* A list that somebody has open stays as it is while a run grows. */
static void
set_choice (GtkDropDown *choice, const GPtrArray *curves)
{
  GListModel *present = gtk_drop_down_get_model (choice);
  guint n = curves != NULL ? curves->len : 0;
  gboolean same = GTK_IS_STRING_LIST (present) && g_list_model_get_n_items (present) == n;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  for (guint i = 0; i < n; i++)
    {
      const char *label = ((NullcurveCurve *)g_ptr_array_index (curves, i))->label;
      same = same && g_str_equal (label, gtk_string_list_get_string (GTK_STRING_LIST (present), i));
      gtk_string_list_append (names, label);
    }
  if (!same)
    gtk_drop_down_set_model (choice, G_LIST_MODEL (names));
}

/* The curves of the selected run to choose from; hidden where there is nothing to choose. */
static void
update_stages_choice (NullcurveWindow *self)
{
  gboolean stages = self->view == NULLCURVE_VIEW_STAGES, load = self->view == NULLCURVE_VIEW_LOAD;
  MoeRun *run = stages || load ? stages_run (self) : NULL;
  g_autoptr (GPtrArray) curves = run != NULL ? nullcurve_curves_new (&run, 1) : NULL;
  guint n = curves != NULL ? curves->len : 0;
  if (self->stages_curve >= n)
    self->stages_curve = 0;
  g_signal_handlers_block_by_func (self->stages_choice, stages_chosen_cb, self);
  set_choice (self->stages_choice, curves);
  gtk_drop_down_set_selected (self->stages_choice, self->stages_curve);
  g_signal_handlers_unblock_by_func (self->stages_choice, stages_chosen_cb, self);
  gtk_widget_set_visible (GTK_WIDGET (self->stages_choice), n > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->phase_choice),
                          stages && run != NULL && nullcurve_stages_has_backward (run));
}

static void
update_chart (NullcurveWindow *self)
{
  update_stages_choice (self);
  NullcurveFigure *figure = nullcurve_window_make_figure (self);
  nullcurve_chart_view_set_figure (self->chart, figure);
}

static void
stages_chosen_cb (NullcurveWindow *self)
{
  self->stages_curve = gtk_drop_down_get_selected (self->stages_choice);
  nullcurve_window_queue_chart (self);
}

static void
phase_chosen_cb (NullcurveWindow *self)
{
  self->phase = (NullcurveStagePhase)gtk_drop_down_get_selected (self->phase_choice);
  nullcurve_window_queue_chart (self);
}

/* Labels of curves may be long: the bar has room for their beginnings. */
static void
choice_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
  gtk_list_item_set_child (item, label);
}

static void
choice_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *name = gtk_list_item_get_item (item);
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (name));
}

void
nullcurve_window_init_chart (NullcurveWindow *self)
{
  g_autoptr (GtkListItemFactory) brief = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) whole =
      g_object_ref (gtk_drop_down_get_factory (self->stages_choice));
  g_signal_connect (brief, "setup", G_CALLBACK (choice_setup_cb), NULL);
  g_signal_connect (brief, "bind", G_CALLBACK (choice_bind_cb), NULL);
  gtk_drop_down_set_factory (self->stages_choice, brief);
  gtk_drop_down_set_list_factory (self->stages_choice, whole);
  g_signal_connect_swapped (self->phase_choice, "notify::selected", G_CALLBACK (phase_chosen_cb),
                            self);
  g_signal_connect_swapped (self->stages_choice, "notify::selected", G_CALLBACK (stages_chosen_cb),
                            self);
}

static gboolean
update_chart_cb (gpointer data)
{
  NullcurveWindow *self = data;
  self->chart_id = 0;
  update_chart (self);
  return G_SOURCE_REMOVE;
}

void
nullcurve_window_queue_chart (NullcurveWindow *self)
{
  if (self->chart_id == 0)
    self->chart_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_chart_cb, self, NULL);
}
