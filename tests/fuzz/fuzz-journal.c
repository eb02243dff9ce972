/* SPDX-License-Identifier: Apache-2.0 */
/* A run file: read whole, by its ends, and gone on with.  What is written behind strange lines must
 * not cost what stood there. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/formats.h"
#include "engine/formats/journal-head.h"
#include "engine/formats/journal.h"

/* An input need not find the first line by itself. */
static GString *
with_magic (const uint8_t *data, size_t size)
{
  gsize magic = strlen (MOE_JOURNAL_MAGIC);
  GString *text = g_string_new (NULL);
  if (size < magic || memcmp (data, MOE_JOURNAL_MAGIC, magic) != 0)
    g_string_append (text, MOE_JOURNAL_MAGIC " 1\n");
  g_string_append_len (text, (const char *)data, (gssize)size);
  return text;
}

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

static void
check_head (const char *path)
{
  g_autoptr (GError) error = NULL;
  MoeJournalHead head;
  gboolean good = moe_journal_read_head (path, &head, &error);
  fuzz_require_told (good, error);
  if (!good)
    return;
  fuzz_require (fuzz_is_plain (moe_run_get_title (head.run)));
  fuzz_require (head.n_complete <= head.n_points && head.n_points <= head.n_samples);
  moe_journal_head_clear (&head);
}

/* Give it another name, as the library does. */
static void
check_reopen (const char *path, const MoeRun *before)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;
  MoeJournal *journal = moe_journal_reopen (path, &error);
  fuzz_require_told (journal != NULL, error);
  if (journal == NULL)
    return;
  fuzz_require (moe_journal_set_fact (journal, "title", "Another name", NULL));
  moe_journal_close (journal, "stopped");
  if (before == NULL)
    return;
  fuzz_require (g_file_get_contents (path, &text, &length, NULL));
  g_autoptr (MoeRun) after = moe_journal_read (moe_span (text, length), "foreign", &error);
  if (after == NULL)
    fuzz_fail (error->message, "gone on with", 0);
  fuzz_require (moe_run_get_n_records (after) == moe_run_get_n_records (before));
  fuzz_require (count_samples (after) == count_samples (before));
  fuzz_require (strcmp (moe_run_get_title (after), "Another name") == 0);
  fuzz_require (strcmp (moe_run_get_fact (after, "state"), "stopped") == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  fuzz_begin ();
  g_autoptr (GString) text = with_magic (data, size);
  g_autofree char *path = fuzz_write ("run.journal", text->str, text->len);
  g_autoptr (MoeRun) run = moe_journal_read (moe_span (text->str, text->len), "foreign", &error);
  fuzz_require_told (run != NULL, error);
  if (run != NULL)
    fuzz_require_sound (run);
  check_head (path);
  check_reopen (path, run);
  fuzz_end ();
  return 0;
}
