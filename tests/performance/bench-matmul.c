/* SPDX-License-Identifier: Apache-2.0 */
/* The six matrix products of the block, one thread, one expert at a time with cold weights: native
 * float32, native bfloat16 and OpenBLAS, interleaved, as medians of processor time and ratios.
 *
 * Arguments: rounds (default 5), then H and M (default 2048 1408), then rows per expert (default
 * 7 27 64 136 273 700).  Or --check alone: a moment, at sizes that tell nothing. */
#include "engine/backends/native/native.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "engine/base/bfloat16.h"
#include "tests/performance/bench.h"

enum
{
  EXPERTS = 8, /* taken in turn, so that an expert's weights have left the caches */
  MOST_ROUNDS = 99,
  DENSE_SIDE = 2048,
  CHECK_SIDE = 64,
  N_PRODUCTS = 6,
};

typedef enum Contender
{
  NATIVE_F32,
  NATIVE_BF16,
  LIBRARY,
  N_CONTENDERS
} Contender;

/* Sides as counts of rows per expert, hidden and mlp_dim. */
typedef struct Product
{
  const char *name;
  MoeMatmul shape;
  bool gradient; /* C is as large as the weights, and B an activation */
} Product;

typedef struct Bench
{
  size_t H, M, most_rows, rounds;
  float *weights[2];   /* by element size: float32, bfloat16; [EXPERTS][H][2M] */
  float *gradients[2]; /* [EXPERTS][H][2M] */
  float *rows_a[2], *rows_b[2], *rows_c[2];
  void *scratch;
  size_t expert;
} Bench;

/* Of this thread, so that other programs taking turns on the processor do not count. */
static double
now_s (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *
memory (size_t bytes)
{
  void *at = mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    {
      fprintf (stderr, "cannot map %zu bytes\n", bytes);
      exit (1);
    }
  madvise (at, bytes, MADV_HUGEPAGE);
  return at;
}

static float *
values (size_t n, bool bf16)
{
  void *at = memory (n * (bf16 ? 2 : 4));
  uint32_t state = 1;
  for (size_t i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      float value = (float)(state >> 8) * 0x1p-23f - 1.0f;
      if (bf16)
        ((uint16_t *)at)[i] = moe_bf16_from_float (value);
      else
        ((float *)at)[i] = value;
    }
  return at;
}

static void
bench_init (Bench *b)
{
  size_t wide = b->H > 2 * b->M ? b->H : 2 * b->M;
  for (int bf16 = 0; bf16 < 2; bf16++)
    {
      b->weights[bf16] = values (EXPERTS * b->H * 2 * b->M, bf16);
      b->gradients[bf16] = values (EXPERTS * b->H * 2 * b->M, bf16);
      b->rows_a[bf16] = values (b->most_rows * wide, bf16);
      b->rows_b[bf16] = values (b->most_rows * wide, bf16);
      b->rows_c[bf16] = values (b->most_rows * wide, bf16);
    }
  b->scratch = memory (16 << 20);
}

static void
products_init (const Bench *b, size_t r, Product products[N_PRODUCTS])
{
  size_t H = b->H, M = b->M;
  Product all[N_PRODUCTS] = {
    { "up", { false, false, r, 2 * M, H, NULL, H, NULL, 2 * M, NULL, 2 * M }, false },
    { "down", { false, false, r, H, M, NULL, M, NULL, H, NULL, H }, false },
    { "dgrad2", { false, true, r, M, H, NULL, H, NULL, H, NULL, M }, false },
    { "dgrad13", { false, true, r, H, 2 * M, NULL, 2 * M, NULL, 2 * M, NULL, H }, false },
    { "wgrad2", { true, false, M, H, r, NULL, M, NULL, H, NULL, H }, true },
    { "wgrad13", { true, false, H, 2 * M, r, NULL, H, NULL, 2 * M, NULL, 2 * M }, true },
  };
  memcpy (products, all, sizeof all);
}

static void
library_sgemm (const MoeMatmul *p)
{
  cblas_sgemm (CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans,
               p->transpose_b ? CblasTrans : CblasNoTrans, (blasint)p->m, (blasint)p->n,
               (blasint)p->k, 1.0f, p->a, (blasint)p->lda, p->b, (blasint)p->ldb, 0.0f, p->c,
               (blasint)p->ldc);
}

/* Seconds of one product on the next expert. */
static double
time_product (Bench *b, const Product *product, Contender who)
{
  int bf16 = who == NATIVE_BF16;
  MoeDtype dtype = bf16 ? MOE_DTYPE_BFLOAT16 : MOE_DTYPE_FLOAT32;
  size_t matrix = b->H * 2 * b->M * moe_dtype_bytes (dtype);
  char *cold = (char *)(product->gradient ? b->gradients : b->weights)[bf16]
               + b->expert++ % EXPERTS * matrix;
  MoeMatmul p = product->shape;
  p.a = b->rows_a[bf16];
  p.b = product->gradient ? (void *)b->rows_b[bf16] : cold;
  p.c = product->gradient ? cold : (void *)b->rows_c[bf16];
  const MoeCpuKernels *native = moe_native_kernels (dtype, NULL, NULL);

  double start = now_s ();
  if (who == LIBRARY)
    library_sgemm (&p);
  else
    native->matmul (native, &p, b->scratch);
  return now_s () - start;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median (double *values, size_t n)
{
  qsort (values, n, sizeof *values, compare);
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* GF/s of a big square product, the rate to hold the others against. */
static double
dense_rate (size_t n, size_t rounds)
{
  static float a[DENSE_SIDE * DENSE_SIDE], b[DENSE_SIDE * DENSE_SIDE], c[DENSE_SIDE * DENSE_SIDE];
  double seconds[MOST_ROUNDS];
  for (size_t i = 0; i < n * n; i++)
    a[i] = b[i] = (float)(i % 97) * 0.01f - 0.5f;
  MoeMatmul p = { .m = n, .n = n, .k = n, .a = a, .lda = n, .b = b, .ldb = n, .c = c, .ldc = n };
  for (size_t i = 0; i < rounds; i++)
    {
      double start = now_s ();
      library_sgemm (&p);
      seconds[i] = now_s () - start;
    }
  return 2e-9 * (double)n * (double)n * (double)n / median (seconds, rounds);
}

static void
print_rates (const char *name, size_t rows, const double rates[N_CONTENDERS])
{
  printf ("%5zu %-8s %8.1f %8.1f %8.1f   %8.2f %8.2f\n", rows, name, rates[NATIVE_F32],
          rates[NATIVE_BF16], rates[LIBRARY], rates[NATIVE_F32] / rates[LIBRARY],
          rates[NATIVE_BF16] / rates[NATIVE_F32]);
}

static void
bench_rows (Bench *b, size_t rows)
{
  Product products[N_PRODUCTS];
  double total_flops = 0, total_s[N_CONTENDERS] = { 0 }, rates[N_CONTENDERS];
  products_init (b, rows, products);
  for (size_t i = 0; i < N_PRODUCTS; i++)
    {
      double seconds[N_CONTENDERS][MOST_ROUNDS];
      const MoeMatmul *p = &products[i].shape;
      double flops = 2.0 * (double)p->m * (double)p->n * (double)p->k;
      for (size_t round = 0; round < b->rounds; round++)
        for (int who = 0; who < N_CONTENDERS; who++)
          seconds[who][round] = time_product (b, &products[i], (Contender)who);
      for (int who = 0; who < N_CONTENDERS; who++)
        {
          double middle = median (seconds[who], b->rounds);
          total_s[who] += middle;
          rates[who] = 1e-9 * flops / middle;
        }
      total_flops += flops;
      print_rates (products[i].name, rows, rates);
    }
  for (int who = 0; who < N_CONTENDERS; who++)
    rates[who] = 1e-9 * total_flops / total_s[who];
  print_rates ("all six", rows, rates);
}

int
main (int argc, char **argv)
{
  static const size_t default_rows[] = { 7, 27, 64, 136, 273, 700 };
  static const size_t check_rows[] = { 7, 27 };
  bool check = bench_take_check (&argc, argv);
  size_t rows[16], n_rows = 0, n_default = sizeof default_rows / sizeof *default_rows;
  Bench b = { .rounds = argc > 1 ? strtoul (argv[1], NULL, 10)
                        : check  ? 1
                                 : 5,
              .H = argc > 3 ? strtoul (argv[2], NULL, 10)
                   : check  ? 48
                            : 2048,
              .M = argc > 3 ? strtoul (argv[3], NULL, 10)
                   : check  ? 40
                            : 1408 };
  if (b.rounds < 1 || b.rounds > MOST_ROUNDS || b.H < 1 || b.M < 1)
    {
      fprintf (stderr, "rounds must be 1 to %d, H and M at least 1\n", MOST_ROUNDS);
      return 1;
    }
  for (int i = 4; i < argc && n_rows < 16; i++)
    rows[n_rows++] = strtoul (argv[i], NULL, 10);
  for (size_t i = 0; argc <= 4 && i < (check ? 2 : n_default); i++)
    rows[n_rows++] = (check ? check_rows : default_rows)[i];
  for (size_t i = 0; i < n_rows; i++)
    b.most_rows = rows[i] > b.most_rows ? rows[i] : b.most_rows;

  const char *f32_name, *bf16_name;
  moe_native_kernels (MOE_DTYPE_FLOAT32, &f32_name, NULL);
  moe_native_kernels (MOE_DTYPE_BFLOAT16, &bf16_name, NULL);
  openblas_set_num_threads (1);
  bench_init (&b);
  printf ("one thread, H %zu M %zu, %zu rounds, GF/s; native float32: %s, bfloat16: %s, "
          "OpenBLAS: %s\n",
          b.H, b.M, b.rounds, f32_name, bf16_name, openblas_get_corename ());
  printf ("big dense cblas_sgemm: %.1f\n\n",
          dense_rate (check ? CHECK_SIDE : DENSE_SIDE, b.rounds));
  printf (" rows product       f32     bf16 OpenBLAS   f32/OpenBLAS bf16/f32\n");
  for (size_t i = 0; i < n_rows; i++)
    bench_rows (&b, rows[i]);
  return 0;
}
