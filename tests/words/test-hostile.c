/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of damaged files: each gives a run or an error, and a run that is given can be shown,
 * written and read again. */
#include "engine/formats/csv.h"
#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "tests/records/support.h"
#include "ui/words/logbook.h"
#include "ui/words/tables.h"

enum
{
  MUTATIONS = 3000 /* of each input */
};

static guint64
next_random (guint64 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

static gsize
below (guint64 *state, gsize n)
{
  return n > 0 ? (gsize)(next_random (state) % n) : 0;
}

static void
flip (GByteArray *bytes, guint64 *state)
{
  if (bytes->len > 0)
    bytes->data[below (state, bytes->len)] ^= (guint8)(1u << below (state, 8));
}

static void
overwrite (GByteArray *bytes, guint64 *state)
{
  static const char tempting[] = "\0\n\r\",;#=:.x-eE \033[\xff\x80"
                                 "0919";
  if (bytes->len > 0)
    bytes->data[below (state, bytes->len)] = (guint8)tempting[below (state, sizeof tempting - 1)];
}

static void
truncate_bytes (GByteArray *bytes, guint64 *state)
{
  g_byte_array_set_size (bytes, (guint)below (state, bytes->len + 1));
}

static void
remove_range (GByteArray *bytes, guint64 *state)
{
  gsize start = below (state, bytes->len), n = below (state, MIN (64, bytes->len - start));
  g_byte_array_remove_range (bytes, (guint)start, (guint)n);
}

/* Copy a piece of another input (or of this one) into the middle. */
static void
splice (GByteArray *bytes, const GPtrArray *inputs, guint64 *state)
{
  const GString *from = g_ptr_array_index (inputs, below (state, inputs->len));
  gsize start = below (state, from->len), n = below (state, MIN (300, from->len - start));
  gsize at = below (state, bytes->len + 1);
  g_autoptr (GByteArray) result = g_byte_array_new ();
  g_byte_array_append (result, bytes->data, (guint)at);
  g_byte_array_append (result, (const guint8 *)from->str + start, (guint)n);
  g_byte_array_append (result, bytes->data + at, (guint)(bytes->len - at));
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, result->data, result->len);
}

static void
mutate (GByteArray *bytes, const GPtrArray *inputs, guint64 *state)
{
  for (gsize i = 1 + below (state, 4); i > 0; i--)
    switch (below (state, 5))
      {
      case 0:
        flip (bytes, state);
        break;
      case 1:
        overwrite (bytes, state);
        break;
      case 2:
        truncate_bytes (bytes, state);
        break;
      case 3:
        if (bytes->len > 0)
          remove_range (bytes, state);
        break;
      default:
        splice (bytes, inputs, state);
      }
}

static void
assert_usable (MoeRun *run)
{
  g_assert_cmpuint (moe_run_get_n_records (run), >, 0);
  g_assert_true (g_utf8_validate (moe_run_get_title (run), -1, NULL));
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (isnan (record->tokens_per_s)
                     || (isfinite (record->tokens_per_s) && record->tokens_per_s > 0));
      g_assert_true (isnan (record->null_target)
                     || (record->null_target >= 0 && record->null_target < 1));
      g_assert_cmpint (record->topk, !=, 0);
      g_assert_true (!record->has_shape || record->shape.tokens > 0);
      g_assert_true ((record->samples_s == NULL) == (record->n_samples == 0));
    }
  const char *notes = moe_run_get_summary (run)->notes;
  g_assert_true (notes == NULL || g_utf8_validate (notes, -1, NULL));

  g_autoptr (GString) logbook = moe_tables_logbook (&run, 1, 0);
  g_autoptr (GString) points = moe_tables_points (run);
  g_assert_true (g_utf8_validate_len (logbook->str, logbook->len, NULL));
  g_assert_true (g_utf8_validate_len (points->str, points->len, NULL));
  g_autoptr (GString) csv = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read_n (csv->str, csv->len, "back.csv");
  g_autoptr (GString) again = moe_formats_to_csv (back);
  g_assert_cmpstr (csv->str, ==, again->str);
}

static gboolean
read_mutation (const GByteArray *bytes)
{
  g_autoptr (GError) error = NULL;
  /* A copy of exactly this size, so that a sanitizer sees a read past its end. */
  g_autofree char *exact = g_malloc (MAX (bytes->len, 1));
  memcpy (exact, bytes->data, bytes->len);
  g_autoptr (MoeRun) run = moe_formats_read_data (exact, bytes->len, "hostile", &error);
  g_assert_true ((run == NULL) != (error == NULL));
  if (run == NULL)
    {
      g_assert_true (error->domain == MOE_FORMATS_ERROR);
      g_assert_true (g_str_has_prefix (error->message, "hostile, line "));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return FALSE;
    }
  assert_usable (run);
  return TRUE;
}

static char *
journal_text (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new (), *text = NULL;
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  MoeJournal *journal = moe_journal_create (path, run, NULL);
  MoeStageTimes stages = { { 0.25 } };
  const MoeTaken taken = { 1, 2, 0.5, 0.9, 0.001, 3, 0.01 };
  g_assert_nonnull (journal);
  for (gsize i = 0; i < 2; i++)
    {
      g_assert_true (moe_journal_add_point (journal, i, moe_run_get_record (run, i), NULL));
      g_assert_true (moe_journal_add_sample (journal, i, 0.5, 1, &stages, NULL, NULL));
      g_assert_true (moe_journal_add_sample (journal, i, 0.6, 0, NULL, &taken, NULL));
      g_assert_true (moe_journal_add_check (journal, i, 1.25, 3e-7, NULL));
    }
  moe_journal_close (journal, "complete");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  test_folder_remove (folder);
  return text;
}

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

static GPtrArray *
make_inputs (void)
{
  GPtrArray *inputs = g_ptr_array_new_with_free_func (free_string);
  g_autoptr (MoeRun) run = test_run_new ();
  g_autofree char *journal = journal_text ();
  g_autofree char *summary =
      g_strconcat ("\xEF\xBB\xBF\033[32m", test_log, "RESULT_SUMMARY\033[0m\r\n",
                   strstr (test_log, "RESULT "), NULL);
  const MoeTaken busy = { 1, 4, 0.1, 0.5, 0.001, 3, 0.01 }, unknown = moe_taken_unknown ();
  moe_run_add_sample (run, 1, 0.2, NULL, &busy);
  moe_run_add_sample (run, 1, 0.3, NULL, &unknown);
  moe_run_set_title (run, "Title, with \"marks\"\nand – lines\\");
  g_ptr_array_add (inputs, moe_formats_to_csv (run));
  g_ptr_array_add (inputs, g_string_new ("null_mode,shape,topk,null_target,tokens_per_s,remark\n"
                                         "independent,32768x2048x1408x60,8,0.0,863964,\"a, b\"\n"
                                         "router,32768x2048x1408x60,8,0.1,918954,\n"));
  g_ptr_array_add (inputs, g_string_new (test_log));
  g_ptr_array_add (inputs, g_string_new (summary));
  g_ptr_array_add (inputs, g_string_new (journal));
  return inputs;
}

static void
test_mutations (gconstpointer data)
{
  gsize index = GPOINTER_TO_SIZE (data), good = 0;
  guint64 state = G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) + index;
  g_autoptr (GPtrArray) inputs = make_inputs ();
  const GString *input = g_ptr_array_index (inputs, index);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_byte_array_append (bytes, (const guint8 *)input->str, (guint)input->len);
  g_assert_true (read_mutation (bytes));
  for (int i = 0; i < MUTATIONS; i++)
    {
      g_byte_array_set_size (bytes, 0);
      g_byte_array_append (bytes, (const guint8 *)input->str, (guint)input->len);
      mutate (bytes, inputs, &state);
      good += read_mutation (bytes);
    }
  g_test_message ("%" G_GSIZE_FORMAT " of %d read", good, MUTATIONS);
  /* The damage must be such that both ways are taken. */
  g_assert_cmpuint (good, >, MUTATIONS / 100);
  g_assert_cmpuint (good, <, MUTATIONS);
}

static void
test_random_bytes (void)
{
  guint64 state = 7;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  for (int i = 0; i < 1000; i++)
    {
      g_byte_array_set_size (bytes, (guint)below (&state, 400));
      for (guint j = 0; j < bytes->len; j++)
        bytes->data[j] = (guint8)next_random (&state);
      g_assert_false (read_mutation (bytes));
    }
}

static void
test_every_truncation (void)
{
  g_autoptr (GPtrArray) inputs = make_inputs ();
  for (guint i = 0; i < inputs->len; i++)
    {
      const GString *input = g_ptr_array_index (inputs, i);
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_byte_array_append (bytes, (const guint8 *)input->str, (guint)input->len);
      for (gsize length = input->len + 1; length-- > 0;)
        {
          g_byte_array_set_size (bytes, (guint)length);
          read_mutation (bytes);
        }
    }
}

/* Inputs that would cost time or memory without bounds if they were believed. */
static void
test_costly (void)
{
  g_autoptr (GString) text = g_string_new ("shape,topk,null_target,tokens_per_s\n\"");
  for (int i = 0; i < 200000; i++)
    g_string_append (text, "\"\",");
  g_autofree char *open_quote = test_read_error (text->str, "x", MOE_FORMATS_ERROR_INVALID);
  g_assert_nonnull (strstr (open_quote, "never closed"));

  g_string_assign (text, "shape,topk,null_target,tokens_per_s");
  for (int i = 0; i < 200000; i++)
    g_string_append_c (text, ',');
  g_autofree char *wide = test_read_error (text->str, "x", MOE_FORMATS_ERROR_INVALID);
  g_assert_nonnull (strstr (wide, "more than 1024 fields"));

  g_string_assign (text, "# nullcurve-journal: 1\ncolumns shape,topk\npoint 0 1x2x3x4,5\n");
  for (int i = 0; i < 100000; i++)
    g_string_append (text, "sample 0 0.5\n");
  g_autoptr (MoeRun) samples = test_read (text->str, "x");
  g_assert_cmpuint (moe_run_get_record (samples, 0)->n_samples, ==, 100000);

  g_string_assign (text, "RESULT topk=1 null_target=0.1 tokens_per_s=");
  for (int i = 0; i < 100000; i++)
    g_string_append_c (text, '9');
  g_string_append_c (text, '\n');
  g_autofree char *digits = test_read_error (text->str, "x", MOE_FORMATS_ERROR_EMPTY);
  g_assert_cmpuint (strlen (digits), <, 300);
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "nullcurve-csv", "logbook-csv", "log", "odd-log",
                                       "journal" };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("/hostile/mutations/", names[i], NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_mutations);
    }
  g_test_add_func ("/hostile/random-bytes", test_random_bytes);
  g_test_add_func ("/hostile/every-truncation", test_every_truncation);
  g_test_add_func ("/hostile/costly", test_costly);
  return g_test_run ();
}
