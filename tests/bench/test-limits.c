/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/machine/limits.h"
#include "engine/machine/peak.h"
#include "tests/bench/fake-contenders.h"

static MoeBlock
some_block (MoePass pass)
{
  return (MoeBlock){ .shape = { .tokens = 10, .hidden = 20, .mlp_dim = 30, .experts = 4 },
                     .choice[MOE_CHOICE_PASS] = pass };
}

static void
assert_bytes (const MoeBlock *block, double read, double written)
{
  MoeLeastBytes bytes = moe_limits_least_bytes (block, 3);
  g_assert_cmpfloat (bytes.read, ==, read);
  g_assert_cmpfloat (bytes.written, ==, written);
}

/* 3 H M elements per expert, H per row of x, y and dx. */
static void
test_least_bytes (void)
{
  MoeBlock block = some_block (MOE_PASS_FORWARD);
  const double expert = 3 * 20 * 30 * 4, rows = 10 * 20 * 4;
  assert_bytes (&block, 3 * expert + rows, rows);
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  assert_bytes (&block, 6 * expert + 3 * rows, 4 * expert + 2 * rows);
  block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
  assert_bytes (&block, 3 * expert + 1.5 * rows, 2 * expert + rows);

  /* A shared expert's weights are read by both passes, its gradients written. */
  const double shared = 3 * 20 * 5 * 2;
  block.shape.shared_dim = 5;
  assert_bytes (&block, 3 * expert + 1.5 * rows + 2 * shared, 2 * expert + rows + shared);
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  assert_bytes (&block, 1.5 * expert + rows / 2 + shared, rows / 2);

  /* Experts of zeros are read too, and have gradients; so do the vectors of constant null slots. */
  const double vector = 20 * 4;
  block = some_block (MOE_PASS_FORWARD);
  block.shape.zero_experts = 2;
  block.shape.null_vectors = 7;
  assert_bytes (&block, 5 * expert + 7 * vector + rows, rows);
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  assert_bytes (&block, 10 * expert + 7 * vector + 3 * rows, 6 * expert + 7 * vector + 2 * rows);
}

/* The slowest of computing, reading and writing, each at its own rate. */
static void
test_roofline (void)
{
  MoeBlock block = some_block (MOE_PASS_FORWARD_BACKWARD);
  MoeLeastBytes bytes = moe_limits_least_bytes (&block, 3);
  MoeLimits limits = { .peak_flops_per_s = 1e9, .read_bytes_per_s = 1e9, .write_bytes_per_s = 1e9 };
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1e6, 3), ==, 1e-3);
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1, 3), ==, bytes.read / 1e9);
  limits.write_bytes_per_s = 1e8;
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1, 3), ==, bytes.written / 1e8);
}

/* Only what was beaten is raised, and then no more than to what was reached. */
static void
test_raise (void)
{
  const MoeBlock block = some_block (MOE_PASS_FORWARD_BACKWARD);
  const MoeLeastBytes bytes = moe_limits_least_bytes (&block, 3);
  MoeLimits limits = { .peak_flops_per_s = 1e9, .read_bytes_per_s = 1e9, .write_bytes_per_s = 1e9 };
  g_assert_false (moe_limits_raise (&limits, &block, 1e6, 3, 1e-3));
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, 1e9);
  g_assert_true (moe_limits_raise (&limits, &block, 1e6, 3, 5e-4));
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, 2e9);
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, 1e9);

  double time_s = bytes.read / 1.2e9;
  g_assert_cmpfloat (bytes.written / time_s, <, 1e9);
  g_assert_true (moe_limits_raise (&limits, &block, 1, 3, time_s));
  g_assert_cmpfloat (limits.write_bytes_per_s, ==, 1e9);
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, bytes.read / time_s);
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1, 3), ==, time_s);
  g_assert_false (moe_limits_raise (&limits, &block, 1, 3, 0)); /* no time is no figure */
}

static void
test_stream_bytes (void)
{
  const size_t mib = 1 << 20, much = (size_t)1 << 40;
  g_assert_cmpuint (moe_limits_stream_bytes (0, much), ==, 192 * mib);
  g_assert_cmpuint (moe_limits_stream_bytes (1 * mib, much), ==, 192 * mib);
  g_assert_cmpuint (moe_limits_stream_bytes (16 * mib, much), ==, 512 * mib);
  g_assert_cmpuint (moe_limits_stream_bytes (SIZE_MAX, much), ==, 1024 * mib);
  g_assert_cmpuint (moe_limits_stream_bytes (16 * mib, 400 * mib), ==, 100 * mib);
}

/* What is read is what was written, to the last word, and nowhere is it nothing. */
static void
test_memory (void)
{
  enum
  {
    N = 8 * 8 * 176 + 1000 /* a block of rows, and a rest */
  };
  static uint64_t words[N + 1];
  uint64_t sum = 0;
  moe_peak_write (words, N, 7);
  for (int i = 0; i < N; i++)
    {
      g_assert_cmpuint (words[i], !=, 0);
      g_assert_true (i == 0 || words[i] != words[i - 1]);
      sum += words[i];
    }
  g_assert_cmpuint (words[N], ==, 0);
  for (MoePeakRead how = 0; how < MOE_PEAK_READ_WAYS; how++)
    {
      g_assert_cmpuint (moe_peak_read (words, N, how), ==, sum);
      g_assert_cmpuint (moe_peak_read (words, 3, how), ==, words[0] + words[1] + words[2]);
    }
}

/* Backends of one processor stand under one roof, which is none lower than what they reach. */
static void
test_one_roof (void)
{
  const MoeBackend *const both[] = { &fake_native, &fake_quick };
  MoeQuiet quiet = fake_contenders_quiet ();
  MoeMeasureAsk ask = { .threads = FAKE_THREADS, .quiet = &quiet };
  MoeLimits limits[2];
  MoeError errors[2];
  fake_contenders_reset ();
  fake_contenders.peak_try_s = 100; /* a probe that knows nothing of the library's units */
  g_assert_cmpint (moe_limits_measure (&ask, both, 2, limits, errors), ==, MOE_OK);
  g_assert_cmpint (errors[0].status, ==, MOE_OK);
  g_assert_cmpint (errors[1].status, ==, MOE_OK);
  g_assert_cmpfloat (limits[0].peak_flops_per_s, ==, limits[1].peak_flops_per_s);
  g_assert_cmpfloat (limits[0].peak_flops_per_s, ==,
                     MAX (limits[0].calibration.flops_per_s, limits[1].calibration.flops_per_s));
  g_assert_cmpfloat_with_epsilon (limits[0].read_bytes_per_s, (2 << 20) / 100.0, 1e-3);
  g_assert_cmpfloat_with_epsilon (limits[0].write_bytes_per_s, (2 << 20) / 100.0, 1e-3);
}

static void
test_measure (void)
{
  MoeError error = { 0 };
  MoeLimits limits;
  MoeQuiet quiet = moe_quiet_machine ();
  MoeMeasureAsk ask = { .threads = 2, .quiet = &quiet };
  const MoeBackend *backend = moe_backend_find ("auto", MOE_DTYPE_FLOAT32, &error);
  g_assert_cmpint (moe_limits_measure (&ask, &backend, 1, &limits, &error), ==, MOE_OK);
  g_assert_cmpint (error.status, ==, MOE_OK);
  g_assert_cmpfloat (limits.peak_flops_per_s, >=, limits.calibration.flops_per_s);
  g_assert_cmpfloat (limits.read_bytes_per_s, >, 1e6);
  g_assert_cmpfloat (limits.write_bytes_per_s, >, 1e6);
  g_assert_cmpfloat (limits.calibration.flops_per_s, >, 1e6);
  g_assert_cmpfloat (limits.calibration.bytes_per_s, >, 1e6);
  g_assert_cmpfloat (limits.calibration.touch_bytes_per_s, >, 1e5);

  MoeCancel cancel;
  moe_cancel_init (&cancel);
  moe_cancel_request (&cancel);
  ask.cancel = &cancel;
  g_assert_cmpint (moe_limits_measure (&ask, &backend, 1, &limits, &error), ==,
                   MOE_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/least-bytes", test_least_bytes);
  g_test_add_func ("/limits/roofline", test_roofline);
  g_test_add_func ("/limits/raise", test_raise);
  g_test_add_func ("/limits/stream-bytes", test_stream_bytes);
  g_test_add_func ("/limits/memory", test_memory);
  g_test_add_func ("/limits/one-roof", test_one_roof);
  g_test_add_func ("/limits/measure", test_measure);
  return g_test_run ();
}
