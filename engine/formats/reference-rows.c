/* SPDX-License-Identifier: Apache-2.0 */
/* The published rows that ship with the program, and where they come from (SPEC 6). */

#include "engine/formats/reference-rows.h"

#include "engine/formats/formats.h"

typedef struct ReferenceFile
{
  const char *file;
  const char *title;
} ReferenceFile;

static const ReferenceFile reference_files[] = {
  { "logbook-v5p-deltas.csv", "TPU v5p" MOE_PUBLISHED_REMARK },
  { "logbook-v5p-modes.csv", "TPU v5p, modes" MOE_PUBLISHED_REMARK },
};

static const char *const reference_facts[][2] = {
  { "host", "one TPU v5p host, 4 chips" },
  { "accelerator", "TPU v5p" },
  { "dtype", "bfloat16" },
  { "pass", "forward_backward" },
  { "backend", "gmm" },
  { "impl", "fused_w13" },
  { "parallel", "expert parallel over 4 chips" },
  { "iters", "3" },
  { "warmup", "1" },
  { "date", "2026-02-17" },
  { "source", "Null-Routed MoE Benchmark: Research Logbook, marin-community/marin issue 2844" },
  { "timed", "without sorting and packing, which were done once on the host" },
  { "noise", "repeats of the rows at null fraction 0 moved by up to 1 %" },
};

static void
describe_record (MoeRun *run, gsize index)
{
  MoeRecord record = *moe_run_get_record (run, index);
  record.choice[MOE_CHOICE_PASS] = g_intern_static_string ("forward_backward");
  record.choice[MOE_CHOICE_IMPL] = g_intern_static_string ("fused_w13");
  record.choice[MOE_CHOICE_GROUPING] = g_intern_static_string ("gmm");
  record.choice[MOE_CHOICE_DTYPE] = g_intern_static_string ("bfloat16");
  record.choice[MOE_CHOICE_QUEUE_MODE] = g_intern_static_string ("full");
  record.choice[MOE_CHOICE_DISTRIBUTION] = g_intern_static_string ("random");
  record.choice[MOE_CHOICE_PARALLEL_MODE] = g_intern_static_string ("ep");
  record.ep_size = 4;
  moe_run_replace (run, index, &record);
}

static MoeRun *
read_one (const char *data_dir, const ReferenceFile *reference, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "reference", reference->file, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, error);
  if (run == NULL)
    return NULL;
  moe_run_set_title (run, reference->title);
  for (gsize i = 0; i < G_N_ELEMENTS (reference_facts); i++)
    moe_run_set_fact (run, reference_facts[i][0], reference_facts[i][1]);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    describe_record (run, i);
  return run;
}

GPtrArray *
moe_formats_read_reference (const char *data_dir, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (reference_files); i++)
    {
      MoeRun *run = read_one (data_dir, &reference_files[i], error);
      if (run == NULL)
        return NULL;
      g_ptr_array_add (runs, run);
    }
  return g_steal_pointer (&runs);
}
