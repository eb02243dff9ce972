/* SPDX-License-Identifier: Apache-2.0 */
/* Right numbers do not show that an option does anything.  Here each option of SPEC 4 that the CPU
 * block computes by is seen at work: in the products that are made, the rows that are moved, the
 * stages that take time, the threads that take part. */
#include <glib.h>

#include "engine/backends/cpu/block.h"
#include "engine/backends/cpu/state.h"
#include "engine/draw/sampling.h"
#include "engine/moe/capacity.h"
#include "engine/options/plan.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum
{
  MAX_PRODUCTS = 1 << 14
};

/* Every product that was made since the last look; no GLib here, so that the thread sanitizer can
 * see all of it. */
static MoeMatmul products[MAX_PRODUCTS];
static atomic_size_t n_products;

static float
element (const float *a, size_t ld, bool transpose, size_t row, size_t column)
{
  return transpose ? a[column * ld + row] : a[row * ld + column];
}

static void
counting_matmul (const MoeCpuKernels *self, const MoeMatmul *p, void *scratch)
{
  (void)self;
  (void)scratch;
  for (size_t i = 0; i < p->m; i++)
    for (size_t j = 0; j < p->n; j++)
      {
        float sum = 0;
        for (size_t k = 0; k < p->k; k++)
          sum += element (p->a, p->lda, p->transpose_a, i, k)
                 * element (p->b, p->ldb, p->transpose_b, k, j);
        ((float *)p->c)[i * p->ldc + j] = sum;
      }
  size_t place = atomic_fetch_add (&n_products, 1);
  if (place < MAX_PRODUCTS)
    products[place] = *p;
}

static const MoeCpuKernels kernels = { .dtype = MOE_DTYPE_FLOAT32, .matmul = counting_matmul };

enum
{
  T = 60,
  H = 20,
  M = 12,
  E = 6,
  K = 3
};

/* One small point, opened and prepared. */
typedef struct Rig
{
  MoeBlock block;
  MoeRoutingSpec spec;
  size_t threads;
  MoeRouting routing;
  MoeBackendState *state;
  MoeStageTimes times;
} Rig;

static Rig
plain (void)
{
  return (Rig){ .block = { .shape = { T, H, M, E, 0 },
                           .topk = K,
                           .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                           .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                           .ep_size = 1 },
                .spec = { .tokens = T, .experts = E, .topk = K, .null_seed = 1 },
                .threads = 2 };
}

static size_t
max_rows (const Rig *rig)
{
  return rig->block.choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_PAD ? E * rig->block.capacity
                                                                           : (size_t)T * K;
}

static void
rig_open (Rig *rig)
{
  MoeProblem problem;
  MoeError error = { 0 };
  moe_problem_of_block (&rig->block, 3, rig->threads, max_rows (rig), &problem);
  g_assert_cmpint (moe_routing_sample (&rig->spec, &rig->routing, &error), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_open (&problem, &kernels, NULL, &rig->state, &error), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_prepare (rig->state, &rig->block, &rig->routing, &error), ==, MOE_OK);
}

static void
rig_forward (Rig *rig)
{
  atomic_store (&n_products, 0);
  rig->times = (MoeStageTimes){ 0 };
  g_assert_cmpint (moe_cpu_forward (rig->state, &rig->times, NULL, NULL), ==, MOE_OK);
}

static void
rig_backward (Rig *rig)
{
  atomic_store (&n_products, 0);
  rig->times = (MoeStageTimes){ 0 };
  g_assert_cmpint (moe_cpu_backward (rig->state, &rig->times, NULL), ==, MOE_OK);
}

static void
rig_clear (Rig *rig)
{
  moe_cpu_close (rig->state);
  moe_routing_clear (&rig->routing);
}

static MoeCpuShard *
shard (const Rig *rig)
{
  return &rig->state->shards[0];
}

/* Rows of all products whose C has n columns and whose sum is over k. */
static size_t
rows_of (size_t n, size_t k)
{
  size_t rows = 0;
  for (size_t i = 0; i < atomic_load (&n_products); i++)
    {
      const MoeMatmul *p = &products[i];
      if (!p->transpose_a && p->n == n && p->k == k)
        rows += p->m;
    }
  return rows;
}

static size_t
memory_of (const Rig *rig)
{
  MoeProblem problem;
  MoeMemoryNeed need;
  moe_problem_of_block (&rig->block, 3, rig->threads, max_rows (rig), &problem);
  g_assert_cmpint (moe_cpu_memory (&problem, &kernels, &need, NULL), ==, MOE_OK);
  return need.total_bytes;
}

/* --impl: one product of 2M columns or two of M; weights in the activation or in the combine; tiles
 * of tokens or of columns. */
static void
test_impl (void)
{
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    {
      Rig rig = plain ();
      rig.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
      rig_open (&rig);
      rig_forward (&rig);
      bool fused = moe_impl_fuses_w13 ((MoeImpl)impl);
      g_assert_cmpuint (rows_of (2 * M, H), ==, fused ? (size_t)T * K : 0);
      g_assert_cmpuint (rows_of (M, H), ==, fused ? 0 : (size_t)2 * T * K);
      const MoeCpuShard *s = shard (&rig);
      const float *h = s->rows.h.data, *act = s->rows.act.data;
      double plain_act = h[0] / (1 + exp (-(double)h[0])) * (double)h[M];
      double weight = moe_impl_preweights ((MoeImpl)impl) ? (double)s->dispatch.row_weight[0] : 1.0;
      g_assert_cmpfloat_with_epsilon ((double)act[0], weight * plain_act, 1e-4);
      bool columns = false, tokens = false;
      for (size_t i = 0; i < s->schedule.n_tiles; i++)
        {
          columns = columns || s->schedule.tiles[i].kind == MOE_TILE_COLUMNS;
          tokens = tokens || s->schedule.tiles[i].kind == MOE_TILE_TOKENS;
        }
      g_assert_cmpint (columns, ==, moe_impl_scatters ((MoeImpl)impl));
      g_assert_cmpint (tokens, ==, !moe_impl_scatters ((MoeImpl)impl));
      rig_clear (&rig);
    }
}

static GArray *
read_tensor (const Rig *rig, MoeTensor tensor)
{
  size_t n = moe_tensor_elements (tensor, &rig->block.shape);
  GArray *values = g_array_sized_new (FALSE, FALSE, sizeof (float), (guint)n);
  g_array_set_size (values, (guint)n);
  g_assert_cmpint (moe_cpu_read (rig->state, tensor, 0, n, (float *)(void *)values->data, NULL), ==,
                   MOE_OK);
  return values;
}

static void
assert_same (const Rig *a, const Rig *b, MoeTensor tensor)
{
  g_autoptr (GArray) x = read_tensor (a, tensor), y = read_tensor (b, tensor);
  g_assert_cmpmem (x->data, x->len * sizeof (float), y->data, y->len * sizeof (float));
}

/* One state for all six, as a sweep of all has it: weights turn back and forth without loss. */
static void
test_all_impls_in_one_state (void)
{
  static const MoeImpl order[] = { MOE_IMPL_BASELINE, MOE_IMPL_FUSED_W13, MOE_IMPL_PREWEIGHT,
                                   MOE_IMPL_FAST,     MOE_IMPL_SCATTER,   MOE_IMPL_BASELINE };
  Rig all = plain ();
  MoeProblem problem;
  moe_problem_of_block (&all.block, 3, all.threads, (size_t)T * K, &problem);
  problem.choice[MOE_CHOICE_IMPL] = (1u << moe_choices[MOE_CHOICE_IMPL].names.n) - 1;
  g_assert_cmpint (moe_routing_sample (&all.spec, &all.routing, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_open (&problem, &kernels, NULL, &all.state, NULL), ==, MOE_OK);
  for (size_t i = 0; i < G_N_ELEMENTS (order); i++)
    {
      Rig fresh = plain ();
      fresh.block.choice[MOE_CHOICE_IMPL] = all.block.choice[MOE_CHOICE_IMPL] = order[i];
      rig_open (&fresh);
      g_assert_cmpint (moe_cpu_prepare (all.state, &all.block, &all.routing, NULL), ==, MOE_OK);
      rig_forward (&all);
      rig_backward (&all);
      rig_forward (&fresh);
      rig_backward (&fresh);
      for (int tensor = 0; tensor < MOE_N_TENSORS; tensor++)
        if (moe_tensor_exists ((MoeTensor)tensor, &all.block.shape,
                               all.block.choice[MOE_CHOICE_PASS]))
          assert_same (&all, &fresh, (MoeTensor)tensor);
      rig_clear (&fresh);
    }
  rig_clear (&all);
}

enum
{
  MAX_EVENTS = 4096
};

/* What happened in one forward, in order of time. */
static GArray *
trace_forward (Rig *rig)
{
  GArray *events = g_array_new (FALSE, TRUE, sizeof (MoeTraceEvent));
  g_array_set_size (events, MAX_EVENTS);
  MoeTrace trace = { .events = (MoeTraceEvent *)(void *)events->data, .capacity = MAX_EVENTS };
  moe_cpu_trace (rig->state, &trace);
  rig_forward (rig);
  moe_cpu_trace (rig->state, NULL);
  g_assert_cmpuint (trace.n, <=, MAX_EVENTS);
  g_array_set_size (events, (guint)trace.n);
  return events;
}

/* --backend: ragged_dot walks the experts in order, each product on all threads; gmm gives a tile
 * to one thread, largest expert first. */
static void
test_grouping (void)
{
  Rig rig = plain ();
  rig.block.choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_RAGGED_DOT;
  rig_open (&rig);
  g_autoptr (GArray) events = trace_forward (&rig);
  for (uint32_t thread = 0; thread < 2; thread++)
    {
      int32_t expected = 0;
      for (guint i = 0; i < events->len; i++)
        {
          const MoeTraceEvent *event = &g_array_index (events, MoeTraceEvent, i);
          if (event->thread == thread && event->stage == MOE_STAGE_UP && event->expert >= 0)
            g_assert_cmpint (event->expert, ==, expected++);
        }
      g_assert_cmpint (expected, ==, E); /* every thread, every expert */
    }
  rig_clear (&rig);

  rig = plain ();
  rig_open (&rig);
  g_autoptr (GArray) tiles = trace_forward (&rig);
  guint ups = 0;
  for (guint i = 0; i < tiles->len; i++)
    ups += g_array_index (tiles, MoeTraceEvent, i).stage == MOE_STAGE_UP;
  g_assert_cmpuint (ups, ==, E); /* one tile for each expert of so few rows, by one thread each */
  size_t counts[E], largest = 0;
  moe_routing_expert_counts (&rig.routing, counts);
  for (size_t e = 1; e < E; e++)
    largest = counts[e] > counts[largest] ? e : largest;
  g_assert_cmpuint (shard (&rig)->schedule.tiles[0].expert, ==, largest);
  rig_clear (&rig);
}

/* Events lie within the step, one after the other on each thread; what has no room is counted. */
static void
test_trace (void)
{
  Rig rig = plain ();
  MoeTraceEvent few[3];
  MoeTrace trace = { .events = few, .capacity = 2 };
  rig_open (&rig);
  g_autoptr (GArray) events = trace_forward (&rig);
  uint64_t end_ns[2] = { 0, 0 };
  for (guint i = 0; i < events->len; i++)
    {
      const MoeTraceEvent *event = &g_array_index (events, MoeTraceEvent, i);
      g_assert_cmpuint (event->thread, <, 2);
      g_assert_cmpuint (event->begin_ns, <=, event->end_ns);
      g_assert_cmpuint (event->begin_ns, >=, end_ns[event->thread]);
      end_ns[event->thread] = event->end_ns;
    }
  memset (few, 0xa5, sizeof few);
  moe_cpu_trace (rig.state, &trace);
  rig_forward (&rig);
  g_assert_cmpuint (trace.n, >, 2);
  g_assert_cmpuint (((unsigned char *)&few[2])[0], ==, 0xa5);
  moe_cpu_trace (rig.state, NULL);
  rig_clear (&rig);
}

/* --queue-mode: pack and gather are there in full, gone in prequeue, also for points prepared in
 * turn. */
static void
test_queue_mode (void)
{
  Rig rig = plain ();
  rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  rig_open (&rig);
  rig_forward (&rig);
  g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_GATHER], >, 0);
  rig_clear (&rig);

  rig = plain ();
  MoeRouting other;
  rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  rig.block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  rig_open (&rig);
  rig_forward (&rig);
  g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_GATHER], ==, 0);
  g_autoptr (GArray) first = read_tensor (&rig, MOE_TENSOR_Y);
  rig.spec.seed = 9;
  g_assert_cmpint (moe_routing_sample (&rig.spec, &other, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_prepare (rig.state, &rig.block, &other, NULL), ==, MOE_OK);
  rig_forward (&rig);
  g_autoptr (GArray) second = read_tensor (&rig, MOE_TENSOR_Y);
  g_assert_true (memcmp (first->data, second->data, first->len * sizeof (float)) != 0);
  g_assert_cmpint (moe_cpu_prepare (rig.state, &rig.block, &rig.routing, NULL), ==, MOE_OK);
  moe_cpu_poison (rig.state);
  rig_forward (&rig);
  g_autoptr (GArray) again = read_tensor (&rig, MOE_TENSOR_Y);
  g_assert_cmpmem (first->data, first->len * sizeof (float), again->data,
                   again->len * sizeof (float));
  moe_routing_clear (&other);
  rig_clear (&rig);
}

/* --routing-pack-strategy: the rows of an expert stand by position, or by the weight of their
 * token's first slot; the sorts have their keys. */
static void
test_pack_strategy (void)
{
  for (int strategy = 0; strategy < (int)moe_choices[MOE_CHOICE_PACK_STRATEGY].names.n; strategy++)
    {
      Rig rig = plain ();
      size_t plain_bytes = memory_of (&rig);
      rig.block.choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)strategy;
      if (strategy == MOE_PACK_ARGSORT)
        g_assert_cmpuint (memory_of (&rig), ==, plain_bytes);
      else
        g_assert_cmpuint (memory_of (&rig), >=, plain_bytes + 2 * sizeof (uint64_t) * T * K);
      rig_open (&rig);
      rig_forward (&rig);
      const MoeDispatch *d = &shard (&rig)->dispatch;
      bool by_position = true, by_score = true;
      for (size_t e = 0; e < E; e++)
        for (size_t r = d->expert_offset[e] + 1; r < d->expert_offset[e + 1]; r++)
          {
            float before = rig.routing.topk_weights[d->row_token[r - 1] * K];
            float here = rig.routing.topk_weights[d->row_token[r] * K];
            by_position = by_position && d->row_slot[r - 1] < d->row_slot[r];
            by_score = by_score && before >= here;
          }
      g_assert_cmpint (by_position, ==, strategy != MOE_PACK_EXPERT_SCORE_SORT);
      g_assert_cmpint (by_score, ==, strategy == MOE_PACK_EXPERT_SCORE_SORT);
      rig_clear (&rig);
    }
}

/* --dispatch-permute-mode: x stands k times in a buffer of its own. */
static void
test_permute_mode (void)
{
  Rig rig = plain ();
  size_t bytes = memory_of (&rig);
  rig.block.choice[MOE_CHOICE_PERMUTE_MODE] = MOE_PERMUTE_REPEAT_SORT;
  g_assert_cmpuint (memory_of (&rig), >=, bytes + sizeof (float) * T * K * H);
  rig_open (&rig);
  rig_forward (&rig);
  const float *x = shard (&rig)->x, *slots = shard (&rig)->slots_x;
  for (size_t slot = 0; slot < (size_t)T * K; slot++)
    g_assert_cmpmem (slots + slot * H, H * sizeof (float), x + slot / K * H, H * sizeof (float));
  rig_clear (&rig);
}

/* --capacity-policy, --capacity-factor: rows of the products are what is kept, or all there are. */
static void
test_capacity (void)
{
  static const double factors[] = { 0.5, 1.0 };
  for (size_t f = 0; f < G_N_ELEMENTS (factors); f++)
    for (int policy = MOE_CAPACITY_DROP; policy <= MOE_CAPACITY_PAD; policy++)
      {
        Rig rig = plain ();
        MoeRouting kept;
        rig.block.choice[MOE_CHOICE_CAPACITY_POLICY] = (MoeCapacityPolicy)policy;
        rig.block.capacity = moe_capacity_rows (factors[f], T, K, E);
        rig_open (&rig);
        rig_forward (&rig);
        g_assert_cmpint (moe_capacity_apply (&rig.routing, MOE_PACK_ARGSORT, rig.block.capacity,
                                             &kept, NULL, NULL),
                         ==, MOE_OK);
        g_assert_cmpuint (kept.real_assignments, <, (size_t)T * K);
        g_assert_cmpuint (rows_of (2 * M, H), ==,
                          policy == MOE_CAPACITY_PAD ? E * rig.block.capacity
                                                     : kept.real_assignments);
        moe_routing_clear (&kept);
        rig_clear (&rig);
      }
}

/* --shared-expert-dim, --shared-fused */
static void
test_shared (void)
{
  enum
  {
    S = 15
  };
  for (int fused = 0; fused < 2; fused++)
    {
      Rig rig = plain ();
      rig.block.shape.shared_dim = S;
      rig.block.choice[MOE_CHOICE_SHARED_FUSED] = fused != 0;
      rig_open (&rig);
      rig_forward (&rig);
      g_assert_cmpuint (rows_of (2 * S, H), ==, fused != 0 ? T : 0);
      g_assert_cmpuint (rows_of (S, H), ==, fused != 0 ? 0 : 2 * T);
      g_assert_cmpuint (rows_of (H, S), ==, T);
      g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_SHARED], >, 0);
      rig_backward (&rig);
      g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_SHARED_BWD], >, 0);
      rig_clear (&rig);
    }
}

/* --remat-mode: what the backward computes again. */
static void
test_remat (void)
{
  for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++)
    {
      Rig rig = plain ();
      rig.block.choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)remat;
      rig_open (&rig);
      rig_forward (&rig);
      rig_backward (&rig);
      g_assert_cmpuint (rows_of (2 * M, H), ==, remat == MOE_REMAT_EXPERT_MLP ? (size_t)T * K : 0);
      g_assert_cmpint (rig.times.time_s[MOE_STAGE_GATHER] > 0, ==, remat != MOE_REMAT_NONE);
      rig_clear (&rig);
    }
}

/* --null-route-frac, --null-dispatch: null slots have no products; carried ones are still moved,
 * and those that stand for expert 0 or have experts of zeros are multiplied like any other. */
static void
test_nulls (void)
{
  for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n; dispatch++)
    {
      Rig rig = plain ();
      rig.spec.null_target = 0.5;
      rig.block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
      rig.spec.null_experts = 4;
      rig.block.shape.zero_experts = dispatch == MOE_NULL_DISPATCH_ZERO_EXPERT ? 4 : 0;
      rig_open (&rig);
      rig_forward (&rig);
      bool carry = dispatch == MOE_NULL_DISPATCH_CARRY;
      g_assert_cmpuint (rig.routing.null_assignments, >, T);
      bool computed = moe_computes_nulls (rig.block.choice);
      g_assert_cmpuint (rows_of (2 * M, H), ==,
                        computed ? (size_t)T * K : rig.routing.real_assignments);
      g_assert_cmpuint (shard (&rig)->dispatch.rows, ==,
                        carry || computed ? (size_t)T * K : rig.routing.real_assignments);
      g_assert_cmpint (shard (&rig)->scatter, ==, carry); /* as the harness does it */
      rig_clear (&rig);
    }
}

/* --parallel-mode, --ep-size, --ep-comm-path: each shard has its experts, on threads of its own,
 * and what is exchanged is what a ring would send. */
static void
test_expert_parallel (void)
{
  for (int path = 0; path < (int)moe_choices[MOE_CHOICE_EP_COMM_PATH].names.n; path++)
    {
      Rig rig = plain ();
      const size_t shards = 3;
      const double array = (double)T * H * sizeof (float) * (double)(shards - 1);
      rig.threads = 4;
      rig.block.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
      rig.block.choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
      rig.block.ep_size = shards;
      rig_open (&rig);
      g_assert_cmpuint (rig.state->n_shards, ==, shards);
      g_autoptr (GArray) events = trace_forward (&rig);
      for (guint i = 0; i < events->len; i++)
        {
          const MoeTraceEvent *event = &g_array_index (events, MoeTraceEvent, i);
          if (event->expert >= 0)
            g_assert_cmpuint (event->shard, ==, (uint32_t)event->expert / (E / shards));
        }
      /* compact_psum: one all-reduce (twice the array by each); ring_ag_rs: gather and scatter. */
      g_assert_cmpfloat_with_epsilon (rig.times.comm_bytes, 2 * array, 1);
      g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_COMM], >, 0);
      rig_backward (&rig);
      g_assert_cmpfloat_with_epsilon (rig.times.comm_bytes, 2 * array, 1);
      g_assert_cmpfloat (rig.times.time_s[MOE_STAGE_COMM_BWD], >, 0);

      /* Foreign tokens are not there before they have been gathered. */
      moe_cpu_poison (rig.state);
      const float *x = shard (&rig)->x;
      g_assert_cmpint (isnan (x[(size_t)T * H - 1]), ==, path == MOE_EP_RING_AG_RS);
      rig_clear (&rig);
    }
  Rig alone = plain ();
  rig_open (&alone);
  rig_forward (&alone);
  g_assert_cmpfloat (alone.times.comm_bytes, ==, 0);
  g_assert_cmpfloat (alone.times.time_s[MOE_STAGE_COMM], ==, 0);
  rig_clear (&alone);
}

static void *
request_stop (void *cancel)
{
  usleep (500);
  moe_cancel_request (cancel);
  return NULL;
}

/* A stop in the middle of a step ends it on all shards, whatever they wait for. */
static void
test_stop (void)
{
  for (int round = 0; round < 24; round++)
    {
      Rig rig = plain ();
      MoeProblem problem;
      MoeCancel cancel;
      moe_cancel_init (&cancel);
      rig.threads = 4;
      rig.block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)(round % 2);
      rig.block.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
      rig.block.choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)(round / 2 % 2);
      rig.block.ep_size = round % 3 == 0 ? 1 : 3;
      moe_problem_of_block (&rig.block, 3, rig.threads, (size_t)T * K, &problem);
      g_assert_cmpint (moe_routing_sample (&rig.spec, &rig.routing, NULL), ==, MOE_OK);
      g_assert_cmpint (moe_cpu_open (&problem, &kernels, &cancel, &rig.state, NULL), ==, MOE_OK);
      g_assert_cmpint (moe_cpu_prepare (rig.state, &rig.block, &rig.routing, NULL), ==, MOE_OK);
      pthread_t thread;
      g_assert_cmpint (pthread_create (&thread, NULL, request_stop, &cancel), ==, 0);
      MoeStatus status = MOE_OK;
      while (status == MOE_OK)
        {
          status = moe_cpu_forward (rig.state, NULL, NULL, NULL);
          if (status == MOE_OK)
            status = moe_cpu_backward (rig.state, NULL, NULL);
        }
      g_assert_cmpint (status, ==, MOE_ERROR_CANCELLED);
      pthread_join (thread, NULL);
      rig_clear (&rig);
    }
}

/* --seed: other weights; --threads: other threads make products. */
static void
test_seed_and_threads (void)
{
  Rig rig = plain ();
  MoeProblem problem;
  MoeBackendState *other;
  float a, b;
  rig.threads = 3;
  rig_open (&rig);
  moe_problem_of_block (&rig.block, 4, 1, (size_t)T * K, &problem);
  g_assert_cmpint (moe_cpu_open (&problem, &kernels, NULL, &other, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_read (rig.state, MOE_TENSOR_W1, 0, 1, &a, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_cpu_read (other, MOE_TENSOR_W1, 0, 1, &b, NULL), ==, MOE_OK);
  g_assert_cmpfloat ((double)a, !=, (double)b);
  g_assert_cmpuint (shard (&rig)->threads, ==, 3);
  g_assert_cmpuint (other->shards[0].threads, ==, 1);
  moe_cpu_close (other);
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/impl", test_impl);
  g_test_add_func ("/options/all-impls-in-one-state", test_all_impls_in_one_state);
  g_test_add_func ("/options/backend", test_grouping);
  g_test_add_func ("/options/trace", test_trace);
  g_test_add_func ("/options/queue-mode", test_queue_mode);
  g_test_add_func ("/options/routing-pack-strategy", test_pack_strategy);
  g_test_add_func ("/options/dispatch-permute-mode", test_permute_mode);
  g_test_add_func ("/options/capacity", test_capacity);
  g_test_add_func ("/options/shared-expert", test_shared);
  g_test_add_func ("/options/remat-mode", test_remat);
  g_test_add_func ("/options/nulls", test_nulls);
  g_test_add_func ("/options/expert-parallel", test_expert_parallel);
  g_test_add_func ("/options/stop", test_stop);
  g_test_add_func ("/options/seed-and-threads", test_seed_and_threads);
  return g_test_run ();
}
