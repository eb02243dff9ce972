/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/host/machine-file.h"
#include "engine/host/machine-limits.h"
#include "engine/machine/choose.h"
#include "tests/bench/fake-contenders.h"

static const MoeLimits sample_limits = {
  .peak_flops_per_s = 2e11,
  .read_bytes_per_s = 3e10,
  .write_bytes_per_s = 2e10,
  .circumstances = { .share = 0.99, .others_busy = 0.02, .date_s = 1790000000 },
  .calibration = { 1.5e11, 2e10, 1e9 },
  .calibration_circumstances = { .disturbed = true, .share = NAN, .others_busy = NAN },
};

static void
empty_cache (void)
{
  g_autofree char *path = moe_machine_cache_path ();
  g_remove (path);
}

static void
store (const MoeBackend *backend, const MoeLimits *limits)
{
  g_assert_true (moe_machine_store (backend, 0, 2, MOE_DTYPE_FLOAT32, limits, NULL));
}

static gboolean
load (const MoeBackend *backend, MoeLimits *limits)
{
  return moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, limits);
}

static void
test_round_trip (void)
{
  MoeLimits limits;
  const MoeBackend *backend = &fake_quick;
  empty_cache ();
  g_assert_false (load (backend, &limits));
  store (backend, &sample_limits);
  g_assert_true (load (backend, &limits));
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, sample_limits.peak_flops_per_s);
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, sample_limits.read_bytes_per_s);
  g_assert_cmpfloat (limits.write_bytes_per_s, ==, sample_limits.write_bytes_per_s);
  g_assert_cmpfloat (limits.calibration.bytes_per_s, ==, sample_limits.calibration.bytes_per_s);
  g_assert_false (limits.circumstances.disturbed);
  g_assert_cmpfloat (limits.circumstances.share, ==, 0.99);
  g_assert_cmpfloat (limits.circumstances.others_busy, ==, 0.02);
  g_assert_cmpint (limits.circumstances.date_s, ==, 1790000000);
  g_assert_true (limits.calibration_circumstances.disturbed);
  g_assert_true (isnan (limits.calibration_circumstances.share));
  g_assert_cmpint (limits.calibration_circumstances.date_s, ==, 0);
  /* Another thread count or dtype is another machine. */
  g_assert_false (moe_machine_load (backend, 0, 3, MOE_DTYPE_FLOAT32, &limits));
  g_assert_false (moe_machine_load (backend, 0, 2, MOE_DTYPE_BFLOAT16, &limits));
  /* Another backend stands under the same roof, but has a calibration of its own. */
  g_assert_false (load (&fake_native, &limits));
}

static char *
read_cache (void)
{
  g_autofree char *path = moe_machine_cache_path ();
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
write_cache (const char *text)
{
  g_autofree char *path = moe_machine_cache_path ();
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The kept file with every `from` turned into `to`. */
static void
spoil_cache (const char *from, const char *to)
{
  g_autofree char *text = read_cache ();
  g_autoptr (GString) spoilt = g_string_new (text);
  g_assert_cmpuint (g_string_replace (spoilt, from, to, 0), >, 0);
  write_cache (spoilt->str);
}

/* A cache that somebody edited, that a crash cut off or that another version wrote is as good as
 * none. */
static void
test_broken_cache (void)
{
  static const struct
  {
    const char *from, *to;
  } faults[] = {
    { "peak_flops_per_s=2e11", "peak_flops_per_s=-1" },
    { "peak_flops_per_s=2e11", "peak_flops_per_s=fast" },
    { "read_bytes_per_s=", "read_bytes_per_s=inf" },
    { "write_bytes_per_s=", "bytes_per_s=" },
    { "dense_flops_per_s=", "dense_flops_per_s=nan" },
    { "version=3", "version=2" },
    { "version=3", "" },
    { "[nullcurve]", "[half a gro" },
  };
  MoeLimits limits = sample_limits;
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      empty_cache ();
      store (&fake_quick, &sample_limits);
      spoil_cache ("peak_flops_per_s=200000000000", "peak_flops_per_s=2e11");
      g_assert_true (load (&fake_quick, &limits));
      spoil_cache (faults[i].from, faults[i].to);
      g_assert_false (load (&fake_quick, &limits));
      store (&fake_quick, &sample_limits);
      g_assert_true (load (&fake_quick, &limits));
    }
}

/* What tells no circumstances, or nonsense, is not taken for undisturbed. */
static void
test_broken_circumstances (void)
{
  MoeLimits limits;
  empty_cache ();
  store (&fake_quick, &sample_limits);
  spoil_cache ("disturbed=false", "disturbed=perhaps");
  spoil_cache ("share=0.98999999999999999", "share=many");
  spoil_cache ("others_busy=0.02", "others_busy=-3");
  spoil_cache ("date=2026", "date=yesterday");
  g_assert_true (load (&fake_quick, &limits));
  g_assert_true (limits.circumstances.disturbed);
  g_assert_true (isnan (limits.circumstances.share));
  g_assert_true (isnan (limits.circumstances.others_busy));
  g_assert_cmpint (limits.circumstances.date_s, ==, 0);
}

/* What an older version kept is not carried along. */
static void
test_old_version (void)
{
  empty_cache ();
  store (&fake_quick, &sample_limits);
  write_cache ("[1 AMD; native; float32; 2 threads]\npeak_flops_per_s=5.25e11\n");
  store (&fake_quick, &sample_limits);
  g_autofree char *text = read_cache ();
  g_assert_null (strstr (text, "[1 AMD"));
  g_assert_nonnull (strstr (text, "date=2026-09-21T"));
}

/* --- on a machine that does as it is told --- */

static const MoeBackend *const both[] = { &fake_quick, &fake_native };

static void
calibrate (gsize n, gboolean again, MoeLimits *limits)
{
  MoeQuiet quiet = fake_contenders_quiet ();
  MoeMeasureAsk ask = { .threads = FAKE_THREADS, .quiet = &quiet };
  MoeError errors[2];
  g_assert_cmpint (moe_machine_calibrate (&ask, both, n, again, limits, errors), ==, MOE_OK);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (errors[i].status, ==, MOE_OK);
}

static void
set_machine (double step_s, double waiting)
{
  fake_contenders_reset ();
  fake_contenders.step_s[0] = fake_contenders.step_s[1] = step_s;
  fake_contenders.waiting = waiting;
  fake_contenders.others = waiting > 0 ? 1.5 : 0;
  fake_contenders.peak_try_s = 1e-3;
}

/* Only what is not known is measured, in turns; then it is. */
static void
test_measures_missing (void)
{
  MoeLimits limits[2], kept;
  empty_cache ();
  set_machine (0.01, 0);
  calibrate (1, FALSE, limits);
  g_assert_null (strchr (fake_contenders.calls->str, 'N'));
  g_assert_cmpint (limits[0].circumstances.date_s, >, 0);
  set_machine (0.01, 0);
  calibrate (2, FALSE, limits);
  g_assert_null (strchr (fake_contenders.calls->str, 'Q'));
  set_machine (0.01, 0);
  calibrate (2, FALSE, limits);
  g_assert_cmpuint (fake_contenders.opens, ==, 0);
  calibrate (2, TRUE, limits);
  g_assert_true (g_str_has_prefix (fake_contenders.calls->str, "Q Q N N N N Q Q "));
  g_assert_true (load (&fake_native, &kept));
  g_assert_cmpfloat (kept.calibration.flops_per_s, ==, limits[1].calibration.flops_per_s);
}

/* Taken under load it is used and marked, left alone while the load lasts, and made again when the
 * machine is quiet. */
static void
test_remade_when_quiet (void)
{
  MoeLimits loud, limits;
  empty_cache ();
  set_machine (0.01, 0.2);
  calibrate (1, FALSE, &loud);
  g_assert_true (moe_limits_is_disturbed (&loud));
  g_assert_cmpfloat (loud.circumstances.others_busy, >, 1);
  set_machine (0.01, 0.2);
  calibrate (1, FALSE, &limits);
  g_assert_cmpuint (fake_contenders.opens, ==, 0);
  g_assert_true (moe_limits_is_disturbed (&limits));
  set_machine (0.005, 0);
  calibrate (1, FALSE, &limits);
  g_assert_cmpuint (fake_contenders.opens, >, 0);
  g_assert_false (moe_limits_is_disturbed (&limits));
  g_assert_cmpfloat (limits.calibration.flops_per_s, >, 1.5 * loud.calibration.flops_per_s);
  set_machine (0.005, 0);
  calibrate (1, FALSE, &limits);
  g_assert_cmpuint (fake_contenders.opens, ==, 0);
}

/* A result under load never replaces a true one, even when it is asked for; a true one does. */
static void
test_true_stays (void)
{
  MoeLimits quiet, limits;
  empty_cache ();
  set_machine (0.01, 0);
  calibrate (1, FALSE, &quiet);
  set_machine (0.001, 0.2);
  calibrate (1, TRUE, &limits);
  g_assert_cmpuint (fake_contenders.opens, >, 0);
  g_assert_cmpfloat (limits.calibration.flops_per_s, ==, quiet.calibration.flops_per_s);
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, quiet.peak_flops_per_s);
  g_assert_false (moe_limits_is_disturbed (&limits));
  g_assert_true (load (&fake_quick, &limits));
  g_assert_cmpfloat (limits.calibration.flops_per_s, ==, quiet.calibration.flops_per_s);
  set_machine (0.02, 0);
  calibrate (1, TRUE, &limits);
  g_assert_cmpfloat (limits.calibration.flops_per_s, <, quiet.calibration.flops_per_s);
}

/* A roof that was seen higher stays, also for the next backend, unless all is asked for anew. */
static void
test_roofs_rise (void)
{
  MoeLimits first, limits[2];
  empty_cache ();
  set_machine (0.01, 0);
  calibrate (1, FALSE, &first);
  set_machine (0.01, 0);
  fake_contenders.peak_try_s = 2e-3; /* half as fast */
  calibrate (2, FALSE, limits);
  g_assert_cmpfloat (limits[1].read_bytes_per_s, ==, first.read_bytes_per_s);
  g_assert_cmpfloat (limits[1].peak_flops_per_s, ==, first.peak_flops_per_s);
  set_machine (0.01, 0);
  fake_contenders.peak_try_s = 2e-3;
  calibrate (2, TRUE, limits);
  g_assert_cmpfloat_with_epsilon (limits[0].read_bytes_per_s, first.read_bytes_per_s / 2, 1e3);

  /* So does what a measured step reached. */
  MoeLimits reached = { .peak_flops_per_s = 1e16, .read_bytes_per_s = 1, .write_bytes_per_s = 1 };
  moe_machine_raise (&fake_quick, 0, FAKE_THREADS, MOE_DTYPE_FLOAT32, &reached);
  g_assert_true (load (&fake_native, &first));
  g_assert_cmpfloat (first.peak_flops_per_s, ==, 1e16);
  g_assert_cmpfloat (first.read_bytes_per_s, ==, limits[0].read_bytes_per_s);
}

/* --- real backends --- */

static MoeStatus
limits_of (const MoeBackend *backend, gboolean again, MoeLimits *limits)
{
  MoeMeasureAsk ask = { .threads = 1, .dtype = MOE_DTYPE_FLOAT32 };
  MoeError error;
  MoeStatus status = moe_machine_calibrate (&ask, &backend, 1, again, limits, &error);
  return status == MOE_OK ? error.status : status;
}

/* What is kept is used without measuring; `again` measures. */
static void
test_limits (void)
{
  MoeLimits limits;
  const MoeBackend *backend = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  empty_cache ();
  MoeLimits kept = sample_limits;
  kept.circumstances.disturbed = true; /* so that whatever the load, what is measured is taken */
  kept.calibration.touch_bytes_per_s = 1;
  g_assert_true (moe_machine_store (backend, 0, 1, MOE_DTYPE_FLOAT32, &kept, NULL));
  g_assert_cmpint (limits_of (backend, TRUE, &limits), ==, MOE_OK);
  g_assert_cmpfloat (limits.peak_flops_per_s, !=, 2e11);
  g_assert_cmpfloat (limits.calibration.touch_bytes_per_s, !=, 1);
  kept.circumstances.disturbed = kept.calibration_circumstances.disturbed = false;
  g_assert_true (moe_machine_store (backend, 0, 1, MOE_DTYPE_FLOAT32, &kept, NULL));
  g_assert_cmpint (limits_of (backend, FALSE, &limits), ==, MOE_OK);
  g_assert_cmpfloat (limits.calibration.touch_bytes_per_s, ==, 1);
}

/* The fastest by what is kept; every contender is named. */
static void
test_choose (void)
{
  const MoeBackend *backends[MOE_MAX_CONTENDERS];
  gsize n = moe_machine_list (MOE_DTYPE_FLOAT32, backends, NULL);
  g_autofree char *why = NULL;
  MoeLimits chosen[MOE_MAX_CONTENDERS];
  MoeError errors[MOE_MAX_CONTENDERS];
  const MoeMeasureAsk ask = { .threads = 2, .dtype = MOE_DTYPE_FLOAT32 };
  empty_cache ();
  for (gsize i = 0; i < n; i++)
    {
      MoeLimits limits = sample_limits;
      limits.calibration_circumstances.disturbed = false;
      limits.calibration.flops_per_s = 1e11 * (double)(i + 1); /* the last is the fastest */
      store (backends[i], &limits);
    }
  g_assert_cmpint (moe_machine_calibrate (&ask, backends, n, FALSE, chosen, errors), ==, MOE_OK);
  g_assert_cmpint (moe_machine_fastest (backends, chosen, errors, n, MOE_DTYPE_FLOAT32, &why), ==,
                   n - 1);
  g_assert_cmpfloat (chosen[n - 1].calibration.flops_per_s, ==, 1e11 * (double)n);
  g_assert_true (g_str_has_prefix (why, backends[n - 1]->title));
  g_assert_nonnull (strstr (why, "OpenBLAS"));
  g_assert_null (strstr (why, "measured"));
}

static char *
explain (double native_flops_per_s, gboolean disturbed, double others_busy, gssize *fastest)
{
  MoeLimits limits[] = { sample_limits, sample_limits };
  MoeError errors[2] = { 0 };
  char *why = NULL;
  limits[0].calibration_circumstances.disturbed = false;
  limits[1].calibration_circumstances =
      (MoeCircumstances){ .disturbed = disturbed, .others_busy = others_busy };
  limits[1].calibration.flops_per_s = native_flops_per_s;
  *fastest = moe_machine_fastest (both, limits, errors, 2, MOE_DTYPE_FLOAT32, &why);
  return why;
}

/* The sentence is true: of a tie it does not say "the fastest", and it says what was taken under
 * load. */
static void
test_why (void)
{
  gssize fastest;
  g_autofree char *slower = explain (1.2e11, FALSE, 0, &fastest);
  g_assert_cmpint (fastest, ==, 0);
  g_assert_true (g_str_has_prefix (slower, "Quick is the fastest here ("));
  g_assert_null (strstr (slower, "measured"));
  g_autofree char *tie = explain (1.48e11, FALSE, 0, &fastest);
  g_assert_cmpint (fastest, ==, 1);
  g_assert_true (g_str_has_prefix (tie, "Native is as fast as any, within 5 %, here ("));
  g_autofree char *faster = explain (1.52e11, FALSE, 0, &fastest);
  g_assert_cmpint (fastest, ==, 1);
  g_assert_true (g_str_has_prefix (faster, "Native is the fastest here ("));
  g_autofree char *loud = explain (1.2e11, TRUE, 1.66, &fastest);
  g_assert_nonnull (strstr (loud, "measured while others used 1.7 of "));
  g_autofree char *unknown = explain (1.2e11, TRUE, NAN, &fastest);
  g_assert_nonnull (strstr (unknown, "measured while others used the processors"));
}

static void
test_sort (void)
{
  MoeContender contenders[] = {
    { .step_s = 3 }, { .step_s = 1 }, { .step_s = 2 }, { .step_s = 1 }
  };
  contenders[1].calibration.flops_per_s = 1;
  contenders[3].calibration.flops_per_s = 2;
  moe_choose_sort (contenders, 4);
  g_assert_cmpfloat (contenders[0].calibration.flops_per_s, ==, 1);
  g_assert_cmpfloat (contenders[1].calibration.flops_per_s, ==, 2);
  g_assert_cmpfloat (contenders[3].step_s, ==, 3);
}

/* Native comes first up to 5 % behind the fastest, wherever the others are. */
static void
test_tie (void)
{
  MoeContender contenders[] = {
    { .step_s = 100, .backend = &fake_quick },
    { .step_s = 104.9, .backend = &fake_native },
    { .step_s = 102, .backend = &fake_quick },
  };
  moe_choose_sort (contenders, 3);
  g_assert_true (contenders[0].backend == &fake_native);
  g_assert_cmpfloat (contenders[1].step_s, ==, 100);
  g_assert_cmpfloat (contenders[2].step_s, ==, 102);
  contenders[0].step_s = 105.1;
  moe_choose_sort (contenders, 3);
  g_assert_cmpfloat (contenders[0].step_s, ==, 100);
  g_assert_true (contenders[2].backend == &fake_native);
}

/* --- starts --- */

static gboolean
spread (double *sd, guint *df)
{
  return moe_machine_start_spread (&fake_quick, 2, MOE_DTYPE_FLOAT32, sd, df);
}

static void
learn (double sd, guint df)
{
  moe_machine_learn_starts (&fake_quick, 2, MOE_DTYPE_FLOAT32, sd, df);
}

/* Variances are pooled by their degrees of freedom: (4 x 1 + 12 x 9) / 16 = 7. */
static void
test_starts (void)
{
  double sd;
  guint df;
  empty_cache ();
  g_assert_false (spread (&sd, &df));
  learn (0.01, 4);
  g_assert_true (spread (&sd, &df));
  g_assert_cmpfloat_with_epsilon (sd, 0.01, 1e-15);
  g_assert_cmpuint (df, ==, 4);
  learn (0.03, 12);
  g_assert_true (spread (&sd, &df));
  g_assert_cmpfloat_with_epsilon (sd, 0.01 * sqrt (7), 1e-12);
  g_assert_cmpuint (df, ==, 16);
  g_assert_false (moe_machine_start_spread (&fake_native, 2, MOE_DTYPE_FLOAT32, &sd, &df));
  g_assert_false (moe_machine_start_spread (&fake_quick, 3, MOE_DTYPE_FLOAT32, &sd, &df));

  /* It outlives a calibration, and a calibration it. */
  MoeLimits limits;
  store (&fake_quick, &sample_limits);
  learn (0.03, 12);
  g_assert_true (load (&fake_quick, &limits));
  g_assert_true (spread (&sd, &df));
  g_assert_cmpuint (df, ==, 28);
}

/* What is old counts for no more than 100, so that a change is still learnt. */
static void
test_starts_cap (void)
{
  double sd;
  guint df;
  empty_cache ();
  learn (0.01, 5000);
  g_assert_true (spread (&sd, &df));
  g_assert_cmpuint (df, ==, 100);
  learn (0.03, 100);
  g_assert_true (spread (&sd, &df));
  g_assert_cmpuint (df, ==, 100);
  g_assert_cmpfloat_with_epsilon (sd, 0.01 * sqrt (5), 1e-12);
}

static void
test_starts_nonsense (void)
{
  double sd;
  guint df;
  empty_cache ();
  learn (NAN, 3);
  learn (-0.1, 3);
  learn (INFINITY, 3);
  learn (0.1, 0);
  g_assert_false (spread (&sd, &df));
  learn (0.5, 3);
  spoil_cache ("sd=0.5", "sd=none");
  g_assert_false (spread (&sd, &df));
  learn (0.25, 2);
  g_assert_true (spread (&sd, &df));
  g_assert_cmpfloat (sd, ==, 0.25);
  spoil_cache ("df=2", "df=-2");
  g_assert_false (spread (&sd, &df));
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("nullcurve-machine-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/round-trip", test_round_trip);
  g_test_add_func ("/machine/broken-cache", test_broken_cache);
  g_test_add_func ("/machine/broken-circumstances", test_broken_circumstances);
  g_test_add_func ("/machine/old-version", test_old_version);
  g_test_add_func ("/machine/measures-missing", test_measures_missing);
  g_test_add_func ("/machine/remade-when-quiet", test_remade_when_quiet);
  g_test_add_func ("/machine/true-stays", test_true_stays);
  g_test_add_func ("/machine/roofs-rise", test_roofs_rise);
  g_test_add_func ("/machine/limits", test_limits);
  g_test_add_func ("/machine/choose", test_choose);
  g_test_add_func ("/machine/why", test_why);
  g_test_add_func ("/machine/sort", test_sort);
  g_test_add_func ("/machine/tie", test_tie);
  g_test_add_func ("/machine/starts", test_starts);
  g_test_add_func ("/machine/starts-cap", test_starts_cap);
  g_test_add_func ("/machine/starts-nonsense", test_starts_nonsense);
  int status = g_test_run ();
  empty_cache ();
  g_autofree char *folder = g_build_filename (cache, "nullcurve", NULL);
  g_rmdir (folder);
  g_rmdir (cache);
  return status;
}
