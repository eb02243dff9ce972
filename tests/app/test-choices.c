/* SPDX-License-Identifier: Apache-2.0 */
/* What every choice must have, whichever it is: see docs/adding-an-option.md.  That it has a row in
 * the form is asked in tests/ui/test-setup-panel.c. */
#include <string.h>

#include "app/command-line/help.h"
#include "app/command-line/man.h"
#include "engine/formats/csv.h"
#include "engine/formats/formats.h"
#include "engine/options/plan.h"
#include "engine/records/curves.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/text/intern.h"
#include "ui/views/curves.h"

/* A record with everything that a choice may need to mean anything: the first value of each, but
 * shards, a shared expert and a capacity. */
static MoeRecord
record_with (MoeChoice choice, const char *value)
{
  MoeRecord record;
  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 64, 32, 16, 8, 16 };
  record.topk = 2;
  record.null_target = 0.5;
  record.tokens_per_s = 1000;
  record.choice[MOE_CHOICE_ACCELERATOR] = moe_text_intern ("native");
  for (int c = 0; c < MOE_N_CHOICES; c++)
    if (moe_choices[c].names.n > 0)
      record.choice[c] = moe_text_intern (moe_choice_name (c, 0));
  record.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  record.choice[choice] = moe_text_intern (value);
  return record;
}

/* Two of a choice's values. */
static void
two_values (MoeChoice choice, const char *values[2])
{
  static const char *const accelerators[] = { "native", "openblas" };
  const MoeNames *names = &moe_choices[choice].names;
  for (int i = 0; i < 2; i++)
    values[i] = names->n > 0 ? moe_choice_name (choice, i) : accelerators[i];
}

static MoeRun *
run_of_two (MoeChoice choice)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "two");
  const char *values[2];
  two_values (choice, values);
  for (int i = 0; i < 2; i++)
    {
      MoeRecord record = record_with (choice, values[i]);
      moe_run_append (run, &record);
    }
  return run;
}

static void
test_row (void)
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      const MoeChoiceSpec *spec = &moe_choices[c];
      g_test_message ("%s", spec->option);
      g_assert_cmpstr (spec->column, !=, "");
      g_assert_cmpstr (spec->title, !=, "");
      if (spec->ask != MOE_ASK_OTHER)
        g_assert_cmpuint (spec->names.n, >=, 2);
      g_assert_cmpuint (spec->names.n, <=, 8);
      g_assert_cmpuint (spec->initial, <, 1u << spec->names.n);
      g_assert_false (spec->note != NULL && spec->notes.n > 0);
      g_assert_true (spec->notes.n == 0 || spec->notes.n == spec->names.n);
      g_assert_true (spec->labels.n == 0 || spec->labels.n == spec->names.n);
    }
}

/* Its value, and only its value, goes from the command line to the plan and back to words. */
static void
test_option (void)
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      MoeOptions options, usual;
      MoePlan plan;
      MoeError error;
      char text[128];
      const MoeOptionSpec *spec = moe_option_spec_find (moe_choices[c].option);
      g_assert_nonnull (spec);
      if (moe_choices[c].ask == MOE_ASK_OTHER)
        continue;
      moe_options_init_single (&options);
      options.shape = (MoeShape){ 64, 32, 16, 8, 16 };
      options.capacity_factor = 1;
      usual = options;
      g_assert_cmpint (moe_options_set (&options, spec->key, moe_choice_name (c, 1), &error), ==,
                       MOE_OK);
      moe_options_format (&options, spec, text, sizeof text);
      g_assert_cmpstr (text, ==, moe_choice_name (c, 1));
      usual.choice[c] = options.choice[c];
      g_assert_cmpmem (&usual, sizeof usual, &options, sizeof options);
      g_assert_cmpint (moe_plan_new (&options, &plan, &error), ==, MOE_OK);
      const MoePoint *point = &plan.points[plan.n_points - 1];
      if (moe_choices[c].scope != MOE_SCOPE_ROUTING)
        g_assert_cmpuint (point->block.choice[c], ==, 1);
      MoeRecord record;
      const MoePointFacts facts = { .real_assignments = SIZE_MAX };
      moe_record_from_point (&record, point, &facts, "native");
      g_assert_cmpstr (record.choice[c], ==, moe_choice_name (c, 1));
      moe_plan_clear (&plan);
    }
}

static void
test_help (void)
{
  g_autoptr (GString) help = nullcurve_bench_help ();
  g_autoptr (GString) man = nullcurve_bench_man ();
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      const MoeOptionSpec *spec = moe_option_spec_find (moe_choices[c].option);
      g_autofree char *line = g_strdup_printf ("\n  --%s", spec->name);
      g_auto (GStrv) pieces = g_strsplit (spec->name, "-", -1);
      g_autofree char *dashed = g_strjoinv ("\\-", pieces);
      g_assert_nonnull (strstr (help->str, line));
      g_assert_nonnull (strstr (man->str, dashed));
      g_assert_cmpstr (spec->help, !=, "");
    }
}

static void
test_column (void)
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      const char *values[2];
      g_autoptr (MoeRun) run = run_of_two (c);
      g_autoptr (GString) text = moe_formats_to_csv (run);
      g_autoptr (GError) error = NULL;
      g_autoptr (MoeRun) back = moe_formats_read_data (text->str, text->len, "two.csv", &error);
      g_assert_no_error (error);
      g_assert_cmpuint (moe_run_get_n_records (back), ==, 2);
      two_values (c, values);
      for (gsize i = 0; i < 2; i++)
        g_assert_cmpstr (moe_run_get_record (back, i)->choice[c], ==, values[i]);
      g_autofree char *name = g_strdup_printf (",%s,", moe_choices[c].column);
      g_assert_nonnull (strstr (text->str, name));
    }
}

/* Records that differ in it alone are two curves, which a label tells apart. */
static void
test_curves (void)
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      MoeLabels labels;
      gboolean told = FALSE;
      g_autoptr (MoeRun) run = run_of_two (c);
      g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
      g_test_message ("%s", moe_choices[c].option);
      g_assert_cmpuint (curves->len, ==, 2);
      moe_labels_find (curves, NULL, &labels);
      for (MoeLabel label = MOE_LABEL_FIRST_AXIS; label < MOE_N_LABELS; label++)
        told = told || labels.shown[label];
      g_assert_true (told);
      g_assert_cmpstr (moe_axis_title (c), ==, moe_choices[c].title);

      /* In a legend too, and not by a number. */
      g_autoptr (GPtrArray) shown = nullcurve_curves_new (&run, 1);
      const NullcurveCurve *first = g_ptr_array_index (shown, 0), *second = shown->pdata[1];
      g_assert_cmpstr (first->label, !=, second->label);
      g_assert_null (strstr (second->label, "(2)"));
    }
}

/* In a name, each by words of its own; what is as usual is not told. */
static void
test_changes (void)
{
  MoeOptions defaults;
  moe_options_init (&defaults);
  g_autofree char *nothing = moe_text_changes (&defaults, &defaults);
  g_assert_cmpstr (nothing, ==, "");
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      for (gsize value = 0; specs[i].choice != NULL && value < specs[i].choice->names.n; value++)
        {
          MoeOptions options = defaults;
          const char *name = specs[i].choice->names.names[value];
          g_assert_cmpint (moe_options_set (&options, specs[i].key, name, NULL), ==, MOE_OK);
          g_autofree char *words = moe_text_changes (&options, &defaults);
          /* Where it plays a part. */
          if (moe_options_unneeded (&options, &specs[i]) == NULL)
            g_assert_true (g_hash_table_add (told, g_steal_pointer (&words)));
          else
            g_assert_cmpstr (words, ==, "");
        }
    }

  MoeOptions options = defaults;
  g_assert_cmpint (moe_options_set (&options, "null_route_frac_list", "0.1,0.2,0.3,0.4", NULL), ==,
                   MOE_OK);
  g_assert_cmpint (moe_options_set (&options, "dtype", "bfloat16", NULL), ==, MOE_OK);
  g_autofree char *words = moe_text_changes (&options, &defaults);
  g_assert_nonnull (strstr (words, "bfloat16"));
  g_assert_nonnull (strstr (words, "f = 0.1 … 0.4 (4)"));
}

/* A setup's changes as words of a name, from a line of options. */
static void
assert_words (const char *line, const char *expected)
{
  MoeOptions defaults, options;
  moe_options_init (&defaults);
  options = defaults;
  moe_text_to_options (line, &options);
  g_autofree char *words = moe_text_changes (&options, &defaults);
  g_assert_cmpstr (words, ==, expected);
}

/* f = 0 is measured beside a sweep or in the list of one: the name is the same. */
static void
test_listed_zero (void)
{
  MoeOptions defaults, options;
  moe_presets_init_options (&defaults);
  options = defaults;
  moe_text_to_options ("null_route_frac_list=0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9", &options);
  g_autofree char *same = moe_text_changes (&options, &defaults);
  g_assert_cmpstr (same, ==, "");
  moe_text_to_options ("null_route_frac_list=0,0.1,0.2", &options);
  g_autofree char *fewer = moe_text_changes (&options, &defaults);
  g_assert_cmpstr (fewer, ==, "f = 0, 0.1, 0.2");
}

/* How often and how long is measured is nothing that a name tells; what is told reads as words. */
static void
test_words (void)
{
  assert_words ("bench_pass=forward_backward warmup=1 baseline=true null_route_sweep=true "
                "until_settled=true budget=30",
                "forward + backward, f = 0.1 … 0.9, with f = 0");
  assert_words ("null_route_frac_list=0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9", "f = 0.1 … 0.9");
  assert_words ("null_route_frac_list=0,0.5 null_route_sweep=true baseline=true", "f = 0, 0.5");
  assert_words ("null_route_frac=0.5", "f = 0.5");
  assert_words ("tokens_list=1,2,4", "tokens 1, 2, 4");
  assert_words ("distribution=loads routing_file=/where/ever/loads.csv loads_row=3",
                "loads, loads.csv, row 3");

  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (specs[i].group, MOE_GROUP_MEASURE))
      {
        const char *value = specs[i].kind == MOE_OPTION_FLAG ? "true" : "0.25";
        g_autofree char *real = g_strdup_printf ("%s=%s", specs[i].key, value);
        g_autofree char *whole = g_strdup_printf ("%s=7", specs[i].key);
        assert_words (real, "");
        assert_words (whole, "");
      }
}

/* Somebody who measures single fractions here has left out what the window has always. */
static void
test_words_of_window (void)
{
  MoeOptions defaults, options;
  moe_options_init (&defaults);
  defaults.baseline = defaults.null_route_sweep = true;
  options = defaults;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.3, 0.6, 0.9 }, 3 };
  g_autofree char *list = moe_text_changes (&options, &defaults);
  g_assert_cmpstr (list, ==, "f = 0.3, 0.6, 0.9");
  options.baseline = false;
  g_autofree char *alone = moe_text_changes (&options, &defaults);
  g_assert_cmpstr (alone, ==, "f = 0.3, 0.6, 0.9, without f = 0");
}

/* Sizes are told once: by the block where its ends say all of them, else by the list. */
static void
test_words_of_sizes (void)
{
  static const struct
  {
    const char *option;
    const char *sizes;
    const char *block;
    const char *beside;
  } cases[] = {
    { "tokens-list", "64,128,256", "64…256×", "" },
    { "tokens-list", "64,256", "64…256×", "tokens 64, 256" },
    { "tokens-list", "64", "64×", "" },
    { "experts-list", "8,16", "×8…16", "" },
    { "experts-list", "8,16,24", "×8…24", "experts 8, 16, 24" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions defaults, options;
      MoeError error;
      moe_options_init (&defaults);
      options = defaults;
      g_assert_cmpint (moe_options_set (&options, cases[i].option, cases[i].sizes, &error), ==,
                       MOE_OK);
      g_autofree char *block = moe_text_block (&options);
      g_autofree char *beside = moe_text_changes_beside_block (&options, &defaults);
      g_autofree char *alone = moe_text_changes (&options, &defaults);
      g_assert_nonnull (strstr (block, cases[i].block));
      g_assert_cmpstr (beside, ==, cases[i].beside);
      g_assert_cmpstr (alone, !=, "");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choices/row", test_row);
  g_test_add_func ("/choices/option", test_option);
  g_test_add_func ("/choices/help", test_help);
  g_test_add_func ("/choices/changes", test_changes);
  g_test_add_func ("/choices/words", test_words);
  g_test_add_func ("/choices/listed-zero", test_listed_zero);
  g_test_add_func ("/choices/words-of-window", test_words_of_window);
  g_test_add_func ("/choices/words-of-sizes", test_words_of_sizes);
  g_test_add_func ("/choices/column", test_column);
  g_test_add_func ("/choices/curves", test_curves);
  return g_test_run ();
}
