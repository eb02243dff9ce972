/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/versus-dialog.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/sweep/run-options.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

enum
{
  MAX_NAMED = 3 /* options that a name tells of */
};

/* Of each the run's comes first, and what is set up second. */
typedef struct Versus
{
  NullcurveSweepQueue *queue;
  char *run; /* its title */
  MoeOptions options[MOE_MAX_SETUPS];
  MoeForecast forecasts[MOE_MAX_SETUPS];
} Versus;

static void
versus_free (gpointer data, GClosure *closure)
{
  Versus *versus = data;
  g_free (versus->run);
  g_free (versus);
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
      char mine[MOE_OPTION_VALUE_SIZE];
      if (moe_options_same (options, other, &specs[i]))
        continue;
      moe_options_format (options, &specs[i], mine, sizeof mine);
      g_string_append_printf (text, "%s%s %s", named++ > 0 ? ", " : "", specs[i].key, mine);
    }
  return g_string_free (text, FALSE);
}

/* "Quick, null_dispatch carry" */
static NullcurveJobItem *
new_job (const Versus *versus, gsize which)
{
  const MoeOptions *options = &versus->options[which];
  const MoePreset *preset = moe_presets_match (options);
  g_autofree char *shape = preset != NULL ? g_strdup (preset->name) : moe_text_block (options);
  g_autofree char *own = describe_own (options, &versus->options[1 - which]);
  g_autofree char *name = g_strjoin (*own != '\0' ? ", " : "", shape, own, NULL);
  return nullcurve_job_item_new (name, options, versus->forecasts[which].time_total_s);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Versus *versus)
{
  if (strcmp (response, "measure") != 0)
    return;
  NullcurveJobItem *first = new_job (versus, 0);
  g_autoptr (NullcurveJobItem) second = new_job (versus, 1);
  g_autofree char *title =
      g_strdup_printf (_ ("%s against %s"), nullcurve_job_item_get_name (second),
                       nullcurve_job_item_get_name (first));
  nullcurve_job_item_beside (second, first, title);
  nullcurve_sweep_queue_append (versus->queue, second);
  nullcurve_sweep_queue_hold (versus->queue, FALSE);
}

static gsize
need_bytes (const MoeForecast *forecast)
{
  return forecast->memory.total_bytes + (forecast->on_device ? 0 : forecast->routing_bytes);
}

/* "About 2 min 05 s, 1.2 GiB of 8.0 GiB memory.", as far as it is known. */
static char *
describe_cost (const MoeForecast forecasts[MOE_MAX_SETUPS])
{
  GString *text = g_string_new (NULL);
  gsize first = need_bytes (&forecasts[0]), second = need_bytes (&forecasts[1]);
  double time_s = forecasts[0].time_total_s + forecasts[1].time_total_s;
  if (!isnan (time_s))
    {
      g_autofree char *time = moe_text_duration (time_s);
      g_string_append_printf (text, _ ("About %s. "), time);
    }
  if (first == 0 || second == 0)
    return g_string_free (text, FALSE);
  gboolean together = moe_forecast_fits_beside (&forecasts[0], &forecasts[1], TRUE);
  g_autofree char *need = moe_text_bytes (together ? first + second : MAX (first, second));
  g_autofree char *there = moe_text_bytes (forecasts[0].available_bytes);
  g_string_append_printf (text,
                          together ? _ ("Both take %s of %s memory.")
                                   : _ ("Both at once do not fit: they take turns, with up to %s "
                                        "of %s memory."),
                          need, there);
  return g_string_free (text, FALSE);
}

static char *
describe (const Versus *versus)
{
  g_autofree char *first = describe_own (&versus->options[0], &versus->options[1]);
  g_autofree char *second = describe_own (&versus->options[1], &versus->options[0]);
  g_autofree char *cost = describe_cost (versus->forecasts);
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

/* The sweep as the run was measured; which fractions, and how much of it, is for what is set up to
 * say: rounds are the same. */
static gboolean
take_run (const MoeRun *run, const MoeOptions *setup, MoeOptions *options)
{
  static const char *const measuring[] = { "null-route-frac",
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
                                           "min-sample-time",
                                           NULL };
  *options = *setup;
  if (!moe_run_to_options (run, options))
    return FALSE;
  nullcurve_sweep_setup_take (options, setup, measuring);
  return TRUE;
}

GtkWidget *
nullcurve_versus_dialog_new (GtkWindow *parent,
                             NullcurveSweepQueue *queue,
                             const NullcurveSweepSetup *setup,
                             MoeRun *run)
{
  MoeOptions first;
  MoeError problem = { 0 };
  if (!take_run (run, &setup->options, &first))
    return NULL;
  Versus *versus = g_new (Versus, 1);
  *versus = (Versus){ .queue = queue,
                      .run = g_strdup (moe_run_get_title (run)),
                      .options = { first, setup->options } };
  gboolean can =
      nullcurve_sweep_setup_forecast_beside (setup, versus->options, versus->forecasts, &problem);
  g_autofree char *body = can ? describe (versus) : g_strdup (problem.message);
  GtkWidget *dialog = adw_message_dialog_new (parent, _ ("Measure Side by Side"), body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "measure", _ ("_Measure"),
                                    NULL);
  adw_message_dialog_set_response_appearance (message, "measure", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (message, "measure", can);
  adw_message_dialog_set_default_response (message, can ? "measure" : "cancel");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), versus, versus_free, 0);
  return dialog;
}
