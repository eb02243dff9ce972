/* SPDX-License-Identifier: Apache-2.0 */
/* Routing from files: loads that are dealt, and recordings that are replayed. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/draw/given-file.h"
#include "engine/draw/sampling.h"

#define HEADINGS "# what it is of\nmodel,tokens,topk,experts,rows,source\n"

static MoeStatus
parse_loads (const char *text, size_t row, MoeGiven *given, MoeError *error)
{
  return moe_given_parse_loads (text, strlen (text), row, given, error);
}

static void
test_loads (void)
{
  const char *text = HEADINGS "a,4,2,3,4 3 1,x\n\nb,4,2,8,4 4,y\r\n";
  MoeGiven given;
  MoeError error;
  g_assert_cmpint (parse_loads (text, 1, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.tokens, ==, 4);
  g_assert_cmpuint (given.topk, ==, 2);
  g_assert_cmpuint (given.experts, ==, 3);
  g_assert_cmpuint (given.n_loads, ==, 3);
  g_assert_cmpuint (given.loads[1], ==, 3);
  g_assert_cmpuint (moe_given_fullest (&given), ==, 4);
  moe_given_clear (&given);
  g_assert_cmpint (parse_loads (text, 2, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.n_loads, ==, 2);
  moe_given_clear (&given);
}

static void
test_loads_refused (void)
{
  static const struct
  {
    const char *text;
    size_t row;
    const char *words;
  } cases[] = {
    { "", 1, "no table" },
    { "model,tokens,topk,experts\na,1,1,1\n", 1, "lack rows" },
    { HEADINGS, 1, "allowed is 1 to 0" },
    { HEADINGS "a,4,2,3,4 3 1,x\n", 2, "--loads-row 2" },
    { HEADINGS "a,4,2,3,4 3 2,x\n", 1, "9 rows together" },
    { HEADINGS "a,4,2,3,5 3,x\n", 1, "expert 1 has no whole number of rows from 0 to 4" },
    { HEADINGS "a,4,2,3,4 -1 5,x\n", 1, "expert 2" },
    { HEADINGS "a,4,2,3,4 2 1 1,x\n", 1, "lists 4 experts and tells of 3" },
    { HEADINGS "a,4,5,3,4 4,x\n", 1, "top-5 of 3" },
    { HEADINGS "a,0,2,3,4 4,x\n", 1, "tokens is no whole number" },
    { HEADINGS "a,4,2,3,4 4 x,x\n", 1, "expert 3" },
    { HEADINGS "a,4,2\n", 1, "experts is no whole number" },
    { HEADINGS "a,99999999999999999999,2,3,4\n", 1, "tokens" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeGiven given;
      MoeError error;
      g_assert_cmpint (parse_loads (cases[i].text, cases[i].row, &given, &error), ==,
                       MOE_ERROR_INVALID);
      if (strstr (error.message, cases[i].words) == NULL)
        g_error ("\"%s\" lacks \"%s\"", error.message, cases[i].words);
      g_assert_null (given.loads);
    }
}

static MoeRoutingSpec
spec_of (const MoeGiven *given, MoeDistribution distribution, size_t experts)
{
  return (MoeRoutingSpec){ .tokens = given->tokens,
                           .experts = experts,
                           .topk = given->topk,
                           .distribution = distribution,
                           .given = given,
                           .seed = 7 };
}

static int
compare_sizes (const void *a, const void *b)
{
  const size_t *x = a, *y = b;
  return (*x < *y) - (*x > *y);
}

/* Every expert gets exactly its rows and no token has one twice, also where one has every token;
 * another seed deals otherwise. */
static void
test_deal (void)
{
  static const struct
  {
    const char *row;
    size_t experts;
    size_t rows[8];
  } cases[] = {
    { "a,5,2,3,5 3 2,x\n", 3, { 5, 3, 2 } },
    { "a,6,3,3,6 6 6,x\n", 3, { 6, 6, 6 } },
    { "a,7,4,40,7 7 5 4 2 2 1,x\n", 40, { 7, 7, 5, 4, 2, 2, 1 } },
    { "a,1,1,9,1,x\n", 9, { 1 } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (uint64_t seed = 0; seed < 50; seed++)
      {
        g_autofree char *text = g_strconcat (HEADINGS, cases[i].row, NULL);
        g_autofree size_t *counts = g_new0 (size_t, cases[i].experts);
        MoeGiven given;
        MoeRouting routing;
        g_assert_cmpint (parse_loads (text, 1, &given, NULL), ==, MOE_OK);
        MoeRoutingSpec spec = spec_of (&given, MOE_DISTRIBUTION_LOADS, cases[i].experts);
        spec.seed = seed;
        g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
        moe_routing_expert_counts (&routing, counts);
        if (given.n_loads == cases[i].experts)
          g_assert_cmpuint (counts[0], ==, cases[i].rows[0]);
        qsort (counts, cases[i].experts, sizeof *counts, compare_sizes);
        for (size_t e = 0; e < MIN (cases[i].experts, 8); e++)
          g_assert_cmpuint (counts[e], ==, cases[i].rows[e]);
        for (size_t a = 0; a < routing.tokens * routing.topk; a++)
          {
            g_assert_cmpfloat (routing.topk_weights[a], ==, (float)(1.0 / (double)routing.topk));
            for (size_t b = a + 1; b < (a / routing.topk + 1) * routing.topk; b++)
              g_assert_cmpint (routing.topk_idx[a], !=, routing.topk_idx[b]);
          }
        moe_routing_clear (&routing);
        moe_given_clear (&given);
      }
}

/* Whom a token shares an expert with is left to chance: of 6 tokens at top-2 of 4 experts with
 * three rows each, every pair of experts meets in some token, over the seeds. */
static void
test_deal_mixes (void)
{
  const char *text = HEADINGS "a,6,2,4,3 3 3 3,x\n";
  size_t met[4][4] = { { 0 } };
  MoeGiven given;
  g_assert_cmpint (parse_loads (text, 1, &given, NULL), ==, MOE_OK);
  for (uint64_t seed = 0; seed < 200; seed++)
    {
      const uint32_t order[] = { 0, 1, 2, 3 };
      int32_t id[12];
      g_assert_true (moe_given_deal (&given, order, seed, id));
      for (size_t t = 0; t < 6; t++)
        met[MIN (id[2 * t], id[2 * t + 1])][MAX (id[2 * t], id[2 * t + 1])]++;
    }
  for (size_t a = 0; a < 4; a++)
    for (size_t b = a + 1; b < 4; b++)
      {
        g_assert_cmpuint (met[a][b], >, 140); /* of 1,200 / 6 */
        g_assert_cmpuint (met[a][b], <, 260);
      }
  moe_given_clear (&given);
}

static MoeStatus
parse_trace (
    const void *bytes, size_t length, size_t layer, size_t topk, MoeGiven *given, MoeError *error)
{
  const MoeGivenAsk ask = { .layer = layer, .topk = topk };
  return moe_given_parse_trace (bytes, length, &ask, given, error);
}

static GByteArray *
npy_of (const char *descr, const char *dims, const void *data, guint size)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *header =
      g_strdup_printf ("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", descr, dims);
  const guint8 start[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (guint8)strlen (header), 0 };
  g_byte_array_append (bytes, start, sizeof start);
  g_byte_array_append (bytes, (const guint8 *)header, (guint)strlen (header));
  g_byte_array_append (bytes, data, size);
  return bytes;
}

static void
test_npy (void)
{
  const gint16 narrow[] = { 0, 1, 2, 3, -1, 5, 6, 7 };
  const gint64 wide[] = { 1, 0, G_GINT64_CONSTANT (1) << 40, -7 };
  g_autoptr (GByteArray) layers = npy_of ("<i2", "2, 2, 2", narrow, sizeof narrow);
  g_autoptr (GByteArray) one = npy_of ("<i8", "2,2", wide, sizeof wide);
  MoeGiven given;
  MoeError error;
  g_assert_cmpint (parse_trace (layers->data, layers->len, 1, 0, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.tokens, ==, 2);
  g_assert_cmpuint (given.topk, ==, 2);
  g_assert_cmpuint (given.experts, ==, 8);
  g_assert_cmpint (given.id[0], ==, 2);
  g_assert_cmpint (given.id[3], ==, 7);
  moe_given_clear (&given);
  g_assert_cmpint (parse_trace (layers->data, layers->len, 2, 0, &given, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "allowed is 0 to 1"));
  g_assert_cmpint (parse_trace (one->data, one->len, 0, 0, &given, &error), ==, MOE_OK);
  g_assert_cmpint (given.id[2], ==, -1);
  g_assert_cmpint (given.id[3], ==, -1);
  g_assert_cmpuint (given.experts, ==, 2);
  moe_given_clear (&given);
  g_assert_cmpstr (error.option, ==, "trace-layer");
  g_assert_cmpint (parse_trace (layers->data, layers->len, MOE_GIVEN_ALL_LAYERS, 0, &given, &error),
                   ==, MOE_OK);
  g_assert_cmpuint (moe_given_count (&given), ==, 2);
  g_assert_cmpint (given.id[2], ==, -1);
  g_assert_cmpint (given.next->id[2], ==, 6);
  g_assert_cmpuint (given.next->layer, ==, 1);
  g_assert_cmpuint (given.experts, ==, 8); /* though it needs six */
  moe_given_clear (&given);
  g_assert_null (given.next);
  /* Experts far apart take no room for those between them. */
  const gint32 far[] = { 9000000, 1, 9000000, -1, 1, 9000000 };
  g_autoptr (GByteArray) sparse = npy_of ("<i4", "3,2", far, sizeof far);
  g_assert_cmpint (parse_trace (sparse->data, sparse->len, 0, 0, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.experts, ==, 9000001);
  g_assert_cmpuint (given.n_loads, ==, 2);
  g_assert_cmpuint (given.loads[0], ==, 2);
  g_assert_cmpuint (given.loads[1], ==, 3);
  g_assert_cmpuint (moe_given_fullest (&given), ==, 3);
  moe_given_clear (&given);
  const gint32 twice[] = { 9000000, 9000000 };
  g_autoptr (GByteArray) doubled = npy_of ("<i4", "1,2", twice, sizeof twice);
  g_assert_cmpint (parse_trace (doubled->data, doubled->len, 0, 0, &given, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "expert 9000000 has 2 rows of 1 tokens"));
  /* Cut off anywhere, it is refused. */
  for (guint length = 0; length < one->len; length++)
    g_assert_cmpint (parse_trace (one->data, length, 0, 0, &given, &error), ==, MOE_ERROR_INVALID);
}

static void
test_npy_refused (void)
{
  const gint32 data[4] = { 0 };
  static const char *const heads[][2] = {
    { "<f4", "2,2" }, { ">i4", "2,2" },
    { "<i4", "4" },   { "<i4", "2,3" },
    { "<i4", "0,4" }, { "<i4", "1,1,2,2" },
    { "<u4", "2,2" }, { "<i4", "99999999999999,99999999999999" },
    { "<i4", "" },    { "i4", "2,2" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      MoeGiven given;
      MoeError error;
      g_autoptr (GByteArray) bytes = npy_of (heads[i][0], heads[i][1], data, sizeof data);
      g_assert_cmpint (parse_trace (bytes->data, bytes->len, 0, 0, &given, &error), ==,
                       MOE_ERROR_INVALID);
      g_assert_null (given.id);
    }
}

static void
test_csv (void)
{
  const char *plain = "layer,expert\n0,3\n1,9\n0,1\n0,2\n0,0\n";
  const char *slots =
      "# told by x\nweight,expert,slot,layer,token\n0.5,3,0,4,0\n2.5e-1,1,1,4,0\n1,7,0,4,1\n";
  MoeGiven given;
  MoeError error;
  g_assert_cmpint (parse_trace (plain, strlen (plain), 0, 2, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.tokens, ==, 2);
  g_assert_cmpint (given.id[1], ==, 1);
  g_assert_cmpint (given.id[2], ==, 2);
  moe_given_clear (&given);
  g_assert_cmpint (parse_trace (plain, strlen (plain), 0, 3, &given, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "4 rows"));
  g_assert_cmpint (parse_trace (slots, strlen (slots), 4, 0, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given.tokens, ==, 2);
  g_assert_cmpuint (given.topk, ==, 2);
  g_assert_cmpint (given.id[3], ==, -1); /* not told */
  g_assert_cmpfloat (given.weight[1], ==, 0.25f);
  moe_given_clear (&given);
}

static void
test_csv_refused (void)
{
  static const char *const texts[] = {
    "",
    "a,b\n1,2\n",
    "layer,expert\n",
    "layer,expert\n0,x\n",
    "layer,expert\n0\n",
    "layer,expert\n-1,0\n",
    "layer,expert\n0,99999999\n",
    "token,layer,expert\n0,0,1\n",
    "token,layer,slot,expert\n1000000000000,0,0,1\n",
    "token,layer,slot,expert\n0,0,65536,1\n",
    "token,layer,slot,expert,weight\n0,0,0,1,nan\n",
    "token,layer,slot,expert,weight\n0,0,0,1,-1\n",
    "layer,expert\n1,0\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      MoeGiven given;
      MoeError error;
      g_assert_cmpint (parse_trace (texts[i], strlen (texts[i]), 0, 1, &given, &error), ==,
                       MOE_ERROR_INVALID);
      g_assert_null (given.id);
    }
}

/* At f = 0 it is the recording itself, weights to the last bit and nulls with the ids they had;
 * what comes on top leaves those as they are. */
static void
test_replay (void)
{
  const char *text =
      "token,layer,slot,expert,weight\n0,0,0,3,0.3\n0,0,1,-1,0.2\n1,0,0,5,0.7\n1,0,1,0,0.1\n";
  MoeGiven given;
  MoeRouting routing;
  g_assert_cmpint (parse_trace (text, strlen (text), 0, 0, &given, NULL), ==, MOE_OK);
  MoeRoutingSpec spec = spec_of (&given, MOE_DISTRIBUTION_TRACE, 4);
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpuint (routing.null_assignments, ==, 2);
  g_assert_cmpint (routing.topk_idx[0], ==, 3);
  g_assert_cmpint (routing.topk_idx[1], >=, 4);
  g_assert_cmpint (routing.topk_idx[2], ==, 5); /* beyond the experts */
  g_assert_cmpuint (routing.null_experts, ==, 2);
  g_assert_cmpfloat (routing.topk_weights[0], ==, 0.3f);
  g_assert_cmpfloat (routing.topk_weights[1], ==, 0.0f);
  g_assert_cmpfloat (routing.topk_weights[3], ==, 0.1f);
  moe_routing_clear (&routing);

  spec.renormalize = true;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpfloat (routing.topk_weights[0], ==, 1.0f);
  moe_routing_clear (&routing);

  spec.null_target = 0.5;
  for (int mode = 0; mode <= (int)MOE_NULL_MODE_ROUTER; mode++)
    for (spec.null_seed = 0; spec.null_seed < 20; spec.null_seed++)
      {
        spec.null_mode = (MoeNullMode)mode;
        g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
        g_assert_cmpint (routing.topk_idx[1], >=, 4);
        g_assert_cmpint (routing.topk_idx[2], >=, 4);
        g_assert_cmpuint (routing.real_assignments, >=, 1);
        moe_routing_clear (&routing);
      }
  moe_given_clear (&given);
}

/* What was read is shared until the file changes. */
static void
test_open (void)
{
  g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "loads.csv", NULL);
  const MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_LOADS, .path = path, .row = 1 };
  const MoeGiven *a, *b, *c;
  MoeError error;
  g_assert_cmpint (moe_given_open (&ask, &a, &error), ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, "routing-file");
  g_assert_true (g_file_set_contents (path, HEADINGS "a,4,2,3,4 3 1,x\n", -1, NULL));
  g_assert_cmpint (moe_given_open (&ask, &a, &error), ==, MOE_OK);
  g_assert_cmpint (moe_given_open (&ask, &b, &error), ==, MOE_OK);
  g_assert_true (a == b);
  g_assert_cmpstr (a->name, ==, "loads.csv, row 1");
  g_assert_true (g_file_set_contents (path, HEADINGS "a,40,2,3,40 30 10,x\n", -1, NULL));
  g_assert_cmpint (moe_given_open (&ask, &c, &error), ==, MOE_OK);
  g_assert_true (c != a);
  g_assert_cmpuint (a->tokens, ==, 4);
  g_assert_cmpuint (c->tokens, ==, 40);
  moe_given_unref (a);
  moe_given_unref (b);
  moe_given_unref (c);
  g_unlink (path);
  g_rmdir (folder);
}

/* The same part is read once, whether something could be made of it or not; the last few parts are
 * remembered, and no more. */
static void
test_remembered (void)
{
  g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "file.csv", NULL);
  MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_LOADS, .path = path, .row = 1 };
  const MoeGiven *first, *other;
  MoeError error;
  g_autoptr (GString) rows = g_string_new (HEADINGS);
  g_assert_true (moe_given_is_quick (&ask)); /* that there is none */
  for (int i = 0; i < 20; i++)
    g_string_append (rows, "a,4,2,3,4 3 1,x\n");
  g_assert_true (g_file_set_contents (path, rows->str, -1, NULL));
  g_assert_false (moe_given_is_quick (&ask));
  g_assert_cmpint (moe_given_open (&ask, &first, &error), ==, MOE_OK);
  g_assert_true (moe_given_is_quick (&ask));
  ask.row = 2;
  g_assert_false (moe_given_is_quick (&ask));
  g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_OK);
  moe_given_unref (other);
  ask.row = 1;
  ask.topk = 7; /* is nothing that is asked of loads */
  g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_OK);
  g_assert_true (other == first);
  moe_given_unref (other);
  for (ask.row = 3; ask.row <= 20; ask.row++)
    {
      g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_OK);
      moe_given_unref (other);
    }
  ask.row = 1;
  g_assert_false (moe_given_is_quick (&ask));
  g_assert_cmpuint (first->tokens, ==, 4); /* who holds it has it still */
  moe_given_unref (first);

  ask.row = 21;
  g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_ERROR_INVALID);
  g_autofree char *said = g_strdup (error.message);
  g_assert_true (moe_given_is_quick (&ask));
  g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.message, ==, said);
  g_assert_cmpstr (error.option, ==, "loads-row");
  g_string_append (rows, "a,4,2,3,4 3 1,x\n");
  g_assert_true (g_file_set_contents (path, rows->str, -1, NULL));
  g_assert_false (moe_given_is_quick (&ask));
  /* However short it is; but not among the program's own. */
  moe_given_look_in (folder);
  ask.path = "file.csv";
  g_assert_true (moe_given_is_quick (&ask));
  moe_given_look_in (NULL);
  ask.path = path;
  g_assert_cmpint (moe_given_open (&ask, &other, &error), ==, MOE_OK);
  moe_given_unref (other);
  g_unlink (path);
  g_rmdir (folder);
}

/* The top-k that is asked for is part of what is asked only where the file does not tell it. */
static void
test_remembered_topk (void)
{
  static const struct
  {
    const char *text;
    gboolean same;
  } cases[] = {
    { "token,layer,slot,expert\n0,0,0,1\n0,0,1,2\n1,0,0,3\n1,0,1,0\n", TRUE },
    { "layer,expert\n0,1\n0,2\n0,3\n0,0\n", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
      g_autofree char *path = g_build_filename (folder, "trace.csv", NULL);
      MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_TRACE, .path = path, .topk = 1 };
      const MoeGiven *one, *two;
      MoeError error;
      g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      g_assert_cmpint (moe_given_open (&ask, &one, &error), ==, MOE_OK);
      ask.topk = 2;
      g_assert_cmpint (moe_given_is_quick (&ask), ==, cases[i].same);
      g_assert_cmpint (moe_given_open (&ask, &two, &error), ==, MOE_OK);
      g_assert_cmpint (one == two, ==, cases[i].same);
      g_assert_cmpuint (two->topk, ==, 2);
      moe_given_unref (one);
      moe_given_unref (two);
      g_unlink (path);
      g_rmdir (folder);
    }
}

/* Read together, layers are what each is alone, in whatever order their rows come. */
static void
test_layers_together (void)
{
  g_autoptr (GString) text = g_string_new ("weight,layer,token,slot,expert\n");
  MoeGiven all, alone;
  MoeError error;
  for (int row = 0; row < 3 * 4 * 2; row++)
    {
      int layer = row % 3, token = 3 - row / 3 % 4, slot = row / 12;
      g_string_append_printf (text, "0.%d,%d,%d,%d,%d\n", row, 5 * layer, token, slot,
                              (7 * row) % 11);
    }
  g_assert_cmpint (parse_trace (text->str, text->len, MOE_GIVEN_ALL_LAYERS, 1, &all, &error), ==,
                   MOE_OK);
  g_assert_cmpuint (moe_given_count (&all), ==, 3);
  for (const MoeGiven *layer = &all; layer != NULL; layer = layer->next)
    {
      g_assert_cmpint (parse_trace (text->str, text->len, layer->layer, 1, &alone, &error), ==,
                       MOE_OK);
      g_assert_cmpuint (alone.tokens, ==, 4);
      g_assert_cmpmem (alone.id, 8 * sizeof *alone.id, layer->id, 8 * sizeof *alone.id);
      g_assert_cmpmem (alone.weight, 8 * sizeof *alone.weight, layer->weight,
                       8 * sizeof *alone.weight);
      moe_given_clear (&alone);
    }
  moe_given_clear (&all);
}

/* Layers that a table leaves out are none; those of another size are refused. */
static void
test_all_layers (void)
{
  const char *text = "token,layer,slot,expert\n1,7,0,3\n0,7,0,2\n0,3,0,1\n1,3,0,0\n";
  const char *uneven = "layer,expert\n0,1\n0,2\n1,3\n";
  g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "trace.csv", NULL);
  g_autoptr (GString) many = g_string_new ("layer,expert\n");
  const MoeGivenAsk ask = {
    .distribution = MOE_DISTRIBUTION_TRACE, .path = path, .layer = MOE_GIVEN_ALL_LAYERS, .topk = 1
  };
  const MoeGiven *opened;
  MoeGiven given;
  MoeError error;
  g_assert_cmpint (parse_trace (text, strlen (text), MOE_GIVEN_ALL_LAYERS, 1, &given, &error), ==,
                   MOE_OK);
  g_assert_cmpuint (moe_given_count (&given), ==, 2);
  g_assert_cmpuint (given.layer, ==, 3);
  g_assert_cmpuint (given.next->layer, ==, 7);
  g_assert_cmpuint (given.next->n_loads, ==, 2);
  g_assert_cmpuint (given.experts, ==, 4);
  moe_given_clear (&given);
  g_assert_cmpint (parse_trace (uneven, strlen (uneven), MOE_GIVEN_ALL_LAYERS, 1, &given, &error),
                   ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "layer 0 has 2 tokens at top-1 and layer 1 has 1"));
  g_assert_cmpstr (error.option, ==, "trace-layer");
  for (int i = 0; i <= MOE_GIVEN_MOST_LAYERS; i++)
    g_string_append_printf (many, "%d,0\n", i);
  g_assert_cmpint (parse_trace (many->str, many->len, MOE_GIVEN_ALL_LAYERS, 1, &given, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "allowed is up to 256"));

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (moe_given_open (&ask, &opened, &error), ==, MOE_OK);
  g_assert_cmpstr (opened->name, ==, "trace.csv, layer 3");
  g_assert_cmpstr (opened->next->name, ==, "trace.csv, layer 7");
  moe_given_unref (opened);
  g_unlink (path);
  g_rmdir (folder);
}

/* A file is known by what is in it, not by its name. */
static void
test_recognise (void)
{
  static const struct
  {
    const char *text;
    gboolean known;
    MoeDistribution distribution;
  } cases[] = {
    { HEADINGS "a,4,2,3,4 3 1,x\n", TRUE, MOE_DISTRIBUTION_LOADS },
    { "rows, experts ,topk,tokens", TRUE, MOE_DISTRIBUTION_LOADS },
    { "layer,expert\n0,1\n", TRUE, MOE_DISTRIBUTION_TRACE },
    { "# a remark\ntoken,layer,slot,expert,weight\r\n", TRUE, MOE_DISTRIBUTION_TRACE },
    { "\r\n \n# x\ntokens,topk,experts,rows\n", TRUE, MOE_DISTRIBUTION_LOADS },
    { "\x93NUMPY", TRUE, MOE_DISTRIBUTION_TRACE },
    { "shape,topk,null_target,null_realized,tflops,tokens_per_s\n", FALSE, 0 },
    { "model,tokens,topk,experts\n", FALSE, 0 },
    { "RESULT distribution=random layer,expert\n", FALSE, 0 },
    { "layers,experts\n", FALSE, 0 },
    { "# only a remark", FALSE, 0 },
    { "", FALSE, 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeDistribution distribution = MOE_DISTRIBUTION_HOT;
      g_autofree char *shown = g_strescape (cases[i].text, NULL);
      g_test_message ("%s", shown);
      g_assert_cmpint (moe_given_recognise (cases[i].text, strlen (cases[i].text), &distribution),
                       ==, cases[i].known);
      g_assert_cmpint (distribution, ==,
                       cases[i].known ? cases[i].distribution : MOE_DISTRIBUTION_HOT);
    }
}

/* Files and the folders of dumps; and a name alone, in the folder of what is shipped. */
static void
test_recognise_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
  g_autofree char *loads = g_build_filename (folder, "some.txt", NULL);
  g_autofree char *dump = g_build_filename (folder, "topk_idx.npy", NULL);
  const MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_LOADS, .path = "some.txt", .row = 1 };
  const MoeGiven *given;
  MoeDistribution distribution = MOE_DISTRIBUTION_HOT;
  MoeError error;
  g_assert_true (g_file_set_contents (loads, HEADINGS "a,4,2,3,4 3 1,x\n", -1, NULL));
  g_assert_true (moe_given_recognise_file (loads, &distribution));
  g_assert_cmpint (distribution, ==, MOE_DISTRIBUTION_LOADS);
  g_assert_false (moe_given_recognise_file (folder, &distribution));
  g_assert_true (g_file_set_contents (dump, "\x93NUMPY", -1, NULL));
  g_assert_true (moe_given_recognise_file (folder, &distribution));
  g_assert_cmpint (distribution, ==, MOE_DISTRIBUTION_TRACE);

  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_ERROR_INVALID);
  moe_given_look_in (folder);
  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (given->tokens, ==, 4);
  moe_given_unref (given);
  moe_given_look_in (NULL);
  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_ERROR_INVALID);
  g_unlink (loads);
  g_unlink (dump);
  g_rmdir (folder);
}

static void
assert_weights (const MoeGiven *given, const float *weights)
{
  g_assert_nonnull (given->weight);
  g_assert_cmpmem (given->weight, 4 * sizeof (float), weights, 4 * sizeof (float));
}

/* The weights and the number of experts of a dump are those of every layer of it. */
static void
test_layers_of_dump (void)
{
  const gint16 ids[] = { 0, 1, 2, 3, 1, 0, 3, 2 }; /* [2,2,2] */
  const float weights[] = { 0.1f, 0.9f, 0.2f, 0.8f, 0.3f, 0.7f, 0.4f, 0.6f };
  const float first[] = { 0.1f, 0.9f, 0.3f, 0.7f }, second[] = { 0.2f, 0.8f, 0.4f, 0.6f };
  g_autofree char *folder = g_dir_make_tmp ("given-XXXXXX", NULL);
  g_autofree char *idx = g_build_filename (folder, "topk_idx.npy", NULL);
  g_autofree char *weight = g_build_filename (folder, "topk_weights.npy", NULL);
  g_autofree char *meta = g_build_filename (folder, "meta.json", NULL);
  g_autoptr (GByteArray) of_ids = npy_of ("<i2", "2, 2, 2", ids, sizeof ids);
  g_autoptr (GByteArray) of_weights = npy_of ("<f4", "2, 2, 2", weights, sizeof weights);
  g_autoptr (GByteArray) of_one = npy_of ("<f4", "2, 2", weights, sizeof weights / 2);
  MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_TRACE,
                      .path = folder,
                      .layer = MOE_GIVEN_ALL_LAYERS };
  const MoeGiven *given;
  MoeError error;
  g_assert_true (g_file_set_contents (idx, (char *)of_ids->data, of_ids->len, NULL));
  g_assert_true (g_file_set_contents (weight, (char *)of_weights->data, of_weights->len, NULL));
  g_assert_true (g_file_set_contents (meta, "{ \"experts\": 16 }", -1, NULL));
  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_OK);
  g_assert_cmpuint (moe_given_count (given), ==, 2);
  g_assert_cmpuint (given->experts, ==, 16);
  g_assert_cmpuint (given->next->experts, ==, 16);
  assert_weights (given, first);
  assert_weights (given->next, second);
  moe_given_unref (given);
  ask.layer = 1;
  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_OK);
  assert_weights (given, second);
  moe_given_unref (given);
  /* Those of one layer are not another's. */
  g_assert_true (g_file_set_contents (weight, (char *)of_one->data, of_one->len, NULL));
  ask.layer = MOE_GIVEN_ALL_LAYERS;
  g_assert_cmpint (moe_given_open (&ask, &given, &error), ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "topk_weights.npy"));
  g_unlink (idx);
  g_unlink (weight);
  g_unlink (meta);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/routing/given/loads", test_loads);
  g_test_add_func ("/routing/given/loads-refused", test_loads_refused);
  g_test_add_func ("/routing/given/deal", test_deal);
  g_test_add_func ("/routing/given/deal-mixes", test_deal_mixes);
  g_test_add_func ("/routing/given/npy", test_npy);
  g_test_add_func ("/routing/given/npy-refused", test_npy_refused);
  g_test_add_func ("/routing/given/csv", test_csv);
  g_test_add_func ("/routing/given/csv-refused", test_csv_refused);
  g_test_add_func ("/routing/given/replay", test_replay);
  g_test_add_func ("/routing/given/open", test_open);
  g_test_add_func ("/routing/given/remembered", test_remembered);
  g_test_add_func ("/routing/given/remembered-topk", test_remembered_topk);
  g_test_add_func ("/routing/given/layers-together", test_layers_together);
  g_test_add_func ("/routing/given/all-layers", test_all_layers);
  g_test_add_func ("/routing/given/recognise", test_recognise);
  g_test_add_func ("/routing/given/recognise-file", test_recognise_file);
  g_test_add_func ("/routing/given/layers-of-dump", test_layers_of_dump);
  return g_test_run ();
}
