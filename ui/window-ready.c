/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons that are ready to be made: two sweeps of the present setup that differ in one option,
 * the first of them pinned, and at the end the sentence that says how the second did. */
#include "ui/window-private.h"

#include "ui/text.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum
{
  VERDICT_S = 20 /* that the toast stays: a sentence to be read, not a receipt */
};

typedef struct Words
{
  const char *first, *second; /* after the name of the setup */
  const char *title;          /* of the verdict */
} Words;

static const Words words[NULLCURVE_N_READY] = {
  [NULLCURVE_READY_MODES] = { N_ ("independent"), N_ ("take until null"),
                              N_ ("Take until null against independent") },
  [NULLCURVE_READY_DISPATCH] = { N_ ("compact"), N_ ("carry"), N_ ("Carry against compact") },
};

static void
set_options (NullcurveWindow *self, NullcurveReady ready, gboolean second, MoeOptions *options)
{
  nullcurve_setup_panel_get_options (self->setup, options);
  if (ready == NULLCURVE_READY_MODES)
    options->null_routing_mode = second ? MOE_NULL_MODE_TAKE_UNTIL_NULL : MOE_NULL_MODE_INDEPENDENT;
  else
    options->null_dispatch = second ? MOE_NULL_DISPATCH_CARRY : MOE_NULL_DISPATCH_COMPACT;
}

static gboolean
has_null_slots (const MoeOptions *options)
{
  MoePlan plan;
  gboolean any = FALSE;
  if (moe_plan_new (options, &plan, NULL) != MOE_OK)
    return FALSE;
  for (size_t i = 0; i < plan.n_points; i++)
    any = any || plan.points[i].routing.null_target > 0;
  moe_plan_clear (&plan);
  return any;
}

/* Why the comparison cannot be made, owned by the caller; NULL: it can. */
static char *
find_problem (NullcurveWindow *self, NullcurveReady ready)
{
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  if (problem != NULL)
    return g_strdup (problem);
  for (int second = 0; second < 2; second++)
    {
      MoeOptions options;
      MoeError error = { 0 };
      double expected_s;
      set_options (self, ready, second, &options);
      if (!nullcurve_window_can_measure (self, &options, &expected_s, &error))
        return g_strdup (error.message);
      if (!has_null_slots (&options))
        return g_strdup (_ ("Set a null fraction above 0: without null slots the two are the "
                            "same."));
    }
  return NULL;
}

void
nullcurve_window_update_ready (NullcurveWindow *self)
{
  static const char *const actions[] = { "win.compare-modes", "win.compare-dispatch" };
  static const char *const tooltips[] = {
    N_ ("Measure this setup with both null modes and say which is faster"),
    N_ ("Measure this setup with null slots dropped and with null slots carried along"),
  };
  GtkWidget *buttons[] = { self->ready_modes, self->ready_dispatch };
  for (int ready = 0; ready < NULLCURVE_N_READY; ready++)
    {
      g_autofree char *problem = find_problem (self, (NullcurveReady)ready);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[ready], problem == NULL);
      gtk_widget_set_tooltip_text (buttons[ready], problem != NULL ? problem : _ (tooltips[ready]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (buttons[ready]),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      problem != NULL ? problem : _ (tooltips[ready]), -1);
    }
}

void
nullcurve_window_forget_ready (NullcurveWindow *self)
{
  g_clear_object (&self->ready_jobs[0]);
  g_clear_object (&self->ready_jobs[1]);
  g_clear_object (&self->ready_taken);
  g_clear_object (&self->ready_first);
}

static NullcurveJobItem *
new_job (NullcurveWindow *self, NullcurveReady ready, gboolean second)
{
  MoeOptions options;
  double expected_s = NAN;
  g_autofree char *shape = nullcurve_setup_panel_dup_shape_name (self->setup);
  g_autofree char *name =
      g_strdup_printf ("%s, %s", shape, _ (second ? words[ready].second : words[ready].first));
  set_options (self, ready, second, &options);
  nullcurve_window_can_measure (self, &options, &expected_s, NULL);
  return nullcurve_job_item_new (name, &options, expected_s);
}

static void
start (NullcurveWindow *self, NullcurveReady ready)
{
  g_autofree char *problem = find_problem (self, ready);
  if (problem != NULL)
    return;
  nullcurve_window_forget_ready (self);
  self->ready = ready;
  for (int second = 0; second < 2; second++)
    self->ready_jobs[second] = new_job (self, ready, second);
  /* The queue may be taken from as soon as the first is there. */
  for (int second = 0; second < 2 && self->ready_jobs[second] != NULL; second++)
    nullcurve_window_enqueue_job (self, self->ready_jobs[second]);
  nullcurve_window_hold_queue (self, FALSE);
}

/* The next run to begin is this job's. */
void
nullcurve_window_ready_take (NullcurveWindow *self, NullcurveJobItem *job)
{
  g_set_object (&self->ready_taken, job);
}

static void
pin_first (NullcurveWindow *self, NullcurveRunItem *item)
{
  nullcurve_window_set_baseline (self, item);
  nullcurve_window_set_view (self, NULLCURVE_VIEW_THROUGHPUT);
  nullcurve_window_set_relation (self, NULLCURVE_RELATION_BASELINE);
}

/* "Take until null against independent: faster at 4 of 5 points (median +3.1 %), ..." */
static char *
dup_verdict (NullcurveWindow *self, NullcurveRunItem *item)
{
  MoeRun *a = nullcurve_run_item_get_run (self->ready_first);
  MoeRun *b = nullcurve_run_item_get_run (item);
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autofree char *headline = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  return g_strdup_printf ("%s: %s", _ (words[self->ready].title), headline);
}

static void
say_verdict (NullcurveWindow *self, NullcurveRunItem *item)
{
  g_autofree char *verdict = dup_verdict (self, item);
  g_autofree char *markup = g_markup_escape_text (verdict, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, VERDICT_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
  nullcurve_run_list_select (self->run_list, item);
}

void
nullcurve_window_ready_end (NullcurveWindow *self, NullcurveRunItem *item, gboolean whole)
{
  g_autoptr (NullcurveJobItem) job = g_steal_pointer (&self->ready_taken);
  gboolean first = job != NULL && job == self->ready_jobs[0];
  gboolean second = job != NULL && job == self->ready_jobs[1];
  if (!first && !second)
    return;
  if (whole && first)
    {
      /* Kept beside the pin, which may be on another run, or on none, when the second is there. */
      g_set_object (&self->ready_first, item);
      pin_first (self, item);
    }
  else if (whole)
    say_verdict (self, item);
  if (!whole || second)
    nullcurve_window_forget_ready (self);
}

static void
compare_modes_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (NULLCURVE_WINDOW (widget), NULLCURVE_READY_MODES);
}

static void
compare_dispatch_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (NULLCURVE_WINDOW (widget), NULLCURVE_READY_DISPATCH);
}

void
nullcurve_window_install_ready (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, ready_modes);
  gtk_widget_class_bind_template_child (widget_class, NullcurveWindow, ready_dispatch);
  gtk_widget_class_install_action (widget_class, "win.compare-modes", NULL, compare_modes_action);
  gtk_widget_class_install_action (widget_class, "win.compare-dispatch", NULL,
                                   compare_dispatch_action);
}
