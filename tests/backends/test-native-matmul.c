/* SPDX-License-Identifier: Apache-2.0 */
/* Every native kernel this processor runs, against products summed in double. */
#include "engine/backends/native/native.h"
#include "engine/base/bfloat16.h"
#include "engine/base/size.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MOST_VARIANTS = 16,
  GUARD = 192, /* bytes around C and behind the scratch */
  GUARD_BYTE = 0xa5,
};

/* Elements between the width of a row and its stride, and before the first row. */
typedef struct Layout
{
  size_t gap;
  size_t offset;
} Layout;

typedef struct Case
{
  const MoeNativeVariant *variant;
  MoeMatmul p;
  void *a_memory, *b_memory;
  unsigned char *c_memory;
  size_t c_bytes;
  size_t c_offset; /* bytes */
  double *a, *b;   /* values as the kernel sees them, same layout */
} Case;

static size_t
element_bytes (const Case *t)
{
  return moe_dtype_bytes (t->variant->dtype);
}

static void
put (const Case *t, void *memory, size_t index, float value)
{
  if (t->variant->dtype == MOE_DTYPE_BFLOAT16)
    ((uint16_t *)memory)[index] = moe_bf16_from_float (value);
  else
    ((float *)memory)[index] = value;
}

static double
get (const Case *t, const void *memory, size_t index)
{
  if (t->variant->dtype == MOE_DTYPE_BFLOAT16)
    return moe_bf16_to_float (((const uint16_t *)memory)[index]);
  return ((const float *)memory)[index];
}

/* rows x width values in memory that ends with the last of them, so that a sanitizer sees any read
 * beyond; gaps are NaN, so that a value from there shows. */
static void *
operand (const Case *t, size_t rows, size_t width, size_t ld, size_t offset, double **values)
{
  size_t n = offset + (rows > 0 ? (rows - 1) * ld + width : 0);
  void *memory = malloc (n > 0 ? n * element_bytes (t) : 1);
  *values = calloc (n > 0 ? n : 1, sizeof **values);
  for (size_t i = 0; i < n; i++)
    {
      bool inside = i >= offset && (i - offset) % ld < width;
      put (t, memory, i, inside ? (float)g_random_double_range (-1, 1) : NAN);
      (*values)[i] = get (t, memory, i);
    }
  return memory;
}

static void
case_init (Case *t, const MoeNativeVariant *variant, MoeMatmul p, Layout layout)
{
  *t = (Case){ .variant = variant, .p = p };
  size_t a_rows = p.transpose_a ? p.k : p.m, a_width = p.transpose_a ? p.m : p.k;
  size_t b_rows = p.transpose_b ? p.n : p.k, b_width = p.transpose_b ? p.k : p.n;
  t->p.lda = a_width + layout.gap + (a_width == 0 ? 1 : 0);
  t->p.ldb = b_width + layout.gap + (b_width == 0 ? 1 : 0);
  t->p.ldc = p.n + layout.gap;
  t->a_memory = operand (t, a_rows, a_width, t->p.lda, layout.offset, &t->a);
  t->b_memory = operand (t, b_rows, b_width, t->p.ldb, layout.offset, &t->b);
  t->p.a = (char *)t->a_memory + layout.offset * element_bytes (t);
  t->p.b = (char *)t->b_memory + layout.offset * element_bytes (t);

  t->c_offset = GUARD + layout.offset * element_bytes (t);
  t->c_bytes = t->c_offset + (p.m * t->p.ldc) * element_bytes (t) + GUARD;
  t->c_memory = aligned_alloc (64, (t->c_bytes + 63) / 64 * 64);
  memset (t->c_memory, GUARD_BYTE, t->c_bytes);
  t->p.c = t->c_memory + t->c_offset;
  for (size_t i = 0; i < p.m; i++)
    for (size_t j = 0; j < p.n; j++)
      put (t, t->p.c, i * t->p.ldc + j, NAN);
}

static void
case_clear (Case *t)
{
  free (t->a_memory);
  free (t->b_memory);
  free (t->c_memory);
  free (t->a);
  free (t->b);
}

/* Row i of C, and for each element the sum of the squares of its products: what its own square is
 * expected to be.  An element whose products happen to cancel is thus not held against its tiny
 * self. */
static void
reference_row (
    const Case *t, const double *a, const double *b, size_t i, double *row, double *squares)
{
  const MoeMatmul *p = &t->p;
  memset (row, 0, p->n * sizeof *row);
  memset (squares, 0, p->n * sizeof *squares);
  for (size_t k = 0; k < p->k; k++)
    {
      double x = p->transpose_a ? a[k * p->lda + i] : a[i * p->lda + k];
      for (size_t j = 0; j < p->n; j++)
        {
          double product = x * (p->transpose_b ? b[j * p->ldb + k] : b[k * p->ldb + j]);
          row[j] += product;
          squares[j] += product * product;
        }
    }
}

/* Error over the whole of C, relative to the norm that it is expected to have. */
static double
case_error (const Case *t, Layout layout)
{
  double *row = calloc (t->p.n, sizeof *row), *squares = calloc (t->p.n, sizeof *squares);
  double wrong = 0, norm = 0;
  for (size_t i = 0; i < t->p.m; i++)
    {
      reference_row (t, t->a + layout.offset, t->b + layout.offset, i, row, squares);
      for (size_t j = 0; j < t->p.n; j++)
        {
          double d = get (t, t->p.c, i * t->p.ldc + j) - row[j];
          wrong += d * d;
          norm += squares[j];
        }
    }
  free (row);
  free (squares);
  return norm > 0 ? sqrt (wrong / norm) : sqrt (wrong);
}

static void
assert_guards (const Case *t)
{
  size_t element = element_bytes (t), row = t->p.ldc * element;
  for (size_t i = 0; i < t->c_bytes; i++)
    {
      bool body = i >= t->c_offset && i < t->c_offset + t->p.m * row;
      if (!body || (i - t->c_offset) % row >= t->p.n * element)
        g_assert_cmpuint (t->c_memory[i], ==, GUARD_BYTE);
    }
}

static unsigned char *
scratch_new (size_t bytes)
{
  unsigned char *scratch = aligned_alloc (64, (bytes + GUARD + 63) / 64 * 64);
  memset (scratch, 0xff, bytes); /* NaN in both dtypes */
  memset (scratch + bytes, GUARD_BYTE, GUARD);
  return scratch;
}

static void
check (const MoeNativeVariant *variant, MoeMatmul shape, Layout layout, unsigned char *scratch)
{
  Case t;
  case_init (&t, variant, shape, layout);
  variant->kernels->matmul (variant->kernels, &t.p, scratch);
  double error = case_error (&t, layout);
  double tolerance = variant->dtype == MOE_DTYPE_BFLOAT16 ? 1e-2 : 1e-5;
  if (!(error <= tolerance))
    g_error ("%s %s, %zux%zux%zu%s%s gap %zu offset %zu: relative error %g", variant->isa_name,
             moe_choice_name (MOE_CHOICE_DTYPE, variant->dtype), t.p.m, t.p.n, t.p.k,
             t.p.transpose_a ? " A^T" : "", t.p.transpose_b ? " B^T" : "", layout.gap,
             layout.offset, error);
  assert_guards (&t);
  case_clear (&t);
}

static void
check_transposes (const MoeNativeVariant *variant, size_t m, size_t n, size_t k, Layout layout)
{
  size_t bytes = variant->kernels->scratch_bytes;
  unsigned char *scratch = scratch_new (bytes);
  for (int i = 0; i < 4; i++)
    {
      MoeMatmul shape = { .transpose_a = i & 1, .transpose_b = i & 2, .m = m, .n = n, .k = k };
      check (variant, shape, layout, scratch);
    }
  for (size_t i = 0; i < GUARD; i++)
    g_assert_cmpuint (scratch[bytes + i], ==, GUARD_BYTE);
  free (scratch);
}

/* All remainders of a tile: sides around the registers' widths, tight and padded, any alignment. */
static void
test_edges (gconstpointer data)
{
  static const size_t ms[] = { 1, 2, 3, 4, 5, 6, 7, 13, 14, 15, 29, 49 };
  static const size_t ns[] = { 1, 2, 3, 5, 15, 16, 17, 31, 32, 33, 58, 129 };
  static const size_t ks[] = { 0, 1, 2, 3, 15, 16, 17, 33, 70 };
  static const Layout layouts[] = { { 0, 0 }, { 3, 1 } };
  for (size_t m = 0; m < G_N_ELEMENTS (ms); m++)
    for (size_t n = 0; n < G_N_ELEMENTS (ns); n++)
      {
        size_t k = (5 * m + 7 * n) % G_N_ELEMENTS (ks);
        check_transposes (data, ms[m], ns[n], ks[k], layouts[(m + n) % 2]);
        check_transposes (data, ms[m], ns[n], ks[(k + 4) % G_N_ELEMENTS (ks)],
                          layouts[(m + n + 1) % 2]);
      }
}

/* Every count of rows and columns that a tile can have, and every k up to two registers. */
static void
test_remainders (gconstpointer data)
{
  for (size_t i = 1; i <= 34; i++)
    {
      check_transposes (data, i, 37, 19, (Layout){ 0, 0 });
      check_transposes (data, 29, i, 21, (Layout){ 2, 1 });
      check_transposes (data, 11, 35, i, (Layout){ 1, 0 });
    }
}

/* More than one block of rows, of columns and of k. */
static void
test_blocks (gconstpointer data)
{
  check_transposes (data, 295, 131, 40, (Layout){ 0, 0 });
  check_transposes (data, 27, 290, 1500, (Layout){ 0, 0 });
  check_transposes (data, 65, 600, 1531, (Layout){ 5, 1 });
  check_transposes (data, 285, 70, 1700, (Layout){ 0, 0 });
  check_transposes (data, 350, 577, 777, (Layout){ 0, 3 });
  check_transposes (data, 7, 40, 7168, (Layout){ 0, 0 });
  check_transposes (data, 3, 512, 4099, (Layout){ 1, 0 });
  check_transposes (data, 12, 2048, 150, (Layout){ 0, 0 }); /* rows of B fall into few sets */
  check_transposes (data, 36, 530, 300, (Layout){ 0, 0 });
  /* Weight gradients: A packed once, in two blocks of rows, one and several blocks of k; a k so
   * long that it is packed for each block of columns; and one block of columns. */
  check_transposes (data, 1000, 130, 700, (Layout){ 0, 0 });
  check_transposes (data, 800, 220, 780, (Layout){ 1, 0 });
  check_transposes (data, 20, 130, 4200, (Layout){ 0, 0 });
  check_transposes (data, 350, 90, 777, (Layout){ 0, 0 });
}

/* So few rows that whole rows of B are read, at most 2816 columns of them at a time: one and two
 * blocks of columns, narrower than a register and not, and ends of k inside a block. */
static void
test_whole_rows (gconstpointer data)
{
  for (size_t m = 1; m <= 13; m++)
    {
      check_transposes (data, m, 2816, 33, (Layout){ 0, 0 });
      check_transposes (data, m, 2817, 16, (Layout){ 3, 1 });
      check_transposes (data, m, 5700, 9, (Layout){ 0, 0 });
      check_transposes (data, m, 2048, 61, (Layout){ 0, 0 }); /* rows of B fall into few sets */
    }
}

/* Cutting columns off a product, as threads share one, does not change a bit of the others. */
static void
check_column_slices (const MoeNativeVariant *variant, size_t m, bool transpose_b, size_t cut)
{
  unsigned char *scratch = scratch_new (variant->kernels->scratch_bytes);
  size_t element = moe_dtype_bytes (variant->dtype);
  MoeMatmul shape = { .transpose_b = transpose_b, .m = m, .n = 500, .k = 333 };
  Case t;
  case_init (&t, variant, shape, (Layout){ 0, 0 });
  variant->kernels->matmul (variant->kernels, &t.p, scratch);
  unsigned char *whole = g_memdup2 (t.c_memory, t.c_bytes);
  MoeMatmul left = t.p, right = t.p;
  left.n = cut;
  right.n = t.p.n - cut;
  right.b = (const char *)t.p.b + (transpose_b ? cut * t.p.ldb : cut) * element;
  right.c = (char *)t.p.c + cut * element;
  variant->kernels->matmul (variant->kernels, &right, scratch);
  variant->kernels->matmul (variant->kernels, &left, scratch);
  g_assert_cmpmem (whole, t.c_bytes, t.c_memory, t.c_bytes);
  g_free (whole);
  case_clear (&t);
  free (scratch);
}

static void
test_column_slices (gconstpointer data)
{
  static const size_t ms[] = { 1, 3, 5, 7, 12, 20, 36 };
  for (size_t i = 0; i < G_N_ELEMENTS (ms); i++)
    {
      check_column_slices (data, ms[i], false, 64 * (1 + i));
      check_column_slices (data, ms[i], true, 64 * (1 + i));
    }
}

/* B packed once serves products of any number of rows, and of columns cut off where it says. */
static void
check_packed (
    const MoeNativeVariant *variant, size_t m, size_t n, size_t k, size_t cut, Layout layout)
{
  const MoeCpuKernels *kernels = variant->kernels;
  size_t element = moe_dtype_bytes (variant->dtype), bytes = kernels->packed_bytes (kernels, k, n);
  unsigned char *scratch = scratch_new (kernels->scratch_bytes), *packed = scratch_new (bytes);
  Case t;
  case_init (&t, variant, (MoeMatmul){ .m = m, .n = n, .k = k }, layout);
  kernels->pack (kernels, t.p.b, t.p.ldb, k, n, packed);
  MoeMatmul left = t.p, right = t.p;
  left.packed = packed;
  left.n = moe_size_min (n, cut);
  right.packed = kernels->packed_columns (kernels, packed, k, cut);
  right.b = (const char *)t.p.b + cut * element;
  right.c = (char *)t.p.c + cut * element;
  kernels->matmul (kernels, &left, scratch);
  if (n > cut)
    {
      right.n = n - cut;
      kernels->matmul (kernels, &right, scratch);
    }
  double error = case_error (&t, layout);
  if (!(error <= (variant->dtype == MOE_DTYPE_BFLOAT16 ? 1e-2 : 1e-5)))
    g_error ("%s packed, %zux%zux%zu: relative error %g", variant->isa_name, m, n, k, error);
  assert_guards (&t);
  for (size_t i = 0; i < GUARD; i++)
    {
      g_assert_cmpuint (scratch[kernels->scratch_bytes + i], ==, GUARD_BYTE);
      g_assert_cmpuint (packed[bytes + i], ==, GUARD_BYTE);
    }
  case_clear (&t);
  free (packed);
  free (scratch);
}

static void
test_packed (gconstpointer data)
{
  static const size_t ms[] = { 1, 4, 5, 14, 15, 29, 300 };
  static const size_t ns[] = { 1, 33, 64, 65, 200, 580 };
  static const size_t ks[] = { 1, 2, 7, 64, 1531 };
  for (size_t m = 0; m < G_N_ELEMENTS (ms); m++)
    for (size_t n = 0; n < G_N_ELEMENTS (ns); n++)
      check_packed (data, ms[m], ns[n], ks[(m + n) % G_N_ELEMENTS (ks)], MOE_PACKED_COLUMNS,
                    (Layout){ m % 2, n % 2 });
  check_packed (data, 285, 600, 2500, 8 * MOE_PACKED_COLUMNS, (Layout){ 0, 0 });
  const MoeCpuKernels *kernels = ((const MoeNativeVariant *)data)->kernels;
  g_assert_cmpuint (kernels->packed_bytes (kernels, SIZE_MAX / 8, 100), ==, SIZE_MAX);
  g_assert_cmpuint (kernels->packed_bytes (kernels, 100, SIZE_MAX / 8), ==, SIZE_MAX);
}

/* Whole aligned lines, the case that streams past the caches. */
static void
test_aligned (gconstpointer data)
{
  check_transposes (data, 28, 64, 0, (Layout){ 0, 0 });
  check_transposes (data, 28, 64, 32, (Layout){ 0, 0 });
  check_transposes (data, 42, 128, 7, (Layout){ 32, 0 });
  check_transposes (data, 56, 1024, 27, (Layout){ 0, 0 });
  check_transposes (data, 27, 1024, 200, (Layout){ 0, 0 });
  check_transposes (data, 14, 2048, 261, (Layout){ 0, 0 });
}

/* The same product twice is the same to the bit, whatever the scratch held. */
static void
test_repeatable (gconstpointer data)
{
  const MoeNativeVariant *variant = data;
  unsigned char *scratch = scratch_new (variant->kernels->scratch_bytes);
  Layout layout = { 0, 0 };
  MoeMatmul shape = { .m = 64, .n = 160, .k = 900 };
  Case t;
  case_init (&t, variant, shape, layout);
  variant->kernels->matmul (variant->kernels, &t.p, scratch);
  unsigned char *first = malloc (t.c_bytes);
  memcpy (first, t.c_memory, t.c_bytes);
  memset (scratch, 0x3f, variant->kernels->scratch_bytes);
  variant->kernels->matmul (variant->kernels, &t.p, scratch);
  g_assert_cmpmem (first, t.c_bytes, t.c_memory, t.c_bytes);
  free (first);
  case_clear (&t);
  free (scratch);
}

static void
test_choice (void)
{
  for (int dtype = 0; dtype <= MOE_DTYPE_BFLOAT16; dtype++)
    {
      const char *isa_name = NULL, *reason = "";
      const MoeCpuKernels *kernels = moe_native_kernels ((MoeDtype)dtype, &isa_name, &reason);
      g_assert_nonnull (kernels);
      g_assert_cmpint (kernels->dtype, ==, dtype);
      g_assert_nonnull (isa_name);
      g_assert_null (reason);
      g_assert_true (moe_native_kernels ((MoeDtype)dtype, NULL, NULL) == kernels);
    }
}

static void
test_choice_unknown (void)
{
  const char *isa_name = "", *reason = NULL;
  g_assert_null (moe_native_kernels ((MoeDtype)99, &isa_name, &reason));
  g_assert_null (isa_name);
  g_assert_nonnull (reason);
}

/* Unusable variants say why, the portable ones are always usable, the choice is the first usable.
 */
static void
test_variants (void)
{
  MoeNativeVariant variants[MOST_VARIANTS];
  size_t n = moe_native_variants (variants, MOST_VARIANTS), portable = 0;
  g_assert_cmpuint (n, <=, MOST_VARIANTS);
  g_assert_cmpuint (moe_native_variants (NULL, 0), ==, n);
  bool chosen[2] = { false, false };
  for (size_t i = 0; i < n; i++)
    {
      g_assert_true ((variants[i].reason == NULL) == variants[i].usable);
      g_assert_cmpint (variants[i].kernels->dtype, ==, variants[i].dtype);
      if (strcmp (variants[i].isa_name, "portable C") == 0)
        portable += variants[i].usable;
      if (variants[i].usable && !chosen[variants[i].dtype])
        g_assert_true (moe_native_kernels (variants[i].dtype, NULL, NULL) == variants[i].kernels);
      chosen[variants[i].dtype] |= variants[i].usable;
    }
  g_assert_cmpuint (portable, ==, 2);
}

static void
test_rounding (void)
{
  g_assert_cmphex (moe_bf16_from_float (1.0f), ==, 0x3f80);
  g_assert_cmphex (moe_bf16_from_float (1.00390625f), ==, 0x3f80); /* half way, to even */
  g_assert_cmphex (moe_bf16_from_float (1.01171875f), ==, 0x3f82);
  g_assert_cmphex (moe_bf16_from_float (-INFINITY), ==, 0xff80);
  g_assert_true (isnan (moe_bf16_to_float (moe_bf16_from_float (NAN))));
}

static void
add (const char *test, const MoeNativeVariant *variant, GTestDataFunc function)
{
  g_autofree char *path =
      g_strdup_printf ("/native-matmul/%s/%s/%s", variant->isa_name,
                       moe_choice_name (MOE_CHOICE_DTYPE, variant->dtype), test);
  g_test_add_data_func (g_strdelimit (path, " ", '-'), variant, function);
}

int
main (int argc, char **argv)
{
  static MoeNativeVariant variants[MOST_VARIANTS];
  g_test_init (&argc, &argv, NULL);
  g_random_set_seed (1); /* the same numbers in every run */
  g_test_add_func ("/native-matmul/choice", test_choice);
  g_test_add_func ("/native-matmul/choice/unknown", test_choice_unknown);
  g_test_add_func ("/native-matmul/variants", test_variants);
  g_test_add_func ("/native-matmul/rounding", test_rounding);
  size_t n = moe_native_variants (variants, MOST_VARIANTS);
  for (size_t i = 0; i < n && i < MOST_VARIANTS; i++)
    if (variants[i].usable)
      {
        add ("remainders", &variants[i], test_remainders);
        add ("edges", &variants[i], test_edges);
        add ("aligned", &variants[i], test_aligned);
        add ("blocks", &variants[i], test_blocks);
        add ("whole-rows", &variants[i], test_whole_rows);
        add ("column-slices", &variants[i], test_column_slices);
        add ("packed", &variants[i], test_packed);
        add ("repeatable", &variants[i], test_repeatable);
      }
  return g_test_run ();
}
