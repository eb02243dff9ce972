/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/machine.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/base/team.h"

enum
{
  MAX_BACKENDS = 16,
  N_DTYPES = MOE_DTYPE_BFLOAT16 + 1
};

struct NullcurveBackends
{
  gatomicrefcount references;
  gsize n;
  const MoeBackend *backends[MAX_BACKENDS];
  char *reasons[MAX_BACKENDS][N_DTYPES]; /* NULL: it can */
  char *dtype_reasons[N_DTYPES];
};

static char *
reason_of (const char *name, MoeDtype dtype)
{
  MoeError error = { 0 };
  return moe_backend_find (name, dtype, &error) == NULL ? g_strdup (error.message) : NULL;
}

NullcurveBackends *
nullcurve_backends_look (void)
{
  NullcurveBackends *self = g_new0 (NullcurveBackends, 1);
  gsize n;
  const MoeBackend *const *list = moe_backends (&n);
  g_atomic_ref_count_init (&self->references);
  self->n = MIN (n, (gsize)MAX_BACKENDS);
  for (gsize i = 0; i < self->n; i++)
    {
      self->backends[i] = list[i];
      for (int dtype = 0; dtype < N_DTYPES; dtype++)
        self->reasons[i][dtype] = reason_of (list[i]->name, (MoeDtype)dtype);
    }
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    self->dtype_reasons[dtype] = reason_of ("auto", (MoeDtype)dtype);
  return self;
}

NullcurveBackends *
nullcurve_backends_ref (NullcurveBackends *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
nullcurve_backends_unref (NullcurveBackends *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    {
      g_free (self->dtype_reasons[dtype]);
      for (gsize i = 0; i < self->n; i++)
        g_free (self->reasons[i][dtype]);
    }
  g_free (self);
}

gsize
nullcurve_backends_get_n (const NullcurveBackends *self)
{
  return self->n;
}

const MoeBackend *
nullcurve_backends_get (const NullcurveBackends *self, gsize index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return self->backends[index];
}

const char *
nullcurve_backends_get_reason (const NullcurveBackends *self, gsize index, MoeDtype dtype)
{
  g_return_val_if_fail (index < self->n && (int)dtype < N_DTYPES, NULL);
  return self->reasons[index][dtype];
}

const char *
nullcurve_backends_get_dtype_reason (const NullcurveBackends *self, MoeDtype dtype)
{
  g_return_val_if_fail ((int)dtype < N_DTYPES, NULL);
  return self->dtype_reasons[dtype];
}

/* The named backend, or for "auto" the first that computes in `dtype`; -1 when there is none. */
static gssize
find_index (const NullcurveBackends *self, const char *name, MoeDtype dtype)
{
  gboolean any = strcmp (name, "auto") == 0;
  for (gsize i = 0; i < self->n; i++)
    if (any ? self->reasons[i][dtype] == NULL : moe_backend_is_named (self->backends[i], name))
      return (gssize)i;
  return -1;
}

const MoeBackend *
nullcurve_backends_find (const NullcurveBackends *self,
                         const char *name,
                         MoeDtype dtype,
                         MoeError *error)
{
  gssize index = find_index (self, name, dtype);
  const char *reason;
  if (self->dtype_reasons[dtype] != NULL)
    moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "dtype", "%s", self->dtype_reasons[dtype]);
  else if (index < 0)
    moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                          "This build has no accelerator %s.", name);
  else if ((reason = self->reasons[index][dtype]) != NULL)
    moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator", "%s", reason);
  else
    return self->backends[index];
  return NULL;
}

/* One choice */

static gsize
threads_of (const MoeOptions *options)
{
  return options->threads > 0 ? options->threads : moe_team_default_size ();
}

void
nullcurve_machine_init (NullcurveMachine *self, const MoeOptions *options)
{
  *self = (NullcurveMachine){ .threads = threads_of (options), .dtype = options->dtype };
  g_strlcpy (self->accelerator, options->accelerator, sizeof self->accelerator);
}

void
nullcurve_machine_clear (NullcurveMachine *self)
{
  g_free (self->why);
  g_free (self->failure);
  *self = (NullcurveMachine){ 0 };
}

void
nullcurve_machine_copy (NullcurveMachine *self, const NullcurveMachine *from)
{
  *self = *from;
  self->why = g_strdup (from->why);
  self->failure = g_strdup (from->failure);
}

gboolean
nullcurve_machine_fits (const NullcurveMachine *self, const MoeOptions *options)
{
  return strcmp (self->accelerator, options->accelerator) == 0 && self->dtype == options->dtype
         && self->threads == threads_of (options);
}

/* Those whose limits are wanted: the named one, or with "auto" all that can compete. */
static gsize
list_contenders (const NullcurveMachine *self,
                 const NullcurveBackends *backends,
                 const MoeBackend *contenders[MAX_BACKENDS],
                 MoeError *error)
{
  const MoeBackend *first =
      nullcurve_backends_find (backends, self->accelerator, self->dtype, error);
  gsize n = 0;
  if (first == NULL)
    return 0;
  contenders[n++] = first;
  if (strcmp (self->accelerator, "auto") != 0)
    return n;
  for (gsize i = 0; i < backends->n; i++)
    if (backends->backends[i] != first && backends->reasons[i][self->dtype] == NULL)
      contenders[n++] = backends->backends[i];
  return n;
}

static MoeStatus
measure_contenders (NullcurveMachine *self,
                    const MoeBackend *const *contenders,
                    gsize n,
                    gboolean again,
                    const MoeCancel *cancel,
                    NullcurveMachineStep step,
                    gpointer data)
{
  for (gsize i = 0; i < n; i++)
    {
      MoeLimits limits;
      MoeError error;
      if (!again
          && moe_machine_load (contenders[i], moe_backend_device_of (self->accelerator),
                               self->threads, self->dtype, &limits))
        continue;
      step (data, contenders[i], i + 1, n);
      /* One that cannot be measured is told of when it is the one that is wanted. */
      moe_machine_limits (contenders[i], moe_backend_device_of (self->accelerator), self->threads,
                          self->dtype, again, cancel, &limits, &error);
      if (moe_cancel_requested (cancel))
        return MOE_ERROR_CANCELLED;
    }
  return MOE_OK;
}

MoeStatus
nullcurve_machine_find_out (NullcurveMachine *self,
                            const NullcurveBackends *backends,
                            gboolean again,
                            const MoeCancel *cancel,
                            NullcurveMachineStep step,
                            gpointer data)
{
  const MoeBackend *contenders[MAX_BACKENDS];
  MoeError error = { 0 };
  gsize n = list_contenders (self, backends, contenders, &error);
  if (n > 0
      && measure_contenders (self, contenders, n, again, cancel, step, data) == MOE_ERROR_CANCELLED)
    return MOE_ERROR_CANCELLED;
  const MoeBackend *backend = n > 0 ? contenders[0] : NULL;
  g_autofree char *why = NULL;
  if (backend != NULL && strcmp (self->accelerator, "auto") == 0)
    backend = moe_machine_choose (self->threads, self->dtype, cancel, &why, &error);
  gboolean measured =
      backend != NULL
      && moe_machine_limits (backend, moe_backend_device_of (self->accelerator), self->threads,
                             self->dtype, FALSE, cancel, &self->limits, &error)
             == MOE_OK;
  if (moe_cancel_requested (cancel))
    return MOE_ERROR_CANCELLED;
  self->backend = backend;
  self->why = g_steal_pointer (&why);
  self->measured = measured;
  self->failure = measured ? NULL : g_strdup (error.message);
  return MOE_OK;
}

char *
nullcurve_machine_describe (const NullcurveMachine *self)
{
  if (!self->measured || self->backend == NULL)
    return NULL;
  return g_strdup_printf (_ ("%s %s: dense matmul %.0f GF/s of %.0f peak, memory %.0f GB/s"),
                          self->backend->title, moe_name_of (&moe_dtype_names, (int)self->dtype),
                          self->limits.calibration.flops_per_s / 1e9,
                          self->limits.peak_flops_per_s / 1e9, self->limits.bytes_per_s / 1e9);
}
