/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/tiles.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/cost-model.h"
#include "engine/records/numbers.h"
#include "ui/words/cells.h"
#include "ui/words/rest.h"

/* An interval that is wider than this, of what lies in it, is told in its stead. */
static const double wide = 0.1;

/* The value, or from where to where it may be. */
static char *
range_text (char *(*text) (double), double value, double lower, double upper)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (!(upper - lower > wide * value))
    return text (value);
  from = text (lower);
  to = text (upper);
  return g_strdup_printf (_ ("%s to %s"), from, to);
}

static void
tell_gain (NullcurveTiles *tiles, const MoeFinding *finding, gboolean several)
{
  const MoeSpread *speedup = &finding->speedup;
  g_autofree char *ideal = moe_cell_times (finding->ideal);
  g_autofree char *fraction = moe_cell_fraction (finding->last->null_target);
  g_autofree char *topk = moe_cell_topk (finding->last);
  g_autofree char *gain =
      speedup->n > 1 ? range_text (moe_cell_times, speedup->median, speedup->lower, speedup->upper)
                     : moe_cell_times (speedup->median);

  tiles->values[NULLCURVE_TILE_GAIN] = moe_spread_is_wild (speedup)
                                           ? g_strdup (_ ("open"))
                                           : g_strdup_printf (_ ("%s of %s"), gain, ideal);
  if (finding->overall.verdict == MOE_VERDICT_OPEN)
    tiles->notes[NULLCURVE_TILE_GAIN] =
        g_strdup_printf (_ ("gained at f = %s; open whether it is"), fraction);
  else if (several)
    tiles->notes[NULLCURVE_TILE_GAIN] =
        g_strdup_printf (_ ("gained at f = %s, top-%s"), fraction, topk);
  else
    tiles->notes[NULLCURVE_TILE_GAIN] = g_strdup_printf (_ ("gained at f = %s"), fraction);
}

/* What no null slot removes, of rows without stage times. */
static char *
tell_fixed (const MoeFinding *finding)
{
  const MoeCostModel model = moe_finding_cost (finding);
  g_autofree char *share = NULL;

  if (!moe_cost_model_tells_fixed (&model))
    return NULL;
  share = moe_cell_share (
      moe_cost_model_fixed_share (&model, moe_record_experts_per_token (finding->last)));
  return g_strdup_printf (_ ("fixed part, %s of the step"), share);
}

static void
tell_rest (NullcurveTiles *tiles, const MoeFinding *finding)
{
  const MoeRest *rest = &finding->rest;
  char *value = NULL;

  if (!finding->has_rest)
    return;
  if (rest->excess_s <= rest->doubt_s)
    value = g_strdup (_ ("nothing beyond noise"));
  else if (rest->has_stages)
    value = nullcurve_words_rest_parts (rest);
  else
    value = tell_fixed (finding);
  tiles->values[NULLCURVE_TILE_REST] =
      value != NULL ? value : g_strdup (rest->has_stages ? _ ("open") : _ ("not told"));
  tiles->notes[NULLCURVE_TILE_REST] =
      g_strdup (value != NULL || !rest->has_stages ? _ ("what eats the rest")
                                                   : _ ("no stage stands out of the noise"));
}

gboolean
nullcurve_tiles_init (NullcurveTiles *tiles, const GPtrArray *findings)
{
  const MoeFinding *finding = moe_findings_foremost (findings, 0, findings->len);

  *tiles = (NullcurveTiles){ 0 };
  if (finding == NULL)
    return FALSE;
  tiles->record = finding->last;
  tell_gain (tiles, finding, findings->len > 1);
  tiles->values[NULLCURVE_TILE_SHARE] =
      moe_spread_is_wild (&finding->speedup)
          ? g_strdup (_ ("open"))
          : range_text (moe_cell_share, finding->realised, finding->realised_lower,
                        finding->realised_upper);
  tiles->notes[NULLCURVE_TILE_SHARE] = g_strdup (_ ("of the ideal"));
  tell_rest (tiles, finding);
  return TRUE;
}

void
nullcurve_tiles_clear (NullcurveTiles *tiles)
{
  for (int i = 0; i < NULLCURVE_N_TILES; i++)
    {
      g_free (tiles->values[i]);
      g_free (tiles->notes[i]);
    }
  *tiles = (NullcurveTiles){ 0 };
}
