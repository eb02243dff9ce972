/* SPDX-License-Identifier: Apache-2.0 */
/* Names, sizes, initial values, FLOPs and the metrics that follow from them. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/moe/flops.h"
#include "engine/moe/rng.h"
#include "engine/moe/tensors.h"
#include "engine/moe/types.h"

static const struct
{
  const MoeNames *names;
  size_t n;
  const char *first;
  const char *last;
} name_lists[] = {
  { &moe_choices[MOE_CHOICE_DTYPE].names, 2, "float32", "bfloat16" },
  { &moe_choices[MOE_CHOICE_PASS].names, 2, "forward", "forward_backward" },
  { &moe_choices[MOE_CHOICE_GROUPING].names, 2, "gmm", "ragged_dot" },
  { &moe_choices[MOE_CHOICE_IMPL].names, 6, "baseline", "fast" },
  { &moe_choices[MOE_CHOICE_DISTRIBUTION].names, 7, "random", "trace" },
  { &moe_choices[MOE_CHOICE_NULL_MODE].names, 3, "independent", "router" },
  { &moe_choices[MOE_CHOICE_NULL_DISPATCH].names, 4, "compact", "zero_expert" },
  { &moe_choices[MOE_CHOICE_NULL_GRANULARITY].names, 2, "slot", "token" },
  { &moe_choices[MOE_CHOICE_NULL_TOKENS].names, 2, "random", "tail" },
  { &moe_choices[MOE_CHOICE_NULL_KIND].names, 3, "zero", "constant" },
  { &moe_choices[MOE_CHOICE_K_RULE].names, 6, "fixed", "token_rounding" },
  { &moe_choices[MOE_CHOICE_QUEUE_MODE].names, 2, "full", "prequeue" },
  { &moe_stage_names, MOE_N_STAGES, "pack", "wait" },
  { &moe_choices[MOE_CHOICE_REMAT_MODE].names, 3, "none", "combine" },
  { &moe_choices[MOE_CHOICE_PACK_STRATEGY].names, 3, "argsort", "expert_score_sort" },
  { &moe_choices[MOE_CHOICE_PERMUTE_MODE].names, 2, "direct_take", "repeat_sort" },
  { &moe_choices[MOE_CHOICE_CAPACITY_POLICY].names, 3, "none", "pad" },
  { &moe_choices[MOE_CHOICE_PARALLEL_MODE].names, 2, "none", "ep" },
  { &moe_choices[MOE_CHOICE_EP_COMM_PATH].names, 2, "compact_psum", "ring_ag_rs" },
  { &moe_tensor_names, MOE_N_TENSORS, "x", "dv" },
};

static void
test_names_round_trip (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (name_lists); i++)
    {
      const MoeNames *names = name_lists[i].names;
      g_assert_cmpuint (names->n, ==, name_lists[i].n);
      g_assert_cmpstr (moe_name_of (names, 0), ==, name_lists[i].first);
      g_assert_cmpstr (moe_name_of (names, (int)names->n - 1), ==, name_lists[i].last);
      for (int value = 0; value < (int)names->n; value++)
        {
          int parsed = -1;
          g_assert_true (moe_name_parse (names, moe_name_of (names, value), &parsed));
          g_assert_cmpint (parsed, ==, value);
        }
    }
}

static void
test_names_unknown (void)
{
  int value = 7;
  g_assert_false (moe_name_parse (&moe_choices[MOE_CHOICE_DTYPE].names, "float", &value));
  g_assert_false (moe_name_parse (&moe_choices[MOE_CHOICE_DTYPE].names, "float32 ", &value));
  g_assert_false (moe_name_parse (&moe_choices[MOE_CHOICE_DTYPE].names, "", &value));
  g_assert_cmpint (value, ==, 7);
  g_assert_cmpstr (moe_choice_name (MOE_CHOICE_DTYPE, -1), ==, "?");
  g_assert_cmpstr (moe_choice_name (MOE_CHOICE_DTYPE, 2), ==, "?");
}

static void
test_names_of_the_harness (void)
{
  g_assert_cmpstr (moe_choice_name (MOE_CHOICE_IMPL, MOE_IMPL_FUSED_W13_PREWEIGHT), ==,
                   "fused_w13_preweight");
  g_assert_cmpstr (moe_choice_name (MOE_CHOICE_NULL_MODE, MOE_NULL_MODE_TAKE_UNTIL_NULL), ==,
                   "take_until_null");
  g_assert_cmpstr (moe_name_of (&moe_stage_names, MOE_STAGE_ACTIVATION_BWD), ==, "activation_bwd");
}

static void
test_shape (void)
{
  MoeShape shape = { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 60 };
  MoeShape other = shape;
  char text[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&shape, text);
  g_assert_cmpstr (text, ==, "32768x2048x1408x60");
  g_assert_true (moe_shape_equal (&shape, &other));
  other.shared_dim = 1;
  g_assert_false (moe_shape_equal (&shape, &other));
  other = shape;
  other.experts++;
  g_assert_false (moe_shape_equal (&shape, &other));

  MoeShape largest = { SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX };
  moe_shape_format (&largest, text);
  g_assert_true (g_str_has_suffix (text, "x18446744073709551615"));
}

static void
test_tensor_sizes (void)
{
  MoeShape shape = { .tokens = 7, .hidden = 5, .mlp_dim = 3, .experts = 2 };
  size_t dims[3];
  g_assert_cmpuint (moe_tensor_dims (MOE_TENSOR_DX, &shape, dims), ==, 2);
  g_assert_cmpuint (dims[0], ==, 7);
  g_assert_cmpuint (dims[1], ==, 5);
  g_assert_cmpuint (moe_tensor_dims (MOE_TENSOR_W3, &shape, dims), ==, 3);
  g_assert_cmpuint (dims[0], ==, 2);
  g_assert_cmpuint (dims[1], ==, 5);
  g_assert_cmpuint (dims[2], ==, 3);
  g_assert_cmpuint (moe_tensor_dims (MOE_TENSOR_DW2, &shape, dims), ==, 3);
  g_assert_cmpuint (dims[1], ==, 3);
  g_assert_cmpuint (dims[2], ==, 5);
  g_assert_cmpuint (moe_tensor_elements (MOE_TENSOR_Y, &shape), ==, 35);
  g_assert_cmpuint (moe_tensor_elements (MOE_TENSOR_DW1, &shape), ==, 30);
  g_assert_cmpuint (moe_dtype_bytes (MOE_DTYPE_FLOAT32), ==, 4);
  g_assert_cmpuint (moe_dtype_bytes (MOE_DTYPE_BFLOAT16), ==, 2);
}

static void
test_shared_tensors (void)
{
  MoeShape shape = { .tokens = 7, .hidden = 5, .mlp_dim = 3, .experts = 2, .shared_dim = 4 };
  size_t dims[3];
  g_assert_cmpuint (moe_tensor_dims (MOE_TENSOR_SW3, &shape, dims), ==, 2);
  g_assert_cmpuint (dims[0], ==, 5);
  g_assert_cmpuint (dims[1], ==, 4);
  g_assert_cmpuint (moe_tensor_dims (MOE_TENSOR_DSW2, &shape, dims), ==, 2);
  g_assert_cmpuint (dims[0], ==, 4);
  g_assert_cmpuint (dims[1], ==, 5);
  g_assert_cmpuint (moe_tensor_elements (MOE_TENSOR_DSW1, &shape), ==, 20);
}

static void
test_tensors_of_a_block (void)
{
  MoeShape shape = { .tokens = 7, .hidden = 5, .mlp_dim = 3, .experts = 2, .shared_dim = 4 };
  MoeShape plain = shape;
  plain.shared_dim = 0;
  size_t n[2][2] = { { 0 } }, outputs = 0;
  for (int i = 0; i < MOE_N_TENSORS; i++)
    {
      outputs += moe_tensor_is_output ((MoeTensor)i);
      for (int pass = 0; pass < 2; pass++)
        {
          n[pass][0] += moe_tensor_exists ((MoeTensor)i, &plain, (MoePass)pass);
          n[pass][1] += moe_tensor_exists ((MoeTensor)i, &shape, (MoePass)pass);
        }
    }
  g_assert_cmpuint (outputs, ==, 9);
  g_assert_cmpuint (n[MOE_PASS_FORWARD][0], ==, 5); /* x, w1, w3, w2, y */
  g_assert_cmpuint (n[MOE_PASS_FORWARD][1], ==, 8);
  g_assert_cmpuint (n[MOE_PASS_FORWARD_BACKWARD][0], ==, 9);
  g_assert_cmpuint (n[MOE_PASS_FORWARD_BACKWARD][1], ==, 15);
  g_assert_true (moe_tensor_exists (MOE_TENSOR_Y, &plain, MOE_PASS_FORWARD));
  g_assert_false (moe_tensor_exists (MOE_TENSOR_DX, &plain, MOE_PASS_FORWARD));
  g_assert_false (moe_tensor_exists (MOE_TENSOR_DSW1, &shape, MOE_PASS_FORWARD));
  g_assert_false (moe_tensor_exists (MOE_TENSOR_SW2, &plain, MOE_PASS_FORWARD_BACKWARD));
  g_assert_false (moe_tensor_exists (MOE_TENSOR_V, &shape, MOE_PASS_FORWARD_BACKWARD));
  plain.null_vectors = 3;
  g_assert_true (moe_shape_equal (&plain, &(MoeShape){ 7, 5, 3, 2, 0 }));
  g_assert_true (moe_tensor_exists (MOE_TENSOR_V, &plain, MOE_PASS_FORWARD));
  g_assert_false (moe_tensor_exists (MOE_TENSOR_DV, &plain, MOE_PASS_FORWARD));
  g_assert_true (moe_tensor_exists (MOE_TENSOR_DV, &plain, MOE_PASS_FORWARD_BACKWARD));
  g_assert_cmpuint (moe_tensor_elements (MOE_TENSOR_DV, &plain), ==, 15);
  g_assert_false (moe_tensor_is_output (MOE_TENSOR_V));
  g_assert_false (moe_tensor_is_output (MOE_TENSOR_SW2));
  g_assert_true (moe_tensor_is_output (MOE_TENSOR_Y));
}

/* SPEC 4: what the words of --impl stand for. */
static void
test_impls (void)
{
  static const bool fuses[] = { false, true, false, true, false, true };
  static const bool preweights[] = { false, false, true, true, false, false };
  static const bool scatters[] = { false, false, false, false, true, true };
  for (int impl = 0; impl < 6; impl++)
    {
      g_assert_cmpint (moe_impl_fuses_w13 ((MoeImpl)impl), ==, fuses[impl]);
      g_assert_cmpint (moe_impl_preweights ((MoeImpl)impl), ==, preweights[impl]);
      g_assert_cmpint (moe_impl_scatters ((MoeImpl)impl), ==, scatters[impl]);
    }
}

static void
test_tensor_fill (void)
{
  static const struct
  {
    MoeTensor tensor;
    double variance;
  } cases[] = {
    { MOE_TENSOR_X, 1.0 },         { MOE_TENSOR_W1, 1.0 / 64 },  { MOE_TENSOR_W3, 1.0 / 64 },
    { MOE_TENSOR_W2, 1.0 / 16 },   { MOE_TENSOR_SW1, 1.0 / 64 }, { MOE_TENSOR_SW3, 1.0 / 64 },
    { MOE_TENSOR_SW2, 1.0 / 256 },
  };
  enum
  {
    N = 16384
  };
  MoeShape shape = { .tokens = 256, .hidden = 64, .mlp_dim = 16, .experts = 16, .shared_dim = 256 };
  g_autofree float *whole = g_new (float, N);
  g_autofree float *previous = g_new0 (float, N);
  float part[100];
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double squares = 0.0;
      g_assert_cmpuint (moe_tensor_elements (cases[i].tensor, &shape), ==, N);
      moe_tensor_fill (cases[i].tensor, &shape, 3, 0, N, whole);
      moe_tensor_fill (cases[i].tensor, &shape, 3, 1001, G_N_ELEMENTS (part), part);
      g_assert_cmpmem (part, sizeof part, whole + 1001, sizeof part);
      g_assert_cmpint (memcmp (whole, previous, N * sizeof *whole), !=, 0);
      memcpy (previous, whole, N * sizeof *whole);
      for (size_t j = 0; j < N; j++)
        squares += (double)whole[j] * whole[j];
      /* five standard deviations of a mean of N squares */
      g_assert_cmpfloat_with_epsilon (squares / N / cases[i].variance, 1.0, 5.0 * sqrt (2.0 / N));
    }
}

static void
test_flops (void)
{
  MoeShape shape = { .tokens = 10, .hidden = 7, .mlp_dim = 5, .experts = 3 };
  g_assert_cmpfloat (moe_flops (&shape, MOE_PASS_FORWARD, 20), ==, 6 * 7 * 5 * 20);
  g_assert_cmpfloat (moe_flops (&shape, MOE_PASS_FORWARD_BACKWARD, 20), ==, 18 * 7 * 5 * 20);
  shape.shared_dim = 4;
  g_assert_cmpfloat (moe_flops (&shape, MOE_PASS_FORWARD, 20), ==, 6 * 7 * 5 * 20 + 6 * 10 * 7 * 4);
  g_assert_cmpfloat (moe_flops (&shape, MOE_PASS_FORWARD_BACKWARD, 0), ==, 18 * 10 * 7 * 4);
  g_assert_cmpfloat (moe_tflops (3e12, 2.0), ==, 1.5);
  g_assert_true (isnan (moe_tflops (1.0, 0.0)));
  g_assert_true (isnan (moe_tflops (1.0, NAN)));
}

/* The published host's figure that SPEC 3 quotes. */
static void
test_null_efficiency (void)
{
  double eta = moe_null_efficiency (1833742, 858766, 0.9);
  g_assert_cmpfloat_with_epsilon (eta, 0.2135, 0.0001);
  g_assert_cmpfloat (moe_null_efficiency (5, 5, 0), ==, 1.0);
  g_assert_true (isnan (moe_null_efficiency (1, 0, 0.5)));
  g_assert_true (isnan (moe_null_efficiency (1, NAN, 0.5)));
}

/* SPEC 3: every published row obeys the accounting to within the rounding of f. */
static void
test_published_rows (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "reference",
                                            "logbook-v5p-deltas.csv", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  size_t checked = 0;
  for (size_t i = 1; lines[i] != NULL && *g_strstrip (lines[i]) != '\0'; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
      g_auto (GStrv) dims = g_strsplit (fields[0], "x", -1);
      g_assert_cmpuint (g_strv_length (fields), ==, 6);
      g_assert_cmpuint (g_strv_length (dims), ==, 4);
      if (*fields[4] == '\0') /* not published */
        continue;
      MoeShape shape = {
        .tokens = g_ascii_strtoull (dims[0], NULL, 10),
        .hidden = g_ascii_strtoull (dims[1], NULL, 10),
        .mlp_dim = g_ascii_strtoull (dims[2], NULL, 10),
        .experts = g_ascii_strtoull (dims[3], NULL, 10),
      };
      double slots = (double)shape.tokens * g_ascii_strtod (fields[1], NULL);
      double real = slots * (1.0 - g_ascii_strtod (fields[2], NULL));
      double time_s = (double)shape.tokens / g_ascii_strtod (fields[5], NULL);
      double flops = moe_flops (&shape, MOE_PASS_FORWARD_BACKWARD, real);
      double published = g_ascii_strtod (fields[4], NULL);
      g_assert_cmpfloat_with_epsilon (moe_tflops (flops, time_s) / published, 1.0, 0.006);
      checked++;
    }
  g_assert_cmpuint (checked, ==, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/names/round-trip", test_names_round_trip);
  g_test_add_func ("/moe/names/unknown", test_names_unknown);
  g_test_add_func ("/moe/names/harness", test_names_of_the_harness);
  g_test_add_func ("/moe/shape", test_shape);
  g_test_add_func ("/moe/tensors/sizes", test_tensor_sizes);
  g_test_add_func ("/moe/tensors/fill", test_tensor_fill);
  g_test_add_func ("/moe/tensors/shared", test_shared_tensors);
  g_test_add_func ("/moe/tensors/of-a-block", test_tensors_of_a_block);
  g_test_add_func ("/moe/impls", test_impls);
  g_test_add_func ("/moe/flops", test_flops);
  g_test_add_func ("/moe/null-efficiency", test_null_efficiency);
  g_test_add_func ("/moe/published-rows", test_published_rows);
  return g_test_run ();
}
