/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/curves.h"

#include <string.h>

#define TIMES      "\303\227"
#define MIDDLE_DOT "\302\267"
#define ELLIPSIS   "\342\200\246"

enum
{
  MAX_TITLE_CHARACTERS = 26
};

static void
curve_free (gpointer data)
{
  NullcurveCurve *curve = data;

  g_array_unref (curve->records);
  for (gsize i = 0; i < NULLCURVE_N_FACETINGS; i++)
    {
      g_free (curve->facet_titles[i]);
      g_free (curve->facet_labels[i]);
    }
  g_free (curve->key);
  g_free (curve->label);
  g_free (curve);
}

static NullcurveCurve *
find_curve (const GPtrArray *curves, guint from, const MoeRecord *record)
{
  for (guint i = from; i < curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (curves, i);

      if (moe_record_same_curve (curve->first, record))
        return curve;
    }
  return NULL;
}

static void
add_run (GPtrArray *curves, const MoeRun *run, gsize index)
{
  const guint from = curves->len;

  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      NullcurveCurve *curve = find_curve (curves, from, record);

      if (curve == NULL)
        {
          curve = g_new0 (NullcurveCurve, 1);
          curve->run = index;
          curve->index = curves->len - from;
          curve->first = record;
          curve->records = g_array_new (FALSE, FALSE, sizeof (gsize));
          g_ptr_array_add (curves, curve);
        }
      g_array_append_val (curve->records, i);
    }
}

/* The words of one property of a curve; NULL when it is not known.  Interned, so that equal words
 * are equal pointers. */
typedef const char *(*Words) (const MoeRecord *record);

static const char *
topk_words (const MoeRecord *record)
{
  char words[32];

  if (record->topk < 0)
    return NULL;
  g_snprintf (words, sizeof words, "top-%" G_GINT64_FORMAT, record->topk);
  return g_intern_string (words);
}

static const char *
spaced (const char *name)
{
  g_autofree char *words = g_strdup (name);

  return words != NULL ? g_intern_string (g_strdelimit (words, "_", ' ')) : NULL;
}

static const char *
null_mode_words (const MoeRecord *record)
{
  return spaced (record->null_mode);
}

static const char *
dispatch_words (const MoeRecord *record)
{
  return record->null_dispatch;
}

static const char *
shape_words (const MoeRecord *record)
{
  const MoeShape *shape = &record->shape;
  char shared[32] = "";
  g_autofree char *words = NULL;

  if (!record->has_shape)
    return NULL;
  if (shape->shared_dim > 0)
    g_snprintf (shared, sizeof shared, " + shared %" G_GSIZE_FORMAT, shape->shared_dim);
  words = g_strdup_printf ("%" G_GSIZE_FORMAT TIMES "%" G_GSIZE_FORMAT TIMES
                           "%" G_GSIZE_FORMAT TIMES "%" G_GSIZE_FORMAT "%s",
                           shape->tokens, shape->hidden, shape->mlp_dim, shape->experts, shared);
  return g_intern_string (words);
}

static const char *
pass_words (const MoeRecord *record)
{
  if (record->pass != NULL
      && g_str_equal (record->pass, moe_name_of (&moe_pass_names, MOE_PASS_FORWARD_BACKWARD)))
    return "forward + backward";
  return record->pass;
}

static const char *
impl_words (const MoeRecord *record)
{
  return record->impl;
}

static const char *
grouping_words (const MoeRecord *record)
{
  return record->backend;
}

static const char *
accelerator_words (const MoeRecord *record)
{
  return record->accelerator;
}

static const char *
dtype_words (const MoeRecord *record)
{
  return record->dtype;
}

static const char *
distribution_words (const MoeRecord *record)
{
  return record->distribution;
}

static const char *
queue_mode_words (const MoeRecord *record)
{
  return record->mode;
}

static const char *
remat_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_REMAT);
}

static const char *
pack_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_PACK);
}

static const char *
permute_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_PERMUTE);
}

static const char *
capacity_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_CAPACITY);
}

static const char *
shared_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_SHARED);
}

static const char *
runs_words (const MoeRecord *record)
{
  return moe_record_axis (record, MOE_AXIS_RUNS);
}

static const char *
parallel_words (const MoeRecord *record)
{
  const char *words = moe_record_axis (record, MOE_AXIS_PARALLEL);

  return g_strcmp0 (words, "none") == 0 ? "one shard" : words;
}

/* Where values must differ to be worth a label, besides within the curve's own run. */
typedef enum Reach
{
  REACH_RUN,     /* nowhere else */
  REACH_SINGLES, /* among the runs that have one value each */
  REACH_ALL,     /* among all curves */
} Reach;

typedef struct Property
{
  Words words;
  Reach reach;
  gboolean common; /* worth saying when all agree */
} Property;

static const Property properties[] = {
  { shape_words, REACH_RUN, TRUE },         { topk_words, REACH_ALL, TRUE },
  { null_mode_words, REACH_SINGLES, TRUE }, { dispatch_words, REACH_SINGLES, TRUE },
  { pass_words, REACH_RUN, TRUE },          { impl_words, REACH_RUN, FALSE },
  { grouping_words, REACH_RUN, FALSE },     { accelerator_words, REACH_RUN, TRUE },
  { dtype_words, REACH_RUN, TRUE },         { distribution_words, REACH_RUN, FALSE },
  { queue_mode_words, REACH_RUN, FALSE },   { remat_words, REACH_RUN, FALSE },
  { pack_words, REACH_RUN, FALSE },         { permute_words, REACH_RUN, FALSE },
  { capacity_words, REACH_RUN, FALSE },     { shared_words, REACH_RUN, FALSE },
  { parallel_words, REACH_SINGLES, FALSE }, { runs_words, REACH_RUN, FALSE },
};

/* Labels read best with the number people sweep first. */
static const gsize label_order[] = { 1, 2, 3, 0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 };

/* Do known values differ among the curves (of one run, or of all)?  Unknown ones do not count:
 * a log that leaves a word out does not say that it differs. */
static gboolean
differs (const GPtrArray *curves, const Property *property, const gsize *run)
{
  const char *seen = NULL;

  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      const char *words = property->words (curve->first);

      if (words == NULL || (run != NULL && curve->run != *run))
        continue;
      if (seen != NULL && !g_str_equal (seen, words))
        return TRUE;
      seen = words;
    }
  return FALSE;
}

/* In which properties curves differ: worked out once for all labels, which would otherwise ask for
 * it curve by curve. */
typedef struct Differences
{
  gboolean *in_run; /* [run][property] */
  gboolean all[G_N_ELEMENTS (properties)];
  /* Among the runs that have one value each: a run that has several tells them apart anyway. */
  gboolean singles[G_N_ELEMENTS (properties)];
} Differences;

static gboolean
differs_in_run (const Differences *differences, gsize property, gsize run)
{
  return differences->in_run[run * G_N_ELEMENTS (properties) + property];
}

static gboolean
singles_differ (const GPtrArray *curves, const Differences *differences, gsize property)
{
  const char *seen = NULL;

  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      const char *words = properties[property].words (curve->first);

      if (words == NULL || differs_in_run (differences, property, curve->run))
        continue;
      if (seen != NULL && !g_str_equal (seen, words))
        return TRUE;
      seen = words;
    }
  return FALSE;
}

static void
differences_init (Differences *differences, const GPtrArray *curves, gsize n_runs)
{
  differences->in_run = g_new (gboolean, MAX (n_runs, 1) * G_N_ELEMENTS (properties));
  for (gsize p = 0; p < G_N_ELEMENTS (properties); p++)
    {
      for (gsize run = 0; run < n_runs; run++)
        differences->in_run[run * G_N_ELEMENTS (properties) + p] =
            differs (curves, &properties[p], &run);
      differences->all[p] = differs (curves, &properties[p], NULL);
      differences->singles[p] = singles_differ (curves, differences, p);
    }
}

static gboolean
worth_telling (const Differences *differences, gsize property, const NullcurveCurve *curve)
{
  if (differs_in_run (differences, property, curve->run))
    return TRUE;
  if (properties[property].reach == REACH_ALL)
    return differences->all[property];
  return properties[property].reach == REACH_SINGLES && differences->singles[property];
}

/* Do all curves say the same?  Here one that says nothing counts: nobody may put words in its
 * mouth. */
static gboolean
all_agree (const GPtrArray *curves, const Property *property)
{
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      if (property->words (curve->first) == NULL)
        return FALSE;
    }
  return !differs (curves, property, NULL);
}

static void
append_part (GString *label, const char *separator, const char *words)
{
  if (label->len > 0)
    g_string_append (label, separator);
  g_string_append (label, words);
}

static void
append_title (GString *label, const MoeRun *run, gsize index)
{
  const char *title = moe_run_get_title (run);
  g_autofree char *valid = title != NULL ? g_utf8_make_valid (title, -1) : NULL;

  if (valid == NULL || valid[0] == '\0')
    g_string_append_printf (label, "run %" G_GSIZE_FORMAT, index + 1);
  else if (g_utf8_strlen (valid, -1) > MAX_TITLE_CHARACTERS)
    {
      g_autofree char *start = g_utf8_substring (valid, 0, MAX_TITLE_CHARACTERS - 1);

      g_string_append_printf (label, "%s" ELLIPSIS, g_strchomp (start));
    }
  else
    g_string_append (label, valid);
}

/* Titles often say what was measured: "Quick, top-4 · 18:43". */
static gboolean
title_tells (const MoeRun *run, const char *words)
{
  const char *title = moe_run_get_title (run);

  return title != NULL && strstr (title, words) != NULL;
}

/* `without` need not be told: what the curve is split off by; NULL: nothing. */
static char *
make_label (const Differences *differences,
            const NullcurveCurve *curve,
            MoeRun *const *runs,
            gsize n_runs,
            Words without)
{
  g_autoptr (GString) label = g_string_new (NULL);

  if (n_runs > 1)
    append_title (label, runs[curve->run], curve->run);
  for (gsize i = 0; i < G_N_ELEMENTS (label_order); i++)
    {
      const gsize property = label_order[i];
      const char *words = properties[property].words (curve->first);

      if (words == NULL || properties[property].words == without
          || !worth_telling (differences, property, curve))
        continue;
      /* Within a run it must be said all the same. */
      if (n_runs == 1 || differs_in_run (differences, property, curve->run)
          || !title_tells (runs[curve->run], words))
        append_part (label, ", ", words);
    }
  if (label->len == 0 && without != topk_words && topk_words (curve->first) != NULL)
    g_string_append (label, topk_words (curve->first));
  if (label->len == 0)
    append_title (label, runs[curve->run], curve->run);
  return g_string_free (g_steal_pointer (&label), FALSE);
}

static char **
label_of (NullcurveCurve *curve, NullcurveFaceting by)
{
  return by == NULLCURVE_FACETS_NONE ? &curve->label : &curve->facet_labels[by];
}

/* A label that another curve (of the same facet) has already gets a number. */
static void
make_unique (const GPtrArray *curves, guint index, NullcurveFaceting by)
{
  NullcurveCurve *curve = g_ptr_array_index (curves, index);
  char **label = label_of (curve, by);
  guint same = 1;

  for (guint i = 0; i < index; i++)
    {
      NullcurveCurve *other = g_ptr_array_index (curves, i);

      if (g_strcmp0 (other->facet_titles[by], curve->facet_titles[by]) == 0
          && g_str_equal (*label_of (other, by), *label))
        {
          g_autofree char *base = g_steal_pointer (label);
          const char *number = g_strrstr (base, " (");
          const gsize length = same > 1 && number != NULL ? (gsize)(number - base) : strlen (base);

          *label = g_strdup_printf ("%.*s (%u)", (int)length, base, ++same);
          /* The numbered one may be taken too. */
          i = (guint)-1;
        }
    }
}

/* Shapes of the published logbook have letters; other numbers of tokens make fractions of them. */
static char *
shape_title (const MoeRecord *record)
{
  static const struct
  {
    const char *letter;
    MoeShape shape;
  } known[] = {
    { "S", { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 60 } },
    { "M", { .tokens = 32768, .hidden = 2048, .mlp_dim = 2048, .experts = 64 } },
    { "L", { .tokens = 65536, .hidden = 3072, .mlp_dim = 3072, .experts = 128 } },
  };
  const char *words = shape_words (record);

  for (gsize i = 0; words != NULL && i < G_N_ELEMENTS (known); i++)
    {
      const MoeShape *shape = &known[i].shape;

      if (shape->hidden != record->shape.hidden || shape->mlp_dim != record->shape.mlp_dim
          || shape->experts != record->shape.experts)
        continue;
      if (shape->tokens == record->shape.tokens)
        return g_strdup_printf ("%s  %s", known[i].letter, words);
      if (record->shape.tokens > 0 && shape->tokens % record->shape.tokens == 0)
        return g_strdup_printf ("%s/%" G_GSIZE_FORMAT "  %s", known[i].letter,
                                shape->tokens / record->shape.tokens, words);
    }
  return g_strdup (words);
}

/* Runs may bear the same title: the second of them is told from the first by a number. */
static void
make_key (const GPtrArray *curves, guint index, const MoeRun *run)
{
  NullcurveCurve *curve = g_ptr_array_index (curves, index);
  const char *title = moe_run_get_title (run);
  guint same = 0;

  curve->key = g_strdup_printf ("%s\n%u", title != NULL ? title : "", curve->index);
  for (guint i = 0; i < index; i++)
    {
      const NullcurveCurve *other = g_ptr_array_index (curves, i);

      same += g_str_has_prefix (other->key, curve->key)
              && strchr ("#", other->key[strlen (curve->key)]) != NULL;
    }
  if (same > 0)
    {
      g_autofree char *base = g_steal_pointer (&curve->key);

      curve->key = g_strdup_printf ("%s#%u", base, same);
    }
}

static void
name_curve (const GPtrArray *curves,
            const Differences *differences,
            guint index,
            MoeRun *const *runs,
            gsize n_runs)
{
  static const Words without[NULLCURVE_N_FACETINGS] = {
    [NULLCURVE_FACETS_SHAPE] = shape_words,
    [NULLCURVE_FACETS_TOPK] = topk_words,
  };
  NullcurveCurve *curve = g_ptr_array_index (curves, index);

  curve->facet_titles[NULLCURVE_FACETS_SHAPE] = shape_title (curve->first);
  curve->facet_titles[NULLCURVE_FACETS_TOPK] = g_strdup (topk_words (curve->first));
  for (int by = NULLCURVE_FACETS_NONE; by < NULLCURVE_N_FACETINGS; by++)
    {
      *label_of (curve, (NullcurveFaceting)by) =
          make_label (differences, curve, runs, n_runs, without[by]);
      make_unique (curves, index, (NullcurveFaceting)by);
    }
  make_key (curves, index, runs[curve->run]);
}

void
nullcurve_curve_name_series (const NullcurveCurve *curve, NullcurveSeries *series)
{
  nullcurve_figure_set_text (&series->key, curve->key);
  for (gsize i = 0; i < NULLCURVE_N_FACETINGS; i++)
    {
      nullcurve_figure_set_text (&series->facet_titles[i], curve->facet_titles[i]);
      nullcurve_figure_set_text (&series->facet_labels[i], curve->facet_labels[i]);
    }
}

GPtrArray *
nullcurve_curves_new (MoeRun *const *runs, gsize n_runs)
{
  GPtrArray *curves = g_ptr_array_new_with_free_func (curve_free);
  Differences differences;

  for (gsize i = 0; i < n_runs; i++)
    add_run (curves, runs[i], i);
  differences_init (&differences, curves, n_runs);
  for (guint i = 0; i < curves->len; i++)
    name_curve (curves, &differences, i, runs, n_runs);
  g_free (differences.in_run);
  return curves;
}

char *
nullcurve_curves_common (const GPtrArray *curves)
{
  g_autoptr (GString) common = g_string_new (NULL);

  for (gsize i = 0; curves->len > 0 && i < G_N_ELEMENTS (properties); i++)
    {
      const NullcurveCurve *first = g_ptr_array_index (curves, 0);
      const char *words = properties[i].words (first->first);

      if (properties[i].common && words != NULL && all_agree (curves, &properties[i]))
        append_part (common, " " MIDDLE_DOT " ", words);
    }
  if (common->len == 0)
    return NULL;
  return g_string_free (g_steal_pointer (&common), FALSE);
}
