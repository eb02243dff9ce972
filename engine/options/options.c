/* SPDX-License-Identifier: Apache-2.0 */
/* Options from text and back, driven by the table. */
#include "engine/options/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/options/number.h"

enum
{
  QUOTE_SIZE = 64,
  CHOICES_SIZE = 160
};

/* A value as messages show it: cut short, without control characters. */
static void
quote (const char *value, char out[QUOTE_SIZE])
{
  size_t n = 0;
  for (; value[n] != '\0' && n < QUOTE_SIZE - 4; n++)
    out[n] = (unsigned char)value[n] < 32 || value[n] == 127 ? '?' : value[n];
  if (value[n] != '\0')
    {
      /* Never cut within a UTF-8 sequence. */
      while (n > 0 && ((unsigned char)value[n] & 0xc0) == 0x80)
        n--;
      memcpy (out + n, "...", 3);
      n += 3;
    }
  out[n] = '\0';
}

static void
describe_range (const MoeOptionSpec *spec, char *text, size_t size)
{
  bool real = spec->kind == MOE_OPTION_REAL || spec->kind == MOE_OPTION_FRACTION_LIST;
  if (real && spec->high_open)
    snprintf (text, size, moe_words ("%g up to, but not including, %g"), spec->low, spec->high);
  else if (real)
    snprintf (text, size, moe_words ("%g to %g"), spec->low, spec->high);
  else if (spec->every != NULL)
    snprintf (text, size, moe_words ("%" PRIu64 " to %" PRIu64 ", or %s"), spec->min, spec->max,
              spec->every);
  else
    snprintf (text, size, moe_words ("%" PRIu64 " to %" PRIu64), spec->min, spec->max);
}

static MoeStatus
refuse_number (const MoeOptionSpec *spec, const char *value, const char *what, MoeError *error)
{
  char shown[QUOTE_SIZE], range[CHOICES_SIZE];
  quote (value, shown);
  describe_range (spec, range, sizeof range);
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s \"%s\" %s: allowed is %s.", spec->name, shown,
                               moe_words (what), range);
}

static MoeStatus
refuse_choice (const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  char shown[QUOTE_SIZE];
  quote (value, shown);
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s \"%s\" is not one of its values: allowed is %s.", spec->name,
                               shown, spec->value != NULL ? spec->value : "true|false");
}

/* One whole number of `value`; `text` is the piece of it that is read. */
static MoeStatus
read_whole (const MoeOptionSpec *spec,
            const char *value,
            const char *text,
            size_t length,
            uint64_t *out,
            MoeError *error)
{
  uint64_t number = 0;
  MoeNumberFault fault = moe_options_parse_whole (text, length, &number);
  if (fault == MOE_NUMBER_MALFORMED)
    return refuse_number (spec, value, MOE_WORDS ("is not a whole number"), error);
  if (fault == MOE_NUMBER_TOO_LARGE || number < spec->min || number > spec->max)
    return refuse_number (spec, value, MOE_WORDS ("is out of range"), error);
  *out = number;
  return MOE_OK;
}

static MoeStatus
read_real (const MoeOptionSpec *spec,
           const char *value,
           const char *text,
           size_t length,
           double *out,
           MoeError *error)
{
  double number;
  MoeNumberFault fault = moe_options_parse_real (text, length, &number);
  if (fault == MOE_NUMBER_MALFORMED)
    return refuse_number (spec, value, MOE_WORDS ("is not a number"), error);
  if (fault == MOE_NUMBER_TOO_LARGE || number < spec->low || number > spec->high
      || (spec->high_open && number >= spec->high))
    return refuse_number (spec, value, MOE_WORDS ("is out of range"), error);
  *out = number;
  return MOE_OK;
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* The next piece of a comma-separated list, blanks around it trimmed; false at the end. */
static bool
next_piece (const char **cursor, const char **piece, size_t *length)
{
  if (*cursor == NULL)
    return false;
  const char *start = *cursor;
  const char *end = start + strcspn (start, ",");
  *cursor = *end == ',' ? end + 1 : NULL;
  while (start < end && is_blank (*start))
    start++;
  while (end > start && is_blank (end[-1]))
    end--;
  *piece = start;
  *length = (size_t)(end - start);
  return true;
}

static bool
blank_text (const char *text)
{
  return text[strspn (text, " \t")] == '\0';
}

static MoeStatus
refuse_long_list (const MoeOptionSpec *spec, MoeError *error)
{
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s has too many values: allowed is up to %d.", spec->name,
                               (int)MOE_OPTIONS_MAX_LIST);
}

/* A list is stored whole, or not at all. */
static MoeStatus
set_list (void *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  const bool whole = spec->kind == MOE_OPTION_SIZE_LIST;
  MoeSizeList sizes = { .n = 0 };
  MoeFractionList fractions = { .n = 0 };
  const char *cursor = blank_text (value) ? NULL : value;
  const char *piece;
  size_t length;
  MoeStatus status = MOE_OK;
  for (size_t n = 0; status == MOE_OK && next_piece (&cursor, &piece, &length); n++)
    {
      uint64_t number = 0;
      if (n == MOE_OPTIONS_MAX_LIST)
        return refuse_long_list (spec, error);
      status = whole ? read_whole (spec, value, piece, length, &number, error)
                     : read_real (spec, value, piece, length, &fractions.values[n], error);
      sizes.values[n] = (size_t)number;
      sizes.n = fractions.n = n + 1;
    }
  if (status == MOE_OK && whole)
    *(MoeSizeList *)field = sizes;
  else if (status == MOE_OK)
    *(MoeFractionList *)field = fractions;
  return status;
}

static bool
find_choice (const MoeNames *names, const char *piece, size_t length, size_t *index)
{
  for (size_t i = 0; i < names->n; i++)
    if (strlen (names->names[i]) == length && memcmp (names->names[i], piece, length) == 0)
      {
        *index = i;
        return true;
      }
  return false;
}

static MoeStatus
set_choice_set (uint8_t *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  unsigned set = 0;
  const char *cursor = value;
  const char *piece;
  size_t length, index;
  while (next_piece (&cursor, &piece, &length))
    if (length == 4 && memcmp (piece, "both", 4) == 0)
      set |= moe_option_both (spec);
    else if (find_choice (spec->names, piece, length, &index))
      set |= 1u << index;
    else
      return refuse_choice (spec, value, error);
  *field = (uint8_t)set;
  return MOE_OK;
}

static MoeStatus
set_accelerator (char *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  size_t length = strlen (value), index;
  uint64_t device;
  bool known = find_choice (spec->names, value, length, &index)
               || (strncmp (value, "cuda:", 5) == 0
                   && moe_options_parse_whole (value + 5, length - 5, &device) == MOE_NUMBER_OK);
  if (!known || length >= MOE_OPTIONS_NAME_SIZE)
    return refuse_choice (spec, value, error);
  memset (field, 0, MOE_OPTIONS_NAME_SIZE);
  memcpy (field, value, length);
  return MOE_OK;
}

/* Bytes that would end a word or a list stand as %20 and so on, in what is written and in what is
 * read. */
static const char escaped[] = "% ,\t\n\r";

static int
hex_value (char c)
{
  const char *digits = "0123456789ABCDEF", *at = c != '\0' ? strchr (digits, c) : NULL;
  return at != NULL ? (int)(at - digits) : -1;
}

static MoeStatus
set_file (char *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  char path[MOE_OPTIONS_PATH_SIZE] = "";
  size_t n = 0;
  for (const char *at = value; *at != '\0'; at++)
    {
      const int high = at[0] == '%' ? hex_value (at[1]) : -1;
      const int low = high >= 0 ? hex_value (at[2]) : -1;
      const int code = 16 * high + low;
      const bool coded = low >= 0 && code > 0 && strchr (escaped, code) != NULL;
      if (n + 1 == sizeof path)
        return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                                     "--%s has a name of too many bytes: allowed are %zu.",
                                     spec->name, sizeof path - 1);
      path[n++] = coded ? (char)(16 * high + low) : *at;
      at += coded ? 2 : 0;
    }
  memcpy (field, path, sizeof path);
  return MOE_OK;
}

/* "loads:FILE" and "trace:FILE", perhaps after other distributions: where the name begins; NULL
 * without one. */
static const char *
find_file (const char *value)
{
  const char *const words[] = { "loads:", "trace:" };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    for (const char *at = strstr (value, words[i]); at != NULL; at = strstr (at + 1, words[i]))
      if (at == value || at[-1] == ',' || is_blank (at[-1]))
        return at + strlen (words[i]);
  return NULL;
}

static MoeStatus
set_distribution (MoeOptions *options,
                  const MoeOptionSpec *spec,
                  const char *value,
                  MoeError *error)
{
  char names[QUOTE_SIZE];
  const char *file = find_file (value);
  MoeOptions changed = *options;
  uint8_t *field = &changed.choice[MOE_CHOICE_DISTRIBUTION];
  if (file == NULL)
    return set_choice_set (&options->choice[MOE_CHOICE_DISTRIBUTION], spec, value, error);
  if ((size_t)(file - value) > sizeof names)
    return refuse_choice (spec, value, error);
  memcpy (names, value, (size_t)(file - value) - 1);
  names[file - value - 1] = '\0';
  MoeStatus status = set_choice_set (field, spec, names, error);
  if (status == MOE_OK)
    status = set_file (changed.file.path, moe_option_spec_find ("routing-file"), file, error);
  if (status == MOE_OK)
    *options = changed;
  return status;
}

/* Flags are bytes, as choices are. */
_Static_assert(sizeof (bool) == sizeof (uint8_t), "bool is a byte");

static MoeStatus
set_choice (uint8_t *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  size_t index;
  if (!find_choice (spec->names, value, strlen (value), &index))
    return refuse_choice (spec, value, error);
  *field = (uint8_t)index;
  return MOE_OK;
}

static MoeStatus
set_whole (void *field, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  uint64_t number = 0;
  if (spec->every != NULL && strcmp (value, spec->every) == 0)
    {
      *(size_t *)field = SIZE_MAX;
      return MOE_OK;
    }
  MoeStatus status = read_whole (spec, value, value, strlen (value), &number, error);
  if (status != MOE_OK)
    return status;
  if (spec->kind == MOE_OPTION_SEED)
    *(uint64_t *)field = number;
  else
    *(size_t *)field = (size_t)number;
  return MOE_OK;
}

static MoeStatus
set_field (MoeOptions *options, const MoeOptionSpec *spec, const char *value, MoeError *error)
{
  void *field = (char *)options + spec->offset;
  switch (spec->kind)
    {
    case MOE_OPTION_SIZE:
    case MOE_OPTION_SEED:
      return set_whole (field, spec, value, error);
    case MOE_OPTION_REAL:
      return read_real (spec, value, value, strlen (value), field, error);
    case MOE_OPTION_FLAG:
    case MOE_OPTION_CHOICE:
      return set_choice (field, spec, value, error);
    case MOE_OPTION_CHOICE_SET:
      return spec->choice == &moe_choices[MOE_CHOICE_DISTRIBUTION]
                 ? set_distribution (options, spec, value, error)
                 : set_choice_set (field, spec, value, error);
    case MOE_OPTION_FILE:
      return set_file (field, spec, value, error);
    case MOE_OPTION_SIZE_LIST:
    case MOE_OPTION_FRACTION_LIST:
      return set_list (field, spec, value, error);
    case MOE_OPTION_ACCELERATOR:
      return set_accelerator (field, spec, value, error);
    }
  return MOE_OK;
}

MoeStatus
moe_options_set (MoeOptions *options, const char *name, const char *value, MoeError *error)
{
  const MoeOptionSpec *spec = moe_option_spec_find (name);
  if (spec == NULL)
    return moe_error_set (error, MOE_ERROR_INVALID, "There is no option \"--%.60s\".",
                          name != NULL ? name : "");
  if (value == NULL && spec->kind == MOE_OPTION_FLAG)
    value = "true";
  if (value == NULL)
    return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name, "--%s needs a value: %s.",
                                 spec->name, spec->value);
  MoeStatus status = set_field (options, spec, value, error);
  if (status == MOE_OK && spec->offset == offsetof (MoeOptions, shape.experts))
    options->file.keeps_experts = true;
  return status;
}

/* Text that grows within a buffer and counts on past its end, as snprintf does. */
typedef struct Out
{
  char *text;
  size_t size;
  size_t length;
} Out;

static void
put (Out *out, const char *piece)
{
  size_t room = out->length < out->size ? out->size - out->length : 0;
  int n = snprintf (room > 0 ? out->text + out->length : NULL, room, "%s", piece);
  out->length += n > 0 ? (size_t)n : 0;
}

static void
put_whole (Out *out, uint64_t value)
{
  char piece[24];
  snprintf (piece, sizeof piece, "%" PRIu64, value);
  put (out, piece);
}

static void
put_real (Out *out, double value)
{
  char piece[64];
  moe_options_format_real (value, piece, sizeof piece);
  put (out, piece);
}

static void
put_choice_set (Out *out, unsigned set, const MoeOptionSpec *spec)
{
  const MoeNames *names = spec->names;
  const char *comma = "";
  bool all = set == moe_option_both (spec);
  for (size_t i = 0; !all && i < names->n; i++)
    if (set >> i & 1u)
      {
        put (out, comma);
        put (out, names->names[i]);
        comma = ",";
      }
  put (out, all ? "both" : "");
}

static void
put_size_list (Out *out, const MoeSizeList *list)
{
  for (size_t i = 0; i < list->n; i++)
    {
      put (out, i > 0 ? "," : "");
      put_whole (out, list->values[i]);
    }
}

static void
put_fraction_list (Out *out, const MoeFractionList *list)
{
  for (size_t i = 0; i < list->n; i++)
    {
      put (out, i > 0 ? "," : "");
      put_real (out, list->values[i]);
    }
}

static void
put_file (Out *out, const char *path)
{
  for (; *path != '\0'; path++)
    {
      char piece[8] = { *path };
      if (strchr (escaped, *path) != NULL)
        snprintf (piece, sizeof piece, "%%%02X", (unsigned)*path & 0xffu);
      put (out, piece);
    }
}

int
moe_options_format (const MoeOptions *options, const MoeOptionSpec *spec, char *text, size_t size)
{
  const void *field = (const char *)options + spec->offset;
  Out out = { text, size, 0 };
  switch (spec->kind)
    {
    case MOE_OPTION_SIZE:
      if (spec->every != NULL && *(const size_t *)field == SIZE_MAX)
        put (&out, spec->every);
      else
        put_whole (&out, *(const size_t *)field);
      break;
    case MOE_OPTION_SEED:
      put_whole (&out, *(const uint64_t *)field);
      break;
    case MOE_OPTION_REAL:
      put_real (&out, *(const double *)field);
      break;
    case MOE_OPTION_FLAG:
    case MOE_OPTION_CHOICE:
      put (&out, moe_name_of (spec->names, *(const uint8_t *)field));
      break;
    case MOE_OPTION_CHOICE_SET:
      put_choice_set (&out, *(const uint8_t *)field, spec);
      break;
    case MOE_OPTION_SIZE_LIST:
      put_size_list (&out, field);
      break;
    case MOE_OPTION_FRACTION_LIST:
      put_fraction_list (&out, field);
      break;
    case MOE_OPTION_FILE:
      put_file (&out, field);
      break;
    case MOE_OPTION_ACCELERATOR:
      put (&out, field);
      break;
    }
  if (out.length == 0 && size > 0)
    text[0] = '\0';
  return (int)out.length;
}

bool
moe_options_same (const MoeOptions *a, const MoeOptions *b, const MoeOptionSpec *spec)
{
  char of_a[MOE_OPTION_VALUE_SIZE], of_b[MOE_OPTION_VALUE_SIZE];
  moe_options_format (a, spec, of_a, sizeof of_a);
  moe_options_format (b, spec, of_b, sizeof of_b);
  return strcmp (of_a, of_b) == 0;
}
