/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/machine.h"

#include <errno.h>
#include <math.h>

#include "engine/bench/choose.h"
#include "engine/records/environment.h"

enum
{
  CACHE_VERSION = 1 /* raised when what is measured, or how, changes */
};

typedef struct Field
{
  const char *key;
  gsize offset;
} Field;

static const Field fields[] = {
  { "peak_flops_per_s", G_STRUCT_OFFSET (MoeLimits, peak_flops_per_s) },
  { "bytes_per_s", G_STRUCT_OFFSET (MoeLimits, bytes_per_s) },
  { "dense_flops_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.flops_per_s) },
  { "stream_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.bytes_per_s) },
  { "touch_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.touch_bytes_per_s) },
};

char *
moe_machine_cache_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "nullcurve", "machine.ini", NULL);
}

/* Another library, kernel, processor or thread count is another machine. */
static char *
group_name (const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype)
{
  MoeBackendFacts facts;
  backend->facts (device, &facts);
  /* The processor, or what stands in for it. */
  const char *hardware = backend->n_devices != NULL ? facts.device : moe_environment_cpu ();
  char *name = g_strdup_printf ("%d %s; %s; %s; %s; %s; %" G_GSIZE_FORMAT " threads",
                                (int)CACHE_VERSION, hardware, backend->name, facts.library,
                                facts.kernels, moe_name_of (&moe_dtype_names, (int)dtype), threads);
  return g_strdelimit (name, "[]\n\r", '_');
}

static GKeyFile *
load_cache (void)
{
  GKeyFile *cache = g_key_file_new ();
  g_autofree char *path = moe_machine_cache_path ();
  g_key_file_load_from_file (cache, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  return cache;
}

gboolean
moe_machine_load (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeLimits *limits)
{
  g_autoptr (GKeyFile) cache = load_cache ();
  g_autofree char *group = group_name (backend, device, threads, dtype);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      double value = g_key_file_get_double (cache, group, fields[i].key, NULL);
      if (!isfinite (value) || value <= 0)
        return FALSE;
      G_STRUCT_MEMBER (double, limits, fields[i].offset) = value;
    }
  return TRUE;
}

gboolean
moe_machine_store (const MoeBackend *backend,
                   gsize device,
                   gsize threads,
                   MoeDtype dtype,
                   const MoeLimits *limits,
                   GError **error)
{
  g_autoptr (GKeyFile) cache = load_cache ();
  g_autofree char *group = group_name (backend, device, threads, dtype);
  g_autofree char *path = moe_machine_cache_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    g_key_file_set_double (cache, group, fields[i].key,
                           G_STRUCT_MEMBER (double, limits, fields[i].offset));
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   "The folder %s cannot be made: %s", folder, g_strerror (errno));
      return FALSE;
    }
  return g_key_file_save_to_file (cache, path, error); /* written aside, then renamed */
}

MoeStatus
moe_machine_limits (const MoeBackend *backend,
                    gsize device,
                    gsize threads,
                    MoeDtype dtype,
                    gboolean again,
                    const MoeCancel *cancel,
                    MoeLimits *limits,
                    MoeError *error)
{
  if (!again && moe_machine_load (backend, device, threads, dtype, limits))
    return MOE_OK;
  MoeClock clock = moe_clock_monotonic ();
  MoeStatus status =
      moe_limits_measure (backend, device, threads, dtype, &clock, cancel, limits, error);
  if (status == MOE_OK)
    moe_machine_store (backend, device, threads, dtype, limits, NULL);
  return status;
}

static char *
describe_contenders (const MoeContender *contenders, gsize n)
{
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    {
      double rate = moe_choose_flops () / contenders[i].step_s / 1e9;
      if (i == 0)
        g_string_append_printf (text,
                                "%s is the fastest here (%.0f GF/s expected on a typical point",
                                contenders[i].backend->title, rate);
      else
        g_string_append_printf (text, "%s%s %.0f", i == 1 ? "; " : ", ",
                                contenders[i].backend->title, rate);
    }
  g_string_append (text, ").");
  return g_string_free (text, FALSE);
}

/* The usable backends with their limits, fastest first. */
static gsize
list_contenders (gsize threads,
                 MoeDtype dtype,
                 const MoeCancel *cancel,
                 MoeContender *contenders,
                 MoeError *error)
{
  gsize n_backends, n = 0;
  const MoeBackend *const *backends = moe_backends (&n_backends);
  for (gsize i = 0; i < n_backends && n < MOE_MAX_CONTENDERS; i++)
    {
      MoeLimits limits;
      if (moe_backend_find (backends[i]->name, dtype, error) == NULL
          || moe_machine_limits (backends[i], 0, threads, dtype, FALSE, cancel, &limits, error)
                 != MOE_OK)
        continue; /* one that cannot run a small block is no contender */
      contenders[n].backend = backends[i];
      contenders[n].calibration = limits.calibration;
      contenders[n].step_s = moe_choose_step_s (dtype, &limits.calibration);
      n++;
    }
  moe_choose_sort (contenders, n);
  return n;
}

const MoeBackend *
moe_machine_choose (
    gsize threads, MoeDtype dtype, const MoeCancel *cancel, char **why, MoeError *error)
{
  MoeContender contenders[MOE_MAX_CONTENDERS];
  gsize n = list_contenders (threads, dtype, cancel, contenders, error);
  if (n == 0 || moe_cancel_requested (cancel))
    return NULL;
  if (why != NULL)
    *why = describe_contenders (contenders, n);
  return contenders[0].backend;
}
