/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/document.h"

#include <math.h>
#include <string.h>

/* --- SVG --- */

/* cairo names groups in SVG by a counter of the whole process ("surface7"): count anew in each
 * document, so that the same figure gives the same bytes. */
static void
renumber_surfaces (GByteArray *bytes)
{
  static const char word[] = "surface";
  const gsize word_length = sizeof word - 1;
  g_autofree char *text = g_strndup ((const char *)bytes->data, bytes->len);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *from = text;
  const char *found;

  g_byte_array_set_size (bytes, 0);
  while ((found = strstr (from, word)) != NULL)
    {
      const char *digits = found + word_length;
      const gsize n_digits = strspn (digits, "0123456789");

      g_byte_array_append (bytes, (const guint8 *)from, (guint)(digits - from));
      if (n_digits > 0)
        {
          char *old = g_strndup (digits, n_digits);
          g_autofree char *number = NULL;

          if (!g_hash_table_contains (numbers, old))
            g_hash_table_insert (numbers, g_strdup (old),
                                 GUINT_TO_POINTER (g_hash_table_size (numbers) + 1));
          number = g_strdup_printf ("%u", GPOINTER_TO_UINT (g_hash_table_lookup (numbers, old)));
          g_byte_array_append (bytes, (const guint8 *)number, (guint)strlen (number));
          g_free (old);
        }
      from = digits + n_digits;
    }
  g_byte_array_append (bytes, (const guint8 *)from, (guint)strlen (from));
}

static void
insert (GByteArray *bytes, gsize at, const char *data, gsize length)
{
  const gsize old = bytes->len;

  g_byte_array_set_size (bytes, (guint)(old + length));
  memmove (bytes->data + at + length, bytes->data + at, old - at);
  memcpy (bytes->data + at, data, length);
}

/* Where the first element's start tag ends; 0 when there is none. */
static gsize
end_of_root (const GByteArray *bytes)
{
  const char *text = (const char *)bytes->data;
  const char *root = g_strstr_len (text, bytes->len, "<svg");
  const char *end = root != NULL ? memchr (root, '>', bytes->len - (gsize)(root - text)) : NULL;

  return end != NULL ? (gsize)(end + 1 - text) : 0;
}

/* An SVG's title is what viewers and screen readers call it. */
void
nullcurve_document_finish_svg (GByteArray *bytes,
                               const NullcurveFigure *figure,
                               const char *provenance)
{
  g_autoptr (GString) head = g_string_new (NULL);
  gsize at;

  renumber_surfaces (bytes);
  at = end_of_root (bytes);
  if (figure->title != NULL)
    {
      g_autofree char *element = g_markup_printf_escaped ("\n<title>%s</title>", figure->title);
      g_string_append (head, element);
    }
  if (provenance != NULL)
    {
      g_autofree char *element = g_markup_printf_escaped ("\n<desc>%s</desc>", provenance);
      g_string_append (head, element);
    }
  if (at > 0)
    insert (bytes, at, head->str, head->len);
}

/* --- PNG --- */

enum
{
  PNG_HEAD = 8 + 12 + 13 /* signature, and the chunk IHDR */
};

/* CRC-32 as PNG has it (ISO 3309). */
static guint32
crc_of (const guint8 *data, gsize length)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
    }
  return ~crc;
}

static void
append_number (GByteArray *chunk, guint32 number)
{
  const guint32 big = GUINT32_TO_BE (number);

  g_byte_array_append (chunk, (const guint8 *)&big, sizeof big);
}

static void
append_chunk (GByteArray *chunks, const char *type, const GByteArray *data)
{
  const guint start = chunks->len + 4;

  append_number (chunks, data->len);
  g_byte_array_append (chunks, (const guint8 *)type, 4);
  g_byte_array_append (chunks, data->data, data->len);
  append_number (chunks, crc_of (chunks->data + start, chunks->len - start));
}

/* The text of a PNG is Latin-1; what is not becomes a question mark. */
static void
append_text (GByteArray *chunks, const char *keyword, const char *text)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gsize length = 0;
  g_autofree char *latin = text != NULL ? g_convert_with_fallback (text, -1, "ISO-8859-1", "UTF-8",
                                                                   "?", NULL, &length, NULL)
                                        : NULL;

  if (latin == NULL)
    return;
  g_byte_array_append (data, (const guint8 *)keyword, (guint)strlen (keyword) + 1);
  g_byte_array_append (data, (const guint8 *)latin, (guint)length);
  append_chunk (chunks, "tEXt", data);
}

static void
append_resolution (GByteArray *chunks, double dpi)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  const guint32 per_metre = (guint32)lround (dpi / 0.0254);
  const guint8 unit = 1; /* the metre */

  append_number (data, per_metre);
  append_number (data, per_metre);
  g_byte_array_append (data, &unit, 1);
  append_chunk (chunks, "pHYs", data);
}

void
nullcurve_document_finish_png (GByteArray *bytes,
                               const NullcurveFigure *figure,
                               const char *provenance,
                               double dpi)
{
  g_autoptr (GByteArray) chunks = g_byte_array_new ();

  g_return_if_fail (bytes->len > PNG_HEAD);
  append_resolution (chunks, dpi);
  append_text (chunks, "Title", figure->title);
  append_text (chunks, "Software", "Nullcurve " NULLCURVE_VERSION);
  append_text (chunks, "Creation Time", figure->date);
  append_text (chunks, "Description", provenance);
  insert (bytes, PNG_HEAD, (const char *)chunks->data, chunks->len);
}
