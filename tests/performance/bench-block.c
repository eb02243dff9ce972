/* SPDX-License-Identifier: Apache-2.0 */
/* The block's forward_backward rate against one big dense cblas_sgemm on the same cores.
 *
 * Both are measured in turn within one run - dense, then every null fraction, round after
 * round - and told as medians and ratios, since absolute rates of shared machines drift.
 *
 *   bench-block [ACCELERATOR DTYPE T H M E k ROUNDS]
 *
 * Without arguments: every usable backend in both dtypes on 4096 2048 1408 60 4 and on
 * 4096 512 352 60 4.  With --check: the same for a moment, at a size that tells nothing. */
#include "engine/bench/stats.h"
#include "engine/draw/sampling.h"
#include "engine/moe/flops.h"
#include "engine/options/plan.h"

#include <cblas.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "tests/performance/bench.h"

enum
{
  DENSE_SIDE = 3072,
  CHECK_SIDE = 64,
  MAX_ROUNDS = 64,
  N_FRACTIONS = 3,
  DEFAULT_ROUNDS = 5
};

static const double fractions[N_FRACTIONS] = { 0.0, 0.5, 0.9 };

static double
now_s (void)
{
  MoeClock clock = moe_clock_monotonic ();
  return 1e-9 * (double)moe_clock_now (&clock);
}

typedef struct Dense
{
  size_t side;
  float *a, *b, *c; /* [side][side] */
} Dense;

static bool
dense_init (Dense *d, size_t side)
{
  size_t n = side * side;
  d->side = side;
  d->a = malloc (n * sizeof (float));
  d->b = malloc (n * sizeof (float));
  d->c = malloc (n * sizeof (float));
  if (d->a == NULL || d->b == NULL || d->c == NULL)
    return false;
  for (size_t i = 0; i < n; i++)
    {
      d->a[i] = (float)(i % 13) - 6.0f;
      d->b[i] = (float)(i % 11) - 5.0f;
      d->c[i] = 0;
    }
  return true;
}

/* FLOP/s of one product with OpenBLAS's own threads. */
static double
dense_rate (const Dense *d, size_t threads)
{
  const int n = (int)d->side;
  openblas_set_num_threads ((int)threads);
  double start = now_s ();
  cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, d->a, n, d->b, n, 0, d->c, n);
  double time_s = now_s () - start;
  openblas_set_num_threads (1);
  return 2.0 * n * (double)n * n / time_s;
}

typedef struct Bench
{
  MoePlan plan;
  const MoeBackend *backend;
  MoeBackendState *state;
  MoeRouting routings[N_FRACTIONS];
  double dense[MAX_ROUNDS];
  double block[N_FRACTIONS][MAX_ROUNDS];
  double ratio[N_FRACTIONS][MAX_ROUNDS];
} Bench;

/* What one table is about. */
typedef struct Subject
{
  const char *accelerator;
  MoeDtype dtype;
  size_t shape[5]; /* T H M E k */
  size_t rounds;
} Subject;

static MoeStatus
bench_open (Bench *b, const Subject *subject, MoeError *error)
{
  const size_t *shape = subject->shape;
  MoeOptions options;
  MoeProblem problem;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ shape[0], shape[1], shape[2], shape[3], 0 };
  options.topk = shape[4];
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  options.choice[MOE_CHOICE_DTYPE] = subject->dtype;
  memcpy (options.null_route_frac_list.values, fractions, sizeof fractions);
  options.null_route_frac_list.n = N_FRACTIONS;
  MoeStatus status = moe_plan_new (&options, &b->plan, error);
  b->backend =
      status == MOE_OK ? moe_backend_find (subject->accelerator, subject->dtype, error) : NULL;
  if (b->backend == NULL)
    return error->status;
  moe_plan_problem (&b->plan, 0, b->plan.n_points, &problem);
  status = b->backend->open (&problem, NULL, &b->state, error);
  for (size_t i = 0; status == MOE_OK && i < N_FRACTIONS; i++)
    status = moe_routing_sample (&b->plan.points[i].routing, &b->routings[i], error);
  return status;
}

static void
bench_close (Bench *b)
{
  if (b->backend != NULL)
    b->backend->close (b->state);
  for (size_t i = 0; i < N_FRACTIONS; i++)
    moe_routing_clear (&b->routings[i]);
  moe_plan_clear (&b->plan);
}

static MoeStatus
block_rate (Bench *b, size_t i, double *rate, MoeError *error)
{
  const MoePoint *point = &b->plan.points[i];
  MoeStatus status = b->backend->prepare (b->state, &point->block, &b->routings[i], error);
  double start = now_s ();
  if (status == MOE_OK)
    status = b->backend->forward (b->state, NULL, NULL, error);
  if (status == MOE_OK)
    status = b->backend->backward (b->state, NULL, error);
  *rate = moe_flops (&point->block.shape, point->block.choice[MOE_CHOICE_PASS],
                     (double)b->routings[i].real_assignments)
          / (now_s () - start);
  return status;
}

/* Round 0 warms up and is not kept.  Each ratio is against the dense rate measured around it. */
static MoeStatus
bench_rounds (Bench *b, const Dense *dense, size_t rounds, MoeError *error)
{
  MoeStatus status = MOE_OK;
  double before = dense_rate (dense, b->plan.threads);
  for (size_t round = 0; status == MOE_OK && round <= rounds; round++)
    for (size_t i = 0; status == MOE_OK && i < N_FRACTIONS; i++)
      {
        double rate;
        status = block_rate (b, i, &rate, error);
        double after = dense_rate (dense, b->plan.threads);
        if (round > 0)
          {
            b->dense[round - 1] = after;
            b->block[i][round - 1] = rate;
            b->ratio[i][round - 1] = rate / (0.5 * (before + after));
          }
        before = after;
      }
  return status;
}

static void
bench_print (Bench *b, const Dense *d, size_t rounds)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  MoeBackendFacts facts;
  MoeSpread dense;
  moe_shape_format (&b->plan.options.shape, shape);
  b->backend->facts (0, &facts);
  moe_spread_of (b->dense, rounds, &dense);
  printf ("%s top-%zu forward_backward %s, %s (%s kernels), %zu threads, %zu rounds\n", shape,
          b->plan.options.topk,
          moe_choice_name (MOE_CHOICE_DTYPE, b->plan.options.choice[MOE_CHOICE_DTYPE]),
          facts.library, facts.kernels, b->plan.threads, rounds);
  printf ("  dense cblas_sgemm %zu^3: median %.1f GF/s (%.1f .. %.1f)\n", d->side,
          dense.median / 1e9, dense.min / 1e9, dense.max / 1e9);
  for (size_t i = 0; i < N_FRACTIONS; i++)
    {
      MoeSpread ratio;
      moe_spread_of (b->ratio[i], rounds, &ratio);
      printf ("  null %.1f: median %.1f GF/s, ratio to dense %.3f (%.3f .. %.3f)\n", fractions[i],
              moe_median (b->block[i], rounds) / 1e9, ratio.median, ratio.min, ratio.max);
    }
}

static int
run_subject (const Dense *dense, const Subject *subject)
{
  Bench *b = calloc (1, sizeof *b);
  MoeError error = { 0 };
  if (b == NULL)
    return 1;
  MoeStatus status = bench_open (b, subject, &error);
  if (status == MOE_OK)
    status = bench_rounds (b, dense, subject->rounds, &error);
  if (status == MOE_OK)
    bench_print (b, dense, subject->rounds);
  else
    fprintf (stderr, "bench-block: %s\n", error.message);
  fflush (stdout);
  bench_close (b);
  free (b);
  return status == MOE_OK ? 0 : 1;
}

static int
run_all (const Dense *dense, const Subject *shapes, size_t n_shapes)
{
  size_t n_backends;
  const MoeBackend *const *backends = moe_backends (&n_backends);
  int code = 0;
  for (size_t shape = 0; shape < n_shapes; shape++)
    for (size_t dtype = 0; dtype < moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
      for (size_t i = 0; i < n_backends; i++)
        {
          Subject subject = shapes[shape];
          subject.accelerator = backends[i]->name;
          subject.dtype = (MoeDtype)dtype;
          if (moe_backend_find (subject.accelerator, subject.dtype, NULL) != NULL)
            code |= run_subject (dense, &subject);
        }
  return code;
}

static bool
parse_subject (char **argv, Subject *subject)
{
  int dtype;
  if (!moe_name_parse (&moe_choices[MOE_CHOICE_DTYPE].names, argv[2], &dtype))
    return false;
  subject->accelerator = argv[1];
  subject->dtype = (MoeDtype)dtype;
  for (int i = 0; i < 5; i++)
    subject->shape[i] = strtoull (argv[i + 3], NULL, 10);
  subject->rounds = strtoull (argv[8], NULL, 10);
  return subject->rounds >= 1 && subject->rounds <= MAX_ROUNDS;
}

int
main (int argc, char **argv)
{
  static const Subject usual[] = {
    { .shape = { 4096, 2048, 1408, 60, 4 }, .rounds = DEFAULT_ROUNDS },
    { .shape = { 4096, 512, 352, 60, 4 }, .rounds = 3 * DEFAULT_ROUNDS },
  };
  static const Subject moment = { .shape = { 64, 32, 16, 8, 2 }, .rounds = 1 };
  bool check = bench_take_check (&argc, argv);
  Dense dense;
  Subject subject = { 0 };
  if (argc != 1 && (argc != 9 || !parse_subject (argv, &subject)))
    {
      fprintf (stderr,
               "usage: bench-block [--check | ACCELERATOR float32|bfloat16 T H M E k ROUNDS], "
               "ROUNDS 1 .. %d\n",
               (int)MAX_ROUNDS);
      return 2;
    }
  if (!dense_init (&dense, check ? CHECK_SIDE : DENSE_SIDE))
    return 1;
  int code = check       ? run_all (&dense, &moment, 1)
             : argc == 1 ? run_all (&dense, usual, 2)
                         : run_subject (&dense, &subject);
  free (dense.a);
  free (dense.b);
  free (dense.c);
  return code;
}
