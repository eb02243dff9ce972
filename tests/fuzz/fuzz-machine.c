/* SPDX-License-Identifier: Apache-2.0 */
/* The file that keeps what was measured about this machine.  The words PROCESSOR and BACKEND in an
 * input stand for what this machine calls its groups. */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "engine/backends/backend.h"
#include "engine/host/environment.h"
#include "engine/host/machine-file.h"

enum
{
  THREADS = 2
};

static const MoeBackend *
native (void)
{
  static const MoeBackend *backend;
  if (backend == NULL)
    backend = moe_backend_find ("native", MOE_DTYPE_FLOAT32, NULL);
  fuzz_require (backend != NULL);
  return backend;
}

static char *
name_groups (const char *text)
{
  MoeBackendFacts facts;
  native ()->facts (0, &facts);
  g_autofree char *processor = g_strdelimit (g_strdup (moe_environment_cpu ()), "[]\n\r", '_');
  g_autofree char *own = g_strdup_printf ("native; %s; %s", facts.library, facts.kernels);
  g_autoptr (GString) named = g_string_new (text);
  g_string_replace (named, "PROCESSOR", processor, 0);
  g_string_replace (named, "BACKEND", own, 0);
  return g_strdup (named->str);
}

static gboolean
is_rate (double value)
{
  return isfinite (value) && value > 0;
}

static void
check_kept (void)
{
  MoeMachineKept kept;
  double sd;
  guint df;
  moe_machine_recall (native (), 0, THREADS, MOE_DTYPE_FLOAT32, &kept);
  if (kept.has_roofs)
    fuzz_require (is_rate (kept.limits.peak_flops_per_s) && is_rate (kept.limits.read_bytes_per_s)
                  && is_rate (kept.limits.write_bytes_per_s));
  if (kept.has_calibration)
    fuzz_require (is_rate (kept.limits.calibration.flops_per_s)
                  && is_rate (kept.limits.calibration.bytes_per_s)
                  && is_rate (kept.limits.calibration.touch_bytes_per_s));
  fuzz_require (kept.limits.circumstances.date_s >= 0);
  if (moe_machine_start_spread (native (), THREADS, MOE_DTYPE_FLOAT32, &sd, &df))
    fuzz_require (isfinite (sd) && sd >= 0 && df >= 1 && df <= 100);
}

/* What is kept beside it must not hinder. */
static void
check_store (void)
{
  const MoeCircumstances quiet = { .share = 1, .others_busy = 0, .date_s = 1700000000 };
  const MoeLimits limits = {
    .peak_flops_per_s = 3e11,
    .read_bytes_per_s = 2e10,
    .write_bytes_per_s = 1e10,
    .circumstances = quiet,
    .calibration = { .flops_per_s = 2e11, .bytes_per_s = 1.5e10, .touch_bytes_per_s = 5e9 },
    .calibration_circumstances = quiet
  };
  MoeLimits back;
  g_autoptr (GError) error = NULL;
  if (!moe_machine_store (native (), 0, THREADS, MOE_DTYPE_FLOAT32, &limits, &error))
    fuzz_fail (error->message, "storing", 0);
  fuzz_require (moe_machine_load (native (), 0, THREADS, MOE_DTYPE_FLOAT32, &back));
  fuzz_require (back.peak_flops_per_s == limits.peak_flops_per_s);
  fuzz_require (back.calibration.flops_per_s == limits.calibration.flops_per_s);
  fuzz_require (back.circumstances.date_s == quiet.date_s && !back.circumstances.disturbed);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *named = name_groups (text);
  gboolean has_names = strcmp (named, text) != 0;
  g_autofree char *path = fuzz_write ("cache/nullcurve/machine.ini", named, strlen (named));
  fuzz_require (path != NULL);
  check_kept ();
  /* It brings the file to the disk: only of those that get so far. */
  if (has_names && size % 16 == 0)
    check_store ();
  fuzz_end ();
  return 0;
}
