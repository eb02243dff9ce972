/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"

static MoeSpan
span_of (const char *text)
{
  return moe_span (text, strlen (text));
}

static void
test_good_reals (void)
{
  static const struct
  {
    const char *text;
    double value;
  } cases[] = {
    { "0", 0 },
    { "-0.5", -0.5 },
    { "858766", 858766 },
    { "343.774", 343.774 },
    { "0.1", 0.1 },
    { "1e-5", 1e-5 },
    { "1.5E+3", 1500 },
    { "123456789012345678", 123456789012345678.0 },
    { "0.1000000000000000055511151231257827", 0.1 },
    { "2.2250738585072014e-308", 2.2250738585072014e-308 },
    { "1.7976931348623157e308", 1.7976931348623157e308 },
    { "1e-400", 0 },
    { "007.50", 7.5 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double value = NAN;
      g_test_message ("%s", cases[i].text);
      g_assert_true (moe_number_parse_real (span_of (cases[i].text), &value));
      g_assert_cmpfloat (value, ==, cases[i].value);
    }
}

static void
test_bad_reals (void)
{
  static const char *const cases[] = {
    "",      "-",     ".",        "1.",    ".5",
    "+1",    "12abc", "nan",      "NaN",   "inf",
    "-inf",  "0x10",  "1,5",      "1 ",    " 1",
    "1e",    "1e+",   "1e1.5",    "1e999", "--1",
    "1.2.3", "1_000", "infinity", "١",     "1e99999999999999999999"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double value = 42;
      g_test_message ("%s", cases[i]);
      g_assert_false (moe_number_parse_real (span_of (cases[i]), &value));
      g_assert_cmpfloat (value, ==, 42);
    }
}

static void
test_counts (void)
{
  gint64 value = -7;
  g_assert_true (moe_number_parse_count (span_of ("9223372036854775807"), &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
  g_assert_true (moe_number_parse_count (span_of ("0"), &value));
  g_assert_cmpint (value, ==, 0);
  static const char *const bad[] = {
    "", "-1", "+1", "1.0", "1e3", "9223372036854775808", "99999999999999999999", "0x1", " 1"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (moe_number_parse_count (span_of (bad[i]), &value));
  g_assert_cmpint (value, ==, 0);
}

static void
test_shapes (void)
{
  MoeShape shape;
  g_assert_true (moe_number_parse_shape (span_of ("32768x2048x1408x60"), 'x', &shape));
  g_assert_cmpuint (shape.tokens, ==, 32768);
  g_assert_cmpuint (shape.hidden, ==, 2048);
  g_assert_cmpuint (shape.mlp_dim, ==, 1408);
  g_assert_cmpuint (shape.experts, ==, 60);
  g_assert_cmpuint (shape.shared_dim, ==, 0);
  g_assert_true (moe_number_parse_shape (span_of ("1,2,3,4"), ',', &shape));
  static const char *const bad[] = {
    "",        "1x2x3",     "1x2x3x4x5",          "0x2x3x4", "1x2x3x",
    "x1x2x3",  "1x2x3x-4",  "1x2x3x4 ",           "1,2,3,4", "1xx3x4",
    "axbxcxd", "1x2x3x1e3", "1x2x3x1000000000001"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (moe_number_parse_shape (span_of (bad[i]), 'x', &shape));
}

static void
assert_shortest (double value, const char *wanted)
{
  g_autoptr (GString) text = g_string_new (NULL);
  moe_number_append_shortest (text, value);
  g_assert_cmpstr (text->str, ==, wanted);
}

static void
test_shortest (void)
{
  assert_shortest (0.1, "0.1");
  assert_shortest (858766, "858766");
  assert_shortest (1.0 / 3, "0.3333333333333333");
  assert_shortest (0.1 + 0.2, "0.30000000000000004");
  assert_shortest (1e-5, "1e-05");
  assert_shortest (NAN, "");
  assert_shortest (INFINITY, "");

  guint64 state = 1;
  for (int i = 0; i < 20000; i++)
    {
      double value, back;
      state = state * G_GUINT64_CONSTANT (6364136223846793005) + 1442695040888963407u;
      memcpy (&value, &state, sizeof value);
      if (!isfinite (value))
        continue;
      g_autoptr (GString) text = g_string_new (NULL);
      moe_number_append_shortest (text, value);
      g_assert_true (moe_number_parse_real (moe_span (text->str, text->len), &back));
      g_assert_cmpmem (&value, sizeof value, &back, sizeof back);
    }
}

static void
test_fixed_and_grouped (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 1833742, "1,833,742" }, { 858766.4, "858,766" }, { 12, "12" }, { -123456, "-123,456" }
  };
  g_autofree char *fixed = moe_number_fixed (2.0 / 3, 6, " %");
  g_assert_cmpstr (fixed, ==, "0.666667 %");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = moe_number_grouped (cases[i].value);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_significant (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 0, "0.00" },           { 0.0123456, "0.0123" },
    { 0.99996, "1.000" },    { -0.5, "-0.500" },
    { 14.68, "14.7" },       { 146.826, "147" },
    { 20886, "20886" },      { 1.234e-9, "1.23e-09" },
    { 5e-324, "4.94e-324" }, { 2.5e-6, "0.00000250" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = moe_number_significant (cases[i].value, 3);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_whole (void)
{
  static const struct
  {
    const char *text;
    gint64 value; /* -1: is none */
  } cases[] = { { "8", 8 },      { "8.0", 8 },   { "1e6", 1000000 },
                { "2.5e1", 25 }, { "0.0", 0 },   { "8.5", -1 },
                { "-8", -1 },    { "-0.0", -1 }, { "1e17", -1 },
                { "nan", -1 },   { "", -1 },     { "9223372036854775807", G_MAXINT64 },
                { "8.", -1 },    { "+8", -1 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 value = -1;
      gboolean good =
          moe_number_parse_whole (moe_span (cases[i].text, strlen (cases[i].text)), &value);
      g_assert_cmpint (good, ==, cases[i].value >= 0);
      g_assert_cmpint (value, ==, cases[i].value);
    }
}

int
main (int argc, char **argv)
{
  /* A decimal comma where there is one must change nothing. */
  setlocale (LC_ALL, "de_DE.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/numbers/good-reals", test_good_reals);
  g_test_add_func ("/numbers/bad-reals", test_bad_reals);
  g_test_add_func ("/numbers/counts", test_counts);
  g_test_add_func ("/numbers/shapes", test_shapes);
  g_test_add_func ("/numbers/shortest", test_shortest);
  g_test_add_func ("/numbers/fixed-and-grouped", test_fixed_and_grouped);
  g_test_add_func ("/numbers/significant", test_significant);
  g_test_add_func ("/numbers/whole", test_whole);
  return g_test_run ();
}
