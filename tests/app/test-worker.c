/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs off the main thread: what they tell, in which order, and that none outlives its owner. */
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/formats.h"
#include "engine/host/machine-file.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/worker.h"
#include "tests/ui/ui-fixture.h"

/* What the callbacks heard. */
typedef struct Heard
{
  guint news, looks, steps, machines, cancelled, finishes;
  MoeSweep *sweep; /* being measured, or measured last */
  gsize samples;   /* it has */
  MoeStatus status;
  MoeLimits limits;
  const MoeBackend *backend;
  gboolean noisy; /* the end of a run told what the machine did meanwhile */
  MoeWorker *cancel_at_first_step;
  MoeProgress progress;
  GThread *thread;
  MoeWorker *cancel_after_first_sample;
} Heard;

static gsize
count_samples (const MoeSweep *sweep)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (sweep->sides[0].run); i++)
    n += moe_run_get_record (sweep->sides[0].run, i)->n_samples;
  return n;
}

static void
news_cb (gpointer data, const MoeProgress *progress, gboolean changed)
{
  Heard *heard = data;
  g_assert_true (g_thread_self () == heard->thread);
  heard->news++;
  heard->progress = *progress;
  heard->samples = count_samples (heard->sweep);
  if (heard->samples > 0 && heard->cancel_after_first_sample != NULL)
    moe_worker_cancel (heard->cancel_after_first_sample);
}

static void
looked_cb (gpointer data, MoeAccelerators *backends)
{
  Heard *heard = data;
  g_assert_true (g_thread_self () == heard->thread);
  g_assert_cmpuint (moe_accelerators_get_n (backends), >, 0);
  g_assert_cmpuint (heard->steps + heard->machines, ==, 0);
  heard->looks++;
}

static void
measuring_cb (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  Heard *heard = data;
  g_assert_nonnull (backend);
  g_assert_cmpuint (step, >=, 1);
  g_assert_cmpuint (step, <=, n_steps);
  heard->steps++;
  if (heard->cancel_at_first_step != NULL)
    moe_worker_cancel (heard->cancel_at_first_step);
}

static void
found_out_cb (gpointer data, const MoeAccelerator *machine)
{
  Heard *heard = data;
  heard->machines++;
  if (machine == NULL)
    {
      heard->cancelled++;
      return;
    }
  g_assert_true (machine->measured);
  g_assert_null (machine->failure);
  heard->limits = machine->limits;
  heard->backend = machine->backend;
}

static void
finished_cb (gpointer data, MoeStatus status, const MoeError *error, const MoeNoise *noise)
{
  Heard *heard = data;
  heard->status = status;
  heard->finishes++;
  heard->noisy = noise->threads == 2 && noise->processors > 0;
  g_assert_null (heard->sweep->sides[0].problem);
}

static MoeWorker *
new_worker (Heard *heard)
{
  MoeWorkerCallbacks callbacks = { .data = heard,
                                   .looked = looked_cb,
                                   .measuring = measuring_cb,
                                   .found_out = found_out_cb,
                                   .news = news_cb,
                                   .finished = finished_cb };
  heard->thread = g_thread_self ();
  return moe_worker_new (&callbacks);
}

static void
free_worker (MoeWorker *worker, Heard *heard)
{
  gpointer weak = worker;
  g_object_add_weak_pointer (G_OBJECT (worker), &weak);
  g_object_unref (worker);
  g_assert_null (weak);
  g_clear_pointer (&heard->sweep, moe_sweep_unref);
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
  return !moe_worker_get_busy (worker);
}

static const MoeCalibration some_calibration = { .flops_per_s = 1e11,
                                                 .bytes_per_s = 1e10,
                                                 .touch_bytes_per_s = 1e9 };

/* A sweep of three points. */
static MoeSweep *
new_sweep (gsize tokens, gsize iters)
{
  MoeOptions options;
  MoeSweep *sweep = moe_sweep_new ();
  moe_presets_init_options (&options);
  options.shape = (MoeShape){ tokens, 64, 48, 6, 0 };
  options.topk = 2;
  options.threads = 2;
  options.wait_quiet_s = 0;
  options.iters = iters;
  options.until_settled = false;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.5, 0.9 }, 2 };
  g_assert_cmpint (moe_sweep_add_leg (sweep, 0, &options, NULL), ==, MOE_OK);
  moe_sweep_set_backend (sweep, 0, any_backend (), &some_calibration);
  moe_sweep_open (sweep, 0, "Worker", NULL);
  return sweep;
}

/* Takes the sweep. */
static void
run_sweep (MoeWorker *worker, Heard *heard, MoeSweep *sweep)
{
  g_clear_pointer (&heard->sweep, moe_sweep_unref);
  heard->sweep = sweep;
  g_assert_true (moe_worker_run (worker, sweep, NULL));
}

static void
test_run (void)
{
  Heard heard = { 0 };
  MoeWorker *worker = new_worker (&heard);
  run_sweep (worker, &heard, new_sweep (128, 4));
  g_assert_true (moe_worker_get_busy (worker));
  g_assert_false (moe_worker_run (worker, heard.sweep, NULL));
  const MoeSweepLeg *leg = moe_sweep_get_leg (heard.sweep, 0, 0);
  g_assert_false (moe_worker_find_out (worker, &leg->plan.options, FALSE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.finishes, ==, 1);
  g_assert_cmpint (heard.status, ==, MOE_OK);
  g_assert_cmpuint (moe_run_get_n_records (heard.sweep->sides[0].run), ==, 3);
  for (gsize i = 0; i < 3; i++)
    {
      const MoeRecord *record = moe_run_get_record (heard.sweep->sides[0].run, i);
      g_assert_true (leg->points[i].done);
      g_assert_cmpuint (record->n_samples, >=, 4); /* more where others disturb them */
      g_assert_cmpfloat (record->max_relative_error, <, 1e-5);
      g_assert_cmpfloat (record->loss, >, 0);
    }
  g_assert_cmpuint (heard.machines, ==, 0);
  g_assert_true (heard.noisy);
  g_assert_cmpint (heard.progress.phase, ==, MOE_RUN_PHASE_DONE);
  free_worker (worker, &heard);
}

/* A thread count that no other test uses, so that nothing is known about it. */
static void
init_options (MoeOptions *options, const char *accelerator, gsize threads)
{
  moe_presets_init_options (options);
  options->threads = threads;
  g_strlcpy (options->accelerator, accelerator, sizeof options->accelerator);
}

static void
assert_same_limits (const MoeLimits *a, const MoeLimits *b)
{
  g_assert_cmpfloat (a->peak_flops_per_s, ==, b->peak_flops_per_s);
  g_assert_cmpfloat (a->read_bytes_per_s, ==, b->read_bytes_per_s);
  g_assert_cmpfloat (a->calibration.flops_per_s, ==, b->calibration.flops_per_s);
}

/* One that is not known is measured, then kept; asked for again, it is measured again. */
static void
test_find_out (void)
{
  Heard heard = { 0 };
  MoeOptions options;
  MoeWorker *worker = new_worker (&heard);
  init_options (&options, any_backend ()->name, 1);
  g_assert_true (moe_worker_find_out (worker, &options, FALSE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.looks, ==, 1);
  g_assert_cmpuint (heard.machines, ==, 1);
  g_assert_cmpuint (heard.finishes, ==, 0);
  g_assert_true (heard.backend == any_backend ());
  g_assert_cmpfloat (heard.limits.peak_flops_per_s, >, 0);

  /* Had others disturbed it, it would be measured once more as soon as they are quiet. */
  MoeLimits first = heard.limits;
  first.circumstances.disturbed = first.calibration_circumstances.disturbed = false;
  g_assert_true (moe_machine_store (heard.backend, 0, 1, MOE_DTYPE_FLOAT32, &first, NULL));
  heard.steps = heard.machines = 0;
  g_assert_true (moe_worker_find_out (worker, &options, FALSE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.steps, ==, 0);
  g_assert_cmpuint (heard.looks, ==, 1);
  assert_same_limits (&heard.limits, &first);

  heard.machines = 0;
  g_assert_true (moe_worker_find_out (worker, &options, TRUE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.steps, >=, 1);
  g_assert_cmpuint (heard.machines, ==, 1);
  free_worker (worker, &heard);
}

/* "auto" is the fastest by what is known. */
static void
test_find_out_auto (void)
{
  Heard heard = { 0 };
  MoeOptions options;
  MoeAccelerators *backends = fixture_backends ();
  const MoeBackend *last = NULL;
  MoeWorker *worker = new_worker (&heard);
  fixture_keep_limits (2);
  for (gsize i = 0; i < moe_accelerators_get_n (backends); i++)
    if (moe_accelerators_get (backends, i)->reasons[MOE_DTYPE_FLOAT32] == NULL)
      last = moe_accelerators_get (backends, i)->backend;
  init_options (&options, "auto", 2);
  g_assert_true (moe_worker_find_out (worker, &options, FALSE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.steps, ==, 0);
  g_assert_true (heard.backend == last);
  free_worker (worker, &heard);
}

static void
test_find_out_cancelled (void)
{
  Heard heard = { 0 };
  MoeOptions options;
  MoeWorker *worker = new_worker (&heard);
  heard.cancel_at_first_step = worker;
  init_options (&options, "auto", 3);
  g_assert_true (moe_worker_find_out (worker, &options, FALSE));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.machines, ==, 1);
  g_assert_cmpuint (heard.cancelled, ==, 1);
  free_worker (worker, &heard);
}

static void
test_cancel (void)
{
  Heard heard = { 0 };
  MoeWorker *worker = new_worker (&heard);
  heard.cancel_after_first_sample = worker;
  run_sweep (worker, &heard, new_sweep (4096, 100000));
  fixture_wait (is_idle, worker);
  g_assert_cmpint (heard.status, ==, MOE_ERROR_CANCELLED);
  g_assert_cmpuint (heard.samples, >, 0);
  g_assert_cmpuint (heard.samples, <, 300000);
  free_worker (worker, &heard);
}

static void
test_shutdown_is_silent (void)
{
  Heard heard = { 0 };
  MoeWorker *worker = new_worker (&heard);
  run_sweep (worker, &heard, new_sweep (4096, 100000));
  g_usleep (50000);
  moe_worker_shutdown (worker);
  g_assert_false (moe_worker_get_busy (worker));
  /* What was on its way arrives nowhere. */
  for (guint i = 0; i < 20; i++)
    {
      fixture_settle ();
      g_usleep (10000);
    }
  g_assert_cmpuint (heard.news, ==, 0);
  g_assert_cmpuint (heard.finishes, ==, 0);
  free_worker (worker, &heard);
}

static void
test_stale_news (void)
{
  Heard heard = { 0 };
  MoeWorker *worker = new_worker (&heard);
  run_sweep (worker, &heard, new_sweep (4096, 100000));
  g_usleep (50000);
  moe_worker_shutdown (worker);
  run_sweep (worker, &heard, new_sweep (64, 1));
  fixture_wait (is_idle, worker);
  g_assert_cmpuint (heard.samples, >=, 3);
  g_assert_cmpuint (heard.samples, <=, 6);
  g_assert_cmpint (heard.status, ==, MOE_OK);
  free_worker (worker, &heard);
}

static void
test_journal (void)
{
  Heard heard = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = fixture_file_new ("worker.journal", NULL);
  g_autofree char *path = g_file_get_path (file);
  MoeWorker *worker = new_worker (&heard);
  MoeSweep *sweep = new_sweep (64, 4);
  g_assert_true (moe_sweep_keep (sweep, 0, path, FALSE, &error));
  g_assert_no_error (error);
  run_sweep (worker, &heard, sweep);
  fixture_wait (is_idle, worker);
  g_autoptr (MoeRun) back = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (moe_run_get_n_records (back), ==, 3);
  for (gsize i = 0; i < 3; i++)
    {
      const MoeRecord *record = moe_run_get_record (back, i);
      g_assert_cmpuint (record->n_samples, >=, 4);
      g_assert_cmpuint (record->taken[3].round, >=, 3);
      g_assert_cmpfloat (record->loss, >, 0);
      g_assert_cmpfloat (record->max_relative_error, <, 1e-5);
    }
  g_assert_cmpstr (moe_run_get_fact (back, "state"), ==, "complete");
  free_worker (worker, &heard);
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  g_test_add_func ("/worker/run", test_run);
  g_test_add_func ("/worker/find-out", test_find_out);
  g_test_add_func ("/worker/find-out-auto", test_find_out_auto);
  g_test_add_func ("/worker/find-out-cancelled", test_find_out_cancelled);
  g_test_add_func ("/worker/cancel", test_cancel);
  g_test_add_func ("/worker/shutdown-is-silent", test_shutdown_is_silent);
  g_test_add_func ("/worker/stale-news", test_stale_news);
  g_test_add_func ("/worker/journal", test_journal);
  return g_test_run ();
}
