/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons that are ready to be made: two sweeps of the present setup that differ in one option,
 * measured side by side. */
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

typedef enum Ready
{
  READY_MODES,    /* independent, take_until_null */
  READY_DISPATCH, /* compact, carry */
  N_READY
} Ready;

typedef struct Words
{
  const char *first, *second; /* after the name of the setup */
  const char *title;          /* of the verdict */
} Words;

static const Words words[N_READY] = {
  [READY_MODES] = { N_ ("independent"), N_ ("take until null"),
                    N_ ("Take until null against independent") },
  [READY_DISPATCH] = { N_ ("compact"), N_ ("carry"), N_ ("Carry against compact") },
};

static void
set_options (NullcurveWindow *self, Ready ready, gboolean second, MoeOptions *options)
{
  nullcurve_setup_panel_get_options (self->setup, options);
  if (ready == READY_MODES)
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
find_problem (NullcurveWindow *self, Ready ready)
{
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  if (problem != NULL)
    return g_strdup (problem);
  MoeOptions first, second;
  MoeError error = { 0 };
  double expected_s;
  set_options (self, ready, FALSE, &first);
  set_options (self, ready, TRUE, &second);
  if (!nullcurve_window_can_measure_beside (self, &first, &second, &expected_s, &error))
    return g_strdup (error.message);
  if (!has_null_slots (&first))
    return g_strdup (_ ("Set a null fraction above 0: without null slots the two are the same."));
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
  for (int ready = 0; ready < N_READY; ready++)
    {
      g_autofree char *problem = find_problem (self, (Ready)ready);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[ready], problem == NULL);
      gtk_widget_set_tooltip_text (buttons[ready], problem != NULL ? problem : _ (tooltips[ready]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (buttons[ready]),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                      problem != NULL ? problem : _ (tooltips[ready]), -1);
    }
}

static NullcurveJobItem *
new_job (NullcurveWindow *self, Ready ready, gboolean second)
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
start (NullcurveWindow *self, Ready ready)
{
  g_autofree char *problem = find_problem (self, ready);
  if (problem != NULL)
    return;
  g_autoptr (NullcurveJobItem) first = new_job (self, ready, FALSE);
  g_autoptr (NullcurveJobItem) second = new_job (self, ready, TRUE);
  nullcurve_window_enqueue_beside (self, first, second, _ (words[ready].title));
  nullcurve_window_hold_queue (self, FALSE);
}

static void
compare_modes_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (NULLCURVE_WINDOW (widget), READY_MODES);
}

static void
compare_dispatch_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (NULLCURVE_WINDOW (widget), READY_DISPATCH);
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
