/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/parts/csv-row.h"

#include <string.h>

#include "engine/base/words.h"

enum
{
  MAX_FIELDS = 1024
};

void
moe_csv_reader_init (MoeCsvReader *reader, MoeSpan text, gsize first_line)
{
  *reader = (MoeCsvReader){
    .rest = text,
    .next_line = first_line,
    .fields = g_array_new (FALSE, FALSE, sizeof (MoeSpan)),
    .pool = g_ptr_array_new_with_free_func (g_free),
  };
}

void
moe_csv_reader_clear (MoeCsvReader *reader)
{
  g_array_unref (reader->fields);
  g_ptr_array_unref (reader->pool);
}

static gboolean
fail (MoeCsvReader *reader, gsize line, const char *fault)
{
  reader->fault = fault;
  reader->fault_line = line;
  return FALSE;
}

static void
skip (MoeCsvReader *reader, gsize n)
{
  reader->rest = moe_span (reader->rest.text + n, reader->rest.length - n);
}

static char
peek (const MoeCsvReader *reader, gsize at)
{
  return at < reader->rest.length ? reader->rest.text[at] : '\0';
}

/* Does the row end at `at`?  Returns the bytes of its end. */
static gboolean
at_row_end (const MoeCsvReader *reader, gsize at, gsize *end_length)
{
  if (at >= reader->rest.length)
    *end_length = 0;
  else if (peek (reader, at) == '\n')
    *end_length = 1;
  else if (peek (reader, at) == '\r' && peek (reader, at + 1) == '\n')
    *end_length = 2;
  else
    return FALSE;
  return TRUE;
}

static gboolean
read_plain (MoeCsvReader *reader, MoeSpan *field)
{
  gsize n = 0, end_length;
  while (peek (reader, n) != ',' && !at_row_end (reader, n, &end_length))
    {
      if (peek (reader, n) == '"' && !reader->plain_quotes)
        return fail (
            reader, reader->next_line,
            MOE_WORDS ("a quotation mark stands inside a field that does not start with one"));
      n++;
    }
  *field = moe_span (reader->rest.text, n);
  skip (reader, n);
  return TRUE;
}

/* The bytes of a quoted field up to its closing mark, doubled marks made single. */
static gboolean
read_quoted (MoeCsvReader *reader, MoeSpan *field)
{
  gsize opened = reader->next_line, n = 1, end_length;
  GString *text = g_string_new (NULL);
  while (n < reader->rest.length)
    {
      char c = reader->rest.text[n++];
      if (c == '"' && peek (reader, n) != '"')
        {
          *field = moe_span (text->str, text->len);
          g_ptr_array_add (reader->pool, g_string_free (text, FALSE));
          if (peek (reader, n) != ',' && !at_row_end (reader, n, &end_length))
            return fail (
                reader, reader->next_line,
                MOE_WORDS ("there is text between a closing quotation mark and the next comma"));
          skip (reader, n);
          return TRUE;
        }
      if (c == '"')
        n++;
      reader->next_line += c == '\n';
      g_string_append_c (text, c);
    }
  g_string_free (text, TRUE);
  reader->plain_quotes = TRUE;
  return fail (reader, opened, MOE_WORDS ("the quoted field that starts here is never closed"));
}

static void
skip_blank_lines (MoeCsvReader *reader)
{
  gsize end_length;
  while (reader->rest.length > 0 && at_row_end (reader, 0, &end_length))
    {
      skip (reader, end_length);
      reader->next_line++;
    }
}

gboolean
moe_csv_reader_next (MoeCsvReader *reader)
{
  g_array_set_size (reader->fields, 0);
  g_ptr_array_set_size (reader->pool, 0);
  reader->fault = NULL;
  skip_blank_lines (reader);
  if (reader->rest.length == 0)
    return FALSE;

  reader->line = reader->next_line;
  reader->row = reader->rest;
  while (TRUE)
    {
      MoeSpan field;
      gsize end_length;
      if (reader->fields->len == MAX_FIELDS)
        return fail (reader, reader->line, MOE_WORDS ("there are more than 1024 fields in a row"));
      gboolean quoted = peek (reader, 0) == '"' && !reader->plain_quotes;
      gboolean read = quoted ? read_quoted (reader, &field) : read_plain (reader, &field);
      if (!read)
        return FALSE;
      g_array_append_val (reader->fields, field);
      if (at_row_end (reader, 0, &end_length))
        {
          skip (reader, end_length);
          reader->next_line += end_length > 0;
          return TRUE;
        }
      skip (reader, 1); /* the comma */
    }
}

void
moe_csv_reader_skip_fault (MoeCsvReader *reader)
{
  const char *end = memchr (reader->row.text, '\n', reader->row.length);
  gsize length = end != NULL ? (gsize)(end - reader->row.text) + 1 : reader->row.length;
  reader->rest = moe_span (reader->row.text + length, reader->row.length - length);
  reader->next_line = reader->line + 1;
}

void
moe_csv_append_field (GString *text, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  if (strpbrk (valid, ",\"\r\n") == NULL)
    {
      g_string_append (text, valid);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = valid; *c != '\0'; c++)
    g_string_append (text, *c == '"' ? "\"\"" : (char[]){ *c, '\0' });
  g_string_append_c (text, '"');
}
