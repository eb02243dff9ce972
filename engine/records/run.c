/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/run.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/records/axes.h"
#include "engine/records/figures.h"
#include "engine/records/numbers.h"
#include "engine/records/rates.h"
#include "engine/text/tame.h"

enum
{
  MAX_NOTES = 20
};

/* A record and what is remembered to bring it up to date.  Slots never move, so that pointers to
 * records stay good while a run grows. */
typedef struct Slot
{
  MoeRecord record;
  gsize sample_capacity; /* of samples_s, and of taken where that is told */
  MoeTally tally;
} Slot;

typedef struct Fact
{
  char *key;
  char *value;
} Fact;

struct MoeRun
{
  gatomicrefcount references;
  MoeRunFormat format;
  char *title;
  char *source;
  GArray *facts; /* Fact */
  GPtrArray *slots;
  /* f = 0 records, keyed by themselves: the first of each curve, and of each curve whatever the
   * null mode. */
  GHashTable *baselines;
  GHashTable *any_mode_baselines;
  MoeLoadSummary summary;
  GPtrArray *notes; /* char *, at most MAX_NOTES */
  gsize n_notes;
  guint64 changes;
};

static void
slot_free (gpointer data)
{
  Slot *slot = data;
  g_free (slot->record.samples_s);
  g_free (slot->record.taken);
  moe_tally_forget_samples (&slot->tally);
  moe_tally_forget_stages (&slot->tally);
  g_free (slot);
}

static void
fact_clear (gpointer data)
{
  Fact *fact = data;
  g_free (fact->key);
  g_free (fact->value);
}

MoeRun *
moe_run_new (MoeRunFormat format, const char *title)
{
  MoeRun *run = g_new0 (MoeRun, 1);
  g_atomic_ref_count_init (&run->references);
  run->format = format;
  run->title = moe_text_tame (title != NULL ? title : "", MOE_TEXT_MAX_NAME);
  run->facts = g_array_new (FALSE, FALSE, sizeof (Fact));
  g_array_set_clear_func (run->facts, fact_clear);
  run->slots = g_ptr_array_new_with_free_func (slot_free);
  run->notes = g_ptr_array_new_with_free_func (g_free);
  run->baselines = g_hash_table_new (moe_record_curve_hash, moe_record_curve_equal);
  run->any_mode_baselines = g_hash_table_new (moe_record_any_mode_hash, moe_record_any_mode_equal);
  return run;
}

MoeRun *
moe_run_ref (MoeRun *run)
{
  g_atomic_ref_count_inc (&run->references);
  return run;
}

void
moe_run_unref (MoeRun *run)
{
  if (run == NULL || !g_atomic_ref_count_dec (&run->references))
    return;
  g_hash_table_unref (run->baselines);
  g_hash_table_unref (run->any_mode_baselines);
  g_ptr_array_unref (run->slots);
  g_array_unref (run->facts);
  g_free (run->title);
  g_free (run->source);
  g_free (run->summary.notes);
  g_free (run->summary.first_skip);
  g_ptr_array_unref (run->notes);
  g_free (run);
}

MoeRunFormat
moe_run_get_format (const MoeRun *run)
{
  return run->format;
}

const char *
moe_run_get_title (const MoeRun *run)
{
  return run->title;
}

void
moe_run_set_title (MoeRun *run, const char *title)
{
  char *copy = moe_text_tame (title != NULL ? title : "", MOE_TEXT_MAX_NAME);
  g_free (run->title);
  run->title = copy;
  run->changes++;
}

guint64
moe_run_get_changes (const MoeRun *run)
{
  return run->changes;
}

const char *
moe_run_get_source (const MoeRun *run)
{
  return run->source;
}

void
moe_run_set_source (MoeRun *run, const char *source)
{
  char *copy = g_strdup (source);
  g_free (run->source);
  run->source = copy;
}

static Fact *
find_fact (const MoeRun *run, const char *key)
{
  for (guint i = 0; i < run->facts->len; i++)
    {
      Fact *fact = &g_array_index (run->facts, Fact, i);
      if (strcmp (fact->key, key) == 0)
        return fact;
    }
  return NULL;
}

void
moe_run_set_fact (MoeRun *run, const char *key, const char *value)
{
  if (strcmp (key, "title") == 0)
    {
      moe_run_set_title (run, value);
      return;
    }
  if (key[0] == '\0' || value == NULL)
    return;

  run->changes++;
  g_autofree char *valid_key = moe_text_tame (key, G_MAXSIZE);
  char *valid_value = moe_text_tame (value, G_MAXSIZE);
  Fact *fact = find_fact (run, valid_key);
  if (fact != NULL)
    {
      g_free (fact->value);
      fact->value = valid_value;
    }
  else if (run->facts->len < MOE_RUN_MAX_FACTS)
    {
      Fact added = { g_steal_pointer (&valid_key), valid_value };
      g_array_append_val (run->facts, added);
    }
  else
    g_free (valid_value);
}

const char *
moe_run_get_fact (const MoeRun *run, const char *key)
{
  const Fact *fact = find_fact (run, key);
  return fact != NULL ? fact->value : NULL;
}

double
moe_run_get_real (const MoeRun *run, const char *key)
{
  double value;
  const char *text = moe_run_get_fact (run, key);
  return text != NULL && moe_number_parse_real (moe_span (text, strlen (text)), &value) ? value
                                                                                        : NAN;
}

gsize
moe_run_get_n_facts (const MoeRun *run)
{
  return run->facts->len;
}

const char *
moe_run_get_fact_key (const MoeRun *run, gsize index)
{
  g_return_val_if_fail (index < run->facts->len, NULL);
  return g_array_index (run->facts, Fact, index).key;
}

const char *
moe_run_get_fact_value (const MoeRun *run, gsize index)
{
  g_return_val_if_fail (index < run->facts->len, NULL);
  return g_array_index (run->facts, Fact, index).value;
}

gsize
moe_run_get_n_records (const MoeRun *run)
{
  return run->slots->len;
}

static Slot *
get_slot (const MoeRun *run, gsize index)
{
  return g_ptr_array_index (run->slots, index);
}

const MoeRecord *
moe_run_get_record (const MoeRun *run, gsize index)
{
  g_return_val_if_fail (index < run->slots->len, NULL);
  return &get_slot (run, index)->record;
}

static void
remember_baseline (MoeRun *run, MoeRecord *record)
{
  if (!moe_fraction_equal (record->null_target, 0))
    return;
  if (!g_hash_table_contains (run->baselines, record))
    g_hash_table_add (run->baselines, record);
  if (!g_hash_table_contains (run->any_mode_baselines, record))
    g_hash_table_add (run->any_mode_baselines, record);
}

static void
forget_baselines (MoeRun *run)
{
  g_hash_table_remove_all (run->baselines);
  g_hash_table_remove_all (run->any_mode_baselines);
}

static void
remember_baselines (MoeRun *run)
{
  for (guint i = 0; i < run->slots->len; i++)
    remember_baseline (run, &get_slot (run, i)->record);
}

/* A copy whose samples are its own; no samples are a NULL pointer. */
static MoeRecord
copy_record (const MoeRecord *record)
{
  MoeRecord copy = *record;
  if (record->samples_s == NULL || record->n_samples == 0)
    {
      copy.samples_s = NULL;
      copy.taken = NULL;
      copy.n_samples = 0;
      return copy;
    }
  copy.samples_s = g_memdup2 (record->samples_s, record->n_samples * sizeof (double));
  copy.taken = g_memdup2 (record->taken, record->n_samples * sizeof (MoeTaken));
  copy.time_source = moe_record_find_time_source (&copy);
  return copy;
}

gsize
moe_run_append (MoeRun *run, const MoeRecord *record)
{
  Slot *slot = g_new0 (Slot, 1);
  slot->record = copy_record (record);
  slot->sample_capacity = slot->record.n_samples;
  g_ptr_array_add (run->slots, slot);
  run->changes++;
  remember_baseline (run, &slot->record);
  return run->slots->len - 1;
}

MoeRun *
moe_run_subset (const MoeRun *run,
                gboolean (*keep) (const MoeRecord *record, gconstpointer data),
                gconstpointer data)
{
  MoeRun *subset = moe_run_new (run->format, run->title);
  moe_run_set_source (subset, run->source);
  for (guint i = 0; i < run->facts->len; i++)
    {
      const Fact *fact = &g_array_index (run->facts, Fact, i);
      moe_run_set_fact (subset, fact->key, fact->value);
    }
  for (guint i = 0; i < run->slots->len; i++)
    if (keep (&get_slot (run, i)->record, data))
      moe_run_append (subset, &get_slot (run, i)->record);
  return subset;
}

void
moe_run_replace (MoeRun *run, gsize index, const MoeRecord *record)
{
  g_return_if_fail (index < run->slots->len);
  Slot *slot = get_slot (run, index);
  run->changes++;
  /* The tables are keyed by the records themselves: a key must not change inside a table. */
  gboolean keyed = moe_fraction_equal (slot->record.null_target, 0)
                   || moe_fraction_equal (record->null_target, 0);
  if (keyed)
    forget_baselines (run);

  MoeRecord copy = copy_record (record); /* before freeing: `record` may share our samples */
  if (copy.n_samples != slot->record.n_samples)
    moe_tally_forget_stages (&slot->tally);
  moe_tally_forget_samples (&slot->tally);
  g_free (slot->record.samples_s);
  g_free (slot->record.taken);
  slot->record = copy;
  slot->sample_capacity = copy.n_samples;
  if (keyed)
    remember_baselines (run);
}

void
moe_run_set_check (MoeRun *run, gsize index, double loss, double max_relative_error)
{
  g_return_if_fail (index < run->slots->len);
  MoeRecord *record = &get_slot (run, index)->record;
  run->changes++;
  record->loss = isnan (loss) ? record->loss : loss;
  record->max_relative_error =
      isnan (max_relative_error) ? record->max_relative_error : max_relative_error;
}

void
moe_run_refresh (MoeRun *run, gsize index)
{
  g_return_if_fail (index < run->slots->len);
  Slot *slot = get_slot (run, index);
  MoeRecord *record = &slot->record;
  MoeTally *tally = &slot->tally;
  run->changes++;
  if (tally->has_stages)
    {
      for (gsize i = 0; i < MOE_N_STAGES; i++)
        record->stage_s[i] = moe_running_median_get (&tally->stages[i]);
      if (moe_record_is (record, MOE_CHOICE_PARALLEL_MODE, MOE_PARALLEL_EP))
        record->comm_bytes = moe_running_median_get (&tally->comm_bytes);
    }
  if (record->n_samples == 0)
    return;
  moe_tally_follow (tally, record);
  double time_s = moe_tally_time_s (tally, &record->time_source);
  moe_record_update_rates (record, time_s);
}

static void
grow_samples (Slot *slot)
{
  MoeRecord *record = &slot->record;
  slot->sample_capacity = MAX (8, 2 * slot->sample_capacity);
  record->samples_s = g_renew (double, record->samples_s, slot->sample_capacity);
  if (record->taken != NULL)
    record->taken = g_renew (MoeTaken, record->taken, slot->sample_capacity);
}

/* How sample `index` was taken when nobody tells. */
static MoeTaken
untold (gsize index)
{
  MoeTaken taken = moe_taken_unknown ();
  taken.round = (uint32_t)index;
  return taken;
}

static void
begin_taken (Slot *slot)
{
  MoeRecord *record = &slot->record;
  record->taken = g_new (MoeTaken, slot->sample_capacity);
  for (gsize i = 0; i < record->n_samples; i++)
    record->taken[i] = untold (i);
}

void
moe_run_add_sample_quietly (
    MoeRun *run, gsize index, double time_s, const MoeStageTimes *stages, const MoeTaken *taken)
{
  g_return_if_fail (index < run->slots->len);
  Slot *slot = get_slot (run, index);
  MoeRecord *record = &slot->record;
  gsize at = record->n_samples;
  run->changes++;
  if (at == slot->sample_capacity)
    grow_samples (slot);
  if (taken != NULL && record->taken == NULL)
    begin_taken (slot);
  record->samples_s[at] = time_s;
  if (record->taken != NULL)
    record->taken[at] = taken != NULL ? *taken : untold (at);
  record->n_samples++;
  if (stages != NULL)
    moe_tally_add_stages (&slot->tally, stages, moe_record_is_disturbed (record, at));
}

static guint32
add_turns (guint32 turn, guint32 more)
{
  return more > G_MAXUINT32 - turn ? G_MAXUINT32 : turn + more;
}

void
moe_run_add_sample_at (MoeRun *run,
                       gsize index,
                       double time_s,
                       const MoeStageTimes *stages,
                       const MoeTaken *taken,
                       guint32 start,
                       guint32 round)
{
  g_return_if_fail (index < run->slots->len);
  if (start == 0 && round == 0)
    {
      moe_run_add_sample_quietly (run, index, time_s, stages, taken);
      return;
    }
  MoeTaken placed = taken != NULL ? *taken : untold (get_slot (run, index)->record.n_samples);
  placed.start = add_turns (placed.start, start);
  placed.round = add_turns (placed.round, round);
  moe_run_add_sample_quietly (run, index, time_s, stages, &placed);
}

void
moe_run_add_sample (
    MoeRun *run, gsize index, double time_s, const MoeStageTimes *stages, const MoeTaken *taken)
{
  moe_run_add_sample_quietly (run, index, time_s, stages, taken);
  moe_run_refresh (run, index);
}

const MoeRecord *
moe_run_find_baseline (const MoeRun *run, const MoeRecord *record)
{
  const MoeRecord *own = g_hash_table_lookup (run->baselines, record);
  return own != NULL ? own : g_hash_table_lookup (run->any_mode_baselines, record);
}

const MoeLoadSummary *
moe_run_get_summary (const MoeRun *run)
{
  return &run->summary;
}

MoeLoadSummary *
moe_run_edit_summary (MoeRun *run)
{
  return &run->summary;
}

void
moe_run_note_skip (MoeRun *run, gsize line, const char *reason)
{
  run->summary.rows_skipped++;
  if (run->summary.first_skip == NULL)
    run->summary.first_skip = g_strdup_printf (moe_words ("line %zu: %s"), line, reason);
}

void
moe_run_note (MoeRun *run, const char *format, ...)
{
  run->n_notes++;
  if (run->n_notes > MAX_NOTES)
    return;
  va_list args;
  va_start (args, format);
  g_ptr_array_add (run->notes, g_strdup_vprintf (moe_words (format), args));
  va_end (args);
}

void
moe_run_finish_notes (MoeRun *run)
{
  if (run->n_notes == 0)
    return;
  if (run->n_notes > MAX_NOTES)
    {
      g_ptr_array_set_size (run->notes, MAX_NOTES - 1);
      g_ptr_array_add (run->notes, g_strdup_printf (moe_words ("There are %zu more such notes."),
                                                    run->n_notes - (MAX_NOTES - 1)));
    }
  g_ptr_array_add (run->notes, NULL);
  run->summary.notes = g_strjoinv ("\n", (char **)run->notes->pdata);
  g_ptr_array_set_size (run->notes, 0);
}

/* How many rows or points were read, or measured. */
static const char *
count_format (MoeRunFormat format, gsize n)
{
  if (format == MOE_RUN_FORMAT_MEASURED)
    return g_dngettext (NULL, "%zu point measured", "%zu points measured", n);
  if (format == MOE_RUN_FORMAT_JOURNAL)
    return g_dngettext (NULL, "%zu point read", "%zu points read", n);
  return g_dngettext (NULL, "%zu row read", "%zu rows read", n);
}

static void
describe_repeats (GString *text, const MoeLoadSummary *summary)
{
  gsize n = summary->rows_repeated;
  if (n > 0)
    g_string_append_printf (text,
                            n == 1 ? moe_words ("; %zu repeat after RESULT_SUMMARY is left out")
                                   : moe_words ("; %zu repeats after RESULT_SUMMARY are left out"),
                            n);
}

static void
describe_skips (GString *text, const MoeLoadSummary *summary, gboolean journal)
{
  gsize n = summary->rows_skipped;
  g_string_append_c (text, ' ');
  if (n == 1)
    g_string_append_printf (
        text, journal ? moe_words ("1 line is skipped: %s.") : moe_words ("1 row is skipped: %s."),
        summary->first_skip);
  else
    g_string_append_printf (text,
                            journal ? moe_words ("%zu lines are skipped, the first for %s.")
                                    : moe_words ("%zu rows are skipped, the first for %s."),
                            n, summary->first_skip);
}

char *
moe_run_describe_load (const MoeRun *run)
{
  const MoeLoadSummary *summary = &run->summary;
  gsize n = run->slots->len;
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, count_format (run->format, n), n);
  describe_repeats (text, summary);
  g_string_append_c (text, '.');
  if (summary->rows_skipped > 0)
    describe_skips (text, summary, run->format == MOE_RUN_FORMAT_JOURNAL);
  else if (summary->notes != NULL)
    g_string_append_printf (text, " %.*s", (int)strcspn (summary->notes, "\n"), summary->notes);
  return g_string_free (text, FALSE);
}
