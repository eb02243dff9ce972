/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/bench/meta.h"
#include "app/command-line/error.h"
#include "engine/draw/sampling.h"
#include "engine/files/output.h"
#include "engine/moe/capacity.h"
#include "engine/options/number.h"
#include "engine/sweep/npy.h"

/* What the folder is called that becomes the dump when it is whole, with six more letters. */
#define ASIDE_ENDING ".tmp-"

enum
{
  CHUNK_ELEMENTS = 1 << 20
};

typedef struct Dump
{
  const MoePlan *plan;
  const MoeOptions *asked;
  const MoeBackend *backend;
  MoeBackendState *state;
  MoeRouting routing; /* as sampled; the backend applies the capacity policy itself */
  MoeRouting kept;    /* what the policy leaves of it; without one, a copy of the pointers */
  gsize dropped;
  double loss;
  float *chunk; /* [CHUNK_ELEMENTS] */
} Dump;

MoeStatus
nullcurve_bench_dump_plan (const MoePlan *plan, MoePlan *dump, MoeError *error)
{
  MoeOptions options = plan->options;
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  return moe_plan_new (&options, dump, error);
}

/* Bytes of all files, headers left aside. */
static guint64
dump_bytes (const MoePlan *dump)
{
  guint64 bytes = 0;
  for (gsize i = 0; i < dump->n_points; i++)
    {
      const MoeBlock *block = &dump->points[i].block;
      for (int tensor = 0; tensor < MOE_N_TENSORS; tensor++)
        if (moe_tensor_exists ((MoeTensor)tensor, &block->shape, block->choice[MOE_CHOICE_PASS]))
          bytes += (guint64)moe_tensor_elements ((MoeTensor)tensor, &block->shape) * sizeof (float);
      bytes += (guint64)block->shape.tokens * block->topk * (sizeof (gint32) + sizeof (float));
    }
  return bytes;
}

static gboolean
is_empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  return dir != NULL && g_dir_read_name (dir) == NULL;
}

static gboolean
check_room (const MoePlan *dump, const char *parent, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (parent);
  g_autoptr (GFileInfo) info =
      g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  guint64 need = dump_bytes (dump);
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return TRUE;
  guint64 room = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  if (need <= room)
    return TRUE;
  g_autofree char *need_text = g_format_size_full (need, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *room_text = g_format_size_full (room, G_FORMAT_SIZE_IEC_UNITS);
  return nullcurve_bench_refuse (
      error, _ ("--dump-tensors would write %s, but there is room for %s in %s."), need_text,
      room_text, parent);
}

gboolean
nullcurve_bench_dump_check (const MoePlan *dump, const char *folder, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (folder, NULL);
  g_autofree char *parent = g_path_get_dirname (full);
  if (g_file_test (full, G_FILE_TEST_EXISTS) && !is_empty_folder (full))
    {
      return nullcurve_bench_refuse (
          error, _ ("--dump-tensors %s exists already: allowed is a new or an empty folder."),
          folder);
    }
  if (g_access (parent, W_OK | X_OK) != 0)
    {
      return nullcurve_bench_refuse (
          error, _ ("--dump-tensors %s: its parent folder cannot be written: %s."), folder,
          g_strerror (errno));
    }
  return check_room (dump, parent, error);
}

static gboolean
write_tensor (
    Dump *dump, const MoeBlock *block, MoeTensor tensor, const char *folder, GError **error)
{
  MoeError engine_error;
  gsize dims[3];
  gsize n_dims = moe_tensor_dims (tensor, &block->shape, dims);
  gsize elements = moe_tensor_elements (tensor, &block->shape);
  g_autofree char *name = g_strdup_printf ("%s.npy", moe_name_of (&moe_tensor_names, (int)tensor));
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (MoeNpy) npy = moe_npy_create (path, MOE_NPY_FLOAT32, dims, n_dims, error);
  if (npy == NULL)
    return FALSE;
  for (gsize at = 0; at < elements; at += CHUNK_ELEMENTS)
    {
      gsize count = MIN (elements - at, CHUNK_ELEMENTS);
      if (dump->backend->read (dump->state, tensor, at, count, dump->chunk, &engine_error)
          != MOE_OK)
        return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED,
                                                  &engine_error);
      if (!moe_npy_write (npy, dump->chunk, count, error))
        return FALSE;
    }
  return moe_npy_finish (g_steal_pointer (&npy), error);
}

/* [tokens, topk] of the routing, as one piece. */
static gboolean
write_slots (const MoeRouting *routing,
             MoeNpyType type,
             const void *elements,
             const char *folder,
             const char *name,
             GError **error)
{
  const gsize dims[] = { routing->tokens, routing->topk };
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (MoeNpy) npy = moe_npy_create (path, type, dims, 2, error);
  return npy != NULL && moe_npy_write (npy, elements, dims[0] * dims[1], error)
         && moe_npy_finish (g_steal_pointer (&npy), error);
}

static gboolean
write_meta (const Dump *dump, const MoePoint *point, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "meta.json", NULL);
  g_autoptr (GString) meta =
      nullcurve_bench_meta (dump->asked, point, dump->plan->threads, dump->backend, &dump->kept,
                            dump->dropped, dump->loss);
  return moe_output_write (path, meta->str, meta->len, error);
}

static MoeStatus
sample_routing (Dump *dump, const MoePoint *point, MoeError *error)
{
  const MoeBlock *block = &point->block;
  MoeStatus status = moe_routing_sample (&point->routing, &dump->routing, error);
  dump->dropped = 0;
  dump->kept = dump->routing;
  if (status != MOE_OK || block->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return status;
  dump->kept = (MoeRouting){ 0 };
  return moe_capacity_apply (&dump->routing, block->choice[MOE_CHOICE_PACK_STRATEGY],
                             block->capacity, &dump->kept, &dump->dropped, error);
}

static void
clear_routing (Dump *dump)
{
  if (dump->kept.topk_idx != dump->routing.topk_idx)
    moe_routing_clear (&dump->kept);
  moe_routing_clear (&dump->routing);
  dump->kept = dump->routing;
}

/* One step with every output poisoned before, so that what is written was computed by it. */
static MoeStatus
compute (Dump *dump, const MoePoint *point, MoeError *error)
{
  const MoeBackend *backend = dump->backend;
  MoeStatus status = sample_routing (dump, point, error);
  if (status == MOE_OK)
    status = backend->prepare (dump->state, &point->block, &dump->routing, error);
  if (status != MOE_OK)
    return status;
  backend->poison (dump->state);
  status = backend->forward (dump->state, NULL, &dump->loss, error);
  return status == MOE_OK ? backend->backward (dump->state, NULL, error) : status;
}

static gboolean
write_point (Dump *dump, const MoePoint *point, const char *folder, GError **error)
{
  MoeError engine_error;
  if (compute (dump, point, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  for (int tensor = 0; tensor < MOE_N_TENSORS; tensor++)
    if (moe_tensor_exists ((MoeTensor)tensor, &point->block.shape,
                           point->block.choice[MOE_CHOICE_PASS])
        && !write_tensor (dump, &point->block, (MoeTensor)tensor, folder, error))
      return FALSE;
  g_autofree float *weights = moe_routing_dup_weights (&dump->kept);
  if (weights == NULL)
    return nullcurve_bench_refuse (error, _ ("There is no memory for the weights of %zu slots."),
                                   dump->kept.tokens * dump->kept.topk);
  return write_slots (&dump->kept, MOE_NPY_INT32, dump->kept.topk_idx, folder, "topk_idx.npy",
                      error)
         && write_slots (&dump->kept, MOE_NPY_FLOAT32, weights, folder, "topk_weights.npy", error)
         && write_meta (dump, point, folder, error);
}

static char *
point_folder (const MoePoint *point, const char *folder)
{
  char fraction[64];
  moe_options_format_real (point->routing.null_target, fraction, sizeof fraction);
  g_autofree char *name =
      g_strdup_printf ("%02zu-top%zu-f%s", point->index, point->block.topk, fraction);
  return g_build_filename (folder, name, NULL);
}

static gboolean
write_points (Dump *dump, gsize first, gsize n, const char *folder, GError **error)
{
  for (gsize i = first; i < first + n; i++)
    {
      const MoePoint *point = &dump->plan->points[i];
      g_autofree char *target =
          dump->plan->n_points == 1 ? g_strdup (folder) : point_folder (point, folder);
      if (g_mkdir_with_parents (target, 0777) != 0)
        {
          g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                       _ ("The folder %s could not be made: %s."), target, g_strerror (errno));
          return FALSE;
        }
      gboolean written = write_point (dump, point, target, error);
      clear_routing (dump);
      if (!written)
        return FALSE;
    }
  return TRUE;
}

/* Points of one shape. */
static gboolean
write_opening (
    Dump *dump, gsize first, gsize n, const MoeCancel *cancel, const char *folder, GError **error)
{
  MoeProblem problem;
  MoeError engine_error;
  moe_plan_problem (dump->plan, first, n, &problem);
  if (dump->backend->open (&problem, cancel, &dump->state, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  gboolean written = write_points (dump, first, n, folder, error);
  dump->backend->close (dump->state);
  return written;
}

static gboolean
write_aside (const MoePlan *plan,
             const MoeOptions *asked,
             const MoeBackend *backend,
             const MoeCancel *cancel,
             const char *folder,
             GError **error)
{
  Dump dump = { .plan = plan, .asked = asked, .backend = backend };
  gboolean written = TRUE;
  dump.chunk = g_new (float, CHUNK_ELEMENTS);
  for (gsize first = 0, n; written && first < plan->n_points; first += n)
    {
      n = moe_plan_opening (plan, first);
      written = write_opening (&dump, first, n, cancel, folder, error);
    }
  g_free (dump.chunk);
  return written;
}

/* Only what was made here is below: folders and plain files. */
static void
remove_tree (const char *path)
{
  gboolean is_link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);
  g_autoptr (GDir) dir = is_link ? NULL : g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

/* The descriptor of a folder that nobody else is at; -1: somebody is, or it cannot be told. */
static int
lock_folder (const char *folder)
{
  int file = g_open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (file >= 0 && flock (file, LOCK_EX | LOCK_NB) == 0)
    return file;
  if (file >= 0)
    close (file);
  return -1;
}

/* What a dump of this name left beside it as it was killed. */
static void
remove_stale (const char *full)
{
  g_autofree char *parent = g_path_get_dirname (full);
  g_autofree char *base = g_path_get_basename (full);
  g_autofree char *prefix = g_strconcat (base, ASIDE_ENDING, NULL);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (parent, name, NULL);
      struct stat facts;
      int lock = -1;
      if (g_str_has_prefix (name, prefix) && strlen (name) == strlen (prefix) + 6
          && g_lstat (path, &facts) == 0 && facts.st_uid == geteuid ())
        lock = lock_folder (path);
      if (lock < 0)
        continue;
      remove_tree (path);
      close (lock);
    }
}

gboolean
nullcurve_bench_dump_write (const MoePlan *plan,
                            const MoeOptions *asked,
                            const MoeBackend *backend,
                            const MoeCancel *cancel,
                            const char *folder,
                            GError **error)
{
  g_autofree char *full = g_canonicalize_filename (folder, NULL);
  g_autofree char *aside = g_strconcat (full, ASIDE_ENDING "XXXXXX", NULL);
  remove_stale (full);
  if (g_mkdtemp_full (aside, 0777) == NULL)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   _ ("The folder %s could not be made: %s."), aside, g_strerror (errno));
      return FALSE;
    }
  int lock = lock_folder (aside);
  gboolean written = write_aside (plan, asked, backend, cancel, aside, error);
  if (written && g_rename (aside, full) != 0)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   _ ("The folder %s could not be renamed to %s: %s."), aside, full,
                   g_strerror (errno));
      written = FALSE;
    }
  if (!written)
    remove_tree (aside);
  else
    moe_output_sync_folder (full);
  if (lock >= 0)
    close (lock);
  return written;
}
