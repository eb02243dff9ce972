/* SPDX-License-Identifier: Apache-2.0 */
/* What a journal tells without being read whole: for lists of many. */
#include "engine/formats/journal-head.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/input.h"
#include "engine/base/words.h"
#include "engine/formats/journal.h"
#include "engine/formats/parts/lines.h"

enum
{
  HEAD_BYTES = 128 << 10,
  TAIL_BYTES = 32 << 10,
  TAKEN_WORD = 4, /* of a sample's line, the index being the first */
  SHARE_PART = 3  /* of how it was taken */
};

/* Samples of a point. */
typedef struct Count
{
  gsize earlier; /* that it had before it began again, and that still count */
  gsize all;     /* since */
  gsize good;    /* that nobody disturbed */
  gsize starts;  /* that they are spread over */
} Count;

typedef struct Reading
{
  MoeJournalHead *head;
  GHashTable *sampled; /* index + 1 of each point that has samples -> Count * */
  gsize highest;       /* of them */
} Reading;

static gboolean
take_index (MoeSpan rest, gpointer *key)
{
  gint64 index;
  if (!moe_number_parse_count (moe_span_take (&rest, ' ', NULL), &index) || index >= G_MAXINT32)
    return FALSE;
  *key = GSIZE_TO_POINTER ((gsize)index + 1);
  return TRUE;
}

/* "0 0.123 pack;gather;... 7 0;3;0.122;0.99;..." from after the index on: a sample that does not
 * tell how it was taken is undisturbed, and of the first start. */
static MoeTaken
find_taken (MoeSpan rest)
{
  MoeTaken taken = moe_taken_unknown ();
  gint64 start;
  for (int i = 0; i < TAKEN_WORD; i++)
    moe_span_take (&rest, ' ', NULL);
  if (moe_number_parse_count (moe_span_take (&rest, ';', NULL), &start))
    taken.start = (uint32_t)start;
  for (int i = 1; i < SHARE_PART; i++)
    moe_span_take (&rest, ';', NULL);
  if (!moe_number_parse_real (moe_span_take (&rest, ';', NULL), &taken.share))
    taken.share = NAN;
  return taken;
}

static void
take_sample (Reading *reading, MoeSpan rest)
{
  gpointer key;
  if (!take_index (rest, &key))
    return;
  MoeTaken taken = find_taken (rest);
  Count *count = g_hash_table_lookup (reading->sampled, key);
  if (count == NULL)
    g_hash_table_insert (reading->sampled, key, count = g_new0 (Count, 1));
  count->all++;
  count->good += !moe_taken_is_disturbed (&taken);
  count->starts = MAX (count->starts, (gsize)taken.start + 1);
  reading->highest = MAX (reading->highest, GPOINTER_TO_SIZE (key));
}

static void
take_again (Reading *reading, MoeSpan rest)
{
  gpointer key;
  Count *count = take_index (rest, &key) ? g_hash_table_lookup (reading->sampled, key) : NULL;
  if (count != NULL)
    *count = (Count){ .earlier = count->earlier + count->all };
}

static void
take_done (Reading *reading, MoeSpan rest)
{
  gpointer key;
  Count *count = take_index (rest, &key) ? g_hash_table_lookup (reading->sampled, key) : NULL;
  if (count != NULL)
    count->earlier = 0;
}

static void
take_end (Reading *reading, MoeSpan rest)
{
  g_autofree char *state = moe_lines_unescape (rest);
  reading->head->ended = TRUE;
  moe_run_set_fact (reading->head->run, "state", state);
}

static void
take_line (Reading *reading, MoeSpan line)
{
  MoeSpan rest;
  if (line.length == 0)
    return;
  if (line.text[0] == '#')
    {
      moe_lines_read_fact (line, reading->head->run, "", 0, NULL);
      return;
    }
  reading->head->ended = FALSE;
  if (moe_span_take_word (line, "end ", &rest))
    take_end (reading, rest);
  else if (moe_span_take_word (line, "again ", &rest))
    take_again (reading, rest);
  else if (moe_span_take_word (line, "done ", &rest))
    take_done (reading, rest);
  else if (moe_span_take_word (line, "sample ", &rest))
    take_sample (reading, rest);
}

/* Whole lines only: the rest of a line is none. */
static void
take_lines (Reading *reading, const char *text, gsize length)
{
  MoeSpan rest = moe_span (text, length), line;
  gboolean whole;
  while (moe_lines_next (&rest, &line, &whole))
    if (whole && g_utf8_validate_len (line.text, line.length, NULL))
      take_line (reading, line);
}

static gssize
read_at (int fd, char *buffer, gsize size, gsize offset)
{
  gsize done = 0;
  while (done < size)
    {
      gssize n = pread (fd, buffer + done, size - done, (off_t)(offset + done));
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize)n;
    }
  return (gssize)done;
}

/* From the first line that begins after `offset`. */
static void
take_part (Reading *reading, int fd, gsize offset, gsize size)
{
  g_autofree char *part = g_try_malloc (size);
  gssize length = part != NULL ? read_at (fd, part, size, offset) : -1;
  const char *line = length > 0 ? memchr (part, '\n', (gsize)length) : NULL;
  if (line == NULL)
    return;
  line++;
  take_lines (reading, line, (gsize)length - (gsize)(line - part));
}

static gboolean
take_file (Reading *reading, int fd, gsize size)
{
  g_autofree char *head = g_malloc (HEAD_BYTES);
  gssize length = read_at (fd, head, HEAD_BYTES, 0);
  gsize magic = strlen (MOE_JOURNAL_MAGIC);
  const char *end = length > 0 ? memchr (head, '\n', (gsize)length) : NULL;
  if (end == NULL || (gsize)length < magic || memcmp (head, MOE_JOURNAL_MAGIC, magic) != 0)
    return FALSE;
  take_lines (reading, end + 1, (gsize)length - (gsize)(end + 1 - head));
  reading->head->n_points = g_hash_table_size (reading->sampled);
  if (size <= HEAD_BYTES)
    return TRUE;
  take_part (reading, fd, size - TAIL_BYTES, TAIL_BYTES);
  reading->head->n_points = MAX (reading->head->n_points, reading->highest);
  if (reading->head->ended)
    return TRUE;
  /* Of one that broke off it is told how far it came, which takes all of its samples. */
  g_hash_table_remove_all (reading->sampled);
  take_part (reading, fd, 0, size);
  reading->head->n_points = g_hash_table_size (reading->sampled);
  return TRUE;
}

/* The value of an option, up to the next; NULL where the options do not tell. */
static const char *
find_option (const MoeRun *run, const char *word)
{
  const char *options = moe_run_get_fact (run, "options");
  const char *found = options != NULL ? strstr (options, word) : NULL;
  return found != NULL ? found + strlen (word) : NULL;
}

/* Has a point the samples that were asked for, or twice as many in all, as the machine did not get
 * quiet?  Until settled it counts from the third start on: whether it was, takes more to tell. */
static gboolean
is_complete (const MoeRun *run, const Count *count)
{
  const char *iters = find_option (run, " iters=");
  const char *settles = find_option (run, " until_settled=");
  gsize wanted = iters != NULL ? MAX (1, (gsize)g_ascii_strtoull (iters, NULL, 10)) : 1;
  if (settles != NULL && g_str_has_prefix (settles, "true"))
    return count->starts >= MOE_PLAN_LEAST_STARTS;
  return count->good >= wanted || count->all >= 2 * wanted;
}

static void
count (const Reading *reading)
{
  MoeJournalHead *head = reading->head;
  gboolean complete =
      head->ended && g_strcmp0 (moe_run_get_fact (head->run, "state"), "complete") == 0;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, reading->sampled);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Count *count = value;
      head->n_complete += is_complete (head->run, count);
      head->n_samples += count->all + (complete ? 0 : count->earlier);
    }
}

gboolean
moe_journal_read_head (const char *path, MoeJournalHead *head, GError **error)
{
  int fd = -1;
  gsize size = 0;
  MoeError fault;
  MoeStatus opened = moe_input_open (path, MOE_FORMATS_MAX_BYTES, &fd, &size, &fault);
  g_autofree char *name = g_filename_display_basename (path);
  *head = (MoeJournalHead){ .run = moe_run_new (MOE_RUN_FORMAT_JOURNAL, name) };
  moe_run_set_source (head->run, path);
  Reading reading = { .head = head, .sampled = g_hash_table_new_full (NULL, NULL, NULL, g_free) };
  gboolean good = opened == MOE_OK && take_file (&reading, fd, size);
  if (good)
    count (&reading);
  if (good && size > HEAD_BYTES)
    head->n_samples = 0;
  if (fd >= 0)
    close (fd);
  g_hash_table_unref (reading.sampled);
  if (good)
    return TRUE;
  moe_journal_head_clear (head);
  if (opened != MOE_OK)
    g_set_error_literal (error, MOE_FORMATS_ERROR,
                         opened == MOE_ERROR_MEMORY ? MOE_FORMATS_ERROR_LARGE
                                                    : MOE_FORMATS_ERROR_UNKNOWN,
                         fault.message);
  else
    g_set_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_UNKNOWN,
                 moe_words ("%s is no run file."), name);
  return FALSE;
}

void
moe_journal_head_clear (MoeJournalHead *head)
{
  g_clear_pointer (&head->run, moe_run_unref);
}
