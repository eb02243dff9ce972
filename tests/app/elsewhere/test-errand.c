/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep at another place that breaks off, again and again, and is gone on with: nothing that
 * arrived is lost, nothing is there twice, and there is one file. */
#define _GNU_SOURCE
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "engine/elsewhere/errand.h"
#include "engine/sweep/library.h"
#include "tests/app/bench-fixture.h"

static char *folder;
static char *fake; /* keeps its process id, and becomes the program */

typedef struct Errand
{
  GMainLoop *loop;
  MoeErrand *errand;
  MoeRun *run;
  gboolean broken;
  char *problem;
  gsize grown; /* how often */
  int lines;   /* of progress until it is killed; 0: never */
  guint timer;
} Errand;

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

static void
grown_cb (gpointer data, MoeRun *run)
{
  Errand *self = data;
  g_assert_cmpuint (moe_run_get_n_records (run), <=, 4);
  self->grown++;
}

static void
finished_cb (gpointer data, const MoeErrandResult *result)
{
  Errand *self = data;
  self->run = result->run != NULL ? moe_run_ref (result->run) : NULL;
  self->broken = result->broken;
  self->problem = g_strdup (result->problem);
  g_clear_pointer (&self->errand, moe_errand_free);
  g_main_loop_quit (self->loop);
}

static gboolean
kill_cb (gpointer data)
{
  Errand *self = data;
  g_autofree char *path = g_build_filename (folder, "id", NULL);
  g_autofree char *id = NULL;
  gint64 process = g_file_get_contents (path, &id, NULL, NULL) ? g_ascii_strtoll (id, NULL, 10) : 0;
  if (process > 0)
    kill ((pid_t)process, SIGKILL);
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

/* It is killed a moment after so many lines. */
static void
progress_cb (gpointer data, const MoeRelayProgress *progress)
{
  Errand *self = data;
  if (self->lines == 0 || --self->lines > 0 || self->timer != 0)
    return;
  self->timer = g_timeout_add ((guint)g_test_rand_int_range (0, 8), kill_cb, self);
}

static MoeOptions
some_options (void)
{
  MoeOptions options;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 64, 32, 16, 4, 0 };
  options.topk_list = (MoeSizeList){ { 2, 4 }, 2 };
  options.null_route_frac_list = (MoeFractionList){ { 0.5 }, 1 };
  options.baseline = true;
  options.wait_quiet_s = 0;
  options.min_sample_time_s = 0.005;
  options.iters = 10;
  g_strlcpy (options.accelerator, "native", sizeof options.accelerator);
  return options;
}

/* Begin, and, when `lines` is not 0, break it off there after that many lines of progress. */
static Errand
measure (const char *through, const char *before, int lines)
{
  Errand self = { .loop = g_main_loop_new (NULL, FALSE), .lines = lines };
  const MoePlace place = { .through = through, .program = g_getenv ("NULLCURVE_BENCH") };
  const MoeErrandHooks hooks = {
    .data = &self, .progress = progress_cb, .grown = grown_cb, .finished = finished_cb
  };
  const MoeOptions options = some_options ();
  g_autoptr (GError) error = NULL;
  self.errand = moe_errand_start (&place, &options, "name", "A title", before, &hooks, &error);
  g_assert_no_error (error);
  g_main_loop_run (self.loop);
  g_clear_handle_id (&self.timer, g_source_remove);
  g_main_loop_unref (self.loop);
  return self;
}

static void
errand_clear (Errand *self)
{
  g_clear_pointer (&self->run, moe_run_unref);
  g_clear_pointer (&self->problem, g_free);
}

static gsize
count_files (void)
{
  g_autofree char *library = moe_library_dup_dir ();
  g_autoptr (GDir) dir = g_dir_open (library, 0, NULL);
  gsize n = 0;
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* What has come of a run so far. */
typedef struct Progress
{
  char *path;
  gsize samples;
  gboolean complete;
} Progress;

static void
take (Progress *progress, const Errand *errand)
{
  const char *source = moe_run_get_source (errand->run);
  gsize samples = count_samples (errand->run);
  progress->complete = g_str_equal (moe_run_get_fact (errand->run, "state"), "complete");
  g_assert_cmpuint (moe_run_get_n_records (errand->run), <=, 4);
  g_assert_cmpstr (moe_run_get_title (errand->run), ==, "A title");
  g_assert_cmpstr (moe_run_get_fact (errand->run, "place"), ==, fake);
  /* With less than there was it does not take its place. */
  if (progress->path != NULL && samples < progress->samples && !progress->complete)
    {
      g_assert_cmpstr (source, !=, progress->path);
      g_assert_cmpint (g_remove (source), ==, 0);
      return;
    }
  if (progress->path != NULL)
    g_assert_cmpstr (source, ==, progress->path);
  g_free (progress->path);
  progress->path = g_strdup (source);
  progress->samples = samples;
}

static void
test_broken (void)
{
  const int rounds = g_test_slow () ? 200 : 3;
  for (int round = 0; round < rounds; round++)
    {
      Progress progress = { 0 };
      /* A few times at a random moment, and then to its end. */
      for (int attempt = 0; !progress.complete; attempt++)
        {
          int lines = attempt < 3 ? g_test_rand_int_range (1, 60) : 0;
          Errand errand = measure (fake, progress.path, lines);
          g_assert_true (errand.run != NULL || errand.problem != NULL);
          g_assert_cmpint (errand.broken, ==, errand.run != NULL && errand.problem != NULL);
          if (errand.run != NULL)
            take (&progress, &errand);
          errand_clear (&errand);
          g_assert_cmpuint (count_files (), <=, 1);
        }
      g_autoptr (MoeRun) run = read_run (progress.path);
      g_assert_cmpuint (moe_run_get_n_records (run), ==, 4);
      for (gsize i = 0; i < 4; i++)
        g_assert_cmpuint (moe_run_get_record (run, i)->n_samples, >=, 10);
      g_assert_cmpint (g_remove (progress.path), ==, 0);
      g_free (progress.path);
    }
}

/* An earlier run that is no run any more is told, and nothing is measured. */
static void
test_no_before (void)
{
  Errand errand = measure (fake, "/no/such/run.journal", 0);
  g_assert_null (errand.run);
  g_assert_nonnull (strstr (errand.problem, "/no/such/run.journal"));
  errand_clear (&errand);
  g_assert_cmpuint (count_files (), ==, 0);
}

/* Freed in the midst of it, which takes longer than anybody waits here, nobody hears anything more.
 */
static gboolean
free_cb (gpointer data)
{
  Errand *self = data;
  g_clear_pointer (&self->errand, moe_errand_free);
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
test_freed (void)
{
  for (guint after_ms = 0; after_ms < 900; after_ms += 300)
    {
      Errand self = { .loop = g_main_loop_new (NULL, FALSE) };
      const MoePlace place = { .through = fake, .program = g_getenv ("NULLCURVE_BENCH") };
      const MoeErrandHooks hooks = { .data = &self, .finished = finished_cb };
      MoeOptions options = some_options ();
      options.iters = 1000;
      options.min_sample_time_s = 1;
      self.errand = moe_errand_start (&place, &options, "freed", "A title", NULL, &hooks, NULL);
      g_timeout_add (after_ms, free_cb, &self);
      g_main_loop_run (self.loop);
      g_assert_null (self.run);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_main_loop_unref (self.loop);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  folder = temporary_folder ();
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\necho $$ >'%s/id'\nexec \"$@\"\n", folder);
  fake = g_build_filename (folder, "fake", NULL);
  g_assert_true (g_file_set_contents (fake, text, -1, NULL));
  g_assert_cmpint (g_chmod (fake, 0700), ==, 0);
  g_test_add_func ("/errand/no-before", test_no_before);
  g_test_add_func ("/errand/broken", test_broken);
  g_test_add_func ("/errand/freed", test_freed);
  int status = g_test_run ();
  remove_tree (folder);
  return status;
}
