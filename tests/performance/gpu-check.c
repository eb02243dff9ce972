/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be known on the day there is a card: does the CUDA backend compute the right thing,
 * how fast is it over the logbook's matrix, and how that compares with the published rows.  Free of
 * GLib, since a machine with a card often has nothing but a compiler; scripts/gpu-check builds and
 * runs it.
 *
 *   gpu-check FOLDER REFERENCE.csv [SECONDS [DEVICE]]
 *
 * Writes matrix.csv (the logbook's columns), stages.csv, environment.txt and report.md into FOLDER;
 * prints a short table last.  Exit status 0: all agreed; 1: something was wrong; 3: there is no
 * card that can be used. */
#include "engine/backends/backend.h"
#include "engine/bench/verify.h"
#include "engine/draw/sampling.h"
#include "engine/machine/limits.h"
#include "engine/moe/capacity.h"
#include "engine/moe/flops.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const MoeBackend moe_backend_module;

/* The registry of this program: one backend. */
static const MoeBackend *const backends[] = { &moe_backend_module };

const MoeBackend *const *
moe_backends (size_t *n)
{
  *n = 1;
  return backends;
}

bool
moe_backend_is_named (const MoeBackend *backend, const char *accelerator)
{
  return strncmp (accelerator, backend->name, strlen (backend->name)) == 0;
}

size_t
moe_backend_device_of (const char *accelerator)
{
  return 0;
}

const MoeBackend *
moe_backend_find (const char *name, MoeDtype dtype, MoeError *error)
{
  return backends[0];
}

enum
{
  MAX_REFERENCE = 256,
  MAX_POINTS = 256,
  N_FRACTIONS = 10,
  LEAST_STEPS = 5,
  MAX_STEPS = 40
};

/* A published row. */
typedef struct Reference
{
  MoeShape shape;
  size_t topk;
  double null_target;
  double tokens_per_s;
} Reference;

/* A measured point. */
typedef struct Point
{
  MoeShape shape;
  size_t topk;
  MoeNullMode mode;
  double null_target;
  double null_realized;
  double flops;
  double median_s;
  double least_s;
  double floor_s;
  double error; /* of rows of the measured step */
  size_t steps;
  MoeStageTimes stages; /* of one step */
} Point;

typedef struct Check
{
  const MoeBackend *backend;
  size_t device;
  const char *folder;
  double seconds; /* for the matrix */
  double began_s;
  uint64_t seed;
  MoeLimits limits;
  Reference references[MAX_REFERENCE];
  size_t n_references;
  Point points[MAX_POINTS];
  size_t n_points;
  double worst[2]; /* relative error by dtype */
  size_t n_checked;
  bool failed;
} Check;

static double
now_s (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
complain (Check *check, const char *what, const MoeError *error)
{
  printf ("WRONG: %s: %s\n", what, error->message);
  check->failed = true;
}

/* --- conformance --- */

/* What the issue asks for; the program itself allows 1e-5 and 1.5e-2. */
static double
allowed (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_BFLOAT16 ? 1e-2 : 1e-3;
}

static void
check_block (Check *check, const MoeBlock *block, double fraction, MoeNullMode mode)
{
  MoeRoutingSpec spec = { .tokens = block->shape.tokens,
                          .experts = block->shape.experts,
                          .topk = block->topk,
                          .null_mode = mode,
                          .null_target = fraction,
                          .seed = check->seed++,
                          .null_seed = check->seed++ };
  MoeVerifyResult result = { .worst = NAN };
  MoeError error = { 0 };
  MoeStatus status = moe_verify_block (check->backend, check->device, block, &spec, check->seed++,
                                       1, &result, &error);
  check->n_checked++;
  if (status != MOE_OK)
    complain (check, "a block", &error);
  else if (!(result.worst <= check->worst[block->choice[MOE_CHOICE_DTYPE]]))
    check->worst[block->choice[MOE_CHOICE_DTYPE]] = result.worst;
  if (status == MOE_OK && result.worst <= allowed (block->choice[MOE_CHOICE_DTYPE]))
    return;
  printf ("WRONG: %s impl %d dispatch %d remat %d pack %d permute %d capacity %d of %zu, f %g, "
          "%zux%zux%zux%zu S %zu top-%zu: relative error %.3g\n",
          moe_choice_name (MOE_CHOICE_DTYPE, block->choice[MOE_CHOICE_DTYPE]),
          (int)block->choice[MOE_CHOICE_IMPL], (int)block->choice[MOE_CHOICE_NULL_DISPATCH],
          (int)block->choice[MOE_CHOICE_REMAT_MODE], (int)block->choice[MOE_CHOICE_PACK_STRATEGY],
          (int)block->choice[MOE_CHOICE_PERMUTE_MODE],
          (int)block->choice[MOE_CHOICE_CAPACITY_POLICY], block->capacity, fraction,
          block->shape.tokens, block->shape.hidden, block->shape.mlp_dim, block->shape.experts,
          block->shape.shared_dim, block->topk, result.worst);
  check->failed = true;
}

/* Every implementation, dispatch and remat; orders, permutations and capacities in turn. */
static void
check_variants (Check *check, const MoeShape *shape, size_t topk, MoeDtype dtype)
{
  size_t n = 0;
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
         dispatch++)
      for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++, n++)
        {
          MoeBlock block = { .shape = *shape,
                             .topk = topk,
                             .choice[MOE_CHOICE_DTYPE] = dtype,
                             .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                             .choice[MOE_CHOICE_IMPL] = (MoeImpl)impl,
                             .choice[MOE_CHOICE_GROUPING] = (MoeGrouping)(n % 2),
                             .choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch,
                             .choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)remat,
                             .choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)(n % 3),
                             .choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)(n / 2 % 2),
                             .choice[MOE_CHOICE_SHARED_FUSED] = n / 3 % 2 != 0,
                             .ep_size = 1 };
          check_block (check, &block, 0.5, (MoeNullMode)(n % 3));
          block.choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_GMM;
          check_block (check, &block, 0.9, MOE_NULL_MODE_INDEPENDENT);
          if (dispatch != 0)
            continue;
          block.choice[MOE_CHOICE_CAPACITY_POLICY] =
              (MoeCapacityPolicy)(MOE_CAPACITY_DROP + (int)(n % 2));
          block.capacity = moe_capacity_rows (0.8, shape->tokens, topk, shape->experts);
          check_block (check, &block, 0, MOE_NULL_MODE_INDEPENDENT);
        }
}

/* With the grouped kernel wherever it may be, faster or not: it is to be checked. */
static void
check_conformance (Check *check)
{
  bool chosen = getenv ("NULLCURVE_CUDA_GROUPED") != NULL;
  /* Not too small: a tensor of a hundred numbers has no norm to speak of.  Sides that divide
   * nothing; several tiles; most experts without rows; rows enough for products of their own. */
  static const MoeShape shapes[] = {
    { .tokens = 211, .hidden = 101, .mlp_dim = 77, .experts = 7, .shared_dim = 43 },
    { .tokens = 300, .hidden = 136, .mlp_dim = 72, .experts = 9, .shared_dim = 0 },
    { .tokens = 100, .hidden = 128, .mlp_dim = 96, .experts = 200, .shared_dim = 64 },
    { .tokens = 1200, .hidden = 64, .mlp_dim = 48, .experts = 4, .shared_dim = 0 },
  };
  if (!chosen)
    setenv ("NULLCURVE_CUDA_GROUPED", "1", 1);
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (int dtype = 0; dtype < 2; dtype++)
      check_variants (check, &shapes[i], 3, (MoeDtype)dtype);
  if (!chosen)
    unsetenv ("NULLCURVE_CUDA_GROUPED");
  printf ("Conformance: %zu blocks, worst relative error float32 %.2e, bfloat16 %.2e%s.\n",
          check->n_checked, check->worst[0], check->worst[1],
          check->failed ? "; SOMETHING IS WRONG" : "");
}

/* --- the matrix --- */

static void
report_measured (const Check *check, const Point *p)
{
  printf ("%zux%zux%zux%zu top-%zu %s f %.1f: %.3f ms, %.0f tokens/s, %.1f TF/s, %.0f %% of the "
          "roof, error %.1e\n",
          p->shape.tokens, p->shape.hidden, p->shape.mlp_dim, p->shape.experts, p->topk,
          moe_choice_name (MOE_CHOICE_NULL_MODE, p->mode), p->null_target, 1e3 * p->median_s,
          (double)p->shape.tokens / p->median_s, p->flops / p->median_s / 1e12,
          100 * p->floor_s / p->median_s, p->error);
  fflush (stdout);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static MoeStatus
step (const Check *check, MoeBackendState *state, Point *p, MoeError *error)
{
  MoeStatus status = check->backend->forward (state, &p->stages, NULL, error);
  return status == MOE_OK ? check->backend->backward (state, &p->stages, error) : status;
}

/* At least a few steps, and more while they are short. */
static MoeStatus
time_steps (const Check *check, MoeBackendState *state, Point *p, MoeError *error)
{
  double times[MAX_STEPS], total = 0;
  MoeStatus status = step (check, state, p, error); /* warm */
  memset (&p->stages, 0, sizeof p->stages);
  while (status == MOE_OK && p->steps < MAX_STEPS && (p->steps < LEAST_STEPS || total < 0.25))
    {
      double start = now_s ();
      status = step (check, state, p, error);
      times[p->steps++] = now_s () - start;
      total += times[p->steps - 1];
    }
  if (status != MOE_OK)
    return status;
  for (size_t i = 0; i < MOE_N_STAGES; i++)
    p->stages.time_s[i] /= (double)p->steps;
  qsort (times, p->steps, sizeof times[0], compare_doubles);
  p->median_s = times[p->steps / 2];
  p->least_s = times[0];
  return MOE_OK;
}

static MoeStatus
measure_point (Check *check,
               MoeBackendState *state,
               const MoeBlock *block,
               const MoeRouting *routing,
               Point *p,
               MoeError *error)
{
  MoeVerifyResult result;
  size_t active = 0;
  size_t *counts = calloc (block->shape.experts, sizeof *counts);
  MoeStatus status = check->backend->prepare (state, block, routing, error);
  if (status == MOE_OK)
    check->backend->poison (state);
  if (status == MOE_OK)
    status = time_steps (check, state, p, error);
  if (status == MOE_OK)
    status = moe_verify_spot (check->backend, state, block, routing, routing->tokens / 3, &result,
                              error);
  if (counts != NULL)
    moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; counts != NULL && e < block->shape.experts; e++)
    active += counts[e] > 0;
  free (counts);
  p->null_realized = routing->null_realized;
  p->flops =
      moe_flops (&block->shape, block->choice[MOE_CHOICE_PASS], (double)routing->real_assignments);
  p->floor_s = moe_limits_least_time_s (&check->limits, block, p->flops, active);
  p->error = status == MOE_OK ? result.worst : NAN;
  if (status == MOE_OK
      && !(result.worst <= moe_verify_tolerance (block->choice[MOE_CHOICE_DTYPE], &block->shape)))
    {
      moe_error_set (error, MOE_ERROR_MISMATCH, "rows of a measured step are off by %.3g",
                     result.worst);
      status = MOE_ERROR_MISMATCH;
    }
  return status;
}

static bool
in_time (const Check *check)
{
  return now_s () - check->began_s < check->seconds;
}

/* All fractions of a top-k and mode on an open state. */
static void
measure_curve (Check *check, MoeBackendState *state, const MoeBlock *block, MoeNullMode mode)
{
  for (int i = 0; i < N_FRACTIONS && check->n_points < MAX_POINTS && in_time (check); i++)
    {
      MoeRouting routing = { 0 };
      MoeError error = { 0 };
      Point *p = &check->points[check->n_points];
      if (i == 0 && mode != MOE_NULL_MODE_INDEPENDENT)
        continue; /* without nulls the modes are one */
      *p = (Point){
        .shape = block->shape, .topk = block->topk, .mode = mode, .null_target = i / 10.0
      };
      MoeRoutingSpec spec = { .tokens = block->shape.tokens,
                              .experts = block->shape.experts,
                              .topk = block->topk,
                              .null_mode = mode,
                              .null_target = p->null_target };
      MoeStatus status = moe_routing_sample (&spec, &routing, &error);
      if (status == MOE_OK)
        status = measure_point (check, state, block, &routing, p, &error);
      moe_routing_clear (&routing);
      if (status != MOE_OK)
        {
          complain (check, "a point of the matrix", &error);
          continue;
        }
      check->n_points++;
      report_measured (check, p);
    }
}

static void
measure_shape (Check *check, const MoeShape *shape, MoeNullMode mode)
{
  static const size_t topks[] = { 8, 4, 2 };
  MoeError error = { 0 };
  MoeBackendState *state = NULL;
  MoeProblem problem;
  MoeBlock block = { .shape = *shape,
                     .topk = topks[0],
                     .choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16,
                     .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                     .ep_size = 1 };
  moe_problem_of_block (&block, 0, 1, shape->tokens * topks[0], &problem);
  problem.device = check->device;
  if (check->backend->open (&problem, NULL, &state, &error) != MOE_OK)
    {
      complain (check, "opening a shape of the matrix", &error);
      return;
    }
  for (size_t i = 0; i < sizeof topks / sizeof topks[0]; i++)
    {
      block.topk = topks[i];
      measure_curve (check, state, &block, mode);
    }
  check->backend->close (state);
}

/* One mode after the other: all shapes have published rows of the first. */
static void
measure_matrix (Check *check)
{
  static const MoeShape shapes[] = {
    { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 60 },
    { .tokens = 32768, .hidden = 2048, .mlp_dim = 2048, .experts = 64 },
    { .tokens = 65536, .hidden = 3072, .mlp_dim = 3072, .experts = 128 },
  };
  const size_t n_shapes = sizeof shapes / sizeof shapes[0];
  for (size_t i = 0; i < 2 * n_shapes; i++)
    {
      if (in_time (check))
        measure_shape (check, &shapes[i % n_shapes],
                       i < n_shapes ? MOE_NULL_MODE_INDEPENDENT : MOE_NULL_MODE_TAKE_UNTIL_NULL);
      if (!in_time (check))
        {
          printf ("NOT DONE: after %.0f s the rest of the matrix is left out.\n", check->seconds);
          return;
        }
    }
}

/* --- published rows --- */

/* shape,topk,null_target,null_realized,tflops,tokens_per_s */
static bool
read_reference_row (const char *line, Reference *row)
{
  const char *rate = strrchr (line, ',');
  return sscanf (line, "%zux%zux%zux%zu,%zu,%lf", &row->shape.tokens, &row->shape.hidden,
                 &row->shape.mlp_dim, &row->shape.experts, &row->topk, &row->null_target)
             == 6
         && rate != NULL && sscanf (rate + 1, "%lf", &row->tokens_per_s) == 1;
}

static void
read_references (Check *check, const char *path)
{
  char line[512];
  FILE *file = fopen (path, "r");
  while (file != NULL && fgets (line, sizeof line, file) != NULL
         && check->n_references < MAX_REFERENCE)
    {
      Reference *row = &check->references[check->n_references];
      *row = (Reference){ 0 };
      check->n_references += read_reference_row (line, row);
    }
  if (file == NULL)
    printf ("NOT DONE: %s cannot be read: no published rows to compare with.\n", path);
  else
    fclose (file);
}

static const Point *
find_point (const Check *check, const Reference *row)
{
  for (size_t i = 0; i < check->n_points; i++)
    {
      const Point *p = &check->points[i];
      if (moe_shape_equal (&p->shape, &row->shape) && p->topk == row->topk
          && p->mode == MOE_NULL_MODE_INDEPENDENT
          && fabs (p->null_target - row->null_target) < 1e-9)
        return p;
    }
  return NULL;
}

static void
write_comparison (const Check *check, FILE *out)
{
  size_t beaten = 0, compared = 0;
  fprintf (out, "| shape | top-k | null | published tokens/s | this card | ratio |\n"
                "| --- | --- | --- | --- | --- | --- |\n");
  for (size_t i = 0; i < check->n_references; i++)
    {
      const Reference *row = &check->references[i];
      const Point *p = find_point (check, row);
      fprintf (out, "| %zux%zux%zux%zu | %zu | %.1f | %.0f | ", row->shape.tokens,
               row->shape.hidden, row->shape.mlp_dim, row->shape.experts, row->topk,
               row->null_target, row->tokens_per_s);
      if (p == NULL)
        {
          fprintf (out, "not measured | |\n");
          continue;
        }
      double rate = (double)p->shape.tokens / p->median_s;
      compared++;
      beaten += rate > 1.02 * row->tokens_per_s; /* less is a tie */
      fprintf (out, "%.0f | %.2f |\n", rate, rate / row->tokens_per_s);
    }
  fprintf (out, "\n%zu of %zu published rows beaten by more than 2 %% (%zu compared).\n", beaten,
           check->n_references, compared);
}

/* eta = (tokens/s (f) / tokens/s (0)) (1 - f). */
static double
null_efficiency (const Check *check, const Point *p)
{
  for (size_t i = 0; i < check->n_points; i++)
    {
      const Point *zero = &check->points[i];
      if (moe_shape_equal (&p->shape, &zero->shape) && p->topk == zero->topk
          && zero->null_target == 0)
        return moe_null_efficiency (1 / p->median_s, 1 / zero->median_s, p->null_realized);
    }
  return NAN;
}

static void
write_points (const Check *check, FILE *out)
{
  fprintf (out, "\n| shape | top-k | mode | null | ms | tokens/s | TF/s | of the roof | eta | "
                "error |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (size_t i = 0; i < check->n_points; i++)
    {
      const Point *p = &check->points[i];
      fprintf (out,
               "| %zux%zux%zux%zu | %zu | %s | %.1f | %.3f | %.0f | %.1f | %.0f %% | %.2f | "
               "%.1e |\n",
               p->shape.tokens, p->shape.hidden, p->shape.mlp_dim, p->shape.experts, p->topk,
               moe_choice_name (MOE_CHOICE_NULL_MODE, p->mode), p->null_target, 1e3 * p->median_s,
               (double)p->shape.tokens / p->median_s, p->flops / p->median_s / 1e12,
               100 * p->floor_s / p->median_s, null_efficiency (check, p), p->error);
    }
}

/* --- files --- */

static FILE *
create (Check *check, const char *name)
{
  char path[4096];
  snprintf (path, sizeof path, "%s/%s", check->folder, name);
  FILE *file = fopen (path, "w");
  if (file == NULL)
    {
      printf ("WRONG: %s cannot be written.\n", path);
      check->failed = true;
    }
  return file;
}

static void
write_matrix (Check *check)
{
  FILE *file = create (check, "matrix.csv");
  if (file == NULL)
    return;
  fprintf (file, "null_mode,shape,topk,null_target,null_realized,tflops,tokens_per_s\n");
  for (size_t i = 0; i < check->n_points; i++)
    {
      const Point *p = &check->points[i];
      fprintf (file, "%s,%zux%zux%zux%zu,%zu,%.1f,%.6f,%.3f,%.0f\n",
               moe_choice_name (MOE_CHOICE_NULL_MODE, p->mode), p->shape.tokens, p->shape.hidden,
               p->shape.mlp_dim, p->shape.experts, p->topk, p->null_target, p->null_realized,
               p->flops / p->median_s / 1e12, (double)p->shape.tokens / p->median_s);
    }
  fclose (file);
}

static void
write_stages (Check *check)
{
  FILE *file = create (check, "stages.csv");
  if (file == NULL)
    return;
  fprintf (file, "null_mode,shape,topk,null_target,steps,median_s,least_s");
  for (int i = 0; i < MOE_N_STAGES; i++)
    fprintf (file, ",%s_s", moe_name_of (&moe_stage_names, i));
  for (size_t i = 0; i < check->n_points; i++)
    {
      const Point *p = &check->points[i];
      fprintf (file, "\n%s,%zux%zux%zux%zu,%zu,%.1f,%zu,%.9f,%.9f",
               moe_choice_name (MOE_CHOICE_NULL_MODE, p->mode), p->shape.tokens, p->shape.hidden,
               p->shape.mlp_dim, p->shape.experts, p->topk, p->null_target, p->steps, p->median_s,
               p->least_s);
      for (int stage = 0; stage < MOE_N_STAGES; stage++)
        fprintf (file, ",%.9f", p->stages.time_s[stage]);
    }
  fprintf (file, "\n");
  fclose (file);
}

static void
describe (const Check *check, FILE *out)
{
  MoeBackendFacts facts;
  MoeDevice device;
  char date[64];
  time_t now = time (NULL);
  check->backend->facts (check->device, &facts);
  strftime (date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime (&now));
  fprintf (out, "date: %s\ndevice: %s\n", date, facts.device);
  if (check->backend->device (check->device, &device, NULL) == MOE_OK)
    fprintf (out, "compute capability: %u.%u\ndevice memory: %.1f GiB, %.1f free\n",
             device.capability_major, device.capability_minor,
             (double)device.total_bytes / (1 << 30), (double)device.free_bytes / (1 << 30));
  fprintf (out, "driver: %s\nruntime: %s\nlibrary: %s\nkernels: %s\n", facts.driver, facts.runtime,
           facts.library, facts.kernels);
  fprintf (out,
           "peak bfloat16 (measured, 8192^3): %.1f TF/s\nmemory (measured, copy): %.0f GB/s\n"
           "dense rate of the block: %.1f TF/s\n",
           check->limits.peak_flops_per_s / 1e12, check->limits.read_bytes_per_s / 1e9,
           check->limits.calibration.flops_per_s / 1e12);
}

static void
write_report (Check *check)
{
  FILE *file = create (check, "report.md");
  if (file == NULL)
    return;
  fprintf (file, "## Measured\n\n```\n");
  describe (check, file);
  fprintf (file,
           "```\n\nConformance: %zu blocks, worst relative error float32 %.2e, bfloat16 "
           "%.2e%s.\n\n",
           check->n_checked, check->worst[0], check->worst[1],
           check->failed ? "; **something was wrong, see the log**" : "");
  write_comparison (check, file);
  write_points (check, file);
  fclose (file);
}

static void
write_environment (Check *check)
{
  FILE *file = create (check, "environment.txt");
  if (file == NULL)
    return;
  describe (check, file);
  fclose (file);
}

/* --- together --- */

static bool
find_card (Check *check)
{
  MoeError error = { 0 };
  MoeDevice device;
  if (check->backend->probe (&error) != MOE_OK)
    {
      printf ("There is no card to check: %s\n", error.message);
      return false;
    }
  if (check->device >= check->backend->n_devices ()
      || check->backend->device (check->device, &device, &error) != MOE_OK
      || device.reason[0] != '\0')
    {
      printf ("Device %zu cannot be used: %s%s\n", check->device, device.reason, error.message);
      return false;
    }
  return true;
}

static void
measure_limits (Check *check)
{
  MoeQuiet quiet = moe_quiet_machine ();
  MoeMeasureAsk ask = {
    .device = check->device, .threads = 1, .dtype = MOE_DTYPE_BFLOAT16, .quiet = &quiet
  };
  MoeError error;
  moe_limits_measure (&ask, &check->backend, 1, &check->limits, &error);
  if (error.status != MOE_OK)
    complain (check, "measuring the card's limits", &error);
}

int
main (int argc, char **argv)
{
  static Check check;
  if (argc < 3)
    {
      fprintf (stderr, "usage: gpu-check FOLDER REFERENCE.csv [SECONDS [DEVICE]]\n");
      return 2;
    }
  check.backend = &moe_backend_module;
  check.folder = argv[1];
  check.seconds = argc > 3 ? atof (argv[3]) : 300;
  check.device = argc > 4 ? (size_t)strtoul (argv[4], NULL, 10) : 0;
  check.seed = (uint64_t)time (NULL); /* other numbers every time */
  check.began_s = now_s ();
  if (!find_card (&check))
    return 3;
  printf ("Random numbers from seed %llu.\n", (unsigned long long)check.seed);
  check_conformance (&check);
  measure_limits (&check);
  describe (&check, stdout);
  read_references (&check, argv[2]);
  measure_matrix (&check);
  write_matrix (&check);
  write_stages (&check);
  write_environment (&check);
  write_report (&check);
  write_comparison (&check, stdout);
  return check.failed ? 1 : 0;
}
