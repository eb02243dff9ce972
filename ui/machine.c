/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/machine.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/base/team.h"
#include "ui/text.h"

enum
{
  MAX_CHOICES = 32,
  N_DTYPES = MOE_DTYPE_BFLOAT16 + 1
};

typedef struct Choice
{
  const MoeBackend *backend;
  gsize device; /* of the backend's */
  char *name;
  char *title;
  char *device_text;       /* NULL: the processor */
  char *reasons[N_DTYPES]; /* NULL: it can */
} Choice;

struct NullcurveBackends
{
  gatomicrefcount references;
  gsize n;
  Choice choices[MAX_CHOICES];
  char *dtype_reasons[N_DTYPES];
};

/* "NVIDIA H200, 139 GiB" */
static char *
describe_device (const MoeBackend *backend, gsize index)
{
  MoeDevice device;
  if (backend->device == NULL || backend->device (index, &device, NULL) != MOE_OK)
    return NULL;
  g_autofree char *memory = nullcurve_text_bytes (device.total_bytes);
  return g_strdup_printf (_ ("%s, %s"), device.name, memory);
}

static void
add_choice (NullcurveBackends *self, const MoeBackend *backend, gsize device, gboolean one_of_many)
{
  if (self->n == MAX_CHOICES)
    return;
  Choice *choice = &self->choices[self->n++];
  choice->backend = backend;
  choice->device = device;
  choice->name =
      one_of_many ? g_strdup_printf ("%s:%zu", backend->name, device) : g_strdup (backend->name);
  choice->title =
      one_of_many ? g_strdup_printf ("%s %zu", backend->title, device) : g_strdup (backend->title);
  choice->device_text = describe_device (backend, device);
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    {
      MoeError error = { 0 };
      if (moe_backend_check (backend, device, (MoeDtype)dtype, &error) != MOE_OK)
        choice->reasons[dtype] = g_strdup (error.message);
    }
}

/* As for "auto": the reason of the last choice, the most capable. */
static char *
reason_for_none (const NullcurveBackends *self, int dtype)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->choices[i].reasons[dtype] == NULL)
      return NULL;
  return self->n > 0 ? g_strdup (self->choices[self->n - 1].reasons[dtype])
                     : g_strdup (_ ("This build has no accelerator."));
}

NullcurveBackends *
nullcurve_backends_look_at (const MoeBackend *const *list, gsize n)
{
  NullcurveBackends *self = g_new0 (NullcurveBackends, 1);
  g_atomic_ref_count_init (&self->references);
  for (gsize i = 0; i < n; i++)
    {
      gsize n_devices = list[i]->n_devices != NULL ? list[i]->n_devices () : 0;
      for (gsize device = 0; device < MAX (n_devices, 1); device++)
        add_choice (self, list[i], device, n_devices > 1);
    }
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    self->dtype_reasons[dtype] = reason_for_none (self, dtype);
  return self;
}

NullcurveBackends *
nullcurve_backends_look (void)
{
  gsize n;
  const MoeBackend *const *list = moe_backends (&n);
  return nullcurve_backends_look_at (list, n);
}

NullcurveBackends *
nullcurve_backends_ref (NullcurveBackends *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
clear_choice (Choice *choice)
{
  g_free (choice->name);
  g_free (choice->title);
  g_free (choice->device_text);
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    g_free (choice->reasons[dtype]);
}

void
nullcurve_backends_unref (NullcurveBackends *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (gsize i = 0; i < self->n; i++)
    clear_choice (&self->choices[i]);
  for (int dtype = 0; dtype < N_DTYPES; dtype++)
    g_free (self->dtype_reasons[dtype]);
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
  return self->choices[index].backend;
}

const char *
nullcurve_backends_get_name (const NullcurveBackends *self, gsize index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return self->choices[index].name;
}

const char *
nullcurve_backends_get_title (const NullcurveBackends *self, gsize index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return self->choices[index].title;
}

const char *
nullcurve_backends_get_device (const NullcurveBackends *self, gsize index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return self->choices[index].device_text;
}

gssize
nullcurve_backends_find_choice (const NullcurveBackends *self, const char *accelerator)
{
  for (gsize i = 0; i < self->n; i++)
    if (moe_backend_is_named (self->choices[i].backend, accelerator)
        && self->choices[i].device == moe_backend_device_of (accelerator))
      return (gssize)i;
  return -1;
}

const char *
nullcurve_backends_get_reason (const NullcurveBackends *self, gsize index, MoeDtype dtype)
{
  g_return_val_if_fail (index < self->n && (int)dtype < N_DTYPES, NULL);
  return self->choices[index].reasons[dtype];
}

const char *
nullcurve_backends_get_dtype_reason (const NullcurveBackends *self, MoeDtype dtype)
{
  g_return_val_if_fail ((int)dtype < N_DTYPES, NULL);
  return self->dtype_reasons[dtype];
}

/* The named choice, or for "auto" the first that computes in `dtype`; -1 when there is none. */
static gssize
find_index (const NullcurveBackends *self, const char *name, MoeDtype dtype)
{
  if (strcmp (name, "auto") != 0)
    return nullcurve_backends_find_choice (self, name);
  for (gsize i = 0; i < self->n; i++)
    if (self->choices[i].reasons[dtype] == NULL)
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
                          "There is no accelerator %s here.", name);
  else if ((reason = self->choices[index].reasons[dtype]) != NULL)
    moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator", "%s", reason);
  else
    return self->choices[index].backend;
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
                 const MoeBackend *contenders[MAX_CHOICES],
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
    {
      const Choice *choice = &backends->choices[i];
      if (choice->backend != first && choice->device == 0 && choice->reasons[self->dtype] == NULL)
        contenders[n++] = choice->backend;
    }
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
  const MoeBackend *contenders[MAX_CHOICES];
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
  g_autofree char *dense = nullcurve_text_flop_rate (self->limits.calibration.flops_per_s);
  g_autofree char *peak = nullcurve_text_flop_rate (self->limits.peak_flops_per_s);
  return g_strdup_printf (_ ("%s %s: dense matmul %s of %s peak, memory %.0f GB/s"),
                          self->backend->title, moe_name_of (&moe_dtype_names, (int)self->dtype),
                          dense, peak, self->limits.bytes_per_s / 1e9);
}
