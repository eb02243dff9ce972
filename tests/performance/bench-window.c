/* SPDX-License-Identifier: Apache-2.0 */
/* What the window costs the engine: the same plan by the engine alone and in the window, with the
 * chart, its limits and the table drawn as samples come.
 *
 * The two are measured in turn and compared round by round: the sum over all points of the median
 * time of a step.  The target is a cost below 2 %.  It needs a display.
 *
 *   bench-window [threads [rounds]]      default 2 7, on the Quick preset
 *   bench-window --check                 one round of one thread, at a size that tells nothing */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/session.h"
#include "engine/bench/runner.h"
#include "engine/bench/stats.h"
#include "engine/sweep/presets.h"
#include "tests/performance/bench.h"
#include "tests/ui/ui-fixture.h"

enum
{
  DEFAULT_THREADS = 2,
  DEFAULT_ROUNDS = 7,
  MAX_ROUNDS = 100
};

static const double target_cost = 0.02;
static const double quiet_range = 0.15; /* of the rounds' costs; beyond it something else ran */

typedef struct Bench
{
  MoeOptions options;
  MoePlan plan;
  const MoeBackend *backend;
  GArray **samples; /* [n_points], of double: seconds of a step */
  NullcurveWindow *window;
  NullcurveSession *session;
} Bench;

static void
sample_cb (void *data, const MoeSample *sample)
{
  Bench *bench = data;
  g_array_append_val (bench->samples[sample->point], sample->time_s);
}

static double
run_alone (Bench *bench)
{
  const MoeSetup setup = { &bench->plan, bench->backend, NULL };
  MoeClock clock = moe_clock_monotonic ();
  MoeRunEvents events = { .data = bench, .sample = sample_cb };
  MoeError error = { 0 };
  double sum = 0;
  for (gsize i = 0; i < bench->plan.n_points; i++)
    g_array_set_size (bench->samples[i], 0);
  if (moe_run_setups (&setup, 1, false, &clock, NULL, &events, &error) != MOE_OK)
    g_error ("%s", error.message);
  for (gsize i = 0; i < bench->plan.n_points; i++)
    sum += moe_median ((double *)bench->samples[i]->data, bench->samples[i]->len);
  return sum;
}

static gboolean
is_running (gpointer data)
{
  return nullcurve_window_get_running (((Bench *)data)->window);
}

/* As the program does: the main loop sleeps until there is something to do. */
static void
wait_until (Bench *bench, gboolean running)
{
  while (is_running (bench) != running || nullcurve_session_get_busy (bench->session) != running)
    g_main_context_iteration (NULL, TRUE);
}

static double
run_in_window (Bench *bench)
{
  gtk_widget_activate_action (GTK_WIDGET (bench->window), "win.run", NULL);
  wait_until (bench, TRUE);
  wait_until (bench, FALSE);
  NullcurveRunItem *item =
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (bench->window));
  MoeRun *run = nullcurve_run_item_get_run (item);
  double sum = 0;
  g_assert_cmpuint (moe_run_get_n_records (run), ==, bench->plan.n_points);
  for (gsize i = 0; i < bench->plan.n_points; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_autofree double *samples_s =
          g_memdup2 (record->samples_s, record->n_samples * sizeof *samples_s);
      sum += moe_median (samples_s, record->n_samples);
    }
  gtk_widget_activate_action (GTK_WIDGET (bench->window), "win.remove-run", NULL);
  return sum;
}

static void
set_up (Bench *bench, AdwApplication *application, gsize threads, bool check)
{
  MoeError error = { 0 };
  moe_presets_init_options (&bench->options);
  bench->options.threads = threads;
  if (check)
    fixture_shrink_options (&bench->options);
  bench->options.null_route_sweep = false;
  bench->options.null_route_frac_list = (MoeFractionList){ { 0.3, 0.6, 0.9 }, 3 };
  bench->backend = moe_backend_find ("auto", bench->options.choice[MOE_CHOICE_DTYPE], &error);
  if (bench->backend == NULL || moe_plan_new (&bench->options, &bench->plan, &error) != MOE_OK)
    g_error ("%s", error.message);
  g_strlcpy (bench->options.accelerator, bench->backend->name, sizeof bench->options.accelerator);
  bench->samples = g_new (GArray *, bench->plan.n_points);
  for (gsize i = 0; i < bench->plan.n_points; i++)
    bench->samples[i] = g_array_new (FALSE, FALSE, sizeof (double));

  bench->window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  bench->session = nullcurve_session_new (bench->window);
  g_object_set (nullcurve_window_get_page (bench->window), "limits", TRUE, NULL);
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (bench->window), &bench->options);
  gtk_window_present (GTK_WINDOW (bench->window));
  while (nullcurve_session_get_busy (bench->session))
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Bench *bench)
{
  g_object_unref (bench->session);
  gtk_window_destroy (GTK_WINDOW (bench->window));
  for (gsize i = 0; i < bench->plan.n_points; i++)
    g_array_unref (bench->samples[i]);
  g_free (bench->samples);
  moe_plan_clear (&bench->plan);
}

static int
compare_reals (const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int
main (int argc, char *argv[])
{
  bool check = bench_take_check (&argc, argv);
  gsize threads = argc > 1 ? (gsize)atoi (argv[1]) : check ? 1 : DEFAULT_THREADS;
  gsize rounds = argc > 2 ? (gsize)atoi (argv[2]) : check ? 1 : DEFAULT_ROUNDS;
  double costs[MAX_ROUNDS];
  Bench bench = { 0 };
  int no_arguments = 1;
  rounds = CLAMP (rounds, 1, MAX_ROUNDS);
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!fixture_ui_init_check (&no_arguments, &argv))
    {
      fprintf (stderr, "bench-window: there is no display to open a window on\n");
      return BENCH_EXIT_SKIPPED;
    }
  g_autoptr (AdwApplication) application = fixture_application_new ();
  set_up (&bench, application, threads, check);

  run_alone (&bench); /* the machine warms up */
  printf ("%s, %zu threads: sum of the median step times of %zu points\n", bench.backend->title,
          threads, bench.plan.n_points);
  for (gsize i = 0; i < rounds; i++)
    {
      /* Every other round the other way round, so that a drift favours neither. */
      double first = i % 2 == 0 ? run_alone (&bench) : run_in_window (&bench);
      double second = i % 2 == 0 ? run_in_window (&bench) : run_alone (&bench);
      double alone = i % 2 == 0 ? first : second, window = i % 2 == 0 ? second : first;
      costs[i] = window / alone - 1;
      printf ("round %zu: alone %.1f ms, in the window %.1f ms, %+.1f %%\n", i + 1, 1e3 * alone,
              1e3 * window, 1e2 * costs[i]);
    }
  qsort (costs, rounds, sizeof *costs, compare_reals);
  double median = moe_median (costs, rounds);
  gboolean quiet = costs[rounds - 1] - costs[0] < quiet_range;
  printf ("The window costs %+.1f %% (%+.1f .. %+.1f); the target is below %.0f %%: %s\n",
          1e2 * median, 1e2 * costs[0], 1e2 * costs[rounds - 1], 1e2 * target_cost,
          !quiet                 ? "the machine is too busy to tell"
          : median < target_cost ? "met"
                                 : "missed");
  tear_down (&bench);
  return 0;
}
