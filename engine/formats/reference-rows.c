/* SPDX-License-Identifier: Apache-2.0 */
/* The published rows that ship with the program, and where they come from (SPEC 6). */

#include "engine/formats/reference-rows.h"

#include <math.h>

#include "engine/base/words.h"
#include "engine/formats/formats.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"

typedef struct Fact
{
  const char *key, *value;
} Fact;

typedef struct ReferenceFile
{
  const char *file;
  const char *title;
  const Fact *facts; /* up to one without a key */
  gboolean terse;    /* its rows leave to the facts what they have in common */
} ReferenceFile;

static const Fact logbook_facts[] = {
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
  { NULL, NULL },
};

static const Fact harness_facts[] = {
  { "host", "one TPU v5p host, 4 chips" },
  { "accelerator", "TPU v5p" },
  { "dtype", "bfloat16" },
  { "date", "2026-02-08 to 2026-02-11" },
  { "source", "marin-community/marin: .agents/logbooks/moe_ep_benchmark.md at 879d1c5, "
              ".agents/projects/moe_hillclimb_harness.md, issue 2710" },
  { "figures", "as printed there; what is not printed follows from what is by the FLOP formula" },
  { NULL, NULL },
};

static const Fact gpu_facts[] = {
  { "host", "nodes of 8 H100 and of 4 B200, one TPU v5p-8" },
  { "dtype", "bfloat16" },
  { "source", "marin-community/marin issues 3717, 3445, 3841, 4311, 3420, 3431, 8311, 8753" },
  { "figures", "as printed there; what is not printed follows from what is by the FLOP formula" },
  { NULL, NULL },
};

static const ReferenceFile reference_files[] = {
  { "logbook-v5p-deltas.csv", "TPU v5p" MOE_PUBLISHED_REMARK, logbook_facts, TRUE },
  { "logbook-v5p-modes.csv", "TPU v5p, modes" MOE_PUBLISHED_REMARK, logbook_facts, TRUE },
  { "rows-marin-v5p.csv", "TPU v5p, harness reports" MOE_PUBLISHED_REMARK, harness_facts, FALSE },
  { "rows-marin-gpu.csv", "H100 and B200" MOE_PUBLISHED_REMARK, gpu_facts, FALSE },
};

static const MoeReferenceSet reference_sets[] = {
  { "null-rows", MOE_WORDS ("Null-routed rows"),
    MOE_WORDS ("33 rows on one TPU v5p host: three shapes, top-k 2 to 8, f from 0 to 0.9, two null "
               "modes"),
    0, 2 },
  { "harness-v5p", MOE_WORDS ("Reports of the harness"),
    MOE_WORDS ("289 rows at f = 0 on one TPU v5p host: implementations, passes, top-k, capacity, "
               "expert parallelism"),
    2, 1 },
  { "gpus", MOE_WORDS ("H100 and B200"),
    MOE_WORDS ("11 rows at f = 0: ring and DeepEP in JAX, Megatron; 4 and 8 devices"), 3, 1 },
};

const MoeReferenceSet *
moe_reference_sets (gsize *n)
{
  *n = G_N_ELEMENTS (reference_sets);
  return reference_sets;
}

const MoeReferenceSet *
moe_reference_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reference_sets); i++)
    if (g_str_equal (reference_sets[i].name, name))
      return &reference_sets[i];
  return NULL;
}

/* What all rows of the logbook have in common. */
static void
describe_terse (MoeRecord *record)
{
  record->choice[MOE_CHOICE_PASS] = moe_text_intern ("forward_backward");
  record->choice[MOE_CHOICE_IMPL] = moe_text_intern ("fused_w13");
  record->choice[MOE_CHOICE_GROUPING] = moe_text_intern ("gmm");
  record->choice[MOE_CHOICE_QUEUE_MODE] = moe_text_intern ("full");
  record->choice[MOE_CHOICE_DISTRIBUTION] = moe_text_intern ("random");
  record->choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
}

/* Where a capacity bounds the rows nobody tells how many were computed, or counted. */
static gboolean
is_bounded (const MoeRecord *record)
{
  const char *policy = record->choice[MOE_CHOICE_CAPACITY_POLICY];
  return policy != NULL && !moe_record_is (record, MOE_CHOICE_CAPACITY_POLICY, MOE_CAPACITY_NONE);
}

/* The time that the rates tell, and from it those that are missing. */
static void
fill_rates (MoeRecord *record)
{
  double tokens = record->has_shape ? (double)record->shape.tokens : NAN;
  double time_s = isnan (record->tokens_per_s) ? moe_record_flops (record) / (record->tflops * 1e12)
                                               : tokens / record->tokens_per_s;
  if (!is_bounded (record) && isfinite (time_s))
    moe_record_fill_rates (record, time_s);
}

static void
describe_record (MoeRun *run, gsize index, gboolean terse)
{
  static const gint64 chips = 4;
  MoeRecord record = *moe_run_get_record (run, index);
  record.choice[MOE_CHOICE_DTYPE] = moe_text_intern ("bfloat16");
  if (terse)
    describe_terse (&record);
  else
    fill_rates (&record);
  if (moe_record_is (&record, MOE_CHOICE_PARALLEL_MODE, MOE_PARALLEL_EP) && record.ep_size < 0)
    record.ep_size = chips; /* of the one host */
  moe_run_replace (run, index, &record);
}

MoeRun *
moe_reference_read (const char *data_dir, gsize index, GError **error)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (reference_files), NULL);
  const ReferenceFile *reference = &reference_files[index];
  g_autofree char *path = g_build_filename (data_dir, "reference", reference->file, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, error);
  if (run == NULL)
    return NULL;
  moe_run_set_title (run, reference->title);
  for (const Fact *fact = reference->facts; fact->key != NULL; fact++)
    moe_run_set_fact (run, fact->key, fact->value);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    describe_record (run, i, reference->terse);
  return run;
}

GPtrArray *
moe_formats_read_reference (const char *data_dir, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (gsize i = 0; i < reference_sets[0].n_runs; i++)
    {
      MoeRun *run = moe_reference_read (data_dir, reference_sets[0].first + i, error);
      if (run == NULL)
        return NULL;
      g_ptr_array_add (runs, run);
    }
  return g_steal_pointer (&runs);
}
