/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/rest.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/axes.h"
#include "engine/records/numbers.h"
#include "ui/words/cells.h"

enum
{
  MAX_PARTS = 2 /* that a sentence names */
};

#define LEAST_SHARE 0.1 /* of the excess, of which a sentence speaks */

static const char *const kind_words[MOE_N_STAGE_KINDS + 1] = {
  [MOE_STAGE_KIND_FORWARD] = N_ ("forward matmuls"),
  [MOE_STAGE_KIND_ACTIVATION] = N_ ("activation"),
  [MOE_STAGE_KIND_MOVE] = N_ ("gather and combine"),
  [MOE_STAGE_KIND_PACK] = N_ ("pack"),
  [MOE_STAGE_KIND_SHARED] = N_ ("shared expert"),
  [MOE_STAGE_KIND_EXCHANGE] = N_ ("exchange"),
  [MOE_STAGE_KIND_DGRAD] = N_ ("row gradients"),
  [MOE_STAGE_KIND_WGRAD] = N_ ("weight gradients"),
  [MOE_STAGE_KIND_ACTIVATION_BWD] = N_ ("activation, backward"),
  [MOE_STAGE_KIND_MOVE_BWD] = N_ ("gather and combine, backward"),
  [MOE_STAGE_KIND_SHARED_BWD] = N_ ("shared expert, backward"),
  [MOE_STAGE_KIND_EXCHANGE_BWD] = N_ ("exchange, backward"),
  [MOE_STAGE_KIND_WAIT] = N_ ("wait"),
  [MOE_N_STAGE_KINDS] = N_ ("the rest of the step"),
};

const char *
nullcurve_words_stage_kind (MoeStageKind kind)
{
  return _ (kind_words[kind]);
}

/* --- causes --- */

/* "1.04 GB": three digits, powers of ten, as rates are told. */
static char *
bytes_text (double bytes, const char *suffix)
{
  static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
  gsize i = 0;
  for (; i + 1 < G_N_ELEMENTS (units) && bytes >= 999.5; i++)
    bytes /= 1000;
  g_autofree char *unit = g_strconcat (" ", units[i], suffix, NULL);
  return moe_number_fixed (bytes,
                           bytes < 9.995 && i > 0   ? 2
                           : bytes < 99.95 && i > 0 ? 1
                                                    : 0,
                           unit);
}

/* "1.04 GB at 21.3 GB/s (46 % of the limit)": of what memory can read, or write.  What is faster
 * than memory came out of the caches. */
static char *
traffic_text (const MoeRestCause *cause)
{
  g_autofree char *bytes = bytes_text (cause->bytes, "");
  if (!isfinite (cause->bytes_per_s))
    return g_steal_pointer (&bytes);
  g_autofree char *rate = bytes_text (cause->bytes_per_s, "/s");
  if (!isfinite (cause->share))
    return g_strdup_printf (_ ("%s at %s"), bytes, rate);
  if (cause->share > 1)
    return g_strdup_printf (_ ("%s at %s (through the caches)"), bytes, rate);
  g_autofree char *share = moe_number_fixed (100 * cause->share, 0, " %");
  return g_strdup_printf (_ ("%s at %s (%s of the limit)"), bytes, rate, share);
}

char *
nullcurve_words_rest_cause (const MoeRestCause *cause)
{
  g_autofree char *traffic = NULL, *count = NULL;
  switch (cause->kind)
    {
    case MOE_REST_NONE:
      return NULL;
    case MOE_REST_WEIGHTS:
      traffic = traffic_text (cause);
      return g_strdup_printf (_ ("reads the weights: %s"), traffic);
    case MOE_REST_GRADIENTS:
      traffic = traffic_text (cause);
      return g_strdup_printf (_ ("writes all gradients: %s"), traffic);
    case MOE_REST_TOKENS:
      traffic = traffic_text (cause);
      return g_strdup_printf (_ ("touches a row for every token: %s"), traffic);
    case MOE_REST_SLOTS:
      count = moe_number_grouped (cause->count);
      return g_strdup_printf (_ ("each of %s slots is looked at, null or not"), count);
    case MOE_REST_IMBALANCE:
      count = moe_number_fixed (cause->count, 2, "×");
      return g_strdup_printf (_ ("threads without work: the fullest expert has %s the mean's rows"),
                              count);
    case MOE_REST_SHARED:
      return g_strdup (_ ("the shared expert computes every token, null or not"));
    case MOE_REST_EXCHANGE:
      traffic = traffic_text (cause);
      return g_strdup_printf (_ ("shards exchange %s"), traffic);
    case MOE_REST_PROCESSOR:
      return g_strdup (_ ("too few samples were undisturbed to tell the stages apart"));
    case MOE_REST_FIXED:
      return g_strdup (_ ("what no null slot removes; the rows tell no stage times"));
    }
  return NULL;
}

/* --- sentences --- */

char *
nullcurve_words_rest_parts (const MoeRest *rest)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int n = 0;
  for (gsize i = 0; rest->has_stages && i < rest->n_parts && n < MAX_PARTS; i++)
    {
      const MoeRestPart *part = &rest->parts[i];
      if (!part->sure || !(part->share >= LEAST_SHARE))
        break;
      g_autofree char *share = moe_number_fixed (100 * part->share, 0, " %");
      g_string_append_printf (text, "%s%s %s", n++ > 0 ? ", " : "",
                              nullcurve_words_stage_kind (part->kind), share);
    }
  return n > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* "7.20×", or "1.88× to 7.20×", of curves at the largest fraction. */
static char *
range_text (double low, double high, char *(*text) (double))
{
  g_autofree char *from = text (low), *to = text (high);
  return g_strcmp0 (from, to) == 0 ? g_steal_pointer (&from)
                                   : g_strdup_printf (_ ("%s to %s"), from, to);
}

/* What the curves show that reach the fraction of the foremost. */
typedef struct Reached
{
  const MoeFinding *foremost;
  double low, high;   /* speed-ups */
  double least, most; /* of the ideal */
  double ideal_low, ideal_high;
} Reached;

static gboolean
find_reached (const GPtrArray *findings, guint from, guint to, Reached *reached)
{
  *reached = (Reached){ .foremost = moe_findings_foremost (findings, from, to),
                        .low = INFINITY,
                        .least = INFINITY,
                        .ideal_low = INFINITY };
  for (guint i = from; reached->foremost != NULL && i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      if (!moe_finding_has_gain (finding)
          || finding->last->null_target < reached->foremost->last->null_target)
        continue;
      reached->low = fmin (reached->low, finding->speedup.median);
      reached->high = fmax (reached->high, finding->speedup.median);
      reached->least = fmin (reached->least, finding->realised);
      reached->most = fmax (reached->most, finding->realised);
      reached->ideal_low = fmin (reached->ideal_low, finding->ideal);
      reached->ideal_high = fmax (reached->ideal_high, finding->ideal);
    }
  return reached->foremost != NULL;
}

/* The part that no null slot removes, of rows without stage times. */
static char *
describe_fixed (const MoeFinding *finding, const char *curve)
{
  MoeCostModel model = moe_finding_cost (finding);
  if (!moe_cost_model_tells_fixed (&model))
    return g_strdup (_ ("What eats the rest the rows do not tell: they have no stage times."));
  g_autofree char *fixed = moe_cell_seconds (model.fixed_s);
  g_autofree char *share = moe_cell_share (
      moe_cost_model_fixed_share (&model, moe_record_experts_per_token (finding->last)));
  if (curve != NULL)
    return g_strdup_printf (_ ("The rest, at %s, is %s of each step that no null slot removes, %s "
                               "of the step there; which stages it is the rows do not tell."),
                            curve, fixed, share);
  return g_strdup_printf (_ ("The rest is %s of each step that no null slot removes, %s of the "
                             "step there; which stages it is the rows do not tell."),
                          fixed, share);
}

/* "top-8", or "4096x512x352x60 top-8" where the curves are of several shapes. */
static char *
describe_curve (const GPtrArray *findings, guint from, guint to, const MoeFinding *finding)
{
  g_autofree char *shape = moe_cell_shape (finding->last), *topk = moe_cell_topk (finding->last);
  for (guint i = from; i < to; i++)
    if (!moe_record_same_shape (((const MoeFinding *)g_ptr_array_index (findings, i))->last,
                                finding->last))
      return g_strdup_printf ("%s top-%s", shape, topk);
  return g_strdup_printf ("top-%s", topk);
}

/* "What eats the rest at top-8: wait 53 %, row gradients 22 %."  `curve` is NULL where there is but
 * one. */
static char *
describe_rest (const MoeFinding *finding, const char *curve)
{
  const MoeRest *rest = &finding->rest;
  if (!finding->has_rest)
    return g_strdup (_ ("What eats the rest is open: one of the two is made of processor time, the "
                        "other is not."));
  g_autofree char *parts = nullcurve_words_rest_parts (rest);
  if (moe_record_is_processor (rest->record))
    return g_strdup (_ ("What eats the rest is open: too few samples were undisturbed to tell the "
                        "stages apart."));
  if (!rest->has_stages)
    return describe_fixed (finding, curve);
  if (rest->excess_s <= rest->doubt_s)
    return g_strdup (_ ("What is missing from the ideal is within the noise of the samples."));
  if (parts == NULL)
    return g_strdup (_ ("What eats the rest is open: no stage stands out of the noise."));
  if (curve != NULL)
    return g_strdup_printf (_ ("What eats the rest at %s: %s."), curve, parts);
  return g_strdup_printf (_ ("What eats the rest: %s."), parts);
}

char *
nullcurve_words_answer (const GPtrArray *findings, guint from, guint to, const char *mark)
{
  Reached reached;
  if (!find_reached (findings, from, to, &reached))
    return NULL;
  g_autofree char *gain = range_text (reached.low, reached.high, moe_cell_times);
  g_autofree char *share = range_text (reached.least, reached.most, moe_cell_share);
  g_autofree char *ideal = range_text (reached.ideal_low, reached.ideal_high, moe_cell_times);
  g_autofree char *fraction = moe_cell_fraction (reached.foremost->last->null_target);
  gboolean several = to - from > 1;
  g_autofree char *curve = several ? describe_curve (findings, from, to, reached.foremost) : NULL;
  g_autofree char *rest = describe_rest (reached.foremost, curve);
  return g_strdup_printf (_ ("At f = %s null routing buys %s%s%s of the ideal %s (%s of it)%s. %s"),
                          fraction, mark, gain, mark, ideal, share,
                          !several && reached.foremost->overall.verdict == MOE_VERDICT_OPEN
                              ? _ ("; whether that is a difference is open")
                              : "",
                          rest);
}

/* --- the cost model --- */

char *
nullcurve_words_cost_state (const MoeCostModel *model, double topk)
{
  g_autofree char *number = NULL;
  switch (model->state)
    {
    case MOE_COST_NONE:
      break;
    case MOE_COST_TWO:
      return g_strdup (_ ("from two points"));
    case MOE_COST_STRAIGHT:
      number = moe_number_fixed (100 * model->error, 1, " %");
      return g_strdup_printf (_ ("a straight line, median error %s"), number);
    case MOE_COST_BENT:
      if (topk > 0)
        {
          number = moe_number_fixed (1 - model->bend / topk, 2, "");
          return g_strdup_printf (_ ("not a straight line: it bends at f = %s"), number);
        }
      number = moe_number_fixed (model->bend, 2, "");
      return g_strdup_printf (_ ("not a straight line: it bends at %s experts per token"), number);
    }
  return g_strdup (_ ("too few points"));
}
