/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/facts.h"

#include <math.h>
#include <string.h>

#include "app/bench/prepare.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "engine/host/environment.h"
#include "engine/host/machine-file.h"
#include "engine/threads/team.h"

#define INTERFACE 1

G_GNUC_PRINTF (2, 3)
static void
print_fact (const char *key, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *value = g_strdup_vprintf (format, list);
  va_end (list);
  nullcurve_bench_print ("%s=%s", key, value);
}

/* What is not known has no line. */
static void
print_number (const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    print_fact (
        key, "%s",
        g_ascii_formatd (text, sizeof text, value == floor (value) ? "%.0f" : "%.10g", value));
}

static void
print_head (void)
{
  print_fact ("nullcurve-interface", "%d", INTERFACE);
  print_fact ("version", "%s", NULLCURVE_VERSION);
}

/* --- the machine --- */

/* Of a run's facts those that would be the same of any run here. */
static void
print_machine (void)
{
  static const char *const keys[] = { "host",           "os",         "kernel", "cpu",     "cores",
                                      "physical cores", "numa nodes", "memory", "governor" };
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  MoeOptions options;
  MoePlan plan;
  moe_options_init (&options);
  if (moe_plan_new (&options, &plan, NULL) != MOE_OK)
    return;
  moe_environment_describe (run, &plan, moe_backend_find ("auto", MOE_DTYPE_FLOAT32, NULL), NULL);
  moe_plan_clear (&plan);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *key = g_strdelimit (g_strdup (keys[i]), " ", '_');
      const char *value = moe_run_get_fact (run, keys[i]);
      if (value != NULL)
        print_fact (key, "%s", value);
    }
  print_fact ("threads", "%zu", moe_team_default_size ());
  print_fact ("memory_available_bytes", "%zu", moe_available_memory ());
}

static void
print_limits (const MoeAcceleratorChoice *choice, MoeDtype dtype, const char *prefix)
{
  MoeLimits limits;
  if (!moe_machine_load (choice->backend, choice->device, moe_team_default_size (), dtype, &limits))
    return;
  const struct
  {
    const char *key;
    double value;
  } rates[] = { { "peak_flop_per_s", limits.peak_flops_per_s },
                { "dense_flop_per_s", limits.calibration.flops_per_s },
                { "read_byte_per_s", limits.read_bytes_per_s },
                { "write_byte_per_s", limits.write_bytes_per_s } };
  for (gsize i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *key = g_strdup_printf ("%s.%s", prefix, rates[i].key);
      print_number (key, rates[i].value);
    }
  g_autofree char *disturbed = g_strdup_printf ("%s.disturbed", prefix);
  print_fact (disturbed, "%s", moe_limits_is_disturbed (&limits) ? "yes" : "no");
}

static void
print_accelerator (const MoeAcceleratorChoice *choice)
{
  g_autofree char *title = g_strdup_printf ("accelerator.%s.title", choice->name);
  print_fact (title, "%s", choice->title);
  g_autofree char *device = g_strdup_printf ("accelerator.%s.device", choice->name);
  if (choice->device_text != NULL)
    print_fact (device, "%s", choice->device_text);
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    {
      g_autofree char *prefix = g_strdup_printf ("accelerator.%s.%s", choice->name,
                                                 moe_choice_name (MOE_CHOICE_DTYPE, dtype));
      g_autofree char *reason = g_strdup_printf ("%s.reason", prefix);
      print_fact (prefix, "%s", choice->reasons[dtype] == NULL ? "yes" : "no");
      if (choice->reasons[dtype] != NULL)
        print_fact (reason, "%s", choice->reasons[dtype]);
      else
        print_limits (choice, (MoeDtype)dtype, prefix);
    }
}

/* What can be asked for here, with the values of what is chosen. */
static void
print_options (void)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("option.%s", specs[i].name);
      print_fact (key, "%s", specs[i].value != NULL ? specs[i].value : "true|false");
    }
}

void
nullcurve_bench_facts (void)
{
  g_autoptr (MoeAccelerators) all = moe_accelerators_look ();
  g_autoptr (GString) names = g_string_new (NULL);
  for (gsize i = 0; i < moe_accelerators_get_n (all); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? "," : "", moe_accelerators_get (all, i)->name);
  print_head ();
  print_machine ();
  print_fact ("accelerators", "%s", names->str);
  for (gsize i = 0; i < moe_accelerators_get_n (all); i++)
    print_accelerator (moe_accelerators_get (all, i));
  print_options ();
}

/* --- what a sweep would take --- */

static void
print_leg (const MoeSweep *sweep, guint index)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, 0, index);
  const MoeForecast *forecast = &leg->forecast;
  const struct
  {
    const char *key;
    double value;
  } numbers[] = { { "points", (double)leg->plan.n_points },
                  { "points_to_measure", (double)leg->todo.n_points },
                  { "memory_bytes", (double)forecast->memory.total_bytes },
                  { "routing_bytes", (double)forecast->routing_bytes },
                  { "available_bytes", (double)forecast->available_bytes },
                  { "flop", forecast->flops_total },
                  { "time_s", forecast->time_total_s },
                  { "time_least_s", forecast->time_least_s },
                  { "time_most_s", forecast->time_most_s } };
  char shape[MOE_SHAPE_TEXT_SIZE];
  g_autofree char *prefix = g_strdup_printf ("forecast.%u", index + 1);
  g_autofree char *of = g_strdup_printf ("%s.shape", prefix);
  g_autofree char *fits = g_strdup_printf ("%s.fits", prefix);
  g_autofree char *reason = g_strdup_printf ("%s.reason", prefix);
  moe_shape_format (&leg->plan.options.shape, shape);
  print_fact (of, "%s", shape);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *key = g_strdup_printf ("%s.%s", prefix, numbers[i].key);
      print_number (key, numbers[i].value);
    }
  print_fact (fits, "%s", leg->left_out == NULL ? "yes" : "no");
  if (leg->left_out != NULL)
    print_fact (reason, "%s", leg->left_out);
}

gboolean
nullcurve_bench_forecast (const NullcurveBenchArgs *args, int *status, GError **error)
{
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  NullcurveBench bench = { .args = args, .stream = -1 };
  gsize n;
  nullcurve_bench_signals_watch ();
  gboolean done = nullcurve_bench_args_sweeps (args, sweeps, &n, error)
                  && nullcurve_bench_prepare (&bench, sweeps, n, error)
                  && nullcurve_bench_choose (&bench, error);
  *status = nullcurve_bench_signals_status ();
  if (done && *status == 0)
    {
      print_head ();
      print_fact ("accelerator", "%s", bench.sweep->sides[0].backend->name);
      if (bench.machines[0].why != NULL)
        print_fact ("accelerator_why", "%s", bench.machines[0].why);
      print_fact ("threads", "%zu", moe_sweep_get_plan (bench.sweep, 0)->threads);
      print_fact ("forecasts", "%" G_GSIZE_FORMAT, moe_sweep_n_legs (bench.sweep));
      for (guint i = 0; i < moe_sweep_n_legs (bench.sweep); i++)
        print_leg (bench.sweep, i);
    }
  nullcurve_bench_clear (&bench);
  return done;
}
