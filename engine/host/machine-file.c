/* SPDX-License-Identifier: Apache-2.0 */
/* The file that keeps what was measured about machines: one group for the roofs of a processor, one
 * for each backend on it, one for how its starts differ. */
#include "engine/host/machine-file.h"

#include <errno.h>
#include <math.h>

#include "engine/base/input.h"
#include "engine/base/words.h"
#include "engine/files/output.h"
#include "engine/host/environment.h"

#define FILE_GROUP "nullcurve"

enum
{
  CACHE_VERSION = 3,  /* raised when what is measured, or how, changes */
  MOST_STARTS = 100,  /* degrees of freedom that are remembered */
  MAX_BYTES = 1 << 20 /* of the file; a larger one is not ours, and is written anew */
};

typedef struct Field
{
  const char *key;
  gsize offset;
} Field;

static const Field roof_fields[] = {
  { "peak_flops_per_s", G_STRUCT_OFFSET (MoeLimits, peak_flops_per_s) },
  { "read_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, read_bytes_per_s) },
  { "write_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, write_bytes_per_s) },
};

static const Field calibration_fields[] = {
  { "dense_flops_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.flops_per_s) },
  { "stream_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.bytes_per_s) },
  { "touch_bytes_per_s", G_STRUCT_OFFSET (MoeLimits, calibration.touch_bytes_per_s) },
};

char *
moe_machine_cache_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "nullcurve", "machine.ini", NULL);
}

static char *
processor_name (const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype)
{
  MoeBackendFacts facts;
  backend->facts (device, &facts);
  /* The processor, or what stands in for it. */
  const char *hardware = backend->n_devices != NULL ? facts.device : moe_environment_cpu ();
  return g_strdup_printf ("%s; %s; %" G_GSIZE_FORMAT " threads", hardware,
                          moe_choice_name (MOE_CHOICE_DTYPE, dtype), threads);
}

static char *
as_group (char *name)
{
  return g_strdelimit (name, "[]\n\r", '_');
}

static char *
roof_group (const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype)
{
  g_autofree char *processor = processor_name (backend, device, threads, dtype);
  return as_group (g_strdup_printf ("%s; limits", processor));
}

/* Another library, kernel, processor or thread count is another machine. */
static char *
backend_group (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, const char *what)
{
  MoeBackendFacts facts;
  backend->facts (device, &facts);
  g_autofree char *processor = processor_name (backend, device, threads, dtype);
  return as_group (g_strdup_printf ("%s; %s; %s; %s; %s", processor, backend->name, facts.library,
                                    facts.kernels, what));
}

/* What another version wrote was measured in another way: it is as good as nothing. */
static GKeyFile *
load_cache (void)
{
  g_autoptr (GKeyFile) cache = g_key_file_new ();
  g_autofree char *path = moe_machine_cache_path ();
  g_autofree char *text = NULL;
  gsize length;
  if (moe_input_read (path, MAX_BYTES, &text, &length, NULL) == MOE_OK
      && g_key_file_load_from_data (cache, text, length, G_KEY_FILE_KEEP_COMMENTS, NULL)
      && g_key_file_get_integer (cache, FILE_GROUP, "version", NULL) == CACHE_VERSION)
    return g_steal_pointer (&cache);
  GKeyFile *empty = g_key_file_new ();
  g_key_file_set_integer (empty, FILE_GROUP, "version", CACHE_VERSION);
  return empty;
}

static gboolean
save_cache (GKeyFile *cache, GError **error)
{
  g_autofree char *path = moe_machine_cache_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                   moe_words ("The folder %s cannot be made: %s"), folder, g_strerror (errno));
      return FALSE;
    }
  gsize length;
  g_autofree char *text = g_key_file_to_data (cache, &length, NULL);
  return moe_output_write (path, text, length, error);
}

/* One group: rates and how they were taken */

static gboolean
read_rates (GKeyFile *cache, const char *group, const Field *fields, gsize n, MoeLimits *limits)
{
  for (gsize i = 0; i < n; i++)
    {
      double value = g_key_file_get_double (cache, group, fields[i].key, NULL);
      if (!isfinite (value) || value <= 0)
        return FALSE;
      G_STRUCT_MEMBER (double, limits, fields[i].offset) = value;
    }
  return TRUE;
}

/* NaN for what is not there or makes no sense. */
static double
read_number (GKeyFile *cache, const char *group, const char *key)
{
  g_autoptr (GError) error = NULL;
  double value = g_key_file_get_double (cache, group, key, &error);
  return error == NULL && isfinite (value) && value >= 0 ? value : NAN;
}

static gint64
read_date (GKeyFile *cache, const char *group)
{
  g_autofree char *text = g_key_file_get_string (cache, group, "date", NULL);
  g_autoptr (GDateTime) date = text != NULL ? g_date_time_new_from_iso8601 (text, NULL) : NULL;
  return date != NULL ? MAX (g_date_time_to_unix (date), 0) : 0;
}

/* What does not say that it is undisturbed is not taken for it. */
static void
read_circumstances (GKeyFile *cache, const char *group, MoeCircumstances *circumstances)
{
  g_autofree char *disturbed = g_key_file_get_string (cache, group, "disturbed", NULL);
  *circumstances = (MoeCircumstances){
    .disturbed = g_strcmp0 (disturbed, "false") != 0,
    .share = read_number (cache, group, "share"),
    .others_busy = read_number (cache, group, "others_busy"),
    .date_s = read_date (cache, group),
  };
}

static void
write_number (GKeyFile *cache, const char *group, const char *key, double value)
{
  if (isfinite (value))
    g_key_file_set_double (cache, group, key, value);
  else
    g_key_file_remove_key (cache, group, key, NULL);
}

static void
write_circumstances (GKeyFile *cache, const char *group, const MoeCircumstances *circumstances)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (circumstances->date_s);
  g_autofree char *text = date != NULL ? g_date_time_format_iso8601 (date) : NULL;
  if (text != NULL && circumstances->date_s > 0)
    g_key_file_set_string (cache, group, "date", text);
  else
    g_key_file_remove_key (cache, group, "date", NULL);
  g_key_file_set_boolean (cache, group, "disturbed", circumstances->disturbed);
  write_number (cache, group, "share", circumstances->share);
  write_number (cache, group, "others_busy", circumstances->others_busy);
}

static void
write_rates (
    GKeyFile *cache, const char *group, const Field *fields, gsize n, const MoeLimits *limits)
{
  for (gsize i = 0; i < n; i++)
    g_key_file_set_double (cache, group, fields[i].key,
                           G_STRUCT_MEMBER (double, limits, fields[i].offset));
}

/* A combination */

void
moe_machine_recall (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeMachineKept *kept)
{
  g_autoptr (GKeyFile) cache = load_cache ();
  g_autofree char *roofs = roof_group (backend, device, threads, dtype);
  g_autofree char *own = backend_group (backend, device, threads, dtype, "calibration");
  *kept = (MoeMachineKept){ 0 };
  kept->has_roofs =
      read_rates (cache, roofs, roof_fields, G_N_ELEMENTS (roof_fields), &kept->limits);
  kept->has_calibration =
      read_rates (cache, own, calibration_fields, G_N_ELEMENTS (calibration_fields), &kept->limits);
  read_circumstances (cache, roofs, &kept->limits.circumstances);
  read_circumstances (cache, own, &kept->limits.calibration_circumstances);
}

gboolean
moe_machine_load (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeLimits *limits)
{
  MoeMachineKept kept;
  moe_machine_recall (backend, device, threads, dtype, &kept);
  if (!kept.has_roofs || !kept.has_calibration)
    return FALSE;
  *limits = kept.limits;
  limits->peak_flops_per_s = fmax (limits->peak_flops_per_s, limits->calibration.flops_per_s);
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
  g_autofree char *roofs = roof_group (backend, device, threads, dtype);
  g_autofree char *own = backend_group (backend, device, threads, dtype, "calibration");
  write_rates (cache, roofs, roof_fields, G_N_ELEMENTS (roof_fields), limits);
  write_circumstances (cache, roofs, &limits->circumstances);
  write_rates (cache, own, calibration_fields, G_N_ELEMENTS (calibration_fields), limits);
  write_circumstances (cache, own, &limits->calibration_circumstances);
  return save_cache (cache, error);
}

void
moe_machine_copy_roofs (MoeLimits *limits, const MoeLimits *from)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roof_fields); i++)
    G_STRUCT_MEMBER (double, limits, roof_fields[i].offset) =
        G_STRUCT_MEMBER (double, from, roof_fields[i].offset);
  limits->circumstances = from->circumstances;
}

gboolean
moe_machine_lift_roofs (MoeLimits *limits, const MoeLimits *from)
{
  gboolean lifted = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (roof_fields); i++)
    {
      double *rate = &G_STRUCT_MEMBER (double, limits, roof_fields[i].offset);
      double other = G_STRUCT_MEMBER (double, from, roof_fields[i].offset);
      lifted |= other > *rate;
      *rate = fmax (*rate, other);
    }
  return lifted;
}

void
moe_machine_raise (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, const MoeLimits *limits)
{
  MoeLimits kept;
  if (moe_machine_load (backend, device, threads, dtype, &kept)
      && moe_machine_lift_roofs (&kept, limits))
    moe_machine_store (backend, device, threads, dtype, &kept, NULL);
}

/* Starts */

static gboolean
read_starts (GKeyFile *cache, const char *group, double *sd, guint *df)
{
  int count = g_key_file_get_integer (cache, group, "df", NULL);
  *sd = read_number (cache, group, "sd");
  *df = (guint)CLAMP (count, 0, MOST_STARTS);
  return count > 0 && !isnan (*sd);
}

void
moe_machine_learn_starts (
    const MoeBackend *backend, gsize threads, MoeDtype dtype, double sd, guint df)
{
  g_autoptr (GKeyFile) cache = load_cache ();
  g_autofree char *group = backend_group (backend, 0, threads, dtype, "starts");
  double kept_sd;
  guint kept_df;
  if (!isfinite (sd) || sd < 0 || df == 0)
    return;
  df = MIN (df, MOST_STARTS);
  if (!read_starts (cache, group, &kept_sd, &kept_df))
    kept_df = 0;
  double squares = df * sd * sd + (kept_df > 0 ? kept_df * kept_sd * kept_sd : 0);
  g_key_file_set_double (cache, group, "sd", sqrt (squares / (kept_df + df)));
  g_key_file_set_integer (cache, group, "df", (int)MIN (kept_df + df, MOST_STARTS));
  save_cache (cache, NULL);
}

gboolean
moe_machine_start_spread (
    const MoeBackend *backend, gsize threads, MoeDtype dtype, double *sd, guint *df)
{
  g_autoptr (GKeyFile) cache = load_cache ();
  g_autofree char *group = backend_group (backend, 0, threads, dtype, "starts");
  return read_starts (cache, group, sd, df);
}
