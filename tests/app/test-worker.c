/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs off the main thread: what they tell, in which order, and that none outlives its owner. */
#include <glib/gstdio.h>
#include <string.h>

#include "app/worker.h"
#include "tests/ui/ui-fixture.h"
#include "ui/presets.h"

/* What the callbacks heard. */
typedef struct Heard
{
  guint news, calibrations, idles, finishes;
  gsize points, samples, verified;
  gsize samples_before_point;
  gboolean point_seen[16];
  MoeStatus status;
  MoeCalibration calibration;
  MoeProgress progress;
  GThread *thread;
  NullcurveWorker *cancel_after_first_sample;
} Heard;

static void
news_cb (gpointer data,
         const NullcurveWorkerEvent *events,
         gsize n_events,
         const MoeProgress *progress)
{
  Heard *heard = data;
  g_assert_true (g_thread_self () == heard->thread);
  heard->news++;
  heard->progress = *progress;
  for (gsize i = 0; i < n_events; i++)
    if (events[i].kind == NULLCURVE_WORKER_POINT)
      {
        heard->points++;
        heard->point_seen[events[i].facts.point] = TRUE;
      }
    else if (events[i].kind == NULLCURVE_WORKER_SAMPLE)
      {
        heard->samples++;
        heard->samples_before_point += !heard->point_seen[events[i].sample.point];
        g_assert_cmpfloat (events[i].sample.time_s, >, 0);
      }
    else
      heard->verified++;
  if (heard->samples > 0 && heard->cancel_after_first_sample != NULL)
    nullcurve_worker_cancel (heard->cancel_after_first_sample);
}

static void
calibrated_cb (gpointer data, const MoeCalibration *calibration, const MoeError *error)
{
  Heard *heard = data;
  g_assert_nonnull (calibration);
  heard->calibration = *calibration;
  heard->calibrations++;
}

static void
finished_cb (gpointer data, MoeStatus status, const MoeError *error, const char *journal_problem)
{
  Heard *heard = data;
  heard->status = status;
  heard->finishes++;
  g_assert_null (journal_problem);
}

static void
idle_cb (gpointer data)
{
  ((Heard *)data)->idles++;
}

static NullcurveWorker *
new_worker (Heard *heard)
{
  NullcurveWorkerCallbacks callbacks = { .data = heard,
                                         .news = news_cb,
                                         .calibrated = calibrated_cb,
                                         .finished = finished_cb,
                                         .idle = idle_cb };
  heard->thread = g_thread_self ();
  return nullcurve_worker_new (&callbacks);
}

static void
free_worker (NullcurveWorker *worker)
{
  gpointer weak = worker;
  g_object_add_weak_pointer (G_OBJECT (worker), &weak);
  g_object_unref (worker);
  g_assert_null (weak);
}

static void
init_plan (MoePlan *plan, gsize tokens, gsize iters)
{
  MoeOptions options;
  MoeError error = { 0 };
  nullcurve_presets_init_options (&options);
  options.shape = (MoeShape){ tokens, 64, 48, 6, 0 };
  options.topk = 2;
  options.threads = 2;
  options.iters = iters;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.5, 0.9 }, 2 };
  g_assert_cmpint (moe_plan_new (&options, plan, &error), ==, MOE_OK);
}

static const MoeBackend *
any_backend (void)
{
  const MoeBackend *backend = moe_backend_find ("auto", MOE_DTYPE_FLOAT32, NULL);
  g_assert_nonnull (backend);
  return backend;
}

static gboolean
is_idle (gpointer worker)
{
  return !nullcurve_worker_get_busy (worker);
}

/* A rate of nothing: a run that is given it does not measure the machine first. */
static const MoeCalibration some_calibration = { .flops_per_s = 1e11,
                                                 .bytes_per_s = 1e10,
                                                 .touch_bytes_per_s = 1e9 };

static void
test_run (void)
{
  Heard heard = { 0 };
  MoePlan plan;
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&plan, 128, 4);
  g_assert_true (nullcurve_worker_run (worker, &plan, any_backend (), &some_calibration, NULL));
  g_assert_true (nullcurve_worker_get_busy (worker));
  g_assert_false (nullcurve_worker_run (worker, &plan, any_backend (), &some_calibration, NULL));
  g_assert_false (nullcurve_worker_calibrate (worker, any_backend (), 2, MOE_DTYPE_FLOAT32));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.finishes, ==, 1);
  g_assert_cmpint (heard.status, ==, MOE_OK);
  g_assert_cmpuint (heard.points, ==, 3);
  g_assert_cmpuint (heard.samples, ==, 12);
  g_assert_cmpuint (heard.samples_before_point, ==, 0);
  g_assert_cmpuint (heard.calibrations, ==, 0);
  g_assert_cmpint (heard.progress.phase, ==, MOE_RUN_PHASE_DONE);
  moe_plan_clear (&plan);
  free_worker (worker);
}

static void
test_calibrate (void)
{
  Heard heard = { 0 };
  NullcurveWorker *worker = new_worker (&heard);
  g_assert_true (nullcurve_worker_calibrate (worker, any_backend (), 2, MOE_DTYPE_FLOAT32));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.calibrations, ==, 1);
  g_assert_cmpuint (heard.idles, ==, 1);
  g_assert_cmpuint (heard.finishes, ==, 0);
  g_assert_cmpfloat (heard.calibration.flops_per_s, >, 0);
  free_worker (worker);
}

static void
test_run_calibrates_first (void)
{
  Heard heard = { 0 };
  MoePlan plan;
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&plan, 64, 1);
  g_assert_true (nullcurve_worker_run (worker, &plan, any_backend (), NULL, NULL));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.calibrations, ==, 1);
  g_assert_cmpuint (heard.finishes, ==, 1);
  g_assert_cmpuint (heard.idles, ==, 0);
  moe_plan_clear (&plan);
  free_worker (worker);
}

static void
test_cancel (void)
{
  Heard heard = { 0 };
  MoePlan plan;
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&plan, 4096, 100000);
  heard.cancel_after_first_sample = worker;
  g_assert_true (nullcurve_worker_run (worker, &plan, any_backend (), &some_calibration, NULL));
  fixture_wait (is_idle, worker);
  g_assert_cmpint (heard.status, ==, MOE_ERROR_CANCELLED);
  g_assert_cmpuint (heard.samples, >, 0);
  g_assert_cmpuint (heard.samples, <, 300000);
  moe_plan_clear (&plan);
  free_worker (worker);
}

static void
test_shutdown_is_silent (void)
{
  Heard heard = { 0 };
  MoePlan plan;
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&plan, 4096, 100000);
  g_assert_true (nullcurve_worker_run (worker, &plan, any_backend (), &some_calibration, NULL));
  g_usleep (50000);
  nullcurve_worker_shutdown (worker);
  g_assert_false (nullcurve_worker_get_busy (worker));
  /* What was on its way arrives nowhere. */
  for (guint i = 0; i < 20; i++)
    {
      fixture_settle ();
      g_usleep (10000);
    }
  g_assert_cmpuint (heard.news, ==, 0);
  g_assert_cmpuint (heard.finishes, ==, 0);
  moe_plan_clear (&plan);
  free_worker (worker);
}

static void
test_stale_news (void)
{
  Heard heard = { 0 };
  MoePlan longer, shorter;
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&longer, 4096, 100000);
  init_plan (&shorter, 64, 1);
  g_assert_true (nullcurve_worker_run (worker, &longer, any_backend (), &some_calibration, NULL));
  g_usleep (50000);
  nullcurve_worker_shutdown (worker);
  g_assert_true (nullcurve_worker_run (worker, &shorter, any_backend (), &some_calibration, NULL));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.samples, ==, 3);
  g_assert_cmpint (heard.status, ==, MOE_OK);
  moe_plan_clear (&longer);
  moe_plan_clear (&shorter);
  free_worker (worker);
}

static void
test_journal (void)
{
  Heard heard = { 0 };
  MoePlan plan;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = fixture_file_new ("worker.journal", NULL);
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Journal");
  NullcurveWorker *worker = new_worker (&heard);
  init_plan (&plan, 64, 4);
  MoeJournal *journal = moe_journal_create (path, run, &error);
  g_assert_no_error (error);
  g_assert_true (nullcurve_worker_run (worker, &plan, any_backend (), &some_calibration, journal));
  fixture_wait (is_idle, worker);
  g_autoptr (MoeRun) back = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (back), ==, 3);
  for (gsize i = 0; i < 3; i++)
    g_assert_cmpuint (moe_run_get_record (back, i)->n_samples, ==, 4);
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "complete");
  moe_plan_clear (&plan);
  free_worker (worker);
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  g_test_add_func ("/worker/run", test_run);
  g_test_add_func ("/worker/calibrate", test_calibrate);
  g_test_add_func ("/worker/run-calibrates-first", test_run_calibrates_first);
  g_test_add_func ("/worker/cancel", test_cancel);
  g_test_add_func ("/worker/shutdown-is-silent", test_shutdown_is_silent);
  g_test_add_func ("/worker/stale-news", test_stale_news);
  g_test_add_func ("/worker/journal", test_journal);
  return g_test_run ();
}
