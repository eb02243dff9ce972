/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/job-item.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <math.h>

struct _NullcurveJobItem
{
  GObject parent_instance;

  char *name;
  MoeOptions options;
  double expected_s;
  MoeRun *before;
  char *path;
  NullcurvePlace *place;
  NullcurveJobItem *first;
  char *title;
};

G_DEFINE_FINAL_TYPE (NullcurveJobItem, nullcurve_job_item, G_TYPE_OBJECT)

const char *
nullcurve_job_item_get_name (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->name;
}

const MoeOptions *
nullcurve_job_item_get_options (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return &self->options;
}

double
nullcurve_job_item_get_expected_s (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NAN);
  return self->expected_s;
}

void
nullcurve_job_item_set_before (NullcurveJobItem *self, MoeRun *before, const char *path)
{
  g_return_if_fail (NULLCURVE_IS_JOB_ITEM (self) && self->path == NULL);
  self->before = before != NULL ? moe_run_ref (before) : NULL;
  self->path = g_strdup (path);
}

MoeRun *
nullcurve_job_item_get_before (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->before;
}

const char *
nullcurve_job_item_get_path (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->path;
}

gboolean
nullcurve_job_item_is_unread (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), FALSE);
  return self->path != NULL && self->before == NULL;
}

void
nullcurve_job_item_set_place (NullcurveJobItem *self, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_JOB_ITEM (self));
  g_set_object (&self->place, place);
}

NullcurvePlace *
nullcurve_job_item_get_place (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->place;
}

void
nullcurve_job_item_beside (NullcurveJobItem *self, NullcurveJobItem *first, const char *title)
{
  g_return_if_fail (NULLCURVE_IS_JOB_ITEM (self) && self->first == NULL);
  self->expected_s += first->expected_s;
  self->first = first;
  self->title = g_strdup (title);
}

NullcurveJobItem *
nullcurve_job_item_get_first (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->first;
}

const char *
nullcurve_job_item_get_title (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  return self->title;
}

char *
nullcurve_job_item_describe (NullcurveJobItem *self)
{
  g_return_val_if_fail (NULLCURVE_IS_JOB_ITEM (self), NULL);
  g_autofree char *topk = moe_text_topk (&self->options);
  MoeOptions defaults;
  moe_presets_init_options (&defaults);
  g_autofree char *changes = moe_text_changes (&self->options, &defaults);
  g_autofree char *what =
      *changes != '\0' ? g_strdup_printf ("%s · %s", topk, changes) : g_strdup (topk);
  g_autofree char *beside =
      self->first != NULL   ? g_strdup_printf (_ ("side by side with %s · "), self->first->name)
      : self->place != NULL ? g_strdup_printf ("%s · ", nullcurve_place_get_name (self->place))
                            : g_strdup ("");
  if (isnan (self->expected_s))
    return g_strdup_printf ("%s%s", beside, what);
  g_autofree char *time = moe_text_duration (self->expected_s);
  return g_strdup_printf (_ ("%s%s · about %s"), beside, what, time);
}

static void
nullcurve_job_item_finalize (GObject *object)
{
  NullcurveJobItem *self = NULLCURVE_JOB_ITEM (object);
  g_free (self->name);
  g_free (self->path);
  g_free (self->title);
  g_clear_object (&self->place);
  g_clear_object (&self->first);
  g_clear_pointer (&self->before, moe_run_unref);
  G_OBJECT_CLASS (nullcurve_job_item_parent_class)->finalize (object);
}

static void
nullcurve_job_item_class_init (NullcurveJobItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_job_item_finalize;
}

static void
nullcurve_job_item_init (NullcurveJobItem *self)
{
}

NullcurveJobItem *
nullcurve_job_item_new (const char *name, const MoeOptions *options, double expected_s)
{
  NullcurveJobItem *self = g_object_new (NULLCURVE_TYPE_JOB_ITEM, NULL);
  self->name = g_strdup (name);
  self->options = *options;
  self->expected_s = expected_s;
  return self;
}
