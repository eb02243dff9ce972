/* SPDX-License-Identifier: Apache-2.0 */
/* Recognising formats, and getting bytes in and out of files. */
#include "engine/formats/formats.h"

#include <string.h>

#include "engine/base/words.h"
#include "engine/files/output.h"
#include "engine/formats/benches.h"
#include "engine/formats/csv.h"
#include "engine/formats/harness/harness.h"
#include "engine/formats/journal.h"
#include "engine/formats/parts/faults.h"
#include "engine/formats/parts/lines.h"
#include "engine/text/tame.h"

enum
{
  READ_CHUNK_BYTES = 1 << 20
};

static gboolean
starts_with (MoeSpan text, const char *start)
{
  gsize length = strlen (start);
  return text.length >= length && memcmp (text.text, start, length) == 0;
}

static MoeRun *
read_recognised (MoeSpan text, const char *name, GError **error)
{
  if (starts_with (text, MOE_CSV_MAGIC))
    return moe_csv_read (text, MOE_RUN_FORMAT_NULLCURVE_CSV, name, error);
  if (starts_with (text, MOE_JOURNAL_MAGIC))
    return moe_journal_read (text, name, error);

  g_autofree char *buffer = NULL;
  text = moe_lines_strip_escapes (text, &buffer);
  if (moe_csv_is_logbook (text))
    return moe_csv_read (text, MOE_RUN_FORMAT_LOGBOOK_CSV, name, error);
  MoeRun *bench = moe_benches_may_be (text) ? moe_benches_read (text, name) : NULL;
  return bench != NULL ? bench : moe_harness_read (text, name, error);
}

MoeRun *
moe_formats_read_data (const char *data, gsize length, const char *name, GError **error)
{
  g_autofree char *label = moe_text_tame (name != NULL ? name : "data", MOE_TEXT_MAX_NAME);
  MoeSpan text = moe_span (data, length);
  if (starts_with (text, "\xFF\xFE") || starts_with (text, "\xFE\xFF"))
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_UNKNOWN, label, 1,
                     "the file is UTF-16 text; save it as UTF-8.");
      return NULL;
    }
  if (starts_with (text, "\xEF\xBB\xBF"))
    text = moe_span (text.text + 3, text.length - 3);
  if (text.length == 0)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, label, 1, "the file is empty.");
      return NULL;
    }
  MoeRun *run = read_recognised (text, label, error);
  if (run != NULL)
    moe_run_finish_notes (run);
  return run;
}

static void
set_too_large (GError **error, const char *name)
{
  g_set_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_LARGE,
               moe_words ("%s: the file is larger than %d MiB, the most that is read."), name,
               (int)(MOE_FORMATS_MAX_BYTES >> 20));
}

static GByteArray *
read_stream (GInputStream *stream, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  while (TRUE)
    {
      gsize got, before = bytes->len;
      g_byte_array_set_size (bytes, (guint)(before + READ_CHUNK_BYTES));
      if (!g_input_stream_read_all (stream, bytes->data + before, READ_CHUNK_BYTES, &got,
                                    cancellable, error))
        return NULL;
      g_byte_array_set_size (bytes, (guint)(before + got));
      if (bytes->len > MOE_FORMATS_MAX_BYTES)
        {
          set_too_large (error, name);
          return NULL;
        }
      if (got < READ_CHUNK_BYTES)
        return g_steal_pointer (&bytes);
    }
}

static GByteArray *
read_bytes (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  g_autoptr (GFileInfo) info =
      g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  if (info != NULL && g_file_info_get_size (info) > (goffset)MOE_FORMATS_MAX_BYTES)
    {
      set_too_large (error, name);
      return NULL;
    }
  return read_stream (G_INPUT_STREAM (stream), name, cancellable, error);
}

static char *
display_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  return base != NULL ? g_filename_display_name (base) : g_file_get_uri (file);
}

/* What GIO says, as a sentence that names the file. */
static void
name_file (GError *error, const char *name, const char *format)
{
  char *sentence = g_strdup_printf (format, name, error->message);
  g_free (error->message);
  error->message = sentence;
}

MoeRun *
moe_formats_read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  GError *failure = NULL;
  g_autofree char *name = display_name (file);
  g_autoptr (GByteArray) bytes = read_bytes (file, name, cancellable, &failure);
  if (bytes == NULL)
    {
      if (failure->domain != MOE_FORMATS_ERROR)
        name_file (failure, name, moe_words ("%s could not be read: %s."));
      g_propagate_error (error, failure);
      return NULL;
    }
  MoeRun *run = moe_formats_read_data ((const char *)bytes->data, bytes->len, name, error);
  if (run != NULL)
    {
      g_autofree char *path = g_file_get_path (file);
      g_autofree char *uri = g_file_get_uri (file);
      moe_run_set_source (run, path != NULL ? path : uri);
    }
  return run;
}

gboolean
moe_formats_write_text (const GString *text, GFile *file, GError **error)
{
  GError *failure = NULL;
  if (moe_output_write_file (file, text->str, text->len, &failure))
    return TRUE;
  g_autofree char *name = g_file_get_parse_name (file);
  name_file (failure, name, moe_words ("%s could not be written: %s."));
  g_propagate_error (error, failure);
  return FALSE;
}

gboolean
moe_formats_write_csv (const MoeRun *run, GFile *file, GError **error)
{
  g_autoptr (GString) text = moe_formats_to_csv (run);
  return moe_formats_write_text (text, file, error);
}
