/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/bench/choose.h"
#include "engine/records/machine.h"

static const MoeLimits sample_limits = { .peak_flops_per_s = 2e11,
                                         .bytes_per_s = 3e10,
                                         .calibration = { 1.5e11, 2e10, 1e9 } };

static void
empty_cache (void)
{
  g_autofree char *path = moe_machine_cache_path ();
  g_remove (path);
}

static void
test_round_trip (void)
{
  MoeLimits limits;
  const MoeBackend *backend = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  empty_cache ();
  g_assert_false (moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits));
  g_assert_true (moe_machine_store (backend, 0, 2, MOE_DTYPE_FLOAT32, &sample_limits, NULL));
  g_assert_true (moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits));
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, sample_limits.peak_flops_per_s);
  g_assert_cmpfloat (limits.calibration.bytes_per_s, ==, sample_limits.calibration.bytes_per_s);
  /* Another thread count or dtype is another machine. */
  g_assert_false (moe_machine_load (backend, 0, 3, MOE_DTYPE_FLOAT32, &limits));
  g_assert_false (moe_machine_load (backend, 0, 2, MOE_DTYPE_BFLOAT16, &limits));
}

/* A cache that somebody edited, or that a crash cut off, is as good as none. */
static void
test_broken_cache (void)
{
  const MoeBackend *backend = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  g_autofree char *path = moe_machine_cache_path ();
  MoeLimits limits = sample_limits;
  limits.bytes_per_s = -1;
  g_assert_true (moe_machine_store (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits, NULL));
  g_assert_false (moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits));
  g_assert_true (g_file_set_contents (path, "[half a gro", -1, NULL));
  g_assert_false (moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits));
  g_assert_true (moe_machine_store (backend, 0, 2, MOE_DTYPE_FLOAT32, &sample_limits, NULL));
  g_assert_true (moe_machine_load (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits));
}

/* What is kept is used without measuring; `again` measures. */
static void
test_limits (void)
{
  MoeLimits limits;
  const MoeBackend *backend = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  empty_cache ();
  g_assert_true (moe_machine_store (backend, 0, 1, MOE_DTYPE_FLOAT32, &sample_limits, NULL));
  g_assert_cmpint (
      moe_machine_limits (backend, 0, 1, MOE_DTYPE_FLOAT32, FALSE, NULL, &limits, NULL), ==,
      MOE_OK);
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, 2e11);
  g_assert_cmpint (moe_machine_limits (backend, 0, 1, MOE_DTYPE_FLOAT32, TRUE, NULL, &limits, NULL),
                   ==, MOE_OK);
  g_assert_cmpfloat (limits.peak_flops_per_s, !=, 2e11);
  g_assert_true (moe_machine_load (backend, 0, 1, MOE_DTYPE_FLOAT32, &limits));
  g_assert_cmpfloat (limits.peak_flops_per_s, !=, 2e11);
}

/* The fastest by what is kept; every contender is named. */
static void
test_choose (void)
{
  gsize n;
  const MoeBackend *const *backends = moe_backends (&n);
  const MoeBackend *expected = NULL;
  g_autofree char *why = NULL;
  empty_cache ();
  for (gsize i = 0; i < n; i++)
    if (moe_backend_find (backends[i]->name, MOE_DTYPE_FLOAT32, NULL) != NULL)
      {
        MoeLimits limits = sample_limits;
        limits.calibration.flops_per_s = 1e11 * (double)(i + 1);
        g_assert_true (moe_machine_store (backends[i], 0, 2, MOE_DTYPE_FLOAT32, &limits, NULL));
        expected = backends[i]; /* the last is the fastest */
      }
  g_assert_true (moe_machine_choose (2, MOE_DTYPE_FLOAT32, NULL, &why, NULL) == expected);
  g_assert_true (g_str_has_prefix (why, expected->title));
  g_assert_nonnull (strstr (why, "OpenBLAS"));
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

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("nullcurve-machine-XXXXXX", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/round-trip", test_round_trip);
  g_test_add_func ("/machine/broken-cache", test_broken_cache);
  g_test_add_func ("/machine/limits", test_limits);
  g_test_add_func ("/machine/choose", test_choose);
  g_test_add_func ("/machine/sort", test_sort);
  int status = g_test_run ();
  empty_cache ();
  g_autofree char *folder = g_build_filename (cache, "nullcurve", NULL);
  g_rmdir (folder);
  g_rmdir (cache);
  return status;
}
