/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/accelerators.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/host/machine-limits.h"
#include "engine/sweep/quantities.h"
#include "engine/threads/team.h"

enum
{
  MAX_CHOICES = 32
};

struct MoeAccelerators
{
  gatomicrefcount references;
  gsize n;
  MoeAcceleratorChoice choices[MAX_CHOICES];
  char *dtype_reasons[MOE_N_DTYPES];
};

/* "NVIDIA H200, 139 GiB" */
static char *
describe_device (const MoeBackend *backend, gsize index)
{
  MoeDevice device;
  if (backend->device == NULL || backend->device (index, &device, NULL) != MOE_OK)
    return NULL;
  g_autofree char *memory = moe_text_bytes (device.total_bytes);
  return g_strdup_printf (_ ("%s, %s"), device.name, memory);
}

static void
add_choice (MoeAccelerators *self, const MoeBackend *backend, gsize device, gboolean one_of_many)
{
  if (self->n == MAX_CHOICES)
    return;
  MoeAcceleratorChoice *choice = &self->choices[self->n++];
  choice->backend = backend;
  choice->device = device;
  choice->name =
      one_of_many ? g_strdup_printf ("%s:%zu", backend->name, device) : g_strdup (backend->name);
  choice->title =
      one_of_many ? g_strdup_printf ("%s %zu", backend->title, device) : g_strdup (backend->title);
  choice->device_text = describe_device (backend, device);
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    {
      MoeError error = { 0 };
      if (moe_backend_check (backend, device, (MoeDtype)dtype, &error) != MOE_OK)
        choice->reasons[dtype] = g_strdup (error.message);
    }
}

/* As for "auto": the reason of the last choice, the most capable. */
static char *
reason_for_none (const MoeAccelerators *self, int dtype)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->choices[i].reasons[dtype] == NULL)
      return NULL;
  return self->n > 0 ? g_strdup (self->choices[self->n - 1].reasons[dtype])
                     : g_strdup (_ ("This build has no accelerator."));
}

static void
find_dtype_reasons (MoeAccelerators *self)
{
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    {
      g_free (self->dtype_reasons[dtype]);
      self->dtype_reasons[dtype] = reason_for_none (self, dtype);
    }
}

MoeAccelerators *
moe_accelerators_look_at (const MoeBackend *const *list, gsize n)
{
  MoeAccelerators *self = g_new0 (MoeAccelerators, 1);
  g_atomic_ref_count_init (&self->references);
  for (gsize i = 0; i < n; i++)
    {
      gsize n_devices = list[i]->n_devices != NULL ? list[i]->n_devices () : 0;
      for (gsize device = 0; device < MAX (n_devices, 1); device++)
        add_choice (self, list[i], device, n_devices > 1);
    }
  find_dtype_reasons (self);
  return self;
}

void
moe_accelerators_add_told (MoeAccelerators *self,
                           const char *name,
                           const char *title,
                           const char *device_text,
                           const char *const reasons[])
{
  if (self->n == MAX_CHOICES)
    return;
  MoeAcceleratorChoice *choice = &self->choices[self->n++];
  choice->name = g_strdup (name);
  choice->title = g_strdup (title);
  choice->device_text = g_strdup (device_text);
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    choice->reasons[dtype] = g_strdup (reasons[dtype]);
  find_dtype_reasons (self);
}

MoeAccelerators *
moe_accelerators_look (void)
{
  gsize n;
  const MoeBackend *const *list = moe_backends (&n);
  return moe_accelerators_look_at (list, n);
}

MoeAccelerators *
moe_accelerators_ref (MoeAccelerators *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
clear_choice (MoeAcceleratorChoice *choice)
{
  g_free (choice->name);
  g_free (choice->title);
  g_free (choice->device_text);
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    g_free (choice->reasons[dtype]);
}

void
moe_accelerators_unref (MoeAccelerators *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (gsize i = 0; i < self->n; i++)
    clear_choice (&self->choices[i]);
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    g_free (self->dtype_reasons[dtype]);
  g_free (self);
}

gsize
moe_accelerators_get_n (const MoeAccelerators *self)
{
  return self->n;
}

const MoeAcceleratorChoice *
moe_accelerators_get (const MoeAccelerators *self, gsize index)
{
  g_return_val_if_fail (index < self->n, NULL);
  return &self->choices[index];
}

static gboolean
is_named (const MoeAcceleratorChoice *choice, const char *accelerator)
{
  if (choice->backend == NULL)
    return strcmp (choice->name, accelerator) == 0;
  return moe_backend_is_named (choice->backend, accelerator)
         && choice->device == moe_backend_device_of (accelerator);
}

gssize
moe_accelerators_find_choice (const MoeAccelerators *self, const char *accelerator)
{
  for (gsize i = 0; i < self->n; i++)
    if (is_named (&self->choices[i], accelerator))
      return (gssize)i;
  return -1;
}

const char *
moe_accelerators_get_dtype_reason (const MoeAccelerators *self, MoeDtype dtype)
{
  g_return_val_if_fail ((int)dtype < MOE_N_DTYPES, NULL);
  return self->dtype_reasons[dtype];
}

/* The named choice, or for "auto" the first that computes in `dtype`; -1 when there is none. */
static gssize
find_index (const MoeAccelerators *self, const char *name, MoeDtype dtype)
{
  if (strcmp (name, "auto") != 0)
    return moe_accelerators_find_choice (self, name);
  for (gsize i = 0; i < self->n; i++)
    if (self->choices[i].reasons[dtype] == NULL)
      return (gssize)i;
  return -1;
}

const MoeBackend *
moe_accelerators_find (const MoeAccelerators *self,
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
moe_accelerator_init (MoeAccelerator *self, const MoeOptions *options)
{
  *self = (MoeAccelerator){ .threads = threads_of (options),
                            .dtype = options->choice[MOE_CHOICE_DTYPE] };
  g_strlcpy (self->accelerator, options->accelerator, sizeof self->accelerator);
}

void
moe_accelerator_clear (MoeAccelerator *self)
{
  g_free (self->why);
  g_free (self->failure);
  *self = (MoeAccelerator){ 0 };
}

void
moe_accelerator_copy (MoeAccelerator *self, const MoeAccelerator *from)
{
  *self = *from;
  self->why = g_strdup (from->why);
  self->failure = g_strdup (from->failure);
}

gboolean
moe_accelerator_fits (const MoeAccelerator *self, const MoeOptions *options)
{
  return strcmp (self->accelerator, options->accelerator) == 0
         && self->dtype == options->choice[MOE_CHOICE_DTYPE]
         && self->threads == threads_of (options);
}

/* Those whose limits are wanted: the named one, or with "auto" all that can compete. */
static gsize
list_contenders (const MoeAccelerator *self,
                 const MoeBackend *contenders[MOE_MAX_CONTENDERS],
                 MoeError *error)
{
  if (strcmp (self->accelerator, "auto") == 0)
    return moe_machine_list (self->dtype, contenders, error);
  contenders[0] = moe_backend_find (self->accelerator, self->dtype, error);
  return contenders[0] != NULL ? 1 : 0;
}

typedef struct Teller
{
  MoeAcceleratorStep step;
  gpointer data;
} Teller;

static void
tell_step (void *data, const MoeBackend *backend, size_t step, size_t n_steps)
{
  const Teller *teller = data;
  if (teller->step != NULL)
    teller->step (teller->data, backend, step, n_steps);
}

/* Fill in what came out, `at` being the contender that was chosen. */
static void
conclude (MoeAccelerator *self,
          const MoeBackend *const *contenders,
          const MoeLimits *limits,
          const MoeError *errors,
          gssize at)
{
  self->backend = contenders[MAX (at, 0)];
  self->measured = errors[MAX (at, 0)].status == MOE_OK;
  if (self->measured)
    self->limits = limits[at];
  else
    self->failure = g_strdup (errors[0].message);
}

MoeStatus
moe_accelerator_find_out (MoeAccelerator *self,
                          gboolean again,
                          const MoeCancel *cancel,
                          MoeAcceleratorStep step,
                          gpointer data)
{
  const MoeBackend *contenders[MOE_MAX_CONTENDERS];
  MoeLimits limits[MOE_MAX_CONTENDERS];
  MoeError errors[MOE_MAX_CONTENDERS], error = { 0 };
  Teller teller = { step, data };
  MoeMeasureAsk ask = { .device = moe_backend_device_of (self->accelerator),
                        .threads = self->threads,
                        .dtype = self->dtype,
                        .cancel = cancel,
                        .step = tell_step,
                        .data = &teller };
  gsize n = list_contenders (self, contenders, &error);
  if (n == 0)
    {
      self->failure = g_strdup (error.message);
      return MOE_OK;
    }
  if (moe_machine_calibrate (&ask, contenders, n, again, limits, errors) != MOE_OK
      || moe_cancel_requested (cancel))
    return MOE_ERROR_CANCELLED;
  gssize at = 0;
  if (strcmp (self->accelerator, "auto") == 0)
    at = moe_machine_fastest (contenders, limits, errors, n, self->dtype, &self->why);
  conclude (self, contenders, limits, errors, at);
  return MOE_OK;
}

char *
moe_accelerator_describe (const MoeAccelerator *self)
{
  if (!self->measured || self->backend == NULL)
    return NULL;
  g_autofree char *dense = moe_text_flop_rate (self->limits.calibration.flops_per_s);
  g_autofree char *peak = moe_text_flop_rate (self->limits.peak_flops_per_s);
  g_autofree char *rates = g_strdup_printf (
      _ ("%s %s: dense matmul %s of %s peak, memory %.0f GB/s read, %.0f GB/s written"),
      self->backend->title, moe_choice_name (MOE_CHOICE_DTYPE, self->dtype), dense, peak,
      self->limits.read_bytes_per_s / 1e9, self->limits.write_bytes_per_s / 1e9);
  return moe_limits_is_disturbed (&self->limits)
             ? g_strdup_printf (_ ("%s; measured under load"), rates)
             : g_steal_pointer (&rates);
}
