/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/curves.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/text/intern.h"
#include "ui/cards/brief-titles.h"
#include "ui/figure/keys.h"
#include "ui/words/shape-names.h"

#define MIDDLE_DOT "\302\267"

static void
curve_free (gpointer data)
{
  NullcurveCurve *curve = data;

  g_ptr_array_unref (curve->records);
  g_array_unref (curve->indices);
  for (gsize i = 0; i < NULLCURVE_N_FACETINGS; i++)
    {
      g_free (curve->facet_titles[i]);
      g_free (curve->facet_labels[i]);
    }
  for (gsize i = 0; i < NULLCURVE_N_PARTS; i++)
    g_free (curve->parts[i]);
  g_free (curve->key);
  g_free (curve->label);
  g_free (curve->detail);
  g_free (curve);
}

static void
add_run (GPtrArray *curves, MoeRun *run, gsize index)
{
  g_autoptr (GPtrArray) of_run = moe_curves_collect (&run, 1);

  for (guint i = 0; i < of_run->len; i++)
    {
      const MoeCurve *of = g_ptr_array_index (of_run, i);
      NullcurveCurve *curve = g_new0 (NullcurveCurve, 1);

      curve->run = index;
      curve->index = i;
      curve->first = of->first;
      curve->records = g_ptr_array_ref (of->records);
      curve->indices = g_array_ref (of->indices);
      g_ptr_array_add (curves, curve);
    }
}

/* What tells curves apart: shape, top-k, and every axis of their records. */
enum
{
  PROPERTY_SHAPE,
  PROPERTY_TOPK,
  PROPERTY_FIRST_AXIS,
  N_PROPERTIES = PROPERTY_FIRST_AXIS + MOE_N_AXES
};

static const char *
topk_words (const MoeRecord *record)
{
  char words[32];

  if (record->topk < 0)
    return NULL;
  g_snprintf (words, sizeof words, "top-%" G_GINT64_FORMAT, record->topk);
  return moe_text_intern (words);
}

static const char *
spaced (const char *name)
{
  g_autofree char *words = g_strdup (name);

  return words != NULL ? moe_text_intern (g_strdelimit (words, "_", ' ')) : NULL;
}

static const char *
axis_words (const MoeRecord *record, MoeAxis axis)
{
  const char *words = moe_record_axis (record, axis);

  if (axis == MOE_CHOICE_NULL_MODE)
    return spaced (words);
  if (axis == MOE_CHOICE_PASS && moe_record_is (record, axis, MOE_PASS_FORWARD_BACKWARD))
    return _ ("forward + backward");
  if (axis == MOE_CHOICE_PARALLEL_MODE && g_strcmp0 (words, "none") == 0)
    return _ ("one shard");
  return words;
}

/* NULL when it is not known. */
static const char *
property_words (guint property, const MoeRecord *record)
{
  if (property == PROPERTY_SHAPE)
    return nullcurve_shape_dimensions (record);
  if (property == PROPERTY_TOPK)
    return topk_words (record);
  return axis_words (record, property - PROPERTY_FIRST_AXIS);
}

/* In a label. */
static const char *
brief_words (guint property, const MoeRecord *record)
{
  return property == PROPERTY_SHAPE ? nullcurve_shape_brief (record)
                                    : property_words (property, record);
}

/* Worth saying when all agree? */
static gboolean
is_common (guint property, const char *words)
{
  const MoeAxis axis = property - PROPERTY_FIRST_AXIS;

  return property < PROPERTY_FIRST_AXIS
         || (axis < MOE_N_CHOICES && moe_choice_is_telling (axis, words));
}

/* Labels read best with the number people sweep first. */
static guint
in_label (guint place)
{
  return place < PROPERTY_FIRST_AXIS ? PROPERTY_TOPK - place : place;
}

/* Do known values differ among the curves (of one run, or of all)?  Unknown ones do not count:
 * a log that leaves a word out does not say that it differs. */
static gboolean
differs (const GPtrArray *curves, guint property, const gsize *run)
{
  const char *seen = NULL;

  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);
      const gboolean asked = run == NULL || curve->run == *run;
      const char *words = asked ? property_words (property, curve->first) : NULL;

      if (words == NULL)
        continue;
      if (seen != NULL && !g_str_equal (seen, words))
        return TRUE;
      seen = words;
    }
  return FALSE;
}

/* What labels are made of. */
typedef struct Namer
{
  const GPtrArray *curves;
  MoeRun *const *runs;
  gsize n_runs;
  GPtrArray *titles; /* brief ones, of each run */
  /* [run][property]: do the run's curves differ in it?  Worked out once for all labels, which would
   * otherwise ask for it curve by curve. */
  gboolean *in_run;
} Namer;

static gboolean
differs_in_run (const Namer *namer, guint property, gsize run)
{
  return namer->in_run[run * N_PROPERTIES + property];
}

static void
find_differences (Namer *namer)
{
  namer->in_run = g_new (gboolean, MAX (namer->n_runs, 1) * N_PROPERTIES);
  for (gsize run = 0; run < namer->n_runs; run++)
    for (guint p = 0; p < N_PROPERTIES; p++)
      namer->in_run[run * N_PROPERTIES + p] = differs (namer->curves, p, &run);
}

/* Do all curves say the same?  Here one that says nothing counts: nobody may put words in its
 * mouth. */
static gboolean
all_agree (const GPtrArray *curves, guint property)
{
  for (guint i = 0; i < curves->len; i++)
    {
      const NullcurveCurve *curve = g_ptr_array_index (curves, i);

      if (property_words (property, curve->first) == NULL)
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

/* What tells the curve from the others of its run, after the run's title where there are several
 * runs.  `without` need not be told: what the curves are split off by; N_PROPERTIES: nothing. */
static char *
make_label (const Namer *namer, const NullcurveCurve *curve, guint without)
{
  const char *title = g_ptr_array_index (namer->titles, curve->run);
  g_autoptr (GString) label = g_string_new (namer->n_runs > 1 ? title : NULL);

  for (guint i = 0; i < N_PROPERTIES; i++)
    {
      const guint property = in_label (i);
      const gboolean told = property != without && differs_in_run (namer, property, curve->run);
      const char *words = told ? brief_words (property, curve->first) : NULL;

      if (words != NULL)
        append_part (label, ", ", words);
    }
  if (label->len == 0 && without != PROPERTY_TOPK && topk_words (curve->first) != NULL)
    g_string_append (label, topk_words (curve->first));
  if (label->len == 0)
    g_string_append (label, title);
  return g_string_free (g_steal_pointer (&label), FALSE);
}

static char **
label_of (NullcurveCurve *curve, NullcurveFaceting by)
{
  return by == NULLCURVE_FACETS_NONE ? &curve->label : &curve->facet_labels[by];
}

/* A label is one of its facet. */
static char *
dup_place (NullcurveCurve *curve, NullcurveFaceting by)
{
  const char *facet = curve->facet_titles[by];

  return g_strdup_printf ("%s\n%s", facet != NULL ? facet : "\n", *label_of (curve, by));
}

/* Label in its facet to the curves (GPtrArray of NullcurveCurve) that have it. */
static GHashTable *
group_alike (const GPtrArray *curves, NullcurveFaceting by)
{
  GHashTable *groups =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (curves, i);
      g_autofree char *place = dup_place (curve, by);
      GPtrArray *group = g_hash_table_lookup (groups, place);

      if (group == NULL)
        {
          group = g_ptr_array_new ();
          g_hash_table_insert (groups, g_steal_pointer (&place), group);
        }
      g_ptr_array_add (group, curve);
    }
  return groups;
}

/* The machine of the curve's run, where it is not that of all curves that read alike; else NULL. */
static const char *
host_apart (const Namer *namer, const GPtrArray *alike, const NullcurveCurve *curve)
{
  const char *host = moe_run_get_fact (namer->runs[curve->run], "host");

  for (guint i = 0; host != NULL && i < alike->len; i++)
    {
      const NullcurveCurve *other = g_ptr_array_index (alike, i);

      if (g_strcmp0 (moe_run_get_fact (namer->runs[other->run], "host"), host) != 0)
        return host;
    }
  return NULL;
}

/* Runs may bear the same title: curves that would read alike say in what they differ. */
static char *
tell_apart (const Namer *namer, GHashTable *groups, NullcurveCurve *curve, NullcurveFaceting by)
{
  g_autofree char *place = dup_place (curve, by);
  const GPtrArray *alike = g_hash_table_lookup (groups, place);
  g_autoptr (GString) told = g_string_new (*label_of (curve, by));

  for (guint i = 0; alike->len > 1 && i < N_PROPERTIES; i++)
    {
      const char *words = brief_words (in_label (i), curve->first);

      if (words != NULL && differs (alike, in_label (i), NULL))
        append_part (told, ", ", words);
    }
  if (host_apart (namer, alike, curve) != NULL)
    append_part (told, ", ", host_apart (namer, alike, curve));
  return g_string_free (g_steal_pointer (&told), FALSE);
}

/* A label that another curve (of the same facet) has already gets a number; `taken` has the places
 * of those before it. */
static void
make_unique (GHashTable *taken, NullcurveCurve *curve, NullcurveFaceting by)
{
  char **label = label_of (curve, by);
  g_autofree char *base = g_strdup (*label);
  g_autofree char *place = dup_place (curve, by);

  for (guint number = 2; g_hash_table_contains (taken, place); number++)
    {
      g_free (*label);
      g_free (place);
      *label = g_strdup_printf ("%s (%u)", base, number);
      place = dup_place (curve, by);
    }
  g_hash_table_add (taken, g_steal_pointer (&place));
}

/* Runs may bear the same title: the second of them is told from the first by a number. */
static void
make_key (GHashTable *counts, NullcurveCurve *curve, const MoeRun *run)
{
  const char *title = moe_run_get_title (run);
  char *base = g_strdup_printf ("%s\n%u", title != NULL ? title : "", curve->index);
  const guint same = GPOINTER_TO_UINT (g_hash_table_lookup (counts, base));

  curve->key = same > 0 ? g_strdup_printf ("%s#%u", base, same) : g_strdup (base);
  g_hash_table_insert (counts, base, GUINT_TO_POINTER (same + 1));
}

static void
make_labels (const Namer *namer, NullcurveFaceting by)
{
  static const guint without[NULLCURVE_N_FACETINGS] = {
    [NULLCURVE_FACETS_NONE] = N_PROPERTIES,
    [NULLCURVE_FACETS_SHAPE] = PROPERTY_SHAPE,
    [NULLCURVE_FACETS_TOPK] = PROPERTY_TOPK,
  };
  const GPtrArray *curves = namer->curves;
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) groups = NULL;

  for (guint i = 0; i < curves->len; i++)
    *label_of (g_ptr_array_index (curves, i), by) =
        make_label (namer, g_ptr_array_index (curves, i), without[by]);
  groups = group_alike (curves, by);
  for (guint i = 0; i < curves->len; i++)
    g_ptr_array_add (told, tell_apart (namer, groups, g_ptr_array_index (curves, i), by));
  for (guint i = 0; i < curves->len; i++)
    {
      nullcurve_figure_set_text (label_of (g_ptr_array_index (curves, i), by),
                                 g_ptr_array_index (told, i));
      make_unique (taken, g_ptr_array_index (curves, i), by);
    }
}

/* All that is known of it, for whoever asks about this one. */
static char *
make_detail (const NullcurveCurve *curve, const MoeRun *run)
{
  g_autoptr (GString) detail = g_string_new (moe_run_get_title (run));

  for (guint i = 0; i < N_PROPERTIES; i++)
    {
      const char *words = property_words (in_label (i), curve->first);

      if (words != NULL && !g_str_equal (words, "none"))
        append_part (detail, " " MIDDLE_DOT " ", words);
    }
  return g_utf8_make_valid (detail->str, -1);
}

/* Has a run before that of the curve this very name?  One that only begins so is another. */
static gboolean
is_name_taken (const Namer *namer, const NullcurveCurve *curve, const char *name)
{
  for (guint i = 0; i < namer->curves->len; i++)
    {
      const NullcurveCurve *other = g_ptr_array_index (namer->curves, i);

      if (other->run == curve->run)
        return FALSE;
      if (g_str_equal (other->parts[NULLCURVE_PART_RUN], name))
        return TRUE;
    }
  return FALSE;
}

/* Runs' names: titles, what those of the same title differ in, and where that is nothing numbers.
 */
static char *
name_run (const Namer *namer, const NullcurveCurve *curve)
{
  const char *title = g_ptr_array_index (namer->titles, curve->run);
  g_autoptr (GPtrArray) alike = g_ptr_array_new ();
  GString *name = g_string_new (title);
  char *free_name;

  for (guint i = 0; i < namer->curves->len; i++)
    {
      NullcurveCurve *other = g_ptr_array_index (namer->curves, i);

      if (other->index == 0 && g_str_equal (g_ptr_array_index (namer->titles, other->run), title))
        g_ptr_array_add (alike, other);
    }
  for (guint i = 0; alike->len > 1 && i < N_PROPERTIES; i++)
    {
      const char *words = brief_words (in_label (i), curve->first);

      if (words != NULL && !differs_in_run (namer, in_label (i), curve->run)
          && differs (alike, in_label (i), NULL))
        append_part (name, ", ", words);
    }
  if (host_apart (namer, alike, curve) != NULL)
    append_part (name, ", ", host_apart (namer, alike, curve));
  free_name = g_strdup (name->str);
  for (guint n = 2; is_name_taken (namer, curve, free_name); n++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("%s (%u)", name->str, n);
    }
  g_string_free (name, TRUE);
  return free_name;
}

static NullcurveFaceting
facet_of (guint property)
{
  return property == PROPERTY_SHAPE  ? NULLCURVE_FACETS_SHAPE
         : property == PROPERTY_TOPK ? NULLCURVE_FACETS_TOPK
                                     : NULLCURVE_FACETS_NONE;
}

static gboolean
differs_in_any (const Namer *namer, guint property)
{
  for (gsize run = 0; run < namer->n_runs; run++)
    if (differs_in_run (namer, property, run))
      return TRUE;
  return FALSE;
}

static void
tell_runs (const Namer *namer)
{
  for (guint i = 0; i < namer->curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (namer->curves, i);
      const NullcurveCurve *before = i > 0 ? g_ptr_array_index (namer->curves, i - 1) : NULL;

      curve->parts[NULLCURVE_PART_RUN] = before != NULL && before->run == curve->run
                                             ? g_strdup (before->parts[NULLCURVE_PART_RUN])
                                             : name_run (namer, curve);
    }
}

/* One more property that is told in a part; after the first its words are added. */
static void
tell_property (const Namer *namer, guint property, NullcurvePart part, gboolean first)
{
  for (guint i = 0; i < namer->curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (namer->curves, i);
      const char *words = brief_words (property, curve->first);
      g_autofree char *before = g_steal_pointer (&curve->parts[part]);

      curve->parts[part] = before != NULL && words != NULL
                               ? g_strconcat (before, ", ", words, NULL)
                               : g_strdup (before != NULL ? before : words);
      curve->part_facets[part] = first ? facet_of (property) : NULLCURVE_FACETS_NONE;
    }
}

static void
rank_parts (const Namer *namer, NullcurvePart part)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GPtrArray) values = NULL;

  for (guint i = 0; i < namer->curves->len; i++)
    g_ptr_array_add (words, ((NullcurveCurve *)g_ptr_array_index (namer->curves, i))->parts[part]);
  values = nullcurve_values_sort (words);
  for (guint i = 0; i < namer->curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (namer->curves, i);

      curve->part_ranks[part] = nullcurve_values_rank (values, curve->parts[part]);
    }
}

/* What differs inside a run is told of all: what a look says in one run it says in every one. */
static void
tell_parts (const Namer *namer)
{
  guint n = 0;

  tell_runs (namer);
  for (guint place = 0; place < N_PROPERTIES; place++)
    if (differs_in_any (namer, in_label (place)))
      {
        tell_property (namer, in_label (place),
                       n == 0 ? NULLCURVE_PART_VALUE : NULLCURVE_PART_OTHER, n < 2);
        n++;
      }
  rank_parts (namer, NULLCURVE_PART_VALUE);
  rank_parts (namer, NULLCURVE_PART_OTHER);
}

static void
name_curves (const GPtrArray *curves, MoeRun *const *runs, gsize n_runs)
{
  Namer namer = { curves, runs, n_runs, nullcurve_brief_titles_new (runs, n_runs), NULL };
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (curves, i);

      curve->facet_titles[NULLCURVE_FACETS_SHAPE] = nullcurve_shape_title (curve->first);
      curve->facet_titles[NULLCURVE_FACETS_TOPK] = g_strdup (topk_words (curve->first));
      curve->detail = make_detail (curve, runs[curve->run]);
      make_key (counts, curve, runs[curve->run]);
    }
  find_differences (&namer);
  tell_parts (&namer);
  for (int by = NULLCURVE_FACETS_NONE; by < NULLCURVE_N_FACETINGS; by++)
    make_labels (&namer, (NullcurveFaceting)by);
  g_ptr_array_unref (namer.titles);
  g_free (namer.in_run);
}

void
nullcurve_curve_name_series (const NullcurveCurve *curve, NullcurveSeries *series)
{
  series->topk = curve->first->topk > 0 ? (double)curve->first->topk : 0.0;
  nullcurve_figure_set_text (&series->key, curve->key);
  nullcurve_figure_set_text (&series->detail, curve->detail);
  for (int part = 0; part < NULLCURVE_N_PARTS; part++)
    nullcurve_series_set_part (series, (NullcurvePart)part, curve->parts[part],
                               curve->part_ranks[part], curve->part_facets[part]);
  for (gsize i = 0; i < NULLCURVE_N_FACETINGS; i++)
    {
      nullcurve_figure_set_text (&series->facet_titles[i], curve->facet_titles[i]);
      nullcurve_figure_set_text (&series->facet_labels[i], curve->facet_labels[i]);
    }
}

static gsize
count_points (const GPtrArray *curves)
{
  gsize n = 0;

  for (guint i = 0; i < curves->len; i++)
    n += ((const NullcurveCurve *)g_ptr_array_index (curves, i))->records->len;
  return n;
}

/* The lists are those of others, too: a curve gets its own. */
static void
cut_curve (NullcurveCurve *curve, guint most)
{
  GPtrArray *records = g_ptr_array_new ();
  GArray *indices = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (guint i = 0; i < most; i++)
    g_ptr_array_add (records, g_ptr_array_index (curve->records, i));
  g_array_append_vals (indices, curve->indices->data, most);
  g_ptr_array_unref (curve->records);
  g_array_unref (curve->indices);
  curve->records = records;
  curve->indices = indices;
}

/* To what can be drawn, and before it is named: names take each curve beside each other. */
static void
cut_curves (GPtrArray *curves)
{
  const guint all = curves->len;

  if (all > NULLCURVE_CURVES_MOST)
    g_ptr_array_set_size (curves, NULLCURVE_CURVES_MOST);
  const gboolean many = count_points (curves) > NULLCURVE_CURVES_MOST_POINTS;
  for (guint i = 0; i < curves->len; i++)
    {
      NullcurveCurve *curve = g_ptr_array_index (curves, i);
      const guint most = NULLCURVE_CURVES_MOST_POINTS / curves->len;

      curve->n_of_list = all;
      curve->n_of_curve = curve->records->len;
      if (many && curve->records->len > most)
        cut_curve (curve, most);
    }
}

char *
nullcurve_curves_left_out (const GPtrArray *curves)
{
  const NullcurveCurve *first = curves->len > 0 ? g_ptr_array_index (curves, 0) : NULL;
  const gsize drawn = count_points (curves);
  gsize points = 0;

  for (guint i = 0; i < curves->len; i++)
    points += ((const NullcurveCurve *)g_ptr_array_index (curves, i))->n_of_curve;
  if (first == NULL || (first->n_of_list == curves->len && points == drawn))
    return NULL;
  if (points == drawn)
    return g_strdup_printf (_ ("%u of %zu curves are drawn"), curves->len, first->n_of_list);
  return g_strdup_printf (_ ("%u of %zu curves and %zu of %zu points are drawn"), curves->len,
                          first->n_of_list, drawn, points);
}

GPtrArray *
nullcurve_curves_new (MoeRun *const *runs, gsize n_runs)
{
  GPtrArray *curves = g_ptr_array_new_with_free_func (curve_free);

  for (gsize i = 0; i < n_runs; i++)
    add_run (curves, runs[i], i);
  cut_curves (curves);
  name_curves (curves, runs, n_runs);
  return curves;
}

char *
nullcurve_curves_common (const GPtrArray *curves)
{
  g_autoptr (GString) common = g_string_new (NULL);

  for (guint i = 0; curves->len > 0 && i < N_PROPERTIES; i++)
    {
      const NullcurveCurve *first = g_ptr_array_index (curves, 0);
      const char *words = property_words (i, first->first);

      if (words != NULL && is_common (i, words) && all_agree (curves, i))
        append_part (common, " " MIDDLE_DOT " ", words);
    }
  g_autofree char *left_out = nullcurve_curves_left_out (curves);
  if (left_out != NULL)
    append_part (common, " " MIDDLE_DOT " ", left_out);
  if (common->len == 0)
    return NULL;
  return g_string_free (g_steal_pointer (&common), FALSE);
}

void
nullcurve_curves_title_one (NullcurveFigure *figure,
                            const GPtrArray *curves,
                            const MoeRun *run,
                            guint curve)
{
  const char *label = ((const NullcurveCurve *)g_ptr_array_index (curves, curve))->label;
  g_autofree char *common = nullcurve_curves_common (curves);
  g_autofree char *both =
      common != NULL ? g_strdup_printf ("%s " MIDDLE_DOT " %s", label, common) : g_strdup (label);
  const char *words = curves->len == 1 ? common : both;
  const char *title = moe_run_get_title (run);
  g_autofree char *subtitle = title == NULL ? g_strdup (words)
                              : words == NULL
                                  ? g_strdup (figure->title)
                                  : g_strdup_printf ("%s " MIDDLE_DOT " %s", figure->title, words);

  nullcurve_figure_set_text (&figure->date, moe_run_get_fact (run, "date"));
  nullcurve_figure_set_text (&figure->subtitle, subtitle);
  if (title != NULL)
    nullcurve_figure_set_text (&figure->title, title);
}
