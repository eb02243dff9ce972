/* SPDX-License-Identifier: Apache-2.0 */
/* Every pair of engine options: the program refuses it in words, or tells that one of the two
 * changes nothing, or both demonstrably do something: what is computed is another with than without
 * it.  And what it tells is true: what is said to change nothing does not.
 *
 * Pairs come from the table, so that an option that somebody adds is among them; one that is taken
 * and then forgotten fails here. */
#include <stdlib.h>
#include <string.h>

#include "app/command-line/args.h"
#include "app/command-line/error.h"
#include "app/command-line/needless.h"
#include "engine/formats/harness/harness.h"
#include "engine/sweep/growth.h"
#include "tests/options/recorder.h"

/* Where a pair is given: options that are there in any case.  In the one nothing is asked for, in
 * the other all that options need others for. */
typedef struct Scene
{
  const char *name;
  const char *given; /* "name=value name" */
} Scene;

static const Scene scenes[] = {
  { "plain",
    "tokens=40 hidden=8 mlp-dim=6 experts=4 topk=2 impl=fused_w13 distribution=random "
    "accelerator=native threads=1 iters=2 warmup=1 budget=0.02 wait-quiet=0 min-sample-time=0" },
  { "nulls",
    "tokens=40 hidden=8 mlp-dim=6 experts=4 topk=2 impl=fused_w13 distribution=runs "
    "accelerator=native threads=2 iters=2 warmup=1 budget=0.1 wait-quiet=0 min-sample-time=0 "
    "bench-pass=forward_backward null-route-frac=0.5 baseline shared-expert-dim=4 "
    "parallel-mode=ep" },
  { "settling",
    "tokens=40 hidden=8 mlp-dim=6 experts=4 topk=3 impl=baseline distribution=random "
    "accelerator=native threads=1 warmup=0 budget=0.04 wait-quiet=0 min-sample-time=0 "
    "null-route-frac=0.3 null-routing-mode=router null-dispatch=carry baseline until-settled" },
};

/* A value for each number, other than those of the scenes; choices and flags have their names.  An
 * option that is in none of both has to be brought one. */
static const char *const numbers[][2] = {
  { "tokens", "56" },
  { "tokens-list", "3,40" },
  { "experts-list", "4,6" },
  { "hidden", "12" },
  { "mlp-dim", "10" },
  { "experts", "8" },
  { "topk", "4" },
  { "topk-list", "2,4" },
  { "shared-expert-dim", "6" },
  { "capacity-factor", "0.75" },
  { "run-alpha", "0.5" },
  { "run-noise-scale", "3" },
  { "zipf-exponent", "2" },
  { "hot-experts", "1" },
  { "hot-share", "0.6" },
  { "tile", "8" },
  { "routing-file", "loads.csv" },
  { "loads-row", "2" },
  { "trace-layer", "1" },
  { "seed", "7" },
  { "null-route-frac", "0.6" },
  { "null-route-frac-list", "0.25,0.75" },
  { "null-experts", "9" },
  { "null-route-seed", "9" },
  { "ep-size", "4" },
  { "accelerator", "openblas" },
  { "threads", "3" },
  { "iters", "5" },
  { "warmup", "3" },
  { "starts", "2" },
  { "precision", "0.2" },
  { "budget", "0.005" },
  { "wait-quiet", "5" },
  { "min-sample-time", "0.004" },
};

/* One option and a value that is not the usual one. */
typedef struct Change
{
  const MoeOptionSpec *spec;
  const char *value; /* NULL for a flag */
} Change;

/* What a set of options comes to. */
typedef struct Outcome
{
  char *refusal; /* NULL: it is accepted */
  char *record;  /* of what is computed; NULL when refused */
  GPtrArray *notes;
} Outcome;

static GHashTable *outcomes; /* of command lines, each of which is run once */

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;
  g_free (outcome->refusal);
  g_free (outcome->record);
  g_clear_pointer (&outcome->notes, g_ptr_array_unref);
  g_free (outcome);
}

/* --- changes --- */

/* The initial value of a choice, also of a set with one bit. */
static gboolean
is_initial (const MoeChoiceSpec *choice, gsize value)
{
  return choice->ask == MOE_ASK_SEVERAL ? choice->initial == 1u << value : choice->initial == value;
}

static void
add_choices (GArray *changes, const MoeOptionSpec *spec)
{
  for (gsize i = 0; i < spec->choice->names.n; i++)
    if (!is_initial (spec->choice, i))
      {
        Change change = { spec, spec->choice->names.names[i] };
        g_array_append_val (changes, change);
      }
}

static void
add_number (GArray *changes, const MoeOptionSpec *spec)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (numbers[i][0], spec->name) == 0)
      {
        Change change = { spec, numbers[i][1] };
        g_array_append_val (changes, change);
        return;
      }
  g_error ("no value is there for --%s: add one to `numbers` here", spec->name);
}

/* Of every option all values of a choice, one of a number. */
static GArray *
make_changes (void)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GArray *changes = g_array_new (FALSE, FALSE, sizeof (Change));
  for (gsize i = 0; i < n; i++)
    if (specs[i].kind == MOE_OPTION_FLAG)
      {
        Change change = { &specs[i], NULL };
        g_array_append_val (changes, change);
      }
    else if (specs[i].choice != NULL)
      add_choices (changes, &specs[i]);
    else
      add_number (changes, &specs[i]);
  return changes;
}

/* --- what a command line comes to --- */

static const MoeBackend *
find_backend (const MoeOptions *options, MoeError *error)
{
  return moe_backend_find (options->accelerator, options->choice[MOE_CHOICE_DTYPE], error);
}

static void
event_cb (gpointer data, const MoeSweepEvent *event)
{
  moe_sweep_take (data, event);
  if (event->kind == MOE_SWEEP_SAMPLE)
    g_string_append_printf (recorder_log, "sample of %zu steps\n", event->sample.steps);
}

/* What is printed of the points' stages is all that --stage-timing is for. */
static void
record_stages (MoeSweep *sweep)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, 0, 0);
  g_autoptr (GString) lines = moe_formats_chatter (
      moe_sweep_get_record (sweep, 0, 0, 0), &leg->points[0].facts, leg->plan.options.stage_timing);
  if (strstr (lines->str, " stage ") != NULL)
    g_string_append (recorder_log, "stages are printed\n");
}

static MoeStatus
measure (const MoeOptions *options, MoeError *error)
{
  g_autoptr (MoeSweep) sweep = moe_sweep_new ();
  MoeClock clock = recorder_clock ();
  MoeSweepHooks hooks = { .data = sweep, .event = event_cb };
  recorder_reset ();
  MoeStatus status = moe_sweep_add_leg (sweep, 0, options, error);
  const MoeBackend *named = status == MOE_OK ? find_backend (options, error) : NULL;
  if (named == NULL)
    return error->status;
  gboolean chooses = strcmp (options->accelerator, "auto") == 0;
  g_string_append_printf (recorder_log, "%s%s\n", named->title, chooses ? " or another" : "");
  moe_sweep_set_backend (sweep, 0, &recorder_backend, NULL);
  moe_sweep_open (sweep, 0, "Pair", NULL);
  status = moe_sweep_run (sweep, 0, &clock, NULL, &hooks, error);
  if (status == MOE_OK)
    record_stages (sweep);
  return status;
}

/* Nothing of the process may come of what it is given: neither a crash nor silence. */
static Outcome *
run (const char *const *argv)
{
  Outcome *outcome = g_new0 (Outcome, 1);
  NullcurveBenchArgs args;
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  MoeError failure = { 0 };
  gsize n = 0;
  g_autoptr (GError) error = NULL;
  gboolean parsed = nullcurve_bench_args_parse ((char **)argv, &args, &error);
  if (parsed && nullcurve_bench_args_sweeps (&args, sweeps, &n, &error))
    {
      if (measure (&sweeps[0], &failure) == MOE_OK)
        outcome->record = g_strdup (recorder_log->str);
      outcome->notes = nullcurve_bench_find_idle (args.given, &sweeps[0]);
    }
  if (parsed)
    nullcurve_bench_args_clear (&args);
  if (outcome->record == NULL)
    outcome->refusal = g_strdup (error != NULL ? error->message : failure.message);
  return outcome;
}

static gboolean
names (const Change *change, const char *word)
{
  gsize length = strlen (change->spec->name);
  return strncmp (word, change->spec->name, length) == 0
         && (word[length] == '=' || word[length] == '\0');
}

/* The scene's options with those of the changes in their places; each stands there once. */
static char *
command_of (const Scene *scene, const Change *a, const Change *b)
{
  g_autoptr (GString) line = g_string_new ("nullcurve-bench");
  g_auto (GStrv) words = g_strsplit (scene->given, " ", -1);
  const Change *changes[] = { a, b };
  for (char **word = words; *word != NULL; word++)
    if (!(a != NULL && names (a, *word)) && !(b != NULL && names (b, *word)))
      g_string_append_printf (line, " --%s", *word);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    if (changes[i] != NULL)
      g_string_append_printf (line, " --%s%s%s", changes[i]->spec->name,
                              changes[i]->value != NULL ? "=" : "",
                              changes[i]->value != NULL ? changes[i]->value : "");
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static const Outcome *
look (const char *command)
{
  Outcome *outcome = g_hash_table_lookup (outcomes, command);
  if (outcome != NULL)
    return outcome;
  g_auto (GStrv) argv = g_strsplit (command, " ", -1);
  outcome = run ((const char *const *)argv);
  g_hash_table_insert (outcomes, g_strdup (command), outcome);
  return outcome;
}

/* --- what must hold --- */

static const char *
find_note (const Outcome *outcome, const Change *change)
{
  g_autofree char *with_value = g_strdup_printf ("--%s%s%s changes nothing: ", change->spec->name,
                                                 change->value != NULL ? " " : "",
                                                 change->value != NULL ? change->value : "");
  for (guint i = 0; i < outcome->notes->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (outcome->notes, i), with_value))
      return g_ptr_array_index (outcome->notes, i);
  return NULL;
}

/* Is anything said of it, be it that it does less than its name promises?  Of memory so small a
 * block may need the same. */
static gboolean
is_spoken_of (const Outcome *outcome, const Change *change)
{
  g_autofree char *name = g_strdup_printf ("--%s ", change->spec->name);
  for (guint i = 0; i < outcome->notes->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (outcome->notes, i), name))
      return TRUE;
  return FALSE;
}

/* The lines of a record that tell what is computed, not what memory is taken for. */
static char *
leave_out_memory (const char *record)
{
  g_autoptr (GRegex) memory = g_regex_new ("[0-9]+ bytes", 0, 0, NULL);
  return g_regex_replace_literal (memory, record, -1, 0, "", 0, NULL);
}

/* Is what is told true?  A bound on memory may be larger than what is told to change nothing needs.
 */
static gboolean
computes_the_same (const char *with, const char *without)
{
  g_auto (GStrv) argv_a = g_strsplit (with, " ", -1), argv_b = g_strsplit (without, " ", -1);
  Outcome *a = run ((const char *const *)argv_a), *b = run ((const char *const *)argv_b);
  g_autofree char *of_a = a->record != NULL ? leave_out_memory (a->record) : NULL;
  g_autofree char *of_b = b->record != NULL ? leave_out_memory (b->record) : NULL;
  gboolean same = g_strcmp0 (of_a, of_b) == 0;
  outcome_free (a);
  outcome_free (b);
  return same;
}

/* What a tight budget ends early shows under a wide one. */
static gboolean
differs_unhurried (const Scene *scene, const Change *change, const Change *beside)
{
  g_autoptr (GRegex) budget = g_regex_new ("budget=[0-9.]+", 0, 0, NULL);
  g_autofree char *given =
      g_regex_replace_literal (budget, scene->given, -1, 0, "budget=1", 0, NULL);
  Scene unhurried = { scene->name, given };
  g_autofree char *with = command_of (&unhurried, change, beside);
  g_autofree char *without = command_of (&unhurried, beside, NULL);
  return g_strcmp0 (look (with)->record, look (without)->record) != 0;
}

/* Both bound how long it is measured, and the tighter one counts. */
static gboolean
are_bounds (const Change *change, const Change *beside)
{
  static const char *const bounds[] = { "precision", "budget", NULL };
  return beside != NULL && g_strv_contains (bounds, change->spec->name)
         && g_strv_contains (bounds, beside->spec->name);
}

/* Tokens of runs are all but equally decided, and of so few experts each takes as many as the
 * others: that is a matter of what is drawn, which nobody can tell of the options. */
static gboolean
is_of_draw (const Change *change, const Change *beside)
{
  return beside != NULL && g_strcmp0 (change->value, "entropy") == 0
         && strcmp (beside->spec->name, "distribution") == 0;
}

/* Without the change the scene's own value stands, or none. */
static void
check_change (const Scene *scene, const Change *change, const Change *beside, guint *faults)
{
  g_autofree char *with = command_of (scene, change, beside);
  g_autofree char *without = command_of (scene, beside, NULL);
  const Outcome *a = look (with), *b = look (without);
  if (a->refusal != NULL)
    {
      /* A sentence with what was given and what is allowed. */
      if (strstr (a->refusal, "--") != NULL && g_str_has_suffix (a->refusal, "."))
        return;
      g_test_message ("%s\n  is refused without saying why: %s", with, a->refusal);
      *faults += 1;
      return;
    }
  const char *note = find_note (a, change);
  gboolean same = b->record != NULL && strcmp (a->record, b->record) == 0;
  if (same == (note != NULL)
      || (same
          && (are_bounds (change, beside) || is_of_draw (change, beside)
              || is_spoken_of (a, change))))
    return;
  if (same ? differs_unhurried (scene, change, beside) : computes_the_same (with, without))
    return;
  *faults += 1;
  if (same)
    g_test_message ("%s\n  --%s changes nothing and is taken in silence", with, change->spec->name);
  else
    g_test_message ("%s\n  is told \"%s\", but it does", with, note);
}

static gboolean
is_of_scene (const Scene *scene, const Change *change)
{
  g_auto (GStrv) words = g_strsplit (scene->given, " ", -1);
  g_autofree char *word = change->value != NULL
                              ? g_strdup_printf ("%s=%s", change->spec->name, change->value)
                              : g_strdup (change->spec->name);
  return g_strv_contains ((const char *const *)words, word);
}

static void
check_pairs (gconstpointer data)
{
  const Scene *scene = data;
  g_autoptr (GArray) changes = make_changes ();
  guint faults = 0;
  for (guint i = 0; i < changes->len; i++)
    for (guint k = 0; k <= i; k++)
      {
        const Change *a = &g_array_index (changes, Change, i);
        const Change *b = &g_array_index (changes, Change, k);
        if (is_of_scene (scene, a) || is_of_scene (scene, b))
          continue;
        if (a == b)
          check_change (scene, a, NULL, &faults);
        if (a->spec == b->spec)
          continue;
        check_change (scene, a, b, &faults);
        check_change (scene, b, a, &faults);
      }
  g_test_message ("%u changes, %u command lines", changes->len, g_hash_table_size (outcomes));
  g_assert_cmpuint (faults, ==, 0);
}

/* The record is a matter of the options alone: the same request leaves the same one. */
static void
check_repeats (const Scene *scene, const Change *change)
{
  g_autofree char *command = command_of (scene, change, NULL);
  g_auto (GStrv) argv = g_strsplit (command, " ", -1);
  for (guint i = 0; i < 3; i++)
    {
      Outcome *outcome = run ((const char *const *)argv);
      if (g_strcmp0 (outcome->record, look (command)->record) != 0)
        g_error ("%s\n  leaves now\n%s\n  and now\n%s", command, outcome->record,
                 look (command)->record);
      outcome_free (outcome);
    }
}

static void
test_repeats (void)
{
  g_autoptr (GArray) changes = make_changes ();
  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    for (guint k = 0; k < changes->len; k++)
      check_repeats (&scenes[i], &g_array_index (changes, Change, k));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, outcome_free);
  g_test_add_func ("/options/pairs/repeats", test_repeats);
  for (gsize i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/options/pairs/%s", scenes[i].name);
      g_test_add_data_func (path, &scenes[i], check_pairs);
    }
  int status = g_test_run ();
  g_hash_table_unref (outcomes);
  if (recorder_log != NULL)
    g_string_free (recorder_log, TRUE);
  return status;
}
