/* SPDX-License-Identifier: Apache-2.0 */
/* The generator: known answers, the same numbers on every machine and for every way to
 * cut a range, and the distributions themselves. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/moe/rng.h"

/* From the Random123 distribution (kat_vectors, philox4x32 10). */
static void
test_known_answers (void)
{
  static const struct
  {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t out[4];
  } cases[] = {
    { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xa4093822, 0x299f31d0 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      uint32_t out[4];
      moe_philox (cases[i].counter, cases[i].key, out);
      for (size_t j = 0; j < 4; j++)
        g_assert_cmphex (out[j], ==, cases[i].out[j]);
    }
}

static uint32_t
word_of (uint64_t seed, MoeStream stream, uint64_t index)
{
  uint64_t block = index / 4;
  uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, 0 };
  uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
  uint32_t out[4];
  moe_philox (counter, key, out);
  return out[index % 4];
}

/* Around the place where the block's number outgrows 32 bits, too. */
static const uint64_t starts[] = { 0, 1, 1022, (UINT64_C (1) << 34) - 301, UINT64_C (1) << 61 };

static void
test_uniform_words (void)
{
  const uint64_t seed = UINT64_C (0x123456789abcdef0);
  float out[700];
  for (size_t i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      moe_rng_uniform (seed, MOE_STREAM_NULL_SLOTS, starts[i], G_N_ELEMENTS (out), out);
      for (size_t j = 0; j < G_N_ELEMENTS (out); j++)
        g_assert_cmpfloat (
            out[j], ==,
            ldexpf ((float)(word_of (seed, MOE_STREAM_NULL_SLOTS, starts[i] + j) >> 8), -24));
    }
}

/* The fast logarithm, sine and cosine against the C library's in double. */
static void
test_normal_words (void)
{
  float out[700];
  for (size_t i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      moe_rng_normal (9, MOE_STREAM_X, starts[i], G_N_ELEMENTS (out), 3.0f, out);
      for (size_t j = 0; j < G_N_ELEMENTS (out); j++)
        {
          uint64_t index = starts[i] + j;
          double u = ldexp ((double)(word_of (9, MOE_STREAM_X, index & ~UINT64_C (1)) >> 1), -31);
          uint32_t angle = word_of (9, MOE_STREAM_X, index | 1);
          /* the low 30 bits are signed: the quarter is centred on its axis */
          double turn =
              (double)((int32_t)(angle << 2)) / 4294967296.0 / 4.0 + (double)(angle >> 30) / 4.0;
          double radius = 3.0 * sqrt (-2.0 * log (u + ldexp (1.0, -32)));
          double expected =
              radius * (index % 2 == 0 ? cos (2 * G_PI * turn) : sin (2 * G_PI * turn));
          g_assert_cmpfloat_with_epsilon (out[j], expected, 4e-6);
        }
    }
}

typedef void (*Maker) (uint64_t first, size_t count, float *out);

static void
make_normal (uint64_t first, size_t count, float *out)
{
  moe_rng_normal (77, MOE_STREAM_W2, first, count, 0.25f, out);
}

static void
make_uniform (uint64_t first, size_t count, float *out)
{
  moe_rng_uniform (77, MOE_STREAM_W2, first, count, out);
}

static void
test_any_cut (gconstpointer data)
{
  const Maker make = data == NULL ? make_normal : make_uniform;
  enum
  {
    N = 5003
  };
  float whole[N], cut[N];
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  for (size_t i = 0; i < G_N_ELEMENTS (starts); i++)
    {
      make (starts[i], N, whole);
      memset (cut, 0xff, sizeof cut);
      for (size_t done = 0; done < N;)
        {
          size_t most = g_rand_boolean (rand) ? 9 : 1200;
          size_t n = (size_t)g_rand_int_range (rand, 0, (gint32)most);
          n = MIN (n, N - done);
          make (starts[i] + done, n, cut + done);
          done += n;
        }
      g_assert_cmpmem (whole, sizeof whole, cut, sizeof cut);
    }
}

/* FNV-1a over the bits of 2^16 normals.  The figure was made without any vector instructions;
 * every CPU, compiler and optimisation must come to the same. */
static void
test_same_everywhere (void)
{
  enum
  {
    N = 1 << 16
  };
  g_autofree float *out = g_new (float, N);
  uint64_t hash = UINT64_C (14695981039346656037);
  moe_rng_normal (42, MOE_STREAM_W1, 0, N, 1.0f, out);
  for (size_t i = 0; i < N; i++)
    {
      uint32_t bits;
      memcpy (&bits, &out[i], sizeof bits);
      hash = (hash ^ bits) * UINT64_C (1099511628211);
    }
  g_assert_cmphex (hash, ==, UINT64_C (0x82e28898a5e60720));
}

/* Words next to 0 and to 2^32, found by search, give the largest radius and a radius of 0. */
static void
test_extreme_words (void)
{
  const uint64_t smallest = UINT64_C (263289207) * 4 + 2, largest = UINT64_C (96466317) * 4 + 2;
  float out[2];
  g_assert_cmphex (word_of (0, MOE_STREAM_X, smallest), <=, 1);
  moe_rng_normal (0, MOE_STREAM_X, smallest, 2, 1.0f, out);
  g_assert_cmpfloat_with_epsilon (hypot (out[0], out[1]), sqrt (64 * G_LN2), 1e-5);

  g_assert_cmphex (word_of (0, MOE_STREAM_X, largest), >=, 0xffffffc0);
  moe_rng_normal (0, MOE_STREAM_X, largest, 2, 1.0f, out);
  g_assert_cmpfloat (out[0], ==, 0.0f);
  g_assert_cmpfloat (out[1], ==, 0.0f);
}

enum
{
  SAMPLE = 1 << 20
};

/* Each power's mean within five of its standard deviations. */
static void
test_normal_moments (void)
{
  g_autofree float *out = g_new (float, SAMPLE);
  double sum[5] = { 0 };
  moe_rng_normal (0, MOE_STREAM_LOGITS, 0, SAMPLE, 1.0f, out);
  for (size_t i = 0; i < SAMPLE; i++)
    {
      double z = out[i];
      sum[1] += z;
      sum[2] += z * z;
      sum[3] += z * z * z;
      sum[4] += z * z * z * z;
    }
  double unit = 5.0 / sqrt (SAMPLE);
  g_assert_cmpfloat_with_epsilon (sum[1] / SAMPLE, 0.0, unit);
  g_assert_cmpfloat_with_epsilon (sum[2] / SAMPLE, 1.0, unit * sqrt (2.0));
  g_assert_cmpfloat_with_epsilon (sum[3] / SAMPLE, 0.0, unit * sqrt (15.0));
  g_assert_cmpfloat_with_epsilon (sum[4] / SAMPLE, 3.0, unit * sqrt (96.0));
}

static void
test_scale (void)
{
  float one[64], scaled[64];
  moe_rng_normal (5, MOE_STREAM_X, 3, 64, 1.0f, one);
  moe_rng_normal (5, MOE_STREAM_X, 3, 64, 0.125f, scaled);
  for (size_t i = 0; i < 64; i++)
    g_assert_cmpfloat (scaled[i], ==, 0.125f * one[i]);
}

static int
compare_floats (const void *a, const void *b)
{
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double
normal_cdf (double z)
{
  return 0.5 * erfc (-z / G_SQRT2);
}

static double
uniform_cdf (double u)
{
  return u;
}

/* Kolmogorov's statistic sqrt (n) D; above 1.95 in one of a thousand honest samples. */
static double
kolmogorov (float *sample, size_t n, double (*cdf) (double))
{
  double worst = 0.0;
  qsort (sample, n, sizeof *sample, compare_floats);
  for (size_t i = 0; i < n; i++)
    {
      double p = cdf (sample[i]);
      worst = fmax (worst, fmax (p - (double)i / (double)n, (double)(i + 1) / (double)n - p));
    }
  return worst * sqrt ((double)n);
}

static void
test_kolmogorov (void)
{
  enum
  {
    N = 200000
  };
  g_autofree float *out = g_new (float, N);
  for (uint64_t seed = 0; seed < 3; seed++)
    {
      moe_rng_normal (seed, MOE_STREAM_W3, 0, N, 1.0f, out);
      g_assert_cmpfloat (kolmogorov (out, N, normal_cdf), <, 1.95);
      moe_rng_uniform (seed, MOE_STREAM_NULL_SLOTS, 0, N, out);
      g_assert_cmpfloat (out[0], >=, 0.0f);
      g_assert_cmpfloat (kolmogorov (out, N, uniform_cdf), <, 1.95);
      g_assert_cmpfloat (out[N - 1], <, 1.0f);
    }
}

/* Numbers beyond each bound within five standard deviations of the expected count. */
static void
test_tails (void)
{
  static const double bounds[] = { 2.0, 3.0, 4.0, 4.5 };
  enum
  {
    ROUNDS = 4
  };
  g_autofree float *out = g_new (float, SAMPLE);
  size_t beyond[2][G_N_ELEMENTS (bounds)] = { 0 };
  for (uint64_t round = 0; round < ROUNDS; round++)
    {
      moe_rng_normal (1, MOE_STREAM_W1, round * SAMPLE, SAMPLE, 1.0f, out);
      for (size_t i = 0; i < SAMPLE; i++)
        {
          g_assert_true (fabsf (out[i]) < 6.7f);
          for (size_t j = 0; j < G_N_ELEMENTS (bounds); j++)
            beyond[out[i] < 0.0f][j] += fabs (out[i]) > bounds[j];
        }
    }
  for (size_t j = 0; j < G_N_ELEMENTS (bounds); j++)
    {
      double expected = normal_cdf (-bounds[j]) * ROUNDS * SAMPLE;
      for (size_t side = 0; side < 2; side++)
        g_assert_cmpfloat_with_epsilon ((double)beyond[side][j], expected, 5.0 * sqrt (expected));
    }
}

static double
correlation (const float *a, const float *b, size_t n)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++)
    sum += (double)a[i] * b[i];
  return sum / (double)n;
}

static double
correlation_of_squares (const float *a, const float *b, size_t n)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++)
    sum += ((double)a[i] * a[i] - 1.0) * ((double)b[i] * b[i] - 1.0);
  return sum / (double)n / 2.0;
}

/* Streams, seeds (also ones that differ in the upper half only) and neighbours are uncorrelated. */
static void
test_independence (void)
{
  enum
  {
    N = 1 << 17
  };
  static const struct
  {
    uint64_t seed;
    MoeStream stream;
  } others[] = {
    { 0, MOE_STREAM_W1 },
    { 0, MOE_STREAM_LOGITS },
    { 1, MOE_STREAM_X },
    { UINT64_C (1) << 32, MOE_STREAM_X },
  };
  const double bound = 5.0 / sqrt (N);
  g_autofree float *base = g_new (float, N + 4);
  g_autofree float *other = g_new (float, N);
  moe_rng_normal (0, MOE_STREAM_X, 0, N + 4, 1.0f, base);
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    {
      moe_rng_normal (others[i].seed, others[i].stream, 0, N, 1.0f, other);
      g_assert_cmpfloat (fabs (correlation (base, other, N)), <, bound);
      g_assert_cmpfloat (fabs (correlation_of_squares (base, other, N)), <, bound);
    }
  for (size_t lag = 1; lag <= 4; lag++)
    {
      g_assert_cmpfloat (fabs (correlation (base, base + lag, N)), <, bound);
      g_assert_cmpfloat (fabs (correlation_of_squares (base, base + lag, N)), <, bound);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/rng/known-answers", test_known_answers);
  g_test_add_func ("/moe/rng/uniform-words", test_uniform_words);
  g_test_add_func ("/moe/rng/normal-words", test_normal_words);
  g_test_add_data_func ("/moe/rng/any-cut/normal", NULL, test_any_cut);
  g_test_add_data_func ("/moe/rng/any-cut/uniform", "uniform", test_any_cut);
  g_test_add_func ("/moe/rng/same-everywhere", test_same_everywhere);
  g_test_add_func ("/moe/rng/extreme-words", test_extreme_words);
  g_test_add_func ("/moe/rng/normal-moments", test_normal_moments);
  g_test_add_func ("/moe/rng/scale", test_scale);
  g_test_add_func ("/moe/rng/kolmogorov", test_kolmogorov);
  g_test_add_func ("/moe/rng/tails", test_tails);
  g_test_add_func ("/moe/rng/independence", test_independence);
  return g_test_run ();
}
