/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/run-noise.h"

#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"
#include "engine/records/rates.h"

#define OTHERS_BUSY    "others busy"
#define OTHERS_WAITING "others waiting"
#define STOLEN         "stolen"
#define THROTTLINGS    "throttlings"
#define GOVERNOR       "governor"
#define POWER          "power"
#define PROFILE        "platform profile"
#define THREADS        "threads"
#define CORES          "cores"
#define CORETYPE       "OPENBLAS_CORETYPE"

static const char *const powers[] = { NULL, "mains", "battery" };

static const char *const keys[] = { OTHERS_BUSY, OTHERS_WAITING, STOLEN, THROTTLINGS,
                                    GOVERNOR,    POWER,          PROFILE };

static void
set_real (MoeRun *run, const char *key, double value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  moe_number_append_shortest (text, value);
  if (text->len > 0)
    moe_run_set_fact (run, key, text->str);
}

static void
set_count (MoeRun *run, const char *key, gint64 count)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  moe_run_set_fact (run, key, text);
}

static void
set_text (MoeRun *run, const char *key, const char *text)
{
  if (text[0] != '\0')
    moe_run_set_fact (run, key, text);
}

void
moe_run_set_noise (MoeRun *run, const MoeNoise *noise)
{
  set_real (run, OTHERS_BUSY, noise->others_busy);
  set_real (run, OTHERS_WAITING, noise->others_waiting);
  set_real (run, STOLEN, noise->stolen);
  if (noise->throttlings >= 0)
    set_count (run, THROTTLINGS, noise->throttlings);
  set_text (run, GOVERNOR, noise->governor);
  moe_run_set_fact (run, POWER, powers[noise->power]);
  set_text (run, PROFILE, noise->profile);
  /* The run's description has these as a rule, of before it began. */
  if (noise->threads > 0 && moe_run_get_fact (run, THREADS) == NULL)
    set_count (run, THREADS, (gint64)noise->threads);
  if (noise->processors > 0 && moe_run_get_fact (run, CORES) == NULL)
    set_count (run, CORES, (gint64)noise->processors);
  if (moe_run_get_fact (run, CORETYPE) == NULL)
    set_text (run, CORETYPE, noise->coretype);
}

static double
get_real (const MoeRun *run, const char *key)
{
  double value = moe_run_get_real (run, key);
  return value >= 0 ? value : NAN;
}

/* `most` is far beyond any machine: more is no count. */
static gint64
get_count (const MoeRun *run, const char *key, gint64 most, gint64 missing)
{
  gint64 count;
  const char *text = moe_run_get_fact (run, key);
  if (text == NULL || !moe_number_parse_count (moe_span (text, strlen (text)), &count)
      || count > most)
    return missing;
  return count;
}

static void
get_text (const MoeRun *run, const char *key, char text[MOE_NOISE_TEXT_SIZE])
{
  const char *value = moe_run_get_fact (run, key);
  g_strlcpy (text, value != NULL ? value : "", MOE_NOISE_TEXT_SIZE);
}

gboolean
moe_run_get_noise (const MoeRun *run, MoeNoise *noise)
{
  const char *power = moe_run_get_fact (run, POWER);
  *noise = (MoeNoise){ .threads = (size_t)get_count (run, THREADS, 1 << 20, 0),
                       .processors = (size_t)get_count (run, CORES, 1 << 20, 0),
                       .others_busy = get_real (run, OTHERS_BUSY),
                       .others_waiting = get_real (run, OTHERS_WAITING),
                       .stolen = get_real (run, STOLEN),
                       .throttlings = get_count (run, THROTTLINGS, G_MAXINT64, -1) };
  for (gsize i = 1; i < G_N_ELEMENTS (powers); i++)
    if (g_strcmp0 (power, powers[i]) == 0)
      noise->power = (MoePower)i;
  get_text (run, GOVERNOR, noise->governor);
  get_text (run, PROFILE, noise->profile);
  get_text (run, CORETYPE, noise->coretype);
  return !isnan (noise->others_busy) || !isnan (noise->others_waiting) || !isnan (noise->stolen)
         || noise->throttlings >= 0 || noise->power != MOE_POWER_UNKNOWN;
}

/* A run's points as advice sees them. */
static MoeAdvicePoint
advice_point (const MoeRecord *record)
{
  MoeAdvicePoint point = { .topk = record->topk > 0 ? (gsize)record->topk : 0,
                           .null_target = record->null_target };
  moe_record_rate_spread (record, &point.rate);
  point.sample_s =
      record->steps > 0 ? (double)record->steps * moe_record_median_time_s (record) : NAN;
  return point;
}

/* Of the options that it was measured with. */
static gboolean
was_until_settled (const MoeRun *run)
{
  const char *options = moe_run_get_fact (run, "options");
  g_auto (GStrv) words = g_strsplit (options != NULL ? options : "", " ", -1);
  return g_strv_contains ((const char *const *)words, "until_settled=true");
}

void
moe_run_advise (const MoeRun *run, const MoeNoise *noise, MoeAdvice *advice)
{
  gsize n = moe_run_get_n_records (run);
  const char *library = moe_run_get_fact (run, "blas");
  g_autofree MoeAdvicePoint *points = g_new (MoeAdvicePoint, n);
  MoeNoise own = *noise;
  /* The variable means something to that library only. */
  if (library == NULL || !g_str_has_prefix (library, "OpenBLAS"))
    own.coretype[0] = '\0';
  for (gsize i = 0; i < n; i++)
    points[i] = advice_point (moe_run_get_record (run, i));
  moe_advice_of (points, n, &own, advice);
  advice->until_settled = was_until_settled (run);
}

void
moe_run_set_warnings (MoeRun *run, const char *const *sentences, gsize n)
{
  for (gsize i = 0; TRUE; i++)
    {
      g_autofree char *key = g_strdup_printf ("warning %" G_GSIZE_FORMAT, i + 1);
      if (i >= n && moe_run_get_fact (run, key) == NULL)
        return;
      /* What was said of an earlier part of the run does not hold any more. */
      moe_run_set_fact (run, key, i < n ? sentences[i] : "");
    }
}

gboolean
moe_run_is_noise_fact (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (strcmp (key, keys[i]) == 0)
      return TRUE;
  return g_str_has_prefix (key, "warning ");
}
