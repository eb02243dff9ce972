/* SPDX-License-Identifier: Apache-2.0 */
/* --dump-tensors: files that NumPy reads, with numbers that the reference computes again. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/moe/reference.h"
#include "engine/options/plan.h"
#include "engine/sweep/npy.h"

enum
{
  T = 64,
  H = 32,
  M = 16,
  E = 6,
  K = 4,
  S = 8
};

static int
bench (const char *folder, const char *const *more, char **err)
{
  static const char *const base[] = {
    "--tokens", "64",        "--hidden",       "32",     "--mlp-dim",    "16", "--experts", "6",
    "--topk",   "4",         "--iters",        "1",      "--warmup",     "0",  "--seed",    "3",
    "--impl",   "fused_w13", "--distribution", "random", "--wait-quiet", "0",  NULL
  };
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_ptr_array_add (line, (char *)g_getenv ("NULLCURVE_BENCH"));
  for (gsize i = 0; base[i] != NULL; i++)
    g_ptr_array_add (line, (char *)base[i]);
  for (; *more != NULL; more++)
    g_ptr_array_add (line, (char *)*more);
  g_ptr_array_add (line, "--dump-tensors");
  g_ptr_array_add (line, (char *)folder);
  g_ptr_array_add (line, NULL);
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      (const char *const *)line->pdata,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, err, &error);
  g_assert_no_error (error);
  return g_subprocess_get_exit_status (process);
}

/* The elements of an NPY file whose header says exactly `descr` and `dims`. */
static void *
load (const char *folder, const char *name, const char *descr, const char *dims, gsize elements)
{
  g_autofree char *file = g_strconcat (name, ".npy", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;
  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, >, 10);
  g_assert_cmpmem (data, 8, "\x93NUMPY\x01\x00", 8);
  gsize header = (guchar)data[8] + 256u * (guchar)data[9];
  g_assert_cmpuint ((10 + header) % 64, ==, 0);
  g_assert_cmpint (data[10 + header - 1], ==, '\n');
  g_autofree char *text = g_strchomp (g_strndup (data + 10, header));
  g_autofree char *expected =
      g_strdup_printf ("{'descr': '%c%s', 'fortran_order': False, 'shape': (%s), }",
                       G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>', descr, dims);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (size, ==, 10 + header + 4 * elements);
  return g_memdup2 (data + 10 + header, 4 * elements);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

static char *
read_meta (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "meta.json", NULL);
  char *meta = NULL;
  g_assert_true (g_file_get_contents (path, &meta, NULL, NULL));
  return meta;
}

static double
meta_number (const char *meta, const char *key)
{
  double value = NAN;
  g_autofree char *quoted = g_strdup_printf ("\n  \"%s\": ", key);
  const char *at = g_strstr_len (meta, -1, quoted);
  if (at != NULL)
    value = g_ascii_strtod (at + strlen (quoted), NULL);
  return value;
}

static void
assert_near (
    const char *folder, const char *name, const char *dims, const double *expected, gsize elements)
{
  g_autofree float *actual = load (folder, name, "f4", dims, elements);
  g_assert_cmpfloat (moe_relative_error (actual, expected, elements), <, 1e-5);
}

/* Tensors of the shared expert, which are there only with one. */
typedef struct Shared
{
  float *sw1, *sw3, *sw2;
  double dsw1[H * S], dsw3[H * S], dsw2[S * H];
} Shared;

static void
load_shared (const char *folder, Shared *shared)
{
  *shared = (Shared){ .sw1 = load (folder, "sw1", "f4", "32,8", H * S),
                      .sw3 = load (folder, "sw3", "f4", "32,8", H * S),
                      .sw2 = load (folder, "sw2", "f4", "8,32", S * H) };
}

static void
assert_shared (const char *folder, Shared *shared)
{
  assert_near (folder, "dsw1", "32,8", shared->dsw1, H * S);
  assert_near (folder, "dsw3", "32,8", shared->dsw3, H * S);
  assert_near (folder, "dsw2", "8,32", shared->dsw2, S * H);
  g_free (shared->sw1);
  g_free (shared->sw3);
  g_free (shared->sw2);
}

/* Compute everything again in double from the files alone. */
static void
assert_consistent_with (const char *folder, gsize shared_dim)
{
  MoeShape shape = { T, H, M, E, shared_dim };
  g_autofree char *no_shared = g_build_filename (folder, "sw1.npy", NULL);
  Shared shared = { 0 };
  g_autofree float *x = load (folder, "x", "f4", "64,32", T * H);
  g_autofree float *w1 = load (folder, "w1", "f4", "6,32,16", E * H * M);
  g_autofree float *w3 = load (folder, "w3", "f4", "6,32,16", E * H * M);
  g_autofree float *w2 = load (folder, "w2", "f4", "6,16,32", E * H * M);
  g_autofree gint32 *idx = load (folder, "topk_idx", "i4", "64,4", T * K);
  g_autofree float *p = load (folder, "topk_weights", "f4", "64,4", T * K);
  g_autofree char *meta = read_meta (folder);
  MoeRouting routing = { .tokens = T,
                         .experts = E,
                         .topk = K,
                         .null_experts = (gsize)meta_number (meta, "null_experts"),
                         .topk_idx = idx,
                         .topk_weights = p };
  gboolean weighs = strstr (meta, "\n  \"null_kind\": \"zero\"") == NULL;
  float null_weights[T * K] = { 0 };
  for (gsize i = 0; i < T * K; i++)
    if (idx[i] >= E)
      {
        null_weights[i] = p[i];
        g_assert_cmpint (p[i] > 0.0f, ==, weighs);
        p[i] = 0.0f;
        routing.null_assignments++;
      }
  routing.null_weights = weighs ? null_weights : NULL;
  gsize N = shape.null_vectors = (gsize)meta_number (meta, "null_vectors");
  g_autofree char *dims = g_strdup_printf ("%" G_GSIZE_FORMAT ",32", N);
  g_autofree float *v = N > 0 ? load (folder, "v", "f4", dims, N * H) : NULL;
  g_autofree double *dv = N > 0 ? g_new (double, N *H) : NULL;
  gsize dropped = (gsize)meta_number (meta, "dropped_assignments");
  routing.null_assignments -= dropped;
  routing.real_assignments = T * K - routing.null_assignments - dropped;
  for (gsize i = 0; dropped == 0 && i < T * K; i++)
    g_assert_cmpint (idx[i], <, E + (gint32)routing.null_experts);
  routing.null_realized = (double)routing.null_assignments / (T * K);
  g_assert_cmpfloat (meta_number (meta, "null_assignments"), ==, (double)routing.null_assignments);
  g_assert_cmpfloat (meta_number (meta, "real_assignments"), ==, (double)routing.real_assignments);
  g_assert_cmpfloat_with_epsilon (meta_number (meta, "null_realized"), routing.null_realized,
                                  1e-12);

  g_autofree double *y = g_new (double, T *H);
  g_autofree double *dx = g_new (double, T *H);
  g_autofree double *dw1 = g_new (double, E *H *M);
  g_autofree double *dw3 = g_new (double, E *H *M);
  g_autofree double *dw2 = g_new (double, E *H *M);
  g_assert_cmpint (g_file_test (no_shared, G_FILE_TEST_EXISTS), ==, shared_dim > 0);
  if (shared_dim > 0)
    load_shared (folder, &shared);
  const MoeReferenceInputs in = { x, w1, w3, w2, shared.sw1, shared.sw3, shared.sw2, v };
  MoeReferenceOutputs out = { .y = y,
                              .dx = dx,
                              .dw1 = dw1,
                              .dw3 = dw3,
                              .dw2 = dw2,
                              .dsw1 = shared_dim > 0 ? shared.dsw1 : NULL,
                              .dsw3 = shared_dim > 0 ? shared.dsw3 : NULL,
                              .dsw2 = shared_dim > 0 ? shared.dsw2 : NULL,
                              .dv = dv };
  g_assert_cmpint (moe_reference_run (&shape, &routing, &in, &out, NULL), ==, MOE_OK);
  assert_near (folder, "y", "64,32", y, T * H);
  assert_near (folder, "dx", "64,32", dx, T * H);
  assert_near (folder, "dw1", "6,32,16", dw1, E * H * M);
  assert_near (folder, "dw3", "6,32,16", dw3, E * H * M);
  assert_near (folder, "dw2", "6,16,32", dw2, E * H * M);
  if (N > 0)
    assert_near (folder, "dv", dims, dv, N * H);
  if (shared_dim > 0)
    assert_shared (folder, &shared);
  g_assert_cmpfloat (fabs (meta_number (meta, "loss") / out.loss - 1.0), <, 1e-5);
}

static void
assert_consistent (const char *folder)
{
  assert_consistent_with (folder, 0);
}

static char *
fresh_folder (char **parent)
{
  *parent = g_dir_make_tmp ("nullcurve-dump-XXXXXX", NULL);
  g_assert_nonnull (*parent);
  return g_build_filename (*parent, "point", NULL);
}

static void
assert_dumped (const char *folder, const char *const *more)
{
  g_autofree char *err = NULL;
  int status = bench (folder, more, &err);
  if (status != 0)
    g_error ("exit status %d: %s", status, err);
}

static void
test_one_point (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  assert_dumped (folder,
                 (const char *const[]){ "--null-route-frac", "0.4", "--bench-pass",
                                        "forward_backward", "--null-routing-mode",
                                        "take_until_null", "--renormalize-real-after-null", NULL });
  assert_consistent (folder);
  g_autofree char *meta = read_meta (folder);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("\n    \"%s\": ", specs[i].key);
      g_assert_nonnull (strstr (meta, key));
    }
  g_assert_nonnull (strstr (meta, "\"null_routing_mode\": \"take_until_null\""));
  g_assert_nonnull (strstr (meta, "\"null_route_frac\": 0.4"));
  g_assert_nonnull (strstr (meta, "\"renormalize_real_after_null\": true"));
  g_assert_nonnull (strstr (meta, "\"topk_list\": []"));
  g_assert_cmpfloat (meta_number (meta, "null_target"), ==, 0.4);
  remove_tree (parent);
}

/* What null slots add is in the files: which kind, their weights, their vectors with gradients. */
static void
test_null_kinds (void)
{
  static const char *const kinds[] = { "copy", "constant" };
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *parent = NULL;
      g_autofree char *folder = fresh_folder (&parent);
      assert_dumped (folder, (const char *const[]){ "--null-route-frac", "0.6", "--bench-pass",
                                                    "forward_backward", "--null-experts", "5",
                                                    "--null-kind", kinds[i], NULL });
      assert_consistent (folder);
      g_autofree char *meta = read_meta (folder);
      g_autofree char *said = g_strdup_printf ("\n  \"null_kind\": \"%s\"", kinds[i]);
      g_assert_nonnull (strstr (meta, said));
      g_assert_cmpfloat (meta_number (meta, "null_vectors"), ==, i == 0 ? 0 : 5);
      remove_tree (parent);
    }
}

/* What is read from a file stands beside this test. */
static char *
resolve (const char *word)
{
  static const char fixture[] = "FIXTURE/";
  const char *at = strstr (word, fixture);
  if (at == NULL)
    return g_strdup (word);
  g_autofree char *kind = g_strndup (word, (gsize)(at - word));
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "fixtures", "routing", at + strlen (fixture), NULL);
  return g_strconcat (kind, path, NULL);
}

static char **
resolve_all (const char *const *words)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  for (; *words != NULL; words++)
    {
      g_autofree char *word = resolve (*words);
      g_strv_builder_add (all, word);
    }
  return g_strv_builder_end (all);
}

/* A dump that is replayed as a recorded routing is dumped again to the same bytes, nulls, weights
 * and all tensors. */
static void
test_replay (gconstpointer data)
{
  static const char *const names[] = { "topk_idx", "topk_weights", "x",   "w1",  "w2", "w3",
                                       "y",        "dx",           "dw1", "dw2", "dw3" };
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  g_autofree char *again = g_build_filename (parent, "again", NULL);
  g_autofree char *trace = g_strconcat ("trace:", folder, NULL);
  g_auto (GStrv) words = resolve_all (data);
  assert_dumped (folder, (const char *const *)words);
  g_autofree char *meta = read_meta (folder);
  g_autofree char *experts = g_strdup_printf ("%.0f", meta_number (meta, "experts"));
  assert_dumped (again,
                 (const char *const[]){ "--distribution", trace, "--experts", experts, NULL });
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (names[i], ".npy", NULL);
      g_autofree char *a = g_build_filename (folder, name, NULL);
      g_autofree char *b = g_build_filename (again, name, NULL);
      g_autofree char *first = NULL, *second = NULL;
      gsize length, length_again;
      g_assert_true (g_file_get_contents (a, &first, &length, NULL));
      g_assert_true (g_file_get_contents (b, &second, &length_again, NULL));
      g_assert_cmpmem (first, length, second, length_again);
    }
  remove_tree (parent);
}

/* A forward pass was measured: gradients are there all the same, and meta.json keeps to what was
 * asked for. */
static void
test_forward_pass (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  assert_dumped (folder, (const char *const[]){ "--null-route-frac", "0.5", "--null-dispatch",
                                                "carry", NULL });
  assert_consistent (folder);
  g_autofree char *meta = read_meta (folder);
  g_assert_nonnull (strstr (meta, "\"bench_pass\": \"forward\""));
  remove_tree (parent);
}

/* meta.json tells by what rule tokens took their experts. */
static void
test_k_rule (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  assert_dumped (folder,
                 (const char *const[]){ "--k-rule", "token_rounding", "--tile", "16", NULL });
  g_autofree char *meta = read_meta (folder);
  g_assert_nonnull (strstr (meta, "\"k_rule\": \"token_rounding\""));
  g_assert_cmpfloat (meta_number (meta, "tile"), ==, 16);
  g_assert_cmpfloat (meta_number (meta, "null_experts"), ==, 0);
  remove_tree (parent);
}

/* Does OpenBLAS's block go beyond what is needed without options: a shared expert, capacities? */
static gboolean
computes_all (void)
{
  const MoeBlock block = { .shape = { T, H, M, E, S },
                           .topk = K,
                           .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                           .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                           .ep_size = 1 };
  const MoeBackend *backend = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  return backend->supports (&block, NULL) == MOE_OK;
}

/* The shared expert's tensors are there when there is one. */
static void
test_shared_expert (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *err = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  const char *const more[] = { "--accelerator", "openblas", "--shared-expert-dim", "8", NULL };
  int status = bench (folder, more, &err);
  g_assert_cmpint (status, ==, computes_all () ? 0 : 2);
  if (status == 0)
    assert_consistent_with (folder, S);
  else
    g_assert_nonnull (strstr (err, "--shared-expert-dim"));
  remove_tree (parent);
}

/* Slots that a capacity drops are told like null ones. */
static void
test_capacity (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *err = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  const char *const more[] = {
    "--accelerator", "openblas", "--capacity-policy", "drop", "--capacity-factor", "0.75", NULL
  };
  int status = bench (folder, more, &err);
  g_assert_cmpint (status == 0, ==, computes_all ());
  if (status == 0)
    {
      g_autofree char *meta = read_meta (folder);
      assert_consistent (folder);
      g_assert_cmpfloat (meta_number (meta, "dropped_assignments"), >, 0);
    }
  remove_tree (parent);
}

static void
test_several_points (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  g_autofree char *first = g_build_filename (folder, "00-top4-f0", NULL);
  g_autofree char *second = g_build_filename (folder, "01-top4-f0.75", NULL);
  assert_dumped (folder, (const char *const[]){ "--null-route-frac-list", "0.75,0",
                                                "--null-routing-mode", "router", NULL });
  assert_consistent (first);
  assert_consistent (second);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "point");
  g_assert_null (g_dir_read_name (dir));
  remove_tree (parent);
}

static void
test_refused_folders (void)
{
  g_autofree char *parent = NULL;
  g_autofree char *folder = fresh_folder (&parent);
  g_autofree char *taken = g_build_filename (parent, "taken", NULL);
  g_autofree char *nowhere = g_build_filename (parent, "no", "such", NULL);
  const char *const more[] = { NULL };
  g_autofree char *err = NULL;
  g_assert_true (g_file_set_contents (taken, "mine", -1, NULL));
  g_assert_cmpint (bench (parent, more, &err), ==, 2);
  g_assert_nonnull (strstr (err, "--dump-tensors"));
  g_assert_nonnull (strstr (err, "empty folder"));
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (bench (taken, more, &err), ==, 2);
  g_clear_pointer (&err, g_free);
  g_assert_cmpint (bench (nowhere, more, &err), ==, 2);
  g_clear_pointer (&err, g_free);
  g_assert_true (g_file_test (taken, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpint (g_mkdir (folder, 0777), ==, 0);
  g_assert_cmpint (bench (folder, more, &err), ==, 0);
  assert_consistent (folder);
  remove_tree (parent);
}

static void
test_npy_faults (void)
{
  const gsize dims[] = { 3 };
  const float values[] = { 1.0f, 2.0f, 3.0f };
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_dir_make_tmp ("nullcurve-npy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (parent, "v.npy", NULL);
  g_autofree char *nowhere = g_build_filename (parent, "no", "v.npy", NULL);

  MoeNpy *npy = moe_npy_create (path, MOE_NPY_FLOAT32, dims, 1, &error);
  g_assert_no_error (error);
  g_assert_true (moe_npy_write (npy, values, 2, NULL));
  g_assert_false (moe_npy_finish (npy, &error));
  g_assert_nonnull (strstr (error->message, "lacks 1 element"));
  g_clear_error (&error);

  npy = moe_npy_create (path, MOE_NPY_FLOAT32, dims, 1, &error);
  g_assert_true (moe_npy_write (npy, values, 3, NULL));
  g_assert_true (moe_npy_finish (npy, &error));
  g_autofree float *back = load (parent, "v", "f4", "3,", 3);
  g_assert_cmpmem (back, sizeof values, values, sizeof values);

  g_assert_null (moe_npy_create (nowhere, MOE_NPY_INT32, dims, 1, &error));
  g_assert_nonnull (strstr (error->message, nowhere));
  remove_tree (parent);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench-dump/npy-faults", test_npy_faults);
  g_test_add_func ("/app/bench-dump/one-point", test_one_point);
  /* Every source, and every k rule. */
  static const char *const replayed[][7] = {
    { "--distribution", "random" },
    { "--distribution", "runs" },
    { "--distribution", "balanced" },
    { "--distribution", "zipf" },
    { "--distribution", "hot", "--hot-experts", "3", "--hot-share", "0.5" },
    { "--distribution", "loads:FIXTURE/loads.csv" },
    { "--distribution", "trace:FIXTURE/trace.csv" },
    { "--distribution", "zipf", "--null-route-frac", "0.4" },
    { "--distribution", "balanced", "--null-route-frac", "0.4" },
    { "--distribution", "loads:FIXTURE/loads.csv", "--null-route-frac", "0.4" },
    { "--distribution", "trace:FIXTURE/trace.csv", "--null-route-frac", "0.4" },
    { "--null-routing-mode", "take_until_null", "--null-route-frac", "0.4" },
    { "--null-routing-mode", "router", "--null-route-frac", "0.4" },
    { "--null-granularity", "token", "--null-route-frac", "0.4" },
    { "--k-rule", "top_p" },
    { "--k-rule", "min_p" },
    { "--k-rule", "entropy", "--null-route-frac", "0.4" },
    { "--k-rule", "expert_choice" },
    { "--k-rule", "token_rounding", "--tile", "16" },
    { "--k-rule", "entropy", "--distribution", "zipf" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (replayed); i++)
    {
      g_autoptr (GString) path = g_string_new ("/app/bench-dump/replay");
      for (gsize w = 0; w < G_N_ELEMENTS (replayed[i]) && replayed[i][w] != NULL; w++)
        {
          g_autofree char *word = g_path_get_basename (replayed[i][w]);
          g_string_append_printf (path, "/%s", word);
        }
      g_test_add_data_func (path->str, replayed[i], test_replay);
    }
  g_test_add_func ("/app/bench-dump/forward-pass", test_forward_pass);
  g_test_add_func ("/app/bench-dump/k-rule", test_k_rule);
  g_test_add_func ("/app/bench-dump/null-kinds", test_null_kinds);
  g_test_add_func ("/app/bench-dump/shared-expert", test_shared_expert);
  g_test_add_func ("/app/bench-dump/capacity", test_capacity);
  g_test_add_func ("/app/bench-dump/several-points", test_several_points);
  g_test_add_func ("/app/bench-dump/refused-folders", test_refused_folders);
  return g_test_run ();
}
