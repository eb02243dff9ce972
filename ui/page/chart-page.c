/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/chart-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/formats/formats.h"
#include "ui/export/export-set.h"
#include "ui/export/provenance.h"
#include "ui/files/save-dialog.h"
#include "ui/notice.h"
#include "ui/page/answer-tiles.h"
#include "ui/page/chart-view.h"
#include "ui/page/export-dialog.h"
#include "ui/page/point-item.h"
#include "ui/page/points-table.h"
#include "ui/page/table-text.h"
#include "ui/report/report.h"
#include "ui/resources.h"
#include "ui/views/choice.h"
#include "ui/views/curves.h"

/* The choices, by their properties, in the order in which they are taken from settings: old views
 * bring a scale along, and the ideal the logarithmic y. */
typedef enum Choice
{
  CHOICE_SCALE = 1,
  CHOICE_VIEW,
  CHOICE_FACETS,
  CHOICE_ALONG,
  CHOICE_X_IDEAL,
  CHOICE_X_EXPERTS,
  CHOICE_LOG_Y,
  CHOICE_LIMITS,
  CHOICE_STAGE_SCALE,
  CHOICE_LOAD_SCALE,
  CHOICE_WHAT_IF,
  N_CHOICES,
  PROP_AT = N_CHOICES,
  N_PROPERTIES
} Choice;

/* What can be chosen of it, by its value. */
typedef struct Value
{
  const char *title; /* short, as the bar is */
  const char *label; /* in a menu; NULL: the title */
  const char *tip;
} Value;

static const Value views[NULLCURVE_N_VIEWS] = {
  [NULLCURVE_VIEW_THROUGHPUT] = { N_ ("Throughput"), NULL, N_ ("Tokens/s and TF/s (Ctrl+1)") },
  [NULLCURVE_VIEW_WHERE] = { N_ ("Where it goes"), NULL,
                             N_ ("From the ideal step up to the measured one: what eats the rest "
                                 "at one null fraction (Ctrl+2)") },
  [NULLCURVE_VIEW_EFFICIENCY] = { N_ ("Efficiency"), NULL,
                                  N_ ("Speed-up, null efficiency and share of the roofline "
                                      "(Ctrl+3)") },
  [NULLCURVE_VIEW_STAGES] = { N_ ("Stages"), NULL,
                              N_ ("Where the time of one curve goes (Ctrl+4)") },
  [NULLCURVE_VIEW_LOAD] = { N_ ("Load"), NULL,
                            N_ ("What routing gives the experts of one curve (Ctrl+5)") },
  [NULLCURVE_VIEW_TABLE] = { N_ ("Table"), NULL, N_ ("Every point of every run (Ctrl+6)") },
};

static const Value scales[NULLCURVE_N_VIEW_SCALES] = {
  [NULLCURVE_VIEW_ABSOLUTE] = { N_ ("Absolute"), N_ ("_Absolute"), NULL },
  [NULLCURVE_VIEW_RELATIVE] = { N_ ("Relative"), N_ ("_Relative to f = 0"), NULL },
  [NULLCURVE_VIEW_BASELINE] = { N_ ("Baseline"), N_ ("Against _Baseline"), NULL },
};

static const Value stage_scales[NULLCURVE_N_STAGE_SCALES] = {
  [NULLCURVE_STAGE_PER_SLOT] = { N_ ("Per slot"), N_ ("Per Real _Slot"), NULL },
  [NULLCURVE_STAGE_PER_TOKEN] = { N_ ("Per token"), N_ ("Per _Token"), NULL },
  [NULLCURVE_STAGE_EXCESS] = { N_ ("Excess"), N_ ("_Above the Ideal"), NULL },
};

static const Value load_scales[NULLCURVE_N_LOAD_SCALES] = {
  [NULLCURVE_LOAD_EXPERTS] = { N_ ("What experts get"), N_ ("What _Experts Get"), NULL },
  [NULLCURVE_LOAD_COST] = { N_ ("What it costs"), N_ ("What It _Costs"), NULL },
  [NULLCURVE_LOAD_THROUGHPUT] = { N_ ("Throughput against it"), N_ ("_Throughput Against It"),
                                  NULL },
};

/* Property, action and key of the settings have one name. */
static const struct
{
  const char *name;
  const MoeNames *names; /* of its values; NULL: it is on or off */
} choices[N_CHOICES] = {
  [CHOICE_VIEW] = { "view", &nullcurve_view_names },
  [CHOICE_SCALE] = { "scale", &nullcurve_view_scale_names },
  [CHOICE_FACETS] = { "facets", &nullcurve_faceting_names },
  [CHOICE_ALONG] = { "along", &nullcurve_along_names },
  [CHOICE_X_IDEAL] = { "x-ideal", NULL },
  [CHOICE_X_EXPERTS] = { "x-experts", NULL },
  [CHOICE_LOG_Y] = { "log-y", NULL },
  [CHOICE_LIMITS] = { "limits", NULL },
  [CHOICE_WHAT_IF] = { "what-if", &nullcurve_what_if_names },
  [CHOICE_STAGE_SCALE] = { "stage-scale", &nullcurve_stage_scale_names },
  [CHOICE_LOAD_SCALE] = { "load-scale", &nullcurve_load_scale_names },
};

struct _NullcurveChartPage
{
  AdwBin parent_instance;

  GtkBox *views; /* a button each, where there is room */
  GtkMenuButton *view_button;
  GtkMenuButton *scale_button;
  GtkMenuButton *stage_scale_button;
  GtkMenuButton *load_scale_button;
  GtkWidget *limits_button;
  GtkWidget *axes_button;
  GtkDropDown *curve_choice; /* which curve of the run in hand, in the stages and load views */
  GtkDropDown *phase_choice; /* which of its stages */
  NullcurveAnswerTiles *tiles;
  GtkStack *middle; /* the chart, or the table */
  NullcurveChartView *chart;
  NullcurvePointsTable *table;

  NullcurveRunsModel *runs;
  GSettings *settings; /* NULL: nobody remembers */
  GActionMap *actions; /* of the window; weak */
  int chosen[N_CHOICES];
  gboolean x_ideal_made_log;
  double at;                  /* the null fraction chosen; below 0: the largest */
  int part;                   /* of the view where it goes: the row chosen there */
  GArray *expected;           /* of double: tokens/s of the points being measured; NULL: unknown */
  gssize measuring;           /* the point under way; -1: none */
  guint redraw_id;            /* the one pending redraw */
  NullcurveViewport zoom_due; /* waits for a chart that has anything; unzoomed: none waits */
  NullcurveExportChoice export_choice;
  char *export_title;      /* what the next export is called instead; NULL: as it is */
  gssize export_panel;     /* that it has alone; -1: it has all */
  GCancellable *exporting; /* stops the views that are being written; NULL: none are */
  AdwToast *export_toast;  /* how far they are */
};

G_DEFINE_FINAL_TYPE (NullcurveChartPage, nullcurve_chart_page, ADW_TYPE_BIN)

static GParamSpec *properties[N_PROPERTIES];

static void curve_chosen_cb (NullcurveChartPage *self);
static void queue_redraw (NullcurveChartPage *self);

/* The run being measured, else the one in hand; NULL: none. */
static NullcurveRunItem *
get_current (NullcurveChartPage *self)
{
  NullcurveRunItem *live = nullcurve_runs_model_get_live (self->runs);

  return live != NULL ? live : nullcurve_runs_model_get_selected (self->runs);
}

static MoeRun *
get_current_run (NullcurveChartPage *self)
{
  NullcurveRunItem *current = get_current (self);

  return current != NULL ? nullcurve_run_item_get_run (current) : NULL;
}

/* The figure. */

static guint
get_curve (NullcurveChartPage *self)
{
  const guint curve = gtk_drop_down_get_selected (self->curve_choice);

  return curve != GTK_INVALID_LIST_POSITION ? curve : 0;
}

/* Which runs are hidden, and the colour and marker that each has in the list and so in the chart.
 */
static void
look_at_items (NullcurveChartPage *self, GArray *hidden, GArray *palettes)
{
  const guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      const gboolean hide = !nullcurve_run_item_get_visible (item);
      const guint palette = (guint)MAX (0, nullcurve_run_item_get_palette (item));

      g_array_append_val (hidden, hide);
      g_array_append_val (palettes, palette);
    }
}

static NullcurveViewChoice
get_choice (NullcurveChartPage *self)
{
  return (NullcurveViewChoice){
    .view = (NullcurveView)self->chosen[CHOICE_VIEW],
    .scale = (NullcurveViewScale)self->chosen[CHOICE_SCALE],
    .facets = (NullcurveFaceting)self->chosen[CHOICE_FACETS],
    .along = (NullcurveAlong)self->chosen[CHOICE_ALONG],
    .x_ideal = self->chosen[CHOICE_X_IDEAL],
    .x_experts = self->chosen[CHOICE_X_EXPERTS],
    .log_y = self->chosen[CHOICE_LOG_Y],
    .limits = self->chosen[CHOICE_LIMITS],
    .curve = get_curve (self),
    .phase = (NullcurveStagePhase)gtk_drop_down_get_selected (self->phase_choice),
    .what_if = (NullcurveWhatIf)self->chosen[CHOICE_WHAT_IF],
    .stage_scale = (NullcurveStageScale)self->chosen[CHOICE_STAGE_SCALE],
    .load_scale = (NullcurveLoadScale)self->chosen[CHOICE_LOAD_SCALE],
    .at = self->at,
    .part = self->part,
  };
}

/* The figure of what is chosen, and (unless NULL) the runs that it draws. */
static NullcurveFigure *
make_figure (NullcurveChartPage *self, GPtrArray **drawn)
{
  g_autoptr (GArray) hidden = g_array_new (FALSE, FALSE, sizeof (gboolean));
  g_autoptr (GArray) palettes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, FALSE);
  const NullcurveViewChoice choice = get_choice (self);
  NullcurveThroughputOptions state;
  NullcurveFigure *figure;
  guint current;

  look_at_items (self, hidden, palettes);
  nullcurve_throughput_options_init (&state);
  state.deltas = nullcurve_runs_model_get_deltas (self->runs);
  state.run_hidden = (const gboolean *)hidden->data;
  state.run_palettes = (const guint *)palettes->data;
  if (nullcurve_runs_model_find (self->runs, get_current (self), &current))
    state.current_run = current;
  if (nullcurve_runs_model_get_live (self->runs) != NULL)
    {
      state.measuring_record = self->measuring;
      state.forecast_tokens_per_s =
          self->expected != NULL ? (const double *)self->expected->data : NULL;
      state.n_forecast = self->expected != NULL ? self->expected->len : 0;
    }
  figure = nullcurve_view_figure (&choice, (MoeRun *const *)runs->pdata, runs->len, &state);
  nullcurve_chart_view_dress (self->chart, figure);
  if (drawn != NULL)
    *drawn = nullcurve_view_drawn_runs (&choice, (MoeRun *const *)runs->pdata, runs->len, &state);
  return figure;
}

NullcurveFigure *
nullcurve_chart_page_make_figure (NullcurveChartPage *self)
{
  return make_figure (self, NULL);
}

/* A list that somebody has open stays as it is while a run grows. */
static void
list_curves (GtkDropDown *choice, const GPtrArray *curves)
{
  GListModel *present = gtk_drop_down_get_model (choice);
  const guint n = curves != NULL ? curves->len : 0;
  gboolean same = GTK_IS_STRING_LIST (present) && g_list_model_get_n_items (present) == n;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  const guint chosen = gtk_drop_down_get_selected (choice);

  for (guint i = 0; i < n; i++)
    {
      const char *label = ((NullcurveCurve *)g_ptr_array_index (curves, i))->label;

      same = same && g_str_equal (label, gtk_string_list_get_string (GTK_STRING_LIST (present), i));
      gtk_string_list_append (names, label);
    }
  if (same)
    return;
  gtk_drop_down_set_model (choice, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (choice, chosen < n ? chosen : 0);
}

/* Hidden where there is nothing to choose. */
static void
update_choices (NullcurveChartPage *self)
{
  const NullcurveView view = (NullcurveView)self->chosen[CHOICE_VIEW];
  const NullcurveViewChoice choice = get_choice (self);
  MoeRun *run = nullcurve_view_is_of_curve (&choice) ? get_current_run (self) : NULL;
  g_autoptr (GPtrArray) curves = run != NULL ? nullcurve_curves_new (&run, 1) : NULL;

  g_signal_handlers_block_by_func (self->curve_choice, curve_chosen_cb, self);
  list_curves (self->curve_choice, curves);
  g_signal_handlers_unblock_by_func (self->curve_choice, curve_chosen_cb, self);
  gtk_widget_set_visible (GTK_WIDGET (self->curve_choice), curves != NULL && curves->len > 1);
  gtk_widget_set_visible (GTK_WIDGET (self->phase_choice),
                          view == NULLCURVE_VIEW_STAGES && run != NULL
                              && nullcurve_stages_has_backward (run));
}

/* On screen every figure over null fractions has the one that is chosen, to be taken hold of. */
static void
mark_figure (NullcurveChartPage *self, NullcurveFigure *figure)
{
  MoeRun *run = get_current_run (self);

  if (figure->bars == NULL && run != NULL && figure->x == NULLCURVE_X_FRACTION)
    figure->marker = nullcurve_where_snap (run, get_curve (self), self->at);
}

/* A zoom that waits is for the first chart with anything in it, or for none. */
static void
take_zoom (NullcurveChartPage *self, const NullcurveFigure *figure)
{
  const NullcurveViewport due = self->zoom_due;

  if (!nullcurve_viewport_is_zoomed (&due) || !nullcurve_figure_has_data (figure))
    return;
  self->zoom_due = (NullcurveViewport){ 0 };
  if (nullcurve_figure_shows_any (figure, &due))
    nullcurve_chart_view_set_viewport (self->chart, &due);
}

NullcurveViewport
nullcurve_chart_page_get_zoom (NullcurveChartPage *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), (NullcurveViewport){ 0 });
  return nullcurve_viewport_is_zoomed (&self->zoom_due)
             ? self->zoom_due
             : *nullcurve_chart_view_get_viewport (self->chart);
}

void
nullcurve_chart_page_set_zoom (NullcurveChartPage *self, const NullcurveViewport *zoom)
{
  g_return_if_fail (NULLCURVE_IS_CHART_PAGE (self));
  self->zoom_due = *zoom;
  queue_redraw (self);
}

static void
zoomed_cb (NullcurveChartPage *self)
{
  g_signal_emit_by_name (self, "zoomed");
}

static gboolean
redraw_cb (gpointer data)
{
  NullcurveChartPage *self = data;
  NullcurveFigure *figure;

  self->redraw_id = 0;
  update_choices (self);
  nullcurve_answer_tiles_set_run (self->tiles, get_current_run (self));
  figure = nullcurve_chart_page_make_figure (self);
  mark_figure (self, figure);
  nullcurve_chart_view_set_figure (self->chart, figure);
  take_zoom (self, figure);
  return G_SOURCE_REMOVE;
}

/* Draw the chart anew, before the next frame. */
static void
queue_redraw (NullcurveChartPage *self)
{
  if (self->redraw_id == 0 && self->runs != NULL)
    self->redraw_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, redraw_cb, self, NULL);
}

static void
curve_chosen_cb (NullcurveChartPage *self)
{
  queue_redraw (self);
}

/* The null fraction that is looked at. */

static void
set_at (NullcurveChartPage *self, double at)
{
  if (self->at == at)
    return;
  self->at = at;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT]);
  queue_redraw (self);
}

static void
marker_moved_cb (NullcurveChartPage *self, double x)
{
  MoeRun *run = get_current_run (self);
  const double at =
      run != NULL ? nullcurve_where_snap (run, get_curve (self), fmax (x, 1e-6)) : NAN;

  if (isfinite (at))
    set_at (self, at);
}

static void
marker_stepped_cb (NullcurveChartPage *self, int direction)
{
  MoeRun *run = get_current_run (self);
  const double at = run != NULL ? nullcurve_where_snap (run, get_curve (self), self->at) : NAN;

  if (isfinite (at))
    set_at (self, nullcurve_where_step (run, get_curve (self), at, direction));
}

static void
row_chosen_cb (NullcurveChartPage *self, int key)
{
  self->part = key;
  queue_redraw (self);
}

void
nullcurve_chart_page_set_measuring (NullcurveChartPage *self, gssize point, GArray *expected)
{
  g_return_if_fail (NULLCURVE_IS_CHART_PAGE (self));
  if (expected != NULL)
    {
      g_clear_pointer (&self->expected, g_array_unref);
      self->expected = expected;
    }
  if (self->measuring == point && expected == NULL)
    return;
  self->measuring = point;
  queue_redraw (self);
}

/* The choices. */

/* What the bar offers follows the view: nothing that would do nothing. */
static void
update_bar (NullcurveChartPage *self)
{
  const NullcurveView view = (NullcurveView)self->chosen[CHOICE_VIEW];

  gtk_menu_button_set_label (self->view_button, _ (views[view].title));
  gtk_menu_button_set_label (self->scale_button, _ (scales[self->chosen[CHOICE_SCALE]].title));
  gtk_widget_set_visible (GTK_WIDGET (self->scale_button), view == NULLCURVE_VIEW_THROUGHPUT);
  gtk_menu_button_set_label (self->stage_scale_button,
                             _ (stage_scales[self->chosen[CHOICE_STAGE_SCALE]].title));
  gtk_widget_set_visible (GTK_WIDGET (self->stage_scale_button), view == NULLCURVE_VIEW_STAGES);
  gtk_menu_button_set_label (self->load_scale_button,
                             _ (load_scales[self->chosen[CHOICE_LOAD_SCALE]].title));
  gtk_widget_set_visible (GTK_WIDGET (self->load_scale_button), view == NULLCURVE_VIEW_LOAD);
  gtk_widget_set_visible (self->limits_button, view == NULLCURVE_VIEW_THROUGHPUT);
  gtk_widget_set_visible (self->axes_button, view != NULLCURVE_VIEW_TABLE);
  gtk_stack_set_visible_child_name (self->middle, view == NULLCURVE_VIEW_TABLE ? "table" : "chart");
}

static void
choose (NullcurveChartPage *self, Choice choice, int value)
{
  if (self->chosen[choice] == value)
    return;
  self->chosen[choice] = value;
  /* There is one x axis. */
  if (value && (choice == CHOICE_X_IDEAL || choice == CHOICE_X_EXPERTS))
    choose (self, choice == CHOICE_X_IDEAL ? CHOICE_X_EXPERTS : CHOICE_X_IDEAL, FALSE);
  /* The ideal is a straight line when both axes are logarithmic: that is what one wants of it.
   * The vertical ones may be set back by themselves, and go back with it. */
  if (choice == CHOICE_X_IDEAL)
    {
      const gboolean made_log = value ? !self->chosen[CHOICE_LOG_Y] : self->x_ideal_made_log;

      if (made_log)
        choose (self, CHOICE_LOG_Y, value);
      self->x_ideal_made_log = value && made_log;
    }
  update_bar (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[choice]);
  queue_redraw (self);
}

static void
choose_by_name (NullcurveChartPage *self, Choice choice, const char *name)
{
  int value = 0;
  int scale;

  /* "absolute" and "relative" were views before they became scales of one. */
  if (choice == CHOICE_VIEW && moe_name_parse (&nullcurve_view_scale_names, name, &scale))
    choose (self, CHOICE_SCALE, scale);
  moe_name_parse (choices[choice].names, name, &value);
  choose (self, choice, value);
}

/* Where the rest of a curve of the run in hand goes, at the largest fraction. */
static void
asked_cb (NullcurveChartPage *self, guint curve)
{
  choose (self, CHOICE_VIEW, NULLCURVE_VIEW_WHERE);
  set_at (self, -1.0);
  self->part = NULLCURVE_WHERE_LARGEST;
  update_choices (self);
  gtk_drop_down_set_selected (self->curve_choice, curve);
  queue_redraw (self);
}

static void
nullcurve_chart_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NullcurveChartPage *self = NULLCURVE_CHART_PAGE (object);
  const int chosen = id < N_CHOICES ? self->chosen[id] : 0;

  if (id == PROP_AT)
    g_value_set_double (value, self->at);
  else if (choices[id].names != NULL)
    g_value_set_static_string (value, moe_name_of (choices[id].names, chosen));
  else
    g_value_set_boolean (value, chosen);
}

static void
nullcurve_chart_page_set_property (GObject *object,
                                   guint id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  NullcurveChartPage *self = NULLCURVE_CHART_PAGE (object);

  if (id == PROP_AT)
    set_at (self, g_value_get_double (value));
  else if (choices[id].names == NULL)
    choose (self, (Choice)id, g_value_get_boolean (value));
  else if (g_value_get_string (value) != NULL)
    choose_by_name (self, (Choice)id, g_value_get_string (value));
}

void
nullcurve_chart_page_set_settings (NullcurveChartPage *self, GSettings *settings)
{
  g_autoptr (GVariant) export_choice = NULL;

  g_return_if_fail (NULLCURVE_IS_CHART_PAGE (self) && self->settings == NULL);
  self->settings = g_object_ref (settings);
  /* What one window chooses does not turn the page in another. */
  for (int id = 1; id < N_PROPERTIES; id++)
    g_settings_bind (settings, properties[id]->name, self, properties[id]->name,
                     G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES
                         | G_SETTINGS_BIND_NO_SENSITIVITY);
  g_settings_set_string (settings, "view",
                         moe_name_of (&nullcurve_view_names, self->chosen[CHOICE_VIEW]));
  export_choice = g_settings_get_value (settings, "export");
  nullcurve_export_choice_from_variant (&self->export_choice, export_choice);
}

/* The runs. */

static void
set_enabled (NullcurveChartPage *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (self->actions, name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* The one place that decides what can be done now.  There is nothing to choose of no runs. */
static void
update_actions (NullcurveChartPage *self)
{
  const gboolean have_runs =
      self->runs != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->runs)) > 0;
  NullcurveRunItem *selected =
      self->runs != NULL ? nullcurve_runs_model_get_selected (self->runs) : NULL;

  if (self->actions == NULL)
    return;
  set_enabled (self, "export-chart", have_runs);
  set_enabled (self, "export-views", have_runs && self->exporting == NULL);
  set_enabled (self, "stop-export", self->exporting != NULL);
  set_enabled (self, "report", have_runs);
  set_enabled (self, "copy-chart", have_runs);
  set_enabled (self, "copy-table", have_runs);
  set_enabled (self, "export-csv",
               selected != NULL && nullcurve_run_item_count_measured (selected) > 0);
  for (int id = 1; id < N_CHOICES; id++)
    {
      const gboolean there = g_action_map_lookup_action (self->actions, choices[id].name) != NULL;

      if (!have_runs)
        g_action_map_remove_action (self->actions, choices[id].name);
      else if (!there)
        {
          g_autoptr (GPropertyAction) action =
              g_property_action_new (choices[id].name, self, choices[id].name);

          g_action_map_add_action (self->actions, G_ACTION (action));
        }
    }
}

static void
baseline_cb (NullcurveChartPage *self)
{
  if (nullcurve_runs_model_get_baseline (self->runs) == NULL
      && self->chosen[CHOICE_SCALE] == NULLCURVE_VIEW_BASELINE)
    choose (self, CHOICE_SCALE, NULLCURVE_VIEW_ABSOLUTE);
}

/* Expectations are of one run. */
static void
live_cb (NullcurveChartPage *self)
{
  if (nullcurve_runs_model_get_live (self->runs) == NULL)
    g_clear_pointer (&self->expected, g_array_unref);
  self->measuring = -1;
  queue_redraw (self);
}

/* Where a record stands on the x axis; NaN where that is of something else. */
static double
place_of (const NullcurveFigure *figure, const MoeRecord *record)
{
  return figure->x == NULLCURVE_X_FRACTION ? record->null_target : NAN;
}

/* A row of the table is a point of the chart: the crosshair goes there. */
static void
point_chosen_cb (NullcurveChartPage *self, NullcurvePointItem *point)
{
  const NullcurveFigure *figure = nullcurve_chart_view_get_figure (self->chart);
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, FALSE);
  g_autoptr (GPtrArray) curves = nullcurve_curves_new ((MoeRun *const *)runs->pdata, runs->len);
  MoeRun *run = nullcurve_run_item_get_run (nullcurve_point_item_get_run (point));
  const gsize index = nullcurve_point_item_get_index (point);

  for (guint i = 0; figure != NULL && i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      for (guint k = 0; g_ptr_array_index (runs, curve->run) == run && k < curve->indices->len; k++)
        if (g_array_index (curve->indices, gsize, k) == index)
          {
            nullcurve_chart_view_choose (self->chart, curve->key,
                                         place_of (figure, moe_run_get_record (run, index)));
            return;
          }
    }
}

void
nullcurve_chart_page_set_runs (NullcurveChartPage *self, NullcurveRunsModel *runs)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } signals[] = {
    { "changed", G_CALLBACK (queue_redraw) },
    { "changed", G_CALLBACK (update_actions) },
    { "items-changed", G_CALLBACK (update_actions) },
    { "notify::selected", G_CALLBACK (update_actions) },
    { "notify::baseline", G_CALLBACK (baseline_cb) },
    { "notify::live", G_CALLBACK (live_cb) },
    { "compared", G_CALLBACK (queue_redraw) },
  };

  g_return_if_fail (NULLCURVE_IS_CHART_PAGE (self) && self->runs == NULL);
  self->runs = g_object_ref (runs);
  nullcurve_points_table_set_runs (self->table, runs);
  g_signal_connect_object (self->table, "chosen", G_CALLBACK (point_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (runs, signals[i].signal, signals[i].callback, self, G_CONNECT_SWAPPED);
  update_actions (self);
  queue_redraw (self);
}

/* To the clipboard and into files. */

/* How charts of these runs are exported; *caption and *provenance own what the options point to. */
static void
get_export_options (NullcurveChartPage *self,
                    const GPtrArray *runs,
                    NullcurveExportOptions *options,
                    char **caption,
                    char **provenance)
{
  nullcurve_export_choice_fill (&self->export_choice, (MoeRun *const *)runs->pdata, runs->len,
                                options, caption, provenance);
}

/* As an image, which most programs take, and as a drawing, for those that can. */
static GdkContentProvider *
offer_chart (GBytes *png, GBytes *svg, GError **error)
{
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (png, error);
  GdkContentProvider *offers[3];

  if (texture == NULL)
    return NULL;
  offers[0] = gdk_content_provider_new_for_bytes ("image/png", png);
  offers[1] = gdk_content_provider_new_for_bytes ("image/svg+xml", svg);
  offers[2] = gdk_content_provider_new_typed (GDK_TYPE_TEXTURE, texture);
  return gdk_content_provider_new_union (offers, G_N_ELEMENTS (offers));
}

static gboolean
copy_chart (NullcurveChartPage *self, GError **error)
{
  g_autoptr (GPtrArray) drawn = NULL;
  g_autoptr (NullcurveFigure) figure = make_figure (self, &drawn);
  g_autofree char *caption = NULL;
  g_autofree char *provenance = NULL;
  NullcurveExportOptions options;
  const char *name = _ ("on the clipboard");
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GBytes) svg = NULL;
  g_autoptr (GdkContentProvider) offer = NULL;

  get_export_options (self, drawn, &options, &caption, &provenance);
  png = nullcurve_chart_export_bytes (figure, NULLCURVE_EXPORT_PNG, name, &options, error);
  if (png != NULL)
    svg = nullcurve_chart_export_bytes (figure, NULLCURVE_EXPORT_SVG, name, &options, error);
  if (svg != NULL)
    offer = offer_chart (png, svg, error);
  return offer != NULL
         && gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), offer);
}

static void
copy_chart_action (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  g_autoptr (GError) error = NULL;

  if (copy_chart (self, &error))
    nullcurve_notice_say (self, _ ("Chart copied"));
  else
    nullcurve_notice_error (self, _ ("Could Not Copy"), error != NULL ? error->message : "");
}

static void
copy_table_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;
  g_autofree char *text = nullcurve_table_text (nullcurve_points_table_get_rows (self->table),
                                                g_variant_get_string (parameter, NULL));

  if (text == NULL)
    {
      nullcurve_notice_say (data, _ ("There are no points to copy yet"));
      return;
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (data), text);
  nullcurve_notice_say (data, _ ("Table copied"));
}

/* Say where it is, with a way to it. */
static gboolean
finish_export (NullcurveChartPage *self, GFile *file, gboolean written, const GError *error)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *message = g_strdup_printf (_ ("Saved %s"), name);
  g_autofree char *markup = g_markup_escape_text (message, -1);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  AdwToast *toast;

  if (!written)
    {
      nullcurve_notice_error (GTK_WIDGET (self), _ ("Could Not Save"), error->message);
      return FALSE;
    }
  toast = adw_toast_new (markup);
  if (folder != NULL)
    {
      g_autofree char *uri = g_file_get_uri (folder);

      adw_toast_set_button_label (toast, _ ("Open Folder"));
      adw_toast_set_action_name (toast, "win.open-folder");
      adw_toast_set_action_target_value (toast, g_variant_new_string (uri));
    }
  nullcurve_notice_toast (GTK_WIDGET (self), toast);
  return TRUE;
}

static void
open_folder_action (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (self)), g_variant_get_string (parameter, NULL),
                GDK_CURRENT_TIME);
}

gboolean
nullcurve_chart_page_export_csv (NullcurveChartPage *self, GFile *file)
{
  g_autoptr (GError) error = NULL;
  NullcurveRunItem *selected;
  gboolean written;

  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), FALSE);
  selected = nullcurve_runs_model_get_selected (self->runs);
  g_return_val_if_fail (selected != NULL, FALSE);
  written = moe_formats_write_csv (nullcurve_run_item_get_run (selected), file, &error);
  return finish_export (self, file, written, error);
}

/* They are of one export. */
static void
forget_edits (NullcurveChartPage *self)
{
  g_clear_pointer (&self->export_title, g_free);
  self->export_panel = -1;
}

gboolean
nullcurve_chart_page_export_chart (NullcurveChartPage *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *caption = NULL;
  g_autofree char *provenance = NULL;
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (GPtrArray) drawn = NULL;
  g_autoptr (GError) error = NULL;
  NullcurveExportOptions options;
  gboolean written;

  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), FALSE);
  if (path == NULL)
    {
      nullcurve_notice_error (GTK_WIDGET (self), _ ("Could Not Save"),
                              _ ("A chart can only be saved in a folder of this machine."));
      return FALSE;
    }
  figure = make_figure (self, &drawn);
  if (self->export_title != NULL)
    nullcurve_figure_set_text (&figure->title, self->export_title);
  nullcurve_figure_show_panel (figure, self->export_panel);
  forget_edits (self);
  get_export_options (self, drawn, &options, &caption, &provenance);
  written = nullcurve_chart_export (figure, path, &options, &error);
  return finish_export (self, file, written, error);
}

gboolean
nullcurve_chart_page_export_report (NullcurveChartPage *self, GFile *file)
{
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) error = NULL;
  gboolean written;

  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), FALSE);
  runs = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  written = nullcurve_report_write (runs, file, &error);
  return finish_export (self, file, written, error);
}

/* A file's name from a title: what file systems and shells take without quotes. */
static char *
name_from_title (const char *title)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *p = title; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || *p == '.' || *p == '_')
      g_string_append_c (name, *p);
    else if (name->len > 0 && name->str[name->len - 1] != '-')
      g_string_append_c (name, '-');
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);
  return g_strdup (name->len > 0 ? name->str : "nullcurve");
}

/* Run (or how many) and view, without the ending. */
static char *
dup_export_stem (const GPtrArray *drawn, int view)
{
  const char *title = drawn->len == 1 ? moe_run_get_title (drawn->pdata[0]) : NULL;
  g_autofree char *stem = title != NULL    ? name_from_title (title)
                          : drawn->len > 1 ? g_strdup_printf (_ ("%u-runs"), drawn->len)
                                           : g_strdup ("nullcurve");

  return g_strdup_printf ("%s-%s", stem, moe_name_of (&nullcurve_view_names, view));
}

char *
nullcurve_chart_page_dup_export_name (NullcurveChartPage *self)
{
  g_autoptr (GPtrArray) drawn = NULL;
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autofree char *stem = NULL;

  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), NULL);
  figure = make_figure (self, &drawn);
  stem = dup_export_stem (drawn, self->chosen[CHOICE_VIEW]);
  return g_strdup_printf ("%s.%s", stem, nullcurve_export_format_name (self->export_choice.format));
}

/* One view more for the set, as it would be exported by itself, if it has something to show. */
static void
add_view (NullcurveChartPage *self, NullcurveExportSet *set, int view)
{
  const int shown = self->chosen[CHOICE_VIEW];
  g_autoptr (GPtrArray) drawn = NULL;
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autofree char *caption = NULL;
  g_autofree char *provenance = NULL;
  g_autofree char *stem = NULL;
  NullcurveExportOptions options;

  self->chosen[CHOICE_VIEW] = view;
  figure = make_figure (self, &drawn);
  self->chosen[CHOICE_VIEW] = shown;
  /* What is zoomed to is of the view on screen. */
  if (view != shown)
    figure->viewport = (NullcurveViewport){ 0 };
  if (!nullcurve_figure_has_data (figure) && figure->bars == NULL)
    return;
  stem = dup_export_stem (drawn, view);
  get_export_options (self, drawn, &options, &caption, &provenance);
  nullcurve_export_set_add (set, g_steal_pointer (&figure), stem, &options);
}

static void
show_progress (NullcurveChartPage *self, guint written, guint n)
{
  g_autofree char *words = NULL;

  if (self->export_toast == NULL)
    return;
  words = g_strdup_printf (_ ("Saving chart %u of %u…"), MIN (written + 1, n), n);
  adw_toast_set_title (self->export_toast, words);
}

/* A toast that stays until they are all there, or somebody stops them. */
static void
show_export (NullcurveChartPage *self, guint n)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_timeout (toast, 0);
  adw_toast_set_button_label (toast, _ ("Stop"));
  adw_toast_set_action_name (toast, "win.stop-export");
  g_set_object (&self->export_toast, toast);
  show_progress (self, 0, n);
  nullcurve_notice_toast (GTK_WIDGET (self), toast);
}

/* What of the set is there, whatever became of it. */
static char *
describe_written (guint written, guint n)
{
  if (written == n)
    return g_strdup_printf (g_dngettext (NULL, "Saved %u chart", "Saved %u charts", n), n);
  return g_strdup_printf (
      g_dngettext (NULL, "%u of %u chart is saved", "%u of %u charts are saved", n), written, n);
}

/* Set of how many, and into which folder.  The page may go meanwhile. */
typedef struct Exported
{
  GWeakRef page;
  GFile *folder;
  guint n;
} Exported;

static void
tell_exported (NullcurveChartPage *self,
               const Exported *exported,
               guint written,
               const GError *error)
{
  g_autofree char *words = describe_written (written, exported->n);
  g_autofree char *body = NULL;
  g_autofree char *uri = g_file_get_uri (exported->folder);
  AdwToast *toast;

  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      body = g_strdup_printf ("%s\n\n%s.", error->message, words);
      nullcurve_notice_error (GTK_WIDGET (self), _ ("Could Not Save"), body);
      return;
    }
  toast = adw_toast_new (words);
  if (written > 0)
    {
      adw_toast_set_button_label (toast, _ ("Open Folder"));
      adw_toast_set_action_name (toast, "win.open-folder");
      adw_toast_set_action_target_value (toast, g_variant_new_string (uri));
    }
  nullcurve_notice_toast (GTK_WIDGET (self), toast);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Exported *exported = data;
  g_autoptr (NullcurveChartPage) self = g_weak_ref_get (&exported->page);
  g_autoptr (GError) error = NULL;
  guint written;

  nullcurve_export_set_write_finish (result, &written, &error);
  if (self != NULL && self->exporting != NULL)
    {
      g_clear_object (&self->exporting);
      adw_toast_dismiss (self->export_toast);
      g_clear_object (&self->export_toast);
      update_actions (self);
      tell_exported (self, exported, written, error);
    }
  g_weak_ref_clear (&exported->page);
  g_object_unref (exported->folder);
  g_free (exported);
}

static void
exported_progress_cb (guint written, guint n, gpointer data)
{
  Exported *exported = data;
  g_autoptr (NullcurveChartPage) self = g_weak_ref_get (&exported->page);

  if (self != NULL)
    show_progress (self, written, n);
}

gboolean
nullcurve_chart_page_export_views (NullcurveChartPage *self, GFile *folder)
{
  g_autofree char *path = g_file_get_path (folder);
  NullcurveExportSet *set;
  Exported *exported;

  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self) && self->exporting == NULL, FALSE);
  if (path == NULL)
    {
      nullcurve_notice_error (GTK_WIDGET (self), _ ("Could Not Save"),
                              _ ("A chart can only be saved in a folder of this machine."));
      return FALSE;
    }
  set = nullcurve_export_set_new (path, self->export_choice.format);
  for (int view = 0; view < NULLCURVE_N_VIEWS; view++)
    if (view != NULLCURVE_VIEW_TABLE)
      add_view (self, set, view);
  exported = g_new0 (Exported, 1);
  g_weak_ref_init (&exported->page, self);
  exported->folder = g_object_ref (folder);
  exported->n = nullcurve_export_set_length (set);
  self->exporting = g_cancellable_new ();
  show_export (self, exported->n);
  update_actions (self);
  nullcurve_export_set_write (set, self->exporting, exported_progress_cb, exported_cb, exported);
  return TRUE;
}

gboolean
nullcurve_chart_page_is_exporting (NullcurveChartPage *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_PAGE (self), FALSE);
  return self->exporting != NULL;
}

static void
stop_export_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;

  g_cancellable_cancel (self->exporting);
}

static void
folder_response_cb (GtkNativeDialog *dialog, int response, NullcurveChartPage *self)
{
  g_autoptr (GFile) folder = response == GTK_RESPONSE_ACCEPT
                                 ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                                 : NULL;

  if (folder != NULL && self->exporting == NULL)
    nullcurve_chart_page_export_views (self, folder);
  g_object_unref (dialog);
}

static void
export_views_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Folder for All Views"), GTK_WINDOW (gtk_widget_get_root (data)),
      GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Save Here"), NULL);

  nullcurve_last_folder_apply (self->settings, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
export_csv_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (self->runs);
  g_autofree char *stem = name_from_title (nullcurve_run_item_get_title (selected));
  g_autofree char *name = g_strconcat (stem, g_str_has_suffix (stem, ".csv") ? "" : ".csv", NULL);
  GtkFileChooserNative *dialog =
      nullcurve_save_dialog_new (data, self->settings, _ ("Export Run as CSV"), name, NULL,
                                 (NullcurveSave)nullcurve_chart_page_export_csv);

  nullcurve_save_dialog_add_format (dialog, _ ("Nullcurve CSV"), "csv");
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
report_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;
  GtkFileChooserNative *dialog = nullcurve_save_dialog_new (
      data, self->settings, _ ("Save Report"), "nullcurve-report.html",
      nullcurve_report_knows_extension, (NullcurveSave)nullcurve_chart_page_export_report);

  nullcurve_save_dialog_add_format (dialog, _ ("Web page, complete in one file"), "html");
  nullcurve_save_dialog_add_format (dialog, _ ("Markdown"), "md");
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* The formats in the list, the chosen one first. */
static void
save_chart_cb (NullcurveChartPage *self, NullcurveExportDialog *options)
{
  static const char *const words[NULLCURVE_N_EXPORT_FORMATS] = { N_ ("PNG image"),
                                                                 N_ ("SVG drawing"),
                                                                 N_ ("PDF document") };
  NullcurveExportChoice *choice = &self->export_choice;
  g_autofree char *name = NULL;
  GtkFileChooserNative *dialog;

  nullcurve_export_dialog_get_choice (options, choice);
  forget_edits (self);
  self->export_title = nullcurve_export_dialog_dup_title (options);
  self->export_panel = nullcurve_export_dialog_get_panel (options);
  gtk_window_destroy (GTK_WINDOW (options));
  if (self->settings != NULL)
    g_settings_set_value (self->settings, "export", nullcurve_export_choice_to_variant (choice));
  name = nullcurve_chart_page_dup_export_name (self);
  dialog = nullcurve_save_dialog_new (GTK_WIDGET (self), self->settings, _ ("Save Chart"), name,
                                      nullcurve_export_knows_extension,
                                      (NullcurveSave)nullcurve_chart_page_export_chart);
  for (int i = 0; i < NULLCURVE_N_EXPORT_FORMATS; i++)
    {
      const int format = (choice->format + i) % NULLCURVE_N_EXPORT_FORMATS;

      nullcurve_save_dialog_add_format (
          dialog, _ (words[format]), nullcurve_export_format_name ((NullcurveExportFormat)format));
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
export_chart_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  NullcurveChartPage *self = data;
  g_autoptr (GPtrArray) drawn = NULL;
  NullcurveFigure *figure = make_figure (self, &drawn);
  g_autofree char *caption =
      nullcurve_provenance_caption ((MoeRun *const *)drawn->pdata, drawn->len);
  GtkWidget *dialog = nullcurve_export_dialog_new (GTK_WINDOW (gtk_widget_get_root (data)), figure,
                                                   caption, &self->export_choice);

  forget_edits (self);
  g_signal_connect_object (dialog, "save", G_CALLBACK (save_chart_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
nullcurve_chart_page_add_actions (NullcurveChartPage *self, GActionMap *map)
{
  static const GActionEntry entries[] = {
    { .name = "export-chart", .activate = export_chart_action },
    { .name = "export-views", .activate = export_views_action },
    { .name = "stop-export", .activate = stop_export_action },
    { .name = "export-csv", .activate = export_csv_action },
    { .name = "report", .activate = report_action },
    { .name = "copy-chart", .activate = copy_chart_action },
    { .name = "copy-table", .activate = copy_table_action, .parameter_type = "s" },
    { .name = "open-folder", .activate = open_folder_action, .parameter_type = "s" },
  };

  g_return_if_fail (NULLCURVE_IS_CHART_PAGE (self));
  g_set_weak_pointer (&self->actions, map);
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), self);
  update_actions (self);
}

/* The widget. */

static void
add_menu (GtkMenuButton *button, const Value *values, Choice choice, const char *action)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  for (gsize i = 0; i < choices[choice].names->n; i++)
    {
      g_autoptr (GMenuItem) item =
          g_menu_item_new (_ (values[i].label != NULL ? values[i].label : values[i].title), NULL);

      g_menu_item_set_action_and_target (item, action, "s", choices[choice].names->names[i]);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
add_views (NullcurveChartPage *self)
{
  for (int i = 0; i < NULLCURVE_N_VIEWS; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_ (views[i].title));

      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.view");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s",
                                        moe_name_of (&nullcurve_view_names, i));
      gtk_widget_set_tooltip_text (button, _ (views[i].tip));
      gtk_widget_add_css_class (button, "flat");
      gtk_box_append (self->views, button);
    }
}

/* Labels of curves may be long: the bar has room for their beginnings. */
static void
curve_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
  gtk_list_item_set_child (item, label);
}

static void
curve_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *name = gtk_list_item_get_item (item);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (name));
}

static void
shorten_curves (GtkDropDown *choice)
{
  g_autoptr (GtkListItemFactory) brief = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkListItemFactory) whole = g_object_ref (gtk_drop_down_get_factory (choice));

  g_signal_connect (brief, "setup", G_CALLBACK (curve_setup_cb), NULL);
  g_signal_connect (brief, "bind", G_CALLBACK (curve_bind_cb), NULL);
  gtk_drop_down_set_factory (choice, brief);
  gtk_drop_down_set_list_factory (choice, whole);
}

static void
nullcurve_chart_page_dispose (GObject *object)
{
  NullcurveChartPage *self = NULLCURVE_CHART_PAGE (object);

  g_clear_handle_id (&self->redraw_id, g_source_remove);
  g_clear_weak_pointer (&self->actions);
  g_clear_pointer (&self->expected, g_array_unref);
  g_clear_object (&self->runs);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->export_title, g_free);
  if (self->exporting != NULL)
    g_cancellable_cancel (self->exporting);
  g_clear_object (&self->exporting);
  g_clear_object (&self->export_toast);
  G_OBJECT_CLASS (nullcurve_chart_page_parent_class)->dispose (object);
}

static void
nullcurve_chart_page_class_init (NullcurveChartPageClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = nullcurve_chart_page_dispose;
  object_class->get_property = nullcurve_chart_page_get_property;
  object_class->set_property = nullcurve_chart_page_set_property;
  for (int id = 1; id < N_CHOICES; id++)
    properties[id] =
        choices[id].names != NULL
            ? g_param_spec_string (choices[id].name, NULL, NULL, choices[id].names->names[0], flags)
            : g_param_spec_boolean (choices[id].name, NULL, NULL, FALSE, flags);
  properties[PROP_AT] = g_param_spec_double ("at", NULL, NULL, -1.0, 1.0, -1.0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  g_signal_new ("zoomed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_type_ensure (NULLCURVE_TYPE_ANSWER_TILES);
  g_type_ensure (NULLCURVE_TYPE_CHART_VIEW);
  g_type_ensure (NULLCURVE_TYPE_POINTS_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "chart-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, views);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, view_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, scale_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, stage_scale_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, load_scale_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, limits_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, axes_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, curve_choice);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, phase_choice);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, tiles);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, middle);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, chart);
  gtk_widget_class_bind_template_child (widget_class, NullcurveChartPage, table);
}

static void
nullcurve_chart_page_init (NullcurveChartPage *self)
{
  self->measuring = self->export_panel = -1;
  self->at = -1.0;
  nullcurve_export_choice_init (&self->export_choice);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_views (self);
  add_menu (self->view_button, views, CHOICE_VIEW, "win.view");
  add_menu (self->scale_button, scales, CHOICE_SCALE, "win.scale");
  add_menu (self->stage_scale_button, stage_scales, CHOICE_STAGE_SCALE, "win.stage-scale");
  add_menu (self->load_scale_button, load_scales, CHOICE_LOAD_SCALE, "win.load-scale");
  shorten_curves (self->curve_choice);
  g_signal_connect_swapped (self->curve_choice, "notify::selected", G_CALLBACK (curve_chosen_cb),
                            self);
  g_signal_connect_swapped (self->phase_choice, "notify::selected", G_CALLBACK (queue_redraw),
                            self);
  g_signal_connect_swapped (self->tiles, "asked", G_CALLBACK (asked_cb), self);
  g_signal_connect_swapped (self->chart, "marker-moved", G_CALLBACK (marker_moved_cb), self);
  g_signal_connect_swapped (self->chart, "marker-stepped", G_CALLBACK (marker_stepped_cb), self);
  g_signal_connect_swapped (self->chart, "zoomed", G_CALLBACK (zoomed_cb), self);
  g_signal_connect_swapped (self->chart, "row-chosen", G_CALLBACK (row_chosen_cb), self);
  update_bar (self);
}
