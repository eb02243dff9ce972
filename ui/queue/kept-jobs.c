/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/kept-jobs.h"

#include "engine/sweep/quantities.h"
#include "engine/text/tame.h"

#include <math.h>

/* Name, options, seconds; place; name, options, seconds of the first of two, and what both are; the
 * run file that it goes on with. */
#define JOB_FORMAT "(ssdsssdss)"

enum
{
  MOST_JOBS = 1000
};

static double
pack_s (double seconds)
{
  return isnan (seconds) ? -1 : seconds;
}

static double
unpack_s (double seconds)
{
  return seconds >= 0 && isfinite (seconds) ? seconds : NAN;
}

static void
pack (GVariantBuilder *builder, NullcurveJobItem *job)
{
  NullcurveJobItem *first = nullcurve_job_item_get_first (job);
  NullcurvePlace *place = nullcurve_job_item_get_place (job);
  g_autofree char *options = moe_text_from_options (nullcurve_job_item_get_options (job));
  g_autofree char *beside = first != NULL
                                ? moe_text_from_options (nullcurve_job_item_get_options (first))
                                : g_strdup ("");
  double first_s = first != NULL ? nullcurve_job_item_get_expected_s (first) : 0;
  const char *title = nullcurve_job_item_get_title (job);
  const char *path = nullcurve_job_item_get_path (job);
  g_autofree char *uri = path != NULL ? g_filename_to_uri (path, NULL, NULL) : NULL;
  g_variant_builder_add (builder, JOB_FORMAT, nullcurve_job_item_get_name (job), options,
                         pack_s (nullcurve_job_item_get_expected_s (job) - first_s),
                         place != NULL ? nullcurve_place_get_name (place) : "",
                         first != NULL ? nullcurve_job_item_get_name (first) : "", beside,
                         pack_s (first_s), title != NULL ? title : "", uri != NULL ? uri : "");
}

GVariant *
nullcurve_kept_jobs_save (NullcurveSweepQueue *queue)
{
  NullcurveJobItem *due = nullcurve_sweep_queue_get_due (queue);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (NULLCURVE_KEPT_JOBS_TYPE));
  if (due != NULL)
    pack (&builder, due);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (queue)); i++)
    {
      g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (queue), i);
      pack (&builder, job);
    }
  return g_variant_builder_end (&builder);
}

static NullcurveJobItem *
new_job (const char *name, const char *line, double expected_s)
{
  MoeOptions options;
  moe_options_init_single (&options);
  moe_text_to_options (line, &options);
  g_autofree char *tame = moe_text_tame (name, MOE_TEXT_MAX_NAME);
  return nullcurve_job_item_new (tame, &options, unpack_s (expected_s));
}

/* NULL: its place is not there any more, or it names no file of a run. */
static NullcurveJobItem *
unpack (GVariant *kept, gsize index, NullcurvePlaces *places)
{
  const char *name, *options, *place_name, *first_name, *first_options, *title, *uri;
  double expected_s, first_s;
  g_variant_get_child (kept, index, "(&s&sd&s&s&sd&s&s)", &name, &options, &expected_s, &place_name,
                       &first_name, &first_options, &first_s, &title, &uri);
  g_autofree char *path = *uri != '\0' ? g_filename_from_uri (uri, NULL, NULL) : NULL;
  NullcurvePlace *place = nullcurve_places_find (places, place_name);
  if ((*place_name != '\0' && place == NULL) || (*uri != '\0' && path == NULL))
    return NULL;
  NullcurveJobItem *job = new_job (name, options, expected_s);
  nullcurve_job_item_set_place (job, place);
  if (path != NULL)
    nullcurve_job_item_set_before (job, NULL, path);
  if (*first_options != '\0')
    {
      g_autofree char *tame = moe_text_tame (title, MOE_TEXT_MAX_NAME);
      nullcurve_job_item_beside (job, new_job (first_name, first_options, first_s), tame);
    }
  return job;
}

guint
nullcurve_kept_jobs_restore (GVariant *kept, NullcurveSweepQueue *queue, NullcurvePlaces *places)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  gsize n = MIN (g_variant_n_children (kept), MOST_JOBS);
  guint missing = 0;
  for (gsize i = 0; i < n; i++)
    {
      NullcurveJobItem *job = unpack (kept, i, places);
      if (job != NULL)
        g_ptr_array_add (jobs, job);
      else
        missing++;
    }
  nullcurve_sweep_queue_restore (queue, jobs);
  return missing;
}
