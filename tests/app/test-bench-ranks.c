/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve-bench under mpirun: tensors equal those of one process, rank 0 alone speaks, requests
 * that do not fit the ranks are refused, and a lost rank costs no measured point. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#define SHAPE                                                                                      \
  "--tokens 48 --hidden 24 --mlp-dim 20 --experts 8 --topk 3 --shared-expert-dim 10 "              \
  "--impl fused_w13 --distribution random --bench-pass forward_backward --null-route-frac 0.4 "    \
  "--threads 1 --iters 2 --min-sample-time 0 --accelerator native"

typedef struct Result
{
  int status;
  char *out;
  char *err;
} Result;

static void
result_clear (Result *result)
{
  g_free (result->out);
  g_free (result->err);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

/* The program with these arguments, on `ranks` ranks; 1: without mpirun. */
static GSubprocess *
start (guint ranks, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *launch = g_strdup_printf (MPIRUN " -n %u ", ranks);
  g_autofree char *line =
      g_strconcat (ranks > 1 ? launch : "", g_getenv ("NULLCURVE_BENCH"), " ", arguments, NULL);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  GSubprocess *process =
      g_subprocess_newv ((const char *const *)argv,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  return process;
}

static Result
finish (GSubprocess *process)
{
  Result result;
  g_autoptr (GError) error = NULL;
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  result.status =
      g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  return result;
}

static Result
bench (guint ranks, const char *arguments)
{
  g_autoptr (GSubprocess) process = start (ranks, arguments);
  return finish (process);
}

static guint
count_lines (const char *text, const char *prefix)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = 0;
  for (char **line = lines; *line != NULL; line++)
    n += g_str_has_prefix (*line, prefix);
  return n;
}

/* The float32 values of an NPY file of version 1.0. */
static GArray *
read_npy (const char *folder, const char *tensor)
{
  g_autofree char *name = g_strconcat (tensor, ".npy", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  GArray *values = g_array_new (FALSE, FALSE, sizeof (float));
  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  gsize start = 10 + (guchar)bytes[8] + 256u * (guchar)bytes[9];
  g_assert_cmpuint (length, >, start);
  g_array_append_vals (values, bytes + start, (guint)((length - start) / sizeof (float)));
  return values;
}

static void
assert_same_tensor (const char *a, const char *b, const char *tensor)
{
  g_autoptr (GArray) x = read_npy (a, tensor), y = read_npy (b, tensor);
  double difference = 0, norm = 0;
  g_assert_cmpuint (x->len, ==, y->len);
  for (guint i = 0; i < x->len; i++)
    {
      double p = (double)g_array_index (x, float, i), q = (double)g_array_index (y, float, i);
      difference += (p - q) * (p - q);
      norm += p * p;
    }
  g_assert_cmpfloat (norm, >, 0);
  g_assert_cmpfloat (sqrt (difference / norm), <=, 1e-6);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_remove (file);
    }
  g_rmdir (path);
}

typedef struct Ranked
{
  guint ranks;
  const char *path;
} Ranked;

static void
test_same_tensors (gconstpointer data)
{
  static const char *const tensors[] = { "x",   "w1",  "y",    "dx",   "dw1", "dw3",
                                         "dw2", "sw1", "dsw1", "dsw3", "dsw2" };
  const Ranked *ranked = data;
  g_autofree char *alone = g_dir_make_tmp ("nullcurve-XXXXXX", NULL);
  g_autofree char *spread = g_dir_make_tmp ("nullcurve-XXXXXX", NULL);
  g_autofree char *one = g_strconcat (SHAPE " --dump-tensors ", alone, NULL);
  g_autofree char *many = g_strconcat (SHAPE " --parallel-mode ep --ep-comm-path ", ranked->path,
                                       " --dump-tensors ", spread, NULL);
  g_auto (Result) a = bench (1, one);
  g_auto (Result) b = bench (ranked->ranks, many);
  g_assert_cmpint (a.status, ==, 0);
  if (b.status != 0)
    g_error ("%s", b.err);
  g_assert_cmpuint (count_lines (b.out, "RESULT "), ==, 1);
  g_assert_nonnull (strstr (b.out, "ranks"));
  g_assert_null (strstr (a.err, "tells no processor times"));
  g_assert_nonnull (strstr (b.err, "tells no processor times"));
  for (gsize i = 0; i < G_N_ELEMENTS (tensors); i++)
    assert_same_tensor (alone, spread, tensors[i]);
  remove_folder (alone);
  remove_folder (spread);
}

/* One sentence, from one rank. */
static void
test_refused (void)
{
  g_auto (Result) none = bench (2, SHAPE);
  g_auto (Result) size = bench (2, SHAPE " --parallel-mode ep --ep-size 4");
  g_auto (Result) odd = bench (3, SHAPE " --parallel-mode ep");
  g_assert_cmpint (none.status, ==, 2);
  g_assert_nonnull (strstr (none.err, "--parallel-mode none"));
  g_assert_cmpuint (count_lines (none.err, "nullcurve-bench:"), ==, 1);
  g_assert_cmpint (size.status, ==, 2);
  g_assert_nonnull (strstr (size.err, "0 or 2"));
  g_assert_cmpint (odd.status, ==, 2);
  g_assert_nonnull (strstr (odd.err, "divide the 8 experts"));
}

/* The process of a rank, by its environment; 0 while there is none. */
static GPid
find_rank (const char *rank, const char *mark)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  g_autofree char *wanted = g_strconcat ("OMPI_COMM_WORLD_RANK=", rank, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "environ", NULL);
      g_autofree char *text = NULL;
      gboolean right = FALSE, ours = FALSE;
      gsize length;
      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &text, &length, NULL))
        continue;
      for (gsize at = 0; at < length; at += strlen (text + at) + 1)
        {
          right = right || strcmp (text + at, wanted) == 0;
          ours = ours || strcmp (text + at, mark) == 0;
        }
      if (right && ours)
        return (GPid)g_ascii_strtoll (name, NULL, 10);
    }
  return 0;
}

/* A rank that is killed ends the run with a message; points measured before are in the CSV. */
static void
test_lost_rank (void)
{
  g_autofree char *folder = g_dir_make_tmp ("nullcurve-XXXXXX", NULL);
  g_autofree char *csv = g_build_filename (folder, "run.csv", NULL);
  g_autofree char *mark = g_strconcat ("NULLCURVE_TEST_MARK=", folder, NULL);
  g_autofree char *arguments = g_strconcat (
      "--tokens 48 --hidden 24 --mlp-dim 20 --experts 8 --topk-list 1,2,3,4,5,6 --impl fused_w13 "
      "--distribution random --threads 1 --iters 60 --min-sample-time 0.05 --accelerator native "
      "--parallel-mode ep --csv ",
      csv, NULL);
  g_setenv ("NULLCURVE_TEST_MARK", folder, TRUE);
  g_autoptr (GSubprocess) process = start (2, arguments);
  while (!g_file_test (csv, G_FILE_TEST_EXISTS))
    g_usleep (10000);
  GPid victim = find_rank ("1", mark);
  g_assert_cmpint (victim, >, 0);
  g_assert_cmpint (kill (victim, SIGKILL), ==, 0);
  g_auto (Result) result = finish (process);
  g_autofree char *text = NULL;
  g_assert_cmpint (result.status, !=, 0);
  g_assert_nonnull (strstr (result.err, "nullcurve-bench: "));
  g_assert_nonnull (strstr (result.err, "Rank 1 was lost"));
  g_assert_cmpuint (count_lines (result.out, "RESULT "), >=, 1);
  g_assert_true (g_file_get_contents (csv, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "tokens_per_s"));
  g_unsetenv ("NULLCURVE_TEST_MARK");
  remove_folder (folder);
}

/* A launcher that tells a rank and no size may have started this one alone: MPI knows. */
static void
test_one_rank (void)
{
  g_setenv ("PMIX_RANK", "3", TRUE);
  g_auto (Result) result = bench (1, SHAPE);
  g_unsetenv ("PMIX_RANK");
  g_assert_cmpint (result.status, ==, 0);
  g_assert_cmpuint (count_lines (result.out, "RESULT "), ==, 1);
}

int
main (int argc, char **argv)
{
  static const Ranked ranked[] = {
    { 2, "compact_psum" }, { 2, "ring_ag_rs" }, { 4, "compact_psum" }, { 4, "ring_ag_rs" }
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ranked); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/bench/ranks/same-tensors/%u/%s", ranked[i].ranks, ranked[i].path);
      g_test_add_data_func (path, &ranked[i], test_same_tensors);
    }
  g_test_add_func ("/bench/ranks/refused", test_refused);
  g_test_add_func ("/bench/ranks/one", test_one_rank);
  g_test_add_func ("/bench/ranks/lost", test_lost_rank);
  return g_test_run ();
}
