/* SPDX-License-Identifier: Apache-2.0 */
/* Two setups measured side by side, in the same rounds: a run's and what is set up, or the two of a
 * ready comparison; and at the end the sentence that says how the second did. */
#include "ui/window/window-private.h"

#include "engine/bench/runner.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/sweep/run-options.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum
{
  VERDICT_S = 20, /* that the toast stays: a sentence to be read, not a receipt */
  MAX_NAMED = 3   /* options that a name tells of */
};

/* --- what is measured --- */

static gboolean
have_as_many_points (const MoeOptions *first, const MoeOptions *second)
{
  MoePlan plans[MOE_MAX_SETUPS] = { 0 };
  MoeSetup setups[MOE_MAX_SETUPS] = { { .plan = &plans[0] }, { .plan = &plans[1] } };
  gboolean good = moe_plan_new (first, &plans[0], NULL) == MOE_OK
                  && moe_plan_new (second, &plans[1], NULL) == MOE_OK
                  && moe_run_check_setups (setups, MOE_MAX_SETUPS, NULL) == MOE_OK;
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    moe_plan_clear (&plans[i]);
  return good;
}

gboolean
nullcurve_window_can_measure_beside (NullcurveWindow *self,
                                     const MoeOptions *first,
                                     const MoeOptions *second,
                                     double *expected_s,
                                     MoeError *problem)
{
  double first_s = NAN, second_s = NAN;
  *expected_s = NAN;
  if (!nullcurve_window_can_measure (self, first, &first_s, problem)
      || !nullcurve_window_can_measure (self, second, &second_s, problem))
    return FALSE;
  *expected_s = first_s + second_s;
  if (have_as_many_points (first, second))
    return TRUE;
  moe_error_set (problem, MOE_ERROR_INVALID, "%s",
                 _ ("The two need as many curves: as many top-k values, implementations and "
                    "distributions."));
  return FALSE;
}

void
nullcurve_window_enqueue_beside (NullcurveWindow *self,
                                 NullcurveJobItem *first,
                                 NullcurveJobItem *second,
                                 const char *title)
{
  double expected_s =
      nullcurve_job_item_get_expected_s (first) + nullcurve_job_item_get_expected_s (second);
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (
      nullcurve_job_item_get_name (second), nullcurve_job_item_get_options (second), expected_s);
  nullcurve_job_item_set_first (job, first, title);
  nullcurve_window_enqueue_job (self, job);
}

/* --- what comes of it --- */

/* "Take until null against independent: This run is faster: +3.1 % over 10 points, ..." */
void
nullcurve_window_say_versus (NullcurveWindow *self,
                             NullcurveJobItem *job,
                             NullcurveRunItem *first,
                             NullcurveRunItem *second)
{
  MoeRun *a = nullcurve_run_item_get_run (first);
  MoeRun *b = nullcurve_run_item_get_run (second);
  const char *title = job != NULL ? nullcurve_job_item_get_title (job) : NULL;
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autofree char *headline = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  g_autofree char *verdict =
      g_strdup_printf ("%s: %s", title != NULL ? title : moe_run_get_title (b), headline);
  g_autofree char *markup = g_markup_escape_text (verdict, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_timeout (toast, VERDICT_S);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, toast);
  nullcurve_runs_model_select (self->runs, second);
}

/* --- a run against what is set up --- */

typedef struct Versus
{
  NullcurveWindow *window; /* not owned: its dialog is modal */
  char *run;               /* its title */
  MoeOptions first, second;
  double expected_s;
} Versus;

static void
versus_free (Versus *versus)
{
  g_free (versus->run);
  g_free (versus);
}

/* Which fractions, and how much of it, is for what is set up to say: rounds are the same. */
static void
take_measuring (const MoeOptions *setup, MoeOptions *options)
{
  static const char *const names[] = { "null-route-frac",
                                       "null-route-frac-list",
                                       "null-route-sweep",
                                       "baseline",
                                       "iters",
                                       "warmup",
                                       "starts",
                                       "until-settled",
                                       "precision",
                                       "budget",
                                       "wait-quiet",
                                       "min-sample-time" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char value[1024];
      moe_options_format (setup, moe_option_spec_find (names[i]), value, sizeof value);
      moe_options_set (options, names[i], value, NULL);
    }
}

/* "mlp_dim 1600, dtype bfloat16" of `options`, where they are not as in `other`. */
static char *
describe_own (const MoeOptions *options, const MoeOptions *other)
{
  gsize n, named = 0;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < n && named < MAX_NAMED; i++)
    {
      char mine[1024], theirs[1024];
      moe_options_format (options, &specs[i], mine, sizeof mine);
      moe_options_format (other, &specs[i], theirs, sizeof theirs);
      if (strcmp (mine, theirs) == 0)
        continue;
      g_string_append_printf (text, "%s%s %s", named++ > 0 ? ", " : "", specs[i].key, mine);
    }
  return g_string_free (text, FALSE);
}

static char *
shape_name (const MoeOptions *options)
{
  const MoePreset *preset = moe_presets_match (options);
  return preset != NULL ? g_strdup (preset->name) : moe_text_shape (&options->shape);
}

/* "Quick, dtype bfloat16" */
static NullcurveJobItem *
new_job (Versus *versus, const MoeOptions *options, const MoeOptions *other)
{
  double expected_s = NAN;
  g_autofree char *shape = shape_name (options);
  g_autofree char *own = describe_own (options, other);
  g_autofree char *name = *own != '\0' ? g_strdup_printf ("%s, %s", shape, own) : g_strdup (shape);
  nullcurve_window_can_measure (versus->window, options, &expected_s, NULL);
  return nullcurve_job_item_new (name, options, expected_s);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Versus *versus)
{
  if (strcmp (response, "measure") != 0)
    return;
  g_autoptr (NullcurveJobItem) first = new_job (versus, &versus->first, &versus->second);
  g_autoptr (NullcurveJobItem) second = new_job (versus, &versus->second, &versus->first);
  g_autofree char *title =
      g_strdup_printf (_ ("%s against %s"), nullcurve_job_item_get_name (second),
                       nullcurve_job_item_get_name (first));
  nullcurve_window_enqueue_beside (versus->window, first, second, title);
  nullcurve_window_hold_queue (versus->window, FALSE);
}

static gsize
need_bytes (NullcurveWindow *self, const MoeOptions *options, MoeForecast *forecast)
{
  const MoeBackend *backend = nullcurve_setup_panel_get_backend (self->setup);
  MoePlan plan;
  gsize bytes = 0;
  if (backend == NULL || moe_plan_new (options, &plan, NULL) != MOE_OK)
    return 0;
  if (moe_forecast (&plan, backend, NULL, moe_available_memory (), forecast, NULL) == MOE_OK)
    bytes = forecast->memory.total_bytes + (forecast->on_device ? 0 : forecast->routing_bytes);
  moe_plan_clear (&plan);
  return bytes;
}

/* "About 2 min 05 s, 1.2 GiB of 8.0 GiB memory.", as far as it is known. */
static char *
describe_cost (Versus *versus)
{
  MoeForecast a = { 0 }, b = { 0 };
  GString *text = g_string_new (NULL);
  gsize first = need_bytes (versus->window, &versus->first, &a);
  gsize second = need_bytes (versus->window, &versus->second, &b);
  if (!isnan (versus->expected_s))
    {
      g_autofree char *time = moe_text_duration (versus->expected_s);
      g_string_append_printf (text, _ ("About %s. "), time);
    }
  if (first == 0 || second == 0)
    return g_string_free (text, FALSE);
  gboolean together = moe_forecast_fits_beside (&a, &b, TRUE);
  g_autofree char *need = moe_text_bytes (together ? first + second : MAX (first, second));
  g_autofree char *there = moe_text_bytes (a.available_bytes);
  g_string_append_printf (text,
                          together ? _ ("Both take %s of %s memory.")
                                   : _ ("Both at once do not fit: they take turns, with up to %s "
                                        "of %s memory."),
                          need, there);
  return g_string_free (text, FALSE);
}

static char *
describe (Versus *versus)
{
  g_autofree char *first = describe_own (&versus->first, &versus->second);
  g_autofree char *second = describe_own (&versus->second, &versus->first);
  g_autofree char *cost = describe_cost (versus);
  g_autofree char *differ =
      *first != '\0'
          ? g_strdup_printf (_ ("“%s”: %s\nWhat is set up: %s"), versus->run, first, second)
          : g_strdup_printf (_ ("What is set up is what “%s” was measured with: the two will show "
                                "how much is noise."),
                             versus->run);
  return g_strdup_printf (
      _ ("%s\n\nBoth are measured in the same rounds, so that nothing but the setups makes a "
         "difference, with the fractions and samples that are set up. %s"),
      differ, cost);
}

/* NULL when the run does not tell how it was measured. */
static Versus *
versus_new (NullcurveWindow *self, NullcurveRunItem *item)
{
  MoeOptions setup;
  MoeRun *run = nullcurve_run_item_get_run (item);
  nullcurve_setup_panel_get_options (self->setup, &setup);
  Versus *versus = g_new0 (Versus, 1);
  versus->window = self;
  versus->run = g_strdup (moe_run_get_title (run));
  versus->first = versus->second = setup;
  if (!moe_run_to_options (run, &versus->first))
    {
      versus_free (versus);
      return NULL;
    }
  take_measuring (&setup, &versus->first);
  return versus;
}

static void
measure_against_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (self->runs);
  MoeError problem = { 0 };
  Versus *versus = item != NULL ? versus_new (self, item) : NULL;
  if (versus == NULL)
    {
      nullcurve_window_toast (self, _ ("This run does not tell how it was measured"));
      return;
    }
  gboolean can = nullcurve_window_can_measure_beside (self, &versus->first, &versus->second,
                                                      &versus->expected_s, &problem);
  g_autofree char *body = can ? describe (versus) : g_strdup (problem.message);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Measure Side by Side"), body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "measure", _ ("_Measure"),
                                    NULL);
  adw_message_dialog_set_response_appearance (message, "measure", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (message, "measure", can);
  adw_message_dialog_set_default_response (message, can ? "measure" : "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), versus,
                         (GClosureNotify)(void (*) (void))versus_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
nullcurve_window_install_versus (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.measure-against", NULL,
                                   measure_against_action);
}
