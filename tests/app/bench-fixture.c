/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/app/bench-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/formats.h"

void
bench_result_clear (BenchResult *result)
{
  g_free (result->out);
  g_free (result->err);
}

GPtrArray *
bench_command (const char *const *arguments)
{
  GPtrArray *line = g_ptr_array_new ();
  const char *program = g_getenv ("NULLCURVE_BENCH");
  g_assert_nonnull (program);
  g_ptr_array_add (line, (char *)program);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (line, (char *)*arguments);
  g_ptr_array_add (line, NULL);
  return line;
}

BenchResult
bench_run (const char *const *arguments)
{
  BenchResult result;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = bench_command (arguments);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)line->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &result.out, &result.err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  result.status = g_subprocess_get_exit_status (process);
  return result;
}

void
assert_status (const BenchResult *result, int status)
{
  if (result->status != status)
    g_error ("exit status %d instead of %d\n%s%s", result->status, status, result->out,
             result->err);
}

void
assert_contains (const char *text, const char *piece)
{
  if (strstr (text, piece) == NULL)
    g_error ("this does not say \"%s\":\n%s", piece, text);
}

gsize
count_lines (const char *text, const char *prefix)
{
  gsize n = 0;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    n += g_str_has_prefix (*line, prefix);
  return n;
}

gsize
count_words (const char *text, const char *piece)
{
  gsize n = 0;
  for (const char *at = strstr (text, piece); at != NULL; at = strstr (at + 1, piece))
    n++;
  return n;
}

void
assert_refused (const BenchResult *result, const char *piece, const char *other)
{
  assert_status (result, 2);
  g_assert_cmpstr (result->out, ==, "");
  assert_contains (result->err, piece);
  assert_contains (result->err, other);
}

char *
temporary_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("nullcurve-cli-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
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

MoeRun *
read_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  return run;
}

char *
read_text (const char *path)
{
  char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

void
assert_file_starts (const char *path, const char *magic, gsize length)
{
  g_autofree char *data = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_cmpuint (size, >, 500);
  g_assert_cmpmem (data, length, magic, length);
}

/* --- JSON --- */

static const char *skip_value (const char *at);

static const char *
skip_space (const char *at)
{
  return at != NULL ? at + strspn (at, " \t\r\n") : NULL;
}

static const char *
skip_string (const char *at)
{
  if (*at++ != '"')
    return NULL;
  for (; *at != '"'; at++)
    {
      if ((guchar)*at < 0x20)
        return NULL;
      if (*at != '\\')
        continue;
      at++;
      if (*at == 'u')
        {
          if (strspn (at + 1, "0123456789abcdefABCDEF") < 4)
            return NULL;
          at += 4;
        }
      else if (*at == '\0' || strchr ("\"\\/bfnrt", *at) == NULL)
        return NULL;
    }
  return at + 1;
}

static const char *
skip_digits (const char *at)
{
  gsize n = strspn (at, "0123456789");
  return n > 0 ? at + n : NULL;
}

static const char *
skip_number (const char *at)
{
  at += *at == '-';
  const char *end = *at == '0' ? at + 1 : skip_digits (at);
  if (end != NULL && *end == '.')
    end = skip_digits (end + 1);
  if (end != NULL && (*end == 'e' || *end == 'E'))
    end = skip_digits (end + 1 + (end[1] == '-' || end[1] == '+'));
  return end;
}

/* Members of an object, or elements of an array, after the opening bracket. */
static const char *
skip_items (const char *at, char close, gboolean named)
{
  at = skip_space (at);
  if (*at == close)
    return at + 1;
  for (;; at++)
    {
      at = skip_space (at);
      if (named && (at = skip_space (skip_string (at))) != NULL)
        at = *at == ':' ? skip_space (at + 1) : NULL;
      at = at != NULL ? skip_space (skip_value (at)) : NULL;
      if (at == NULL || *at == close)
        return at != NULL ? at + 1 : NULL;
      if (*at != ',')
        return NULL;
    }
}

static const char *
skip_value (const char *at)
{
  static const char *const words[] = { "true", "false", "null" };
  if (*at == '{')
    return skip_items (at + 1, '}', TRUE);
  if (*at == '[')
    return skip_items (at + 1, ']', FALSE);
  if (*at == '"')
    return skip_string (at);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (at, words[i]))
      return at + strlen (words[i]);
  return skip_number (at);
}

gboolean
is_json (const char *text)
{
  const char *end = skip_space (skip_value (skip_space (text)));
  return g_utf8_validate (text, -1, NULL) && end != NULL && *end == '\0';
}
