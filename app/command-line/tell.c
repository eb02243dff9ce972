/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command-line/error.h"
#include "engine/text/tame.h"

enum
{
  LAST_WORDS = 512 /* bytes, where there is no memory for more */
};

static void
print_line (FILE *stream, const char *format, va_list list)
{
  g_autofree char *line = g_strdup_vprintf (format, list);
  gsize length = strlen (line);
  while (length > 0 && line[length - 1] == '\n')
    line[--length] = '\0';
  g_autofree char *tame = moe_text_tame_sentence (line);
  fprintf (stream, "%s\n", tame);
}

void
nullcurve_bench_tell (const char *format, ...)
{
  va_list list;
  va_start (list, format);
  print_line (stderr, format, list);
  va_end (list);
}

void
nullcurve_bench_print (const char *format, ...)
{
  va_list list;
  va_start (list, format);
  print_line (stdout, format, list);
  va_end (list);
}

void
nullcurve_bench_print_text (const char *text)
{
  g_autofree char *tame = moe_text_tame_lines (text);
  fputs (tame, stdout);
}

/* --- what libraries say --- */

static const char *
find_field (const GLogField *fields, gsize n, const char *key)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].key, key) == 0 && fields[i].length < 0)
      return fields[i].value;
  return NULL;
}

/* There may be no memory left: nothing here takes any. */
G_NORETURN static void
end_with (const char *message)
{
  char line[LAST_WORDS] = "nullcurve-bench: ";
  gsize length = strlen (line);
  for (const char *p = message; *p != '\0' && length + 1 < sizeof line; p++)
    line[length++] = g_ascii_isprint (*p) ? *p : ' ';
  line[length++] = '\n';
  if (write (STDERR_FILENO, line, length) < 0)
    _exit (NULLCURVE_BENCH_ERROR_FAILED);
  _exit (NULLCURVE_BENCH_ERROR_FAILED);
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  const char *message = find_field (fields, n, "MESSAGE");
  const char *domain = find_field (fields, n, "GLIB_DOMAIN");
  if (message == NULL)
    return G_LOG_WRITER_UNHANDLED;
  if ((level & G_LOG_LEVEL_ERROR) != 0)
    end_with (message);
  if (!g_log_writer_default_would_drop (level, domain))
    nullcurve_bench_tell ("nullcurve-bench: %s: %s", domain != NULL ? domain : "GLib", message);
  return G_LOG_WRITER_HANDLED;
}

void
nullcurve_bench_tell_warnings (void)
{
  g_log_set_writer_func (write_cb, NULL, NULL);
}
