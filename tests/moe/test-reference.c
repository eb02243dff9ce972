/* SPDX-License-Identifier: Apache-2.0 */
/* The reference against SPEC's formula, written out, and its gradients against finite
 * differences of its loss. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/draw/sampling.h"
#include "engine/moe/reference.h"

enum
{
  N_INPUTS = 8 /* x, w1, w3, w2, sw1, sw3, sw2, v */
};

static const MoeTensor input_tensors[N_INPUTS] = { MOE_TENSOR_X,   MOE_TENSOR_W1,  MOE_TENSOR_W3,
                                                   MOE_TENSOR_W2,  MOE_TENSOR_SW1, MOE_TENSOR_SW3,
                                                   MOE_TENSOR_SW2, MOE_TENSOR_V };

typedef struct Fixture
{
  MoeShape shape;
  MoeRouting routing;
  size_t elements[N_INPUTS]; /* 0 and NULL: the block has no such tensor */
  float *inputs[N_INPUTS];
  double *gradients[N_INPUTS];
  double *y;
  double loss;
} Fixture;

static double *
new_poisoned (size_t n)
{
  double *values = g_new (double, n);
  for (size_t i = 0; i < n; i++)
    values[i] = NAN;
  return values;
}

static MoeReferenceInputs
inputs_of (const Fixture *fixture)
{
  return (MoeReferenceInputs){
    .x = fixture->inputs[0],
    .w1 = fixture->inputs[1],
    .w3 = fixture->inputs[2],
    .w2 = fixture->inputs[3],
    .sw1 = fixture->inputs[4],
    .sw3 = fixture->inputs[5],
    .sw2 = fixture->inputs[6],
    .v = fixture->inputs[7],
  };
}

/* Inputs are rounded to multiples of 2^-12, so that a step of a finite difference is exact in
 * float32. */
static void
fixture_init (Fixture *fixture, const MoeShape *shape, const MoeRoutingSpec *spec)
{
  MoeError error = { 0 };
  *fixture = (Fixture){ .shape = *shape };
  g_assert_cmpint (moe_routing_sample (spec, &fixture->routing, &error), ==, MOE_OK);
  for (size_t i = 0; i < N_INPUTS; i++)
    {
      size_t n = moe_tensor_elements (input_tensors[i], shape);
      if (!moe_tensor_exists (input_tensors[i], shape, MOE_PASS_FORWARD_BACKWARD))
        continue;
      fixture->elements[i] = n;
      fixture->inputs[i] = g_new (float, n);
      fixture->gradients[i] = new_poisoned (n);
      moe_tensor_fill (input_tensors[i], shape, spec->seed, 0, n, fixture->inputs[i]);
      for (size_t j = 0; j < n; j++)
        fixture->inputs[i][j] = roundf (fixture->inputs[i][j] * 4096.0f) / 4096.0f;
    }
  fixture->y = new_poisoned (shape->tokens * shape->hidden);

  MoeReferenceInputs in = inputs_of (fixture);
  MoeReferenceOutputs out = {
    .y = fixture->y,
    .dx = fixture->gradients[0],
    .dw1 = fixture->gradients[1],
    .dw3 = fixture->gradients[2],
    .dw2 = fixture->gradients[3],
    .dsw1 = fixture->gradients[4],
    .dsw3 = fixture->gradients[5],
    .dsw2 = fixture->gradients[6],
    .dv = fixture->gradients[7],
    .loss = NAN,
  };
  g_assert_cmpint (moe_reference_run (shape, &fixture->routing, &in, &out, &error), ==, MOE_OK);
  fixture->loss = out.loss;
}

static void
fixture_clear (Fixture *fixture)
{
  for (size_t i = 0; i < N_INPUTS; i++)
    {
      g_free (fixture->inputs[i]);
      g_free (fixture->gradients[i]);
    }
  g_free (fixture->y);
  moe_routing_clear (&fixture->routing);
}

/* Column `column` of (silu (x w1) * (x w3)) w2; w1 and w3 are [H,W], w2 is [W,H]. */
static double
mlp_by_formula (const float *x,
                size_t h,
                size_t w,
                const float *w1,
                const float *w3,
                const float *w2,
                size_t column)
{
  double y = 0.0;
  for (size_t c = 0; c < w; c++)
    {
      double gate = 0.0, up = 0.0;
      for (size_t i = 0; i < h; i++)
        {
          gate += (double)x[i] * w1[i * w + c];
          up += (double)x[i] * w3[i * w + c];
        }
      y += gate / (1.0 + exp (-gate)) * up * w2[c * h + column];
    }
  return y;
}

/* What a slot that is null adds to an element of its token's y, as SPEC 2 writes it. */
static double
null_by_formula (const Fixture *f, size_t token, size_t slot, size_t column)
{
  const size_t h = f->shape.hidden, e = (size_t)f->routing.topk_idx[slot] - f->shape.experts;
  if (f->routing.null_weights == NULL)
    return 0.0;
  return (double)f->routing.null_weights[slot]
         * (double)(f->inputs[7] != NULL ? f->inputs[7][e * h + column]
                                         : f->inputs[0][token * h + column]);
}

/* One element of y, as SPEC 1 writes it. */
static double
y_by_formula (const Fixture *f, size_t token, size_t column)
{
  const size_t h = f->shape.hidden, m = f->shape.mlp_dim, k = f->routing.topk;
  const float *x = f->inputs[0] + token * h;
  double y = 0.0;
  for (size_t j = 0; j < k; j++)
    {
      size_t e = (size_t)f->routing.topk_idx[token * k + j];
      if (e < f->shape.experts)
        y += (double)f->routing.topk_weights[token * k + j]
             * mlp_by_formula (x, h, m, f->inputs[1] + e * h * m, f->inputs[2] + e * h * m,
                               f->inputs[3] + e * m * h, column);
      else
        y += null_by_formula (f, token, token * k + j, column);
    }
  return y
         + mlp_by_formula (x, h, f->shape.shared_dim, f->inputs[4], f->inputs[5], f->inputs[6],
                           column);
}

static void
check_forward (const Fixture *f)
{
  const size_t h = f->shape.hidden, n = f->shape.tokens * h;
  double squares = 0.0;
  for (size_t i = 0; i < n; i++)
    {
      g_assert_cmpfloat_with_epsilon (f->y[i], y_by_formula (f, i / h, i % h), 1e-12);
      squares += f->y[i] * f->y[i];
    }
  g_assert_cmpfloat_with_epsilon (f->loss, squares / (double)n, 1e-14 + 1e-12 * f->loss);
}

static double
loss_of (Fixture *f)
{
  MoeReferenceInputs in = inputs_of (f);
  MoeReferenceOutputs out = { .y = f->y };
  g_assert_cmpint (moe_reference_run (&f->shape, &f->routing, &in, &out, NULL), ==, MOE_OK);
  return out.loss;
}

/* Central difference of fourth order. */
static double
derivative (Fixture *f, float *value)
{
  const float step = 0x1p-7f, start = *value;
  double loss[4];
  static const float steps[] = { -2, -1, 1, 2 };
  for (size_t i = 0; i < 4; i++)
    {
      *value = start + steps[i] * step;
      loss[i] = loss_of (f);
    }
  *value = start;
  return (8.0 * (loss[2] - loss[1]) - (loss[3] - loss[0])) / (12.0 * (double)step);
}

static void
check_gradients (Fixture *f)
{
  for (size_t i = 0; i < N_INPUTS; i++)
    {
      double difference = 0.0, norm = 0.0;
      if (f->elements[i] == 0)
        continue;
      for (size_t j = 0; j < f->elements[i]; j++)
        {
          double numeric = derivative (f, &f->inputs[i][j]);
          difference += pow (f->gradients[i][j] - numeric, 2);
          norm += numeric * numeric;
        }
      g_assert_cmpfloat (norm, >, 0.0);
      g_assert_cmpfloat (sqrt (difference / norm), <, 1e-6);
    }
}

static const struct
{
  const char *name;
  MoeShape shape; /* T, H, M, E */
  size_t topk;
  MoeNullMode mode;
  double null_target;
  bool renormalize;
  MoeNullKind kind;
} cases[] = {
  { "plain", { 5, 4, 3, 4, 0 }, 2, MOE_NULL_MODE_INDEPENDENT, 0.0, false },
  { "independent", { 6, 3, 5, 4, 0 }, 3, MOE_NULL_MODE_INDEPENDENT, 0.4, false },
  { "independent-renormalized", { 6, 3, 5, 4, 0 }, 3, MOE_NULL_MODE_INDEPENDENT, 0.4, true },
  { "take-until-null", { 7, 4, 2, 5, 0 }, 4, MOE_NULL_MODE_TAKE_UNTIL_NULL, 0.5, false },
  { "take-until-null-renormalized",
    { 7, 4, 2, 5, 0 },
    4,
    MOE_NULL_MODE_TAKE_UNTIL_NULL,
    0.5,
    true },
  { "router", { 6, 5, 4, 4, 0 }, 3, MOE_NULL_MODE_ROUTER, 0.5, false },
  { "router-renormalized", { 6, 5, 4, 4, 0 }, 3, MOE_NULL_MODE_ROUTER, 0.5, true },
  { "top-1", { 8, 3, 4, 3, 0 }, 1, MOE_NULL_MODE_INDEPENDENT, 0.3, false },
  { "all-experts", { 4, 3, 3, 5, 0 }, 5, MOE_NULL_MODE_TAKE_UNTIL_NULL, 0.3, false },
  { "empty-experts", { 3, 4, 3, 12, 0 }, 1, MOE_NULL_MODE_ROUTER, 0.3, false },
  { "one-token", { 1, 6, 4, 3, 0 }, 2, MOE_NULL_MODE_INDEPENDENT, 0.0, false },
  { "shared", { 5, 4, 3, 4, 6 }, 2, MOE_NULL_MODE_INDEPENDENT, 0.0, false },
  { "shared-narrow", { 6, 5, 4, 4, 1 }, 2, MOE_NULL_MODE_TAKE_UNTIL_NULL, 0.5, false },
  { "shared-and-few-real", { 6, 3, 4, 4, 3 }, 1, MOE_NULL_MODE_INDEPENDENT, 0.7, false },
  { "copy", { 6, 3, 5, 4, 0 }, 3, MOE_NULL_MODE_INDEPENDENT, 0.4, false, MOE_NULL_KIND_COPY },
  { "copy-renormalized",
    { 6, 3, 5, 4, 2 },
    3,
    MOE_NULL_MODE_ROUTER,
    0.5,
    true,
    MOE_NULL_KIND_COPY },
  { "copy-of-one",
    { 8, 3, 4, 3, 0 },
    1,
    MOE_NULL_MODE_INDEPENDENT,
    0.6,
    false,
    MOE_NULL_KIND_COPY },
  { "constant",
    { 6, 3, 5, 4, 0 },
    3,
    MOE_NULL_MODE_INDEPENDENT,
    0.5,
    false,
    MOE_NULL_KIND_CONSTANT },
  { "constant-prefix",
    { 7, 4, 2, 5, 3 },
    4,
    MOE_NULL_MODE_TAKE_UNTIL_NULL,
    0.5,
    true,
    MOE_NULL_KIND_CONSTANT },
  { "one-of-everything", { 1, 1, 1, 1, 0 }, 1, MOE_NULL_MODE_INDEPENDENT, 0.99, false },
};

static void
test_case (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  for (uint64_t seed = 0; seed < 2; seed++)
    {
      MoeRoutingSpec spec = {
        .tokens = cases[i].shape.tokens,
        .experts = cases[i].shape.experts,
        .topk = cases[i].topk,
        .null_mode = cases[i].mode,
        .null_target = cases[i].null_target,
        .renormalize = cases[i].renormalize,
        .seed = seed,
        .null_seed = seed + 10,
        .keeps_null_weights = cases[i].kind != MOE_NULL_KIND_ZERO,
        .null_experts = cases[i].kind == MOE_NULL_KIND_CONSTANT ? 4 : 0,
      };
      Fixture fixture;
      MoeShape shape = cases[i].shape;
      shape.null_vectors = cases[i].kind == MOE_NULL_KIND_CONSTANT ? 4 : 0;
      fixture_init (&fixture, &shape, &spec);
      check_forward (&fixture);
      check_gradients (&fixture);
      fixture_clear (&fixture);
    }
}

/* Gradients of an expert without tokens are zeros, and so are y and dx of a token without
 * experts. */
static void
test_zeros (void)
{
  MoeShape shape = { .tokens = 5, .hidden = 3, .mlp_dim = 2, .experts = 9 };
  MoeRoutingSpec spec = { .tokens = 5, .experts = 9, .topk = 2, .null_target = 0.6 };
  Fixture f;
  fixture_init (&f, &shape, &spec);
  size_t counts[9], empty_experts = 0, empty_tokens = 0;
  moe_routing_expert_counts (&f.routing, counts);
  for (size_t e = 0; e < 9; e++)
    for (size_t i = 0; counts[e] == 0 && i < 6; i++)
      {
        empty_experts++;
        for (size_t tensor = 1; tensor < 4; tensor++)
          g_assert_cmpfloat (f.gradients[tensor][6 * e + i], ==, 0.0);
      }
  for (size_t t = 0; t < 5; t++)
    if (f.routing.topk_idx[2 * t] >= 9 && f.routing.topk_idx[2 * t + 1] >= 9)
      for (size_t i = 0; i < 3; i++)
        {
          empty_tokens++;
          g_assert_cmpfloat (f.y[3 * t + i], ==, 0.0);
          g_assert_cmpfloat (f.gradients[0][3 * t + i], ==, 0.0);
        }
  g_assert_cmpuint (empty_experts, >, 0);
  g_assert_cmpuint (empty_tokens, >, 0);
  fixture_clear (&f);
}

/* A token without experts still visits the shared one, unweighted. */
static void
test_shared_alone (void)
{
  MoeShape shape = { .tokens = 4, .hidden = 3, .mlp_dim = 2, .experts = 5, .shared_dim = 4 };
  MoeRoutingSpec spec = { .tokens = 4, .experts = 5, .topk = 2, .null_target = 0.9 };
  Fixture f;
  size_t alone = 0;
  fixture_init (&f, &shape, &spec);
  for (size_t t = 0; t < 4; t++)
    if (f.routing.topk_idx[2 * t] >= 5 && f.routing.topk_idx[2 * t + 1] >= 5)
      for (size_t i = 0; i < 3; i++)
        {
          alone++;
          g_assert_cmpfloat_with_epsilon (
              f.y[3 * t + i],
              mlp_by_formula (f.inputs[0] + 3 * t, 3, 4, f.inputs[4], f.inputs[5], f.inputs[6], i),
              1e-12);
          g_assert_cmpfloat (f.gradients[0][3 * t + i], !=, 0.0);
        }
  g_assert_cmpuint (alone, >, 0);
  fixture_clear (&f);
}

static void
test_refused (void)
{
  MoeShape shape = { .tokens = 2, .hidden = 2, .mlp_dim = 2, .experts = 2 };
  MoeRoutingSpec spec = { .tokens = 2, .experts = 2, .topk = 1 };
  MoeReferenceOutputs out = { 0 };
  MoeError error = { 0 };
  Fixture f;
  fixture_init (&f, &shape, &spec);
  MoeReferenceInputs in = inputs_of (&f);
  shape.tokens = 3;
  g_assert_cmpint (moe_reference_run (&shape, &f.routing, &in, &out, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "3"));
  shape.tokens = 2;
  shape.mlp_dim = SIZE_MAX / 4;
  g_assert_cmpint (moe_reference_run (&shape, &f.routing, &in, &out, &error), ==, MOE_ERROR_MEMORY);
  fixture_clear (&f);
}

static void
test_relative_error (void)
{
  const float a[] = { 3.0f, 4.5f };
  const double b[] = { 3.0, 4.0 };
  const float zeros[] = { 0.0f, 0.0f }, nan[] = { 3.0f, NAN }, inf[] = { INFINITY, 4.0f };
  const double no[] = { 0.0, 0.0 };
  g_assert_cmpfloat_with_epsilon (moe_relative_error (a, b, 2), 0.1, 1e-15);
  g_assert_cmpfloat (moe_relative_error (zeros, b, 2), ==, 1.0);
  g_assert_cmpfloat (moe_relative_error (zeros, no, 2), ==, 0.0);
  g_assert_true (isinf (moe_relative_error (a, no, 2)));
  g_assert_true (isinf (moe_relative_error (nan, b, 2)));
  g_assert_true (isinf (moe_relative_error (inf, b, 2)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/moe/reference/", cases[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/moe/reference/zeros", test_zeros);
  g_test_add_func ("/moe/reference/shared-alone", test_shared_alone);
  g_test_add_func ("/moe/reference/refused", test_refused);
  g_test_add_func ("/moe/reference/relative-error", test_relative_error);
  return g_test_run ();
}
