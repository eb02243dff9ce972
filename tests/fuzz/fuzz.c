/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/fuzz.h"
#include "engine/text/tame.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/formats/csv.h"
#include "engine/formats/formats.h"

/* --- silence --- */

static int words = -1; /* where the harness's own words go */
static int sink = -1;  /* where everybody else's go */

/* libFuzzer calls it first, before it makes standard error /dev/null. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  words = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 100);
  return 0;
}

void
fuzz_fail (const char *what, const char *file, int line)
{
  dprintf (words, "%s:%d: not so: %s\n", file, line, what);
  abort ();
}

static void
refuse_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    fuzz_fail (message, domain != NULL ? domain : "GLib", 0);
}

static GLogWriterOutput
refuse_fields (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n && level <= G_LOG_LEVEL_WARNING; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      fuzz_fail (fields[i].value, "GLib", 0);
  return G_LOG_WRITER_HANDLED;
}

/* libFuzzer writes to standard error, unless it was told to leave that to us and made it
 * /dev/null (-close_fd_mask=2). */
static gboolean
is_discarded (int descriptor)
{
  struct stat facts;
  return fstat (descriptor, &facts) == 0 && S_ISCHR (facts.st_mode)
         && facts.st_rdev == makedev (1, 3);
}

static void
make_silent (void)
{
  if (words < 0)
    words = STDERR_FILENO;
  sink = memfd_create ("printed", MFD_CLOEXEC);
  fuzz_require (sink >= 0 && dup2 (sink, STDOUT_FILENO) >= 0);
  if (is_discarded (STDERR_FILENO))
    dup2 (sink, STDERR_FILENO);
  g_log_set_default_handler (refuse_message, NULL);
  g_log_set_writer_func (refuse_fields, NULL, NULL);
}

void
fuzz_begin (void)
{
  if (sink < 0)
    make_silent ();
}

void
fuzz_end (void)
{
  struct stat facts;
  fflush (stdout);
  fuzz_require (fstat (sink, &facts) == 0 && facts.st_size == 0 && "nothing was printed");
}

char *
fuzz_text (const uint8_t *data, size_t size)
{
  char *text = g_malloc (size + 1);
  if (size > 0)
    memcpy (text, data, size);
  text[size] = '\0';
  return text;
}

/* --- files --- */

static char *folder;

static void
remove_all (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_all (inner);
      else
        g_unlink (inner);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (path);
}

static void
remove_folder (void)
{
  remove_all (folder);
}

static void
set_below (const char *variable, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_setenv (variable, path, TRUE);
}

const char *
fuzz_folder (void)
{
  if (folder != NULL)
    return folder;
  folder = g_dir_make_tmp ("nullcurve-fuzz-XXXXXX", NULL);
  fuzz_require (folder != NULL);
  set_below ("XDG_DATA_HOME", "data");
  set_below ("XDG_CONFIG_HOME", "config");
  set_below ("XDG_CACHE_HOME", "cache");
  atexit (remove_folder);
  return folder;
}

char *
fuzz_write (const char *name, const void *data, gsize size)
{
  char *path = g_build_filename (fuzz_folder (), name, NULL);
  int file = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    {
      g_autofree char *parent = g_path_get_dirname (path);
      g_mkdir_with_parents (parent, 0700);
      file = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
  fuzz_require (file >= 0 && write (file, data, size) == (gssize)size);
  close (file);
  return path;
}

/* --- words --- */

gboolean
fuzz_is_plain (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

gboolean
fuzz_is_sentence (const char *text)
{
  gsize length = strlen (text);
  return length > 3 && fuzz_is_plain (text) && strchr (".!?)", text[length - 1]) != NULL;
}

void
fuzz_require_told (gboolean good, const GError *error)
{
  fuzz_require (good == (error == NULL));
  if (error != NULL && !fuzz_is_sentence (error->message))
    fuzz_fail (error->message, "a sentence", 0);
}

void
fuzz_require_told_by_engine (MoeStatus status, const MoeError *error)
{
  if (status != MOE_OK && !fuzz_is_sentence (error->message))
    fuzz_fail (error->message, "a sentence", 0);
}

/* --- runs --- */

static gboolean
is_missing_or (double value, double least)
{
  return isnan (value) || (isfinite (value) && value >= least);
}

static void
require_sound_record (const MoeRecord *record)
{
  fuzz_require (is_missing_or (record->tokens_per_s, 0));
  fuzz_require (is_missing_or (record->tflops, 0));
  fuzz_require (isnan (record->null_target)
                || (record->null_target >= 0 && record->null_target < 1));
  fuzz_require (record->topk == -1 || record->topk > 0);
  fuzz_require (!record->has_shape
                || (record->shape.tokens > 0 && record->shape.hidden > 0
                    && record->shape.mlp_dim > 0 && record->shape.experts > 0));
  fuzz_require ((record->samples_s == NULL) == (record->n_samples == 0));
  fuzz_require (record->taken == NULL || record->n_samples > 0);
  for (gsize i = 0; i < record->n_samples; i++)
    fuzz_require (record->samples_s[i] > 0 && isfinite (record->samples_s[i]));
  for (gsize c = 0; c < MOE_N_CHOICES; c++)
    fuzz_require (record->choice[c] == NULL
                  || (fuzz_is_plain (record->choice[c])
                      && g_utf8_strlen (record->choice[c], -1) <= MOE_TEXT_MAX_NAME + 1));
}

static void
require_same_again (MoeRun *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) first = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = moe_formats_read_data (first->str, first->len, "back.csv", &error);
  if (back == NULL)
    fuzz_fail (error->message, "reading back", 0);
  g_autoptr (GString) second = moe_formats_to_csv (back);
  if (!g_string_equal (first, second))
    fuzz_fail (first->str, second->str, 0);
  fuzz_require (strcmp (moe_run_get_title (run), moe_run_get_title (back)) == 0);
  fuzz_require (moe_run_get_n_records (run) == moe_run_get_n_records (back));
}

void
fuzz_require_sound (MoeRun *run)
{
  const char *title = moe_run_get_title (run);
  const MoeLoadSummary *summary = moe_run_get_summary (run);
  g_autofree char *load = moe_run_describe_load (run);
  fuzz_require (fuzz_is_plain (title) && g_utf8_strlen (title, -1) <= MOE_TEXT_MAX_NAME + 1);
  fuzz_require (moe_run_get_n_records (run) > 0);
  fuzz_require (moe_run_get_n_facts (run) <= MOE_RUN_MAX_FACTS);
  fuzz_require (g_utf8_validate (load, -1, NULL));
  fuzz_require (summary->notes == NULL || g_utf8_validate (summary->notes, -1, NULL));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    require_sound_record (moe_run_get_record (run, i));
  require_same_again (run);
}
