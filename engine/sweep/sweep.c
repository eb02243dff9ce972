/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/sweep.h"

#include <math.h>

#include "engine/sweep/resume.h"

/* --- what is to be measured --- */

MoeSweep *
moe_sweep_new (void)
{
  MoeSweep *self = g_new0 (MoeSweep, 1);
  g_atomic_ref_count_init (&self->references);
  return self;
}

MoeSweep *
moe_sweep_ref (MoeSweep *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
leg_free (gpointer data)
{
  MoeSweepLeg *leg = data;
  moe_plan_clear (&leg->plan);
  moe_plan_clear (&leg->todo);
  g_free (leg->points);
  g_free (leg->origin);
  g_free (leg->left_out);
  g_free (leg);
}

static void
clear_side (MoeSweepSide *side)
{
  g_clear_pointer (&side->legs, g_ptr_array_unref);
  g_clear_pointer (&side->run, moe_run_unref);
  moe_journal_close (side->journal, NULL);
  g_free (side->journal_path);
  g_free (side->problem);
  g_free (side->loss_told);
}

void
moe_sweep_unref (MoeSweep *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (gsize s = 0; s < self->n_sides; s++)
    clear_side (&self->sides[s]);
  g_clear_pointer (&self->before, moe_run_unref);
  g_free (self);
}

static MoeSweepLeg *
leg_new (const MoeOptions *options, gsize first, MoeError *error)
{
  MoeSweepLeg *leg = g_new0 (MoeSweepLeg, 1);
  if (moe_plan_new (options, &leg->plan, error) != MOE_OK
      || moe_plan_copy (&leg->plan, &leg->todo, error) != MOE_OK)
    {
      leg_free (leg);
      return NULL;
    }
  leg->first = first;
  leg->points = g_new0 (MoeSweepPoint, leg->plan.n_points);
  leg->origin = g_new (gsize, leg->plan.n_points);
  for (gsize i = 0; i < leg->plan.n_points; i++)
    leg->origin[i] = i;
  return leg;
}

MoeStatus
moe_sweep_add_leg (MoeSweep *self, gsize side, const MoeOptions *options, MoeError *error)
{
  MoeSweepSide *to = &self->sides[side];
  g_return_val_if_fail (side <= self->n_sides && side < MOE_MAX_SETUPS, MOE_ERROR_INVALID);
  gsize first = side < self->n_sides ? moe_sweep_count_points (self, side) : 0;
  MoeSweepLeg *leg = leg_new (options, first, error);
  if (leg == NULL)
    return error->status;
  if (side == self->n_sides)
    {
      to->legs = g_ptr_array_new_with_free_func (leg_free);
      self->n_sides++;
    }
  g_ptr_array_add (to->legs, leg);
  return MOE_OK;
}

gsize
moe_sweep_n_legs (const MoeSweep *self)
{
  return self->sides[0].legs->len;
}

MoeSweepLeg *
moe_sweep_get_leg (const MoeSweep *self, gsize side, gsize leg)
{
  return g_ptr_array_index (self->sides[side].legs, leg);
}

const MoePlan *
moe_sweep_get_plan (const MoeSweep *self, gsize side)
{
  return &moe_sweep_get_leg (self, side, 0)->plan;
}

void
moe_sweep_set_backend (MoeSweep *self,
                       gsize side,
                       const MoeBackend *backend,
                       const MoeCalibration *calibration)
{
  MoeSweepSide *of = &self->sides[side];
  of->backend = backend;
  of->has_calibration = calibration != NULL;
  if (calibration != NULL)
    of->calibration = *calibration;
}

const MoeCalibration *
moe_sweep_get_calibration (const MoeSweep *self, gsize side)
{
  const MoeSweepSide *of = &self->sides[side];
  return of->has_calibration ? &of->calibration : NULL;
}

MoeStatus
moe_sweep_check (const MoeSweep *self, MoeError *error)
{
  MoeSetup setups[MOE_MAX_SETUPS];
  for (gsize s = 0; s < self->n_sides; s++)
    setups[s] = (MoeSetup){ .plan = moe_sweep_get_plan (self, s) };
  return moe_run_check_setups (setups, self->n_sides, error);
}

gsize
moe_sweep_count_points (const MoeSweep *self, gsize side)
{
  gsize n = 0;
  for (guint i = 0; i < self->sides[side].legs->len; i++)
    n += moe_sweep_get_leg (self, side, i)->plan.n_points;
  return n;
}

/* --- what is carried over --- */

static void
resume_leg (MoeSweep *self, MoeSweepLeg *leg)
{
  gsize n = leg->plan.n_points;
  g_autofree const MoeRecord **records = g_new (const MoeRecord *, n);
  g_autofree gboolean *carried = g_new (gboolean, n);
  for (gsize i = 0; i < n; i++)
    {
      MoeRecord expected;
      moe_resume_expect (&leg->plan.points[i], self->sides[0].backend->name, &expected);
      records[i] = moe_resume_find_record (self->before, &expected);
    }
  moe_resume_find_carried (self->before, &leg->plan, records, carried);
  moe_resume_narrow (&leg->plan, carried, &leg->todo, leg->origin);
  for (gsize i = 0; i < n; i++)
    {
      leg->points[i].carried = carried[i];
      leg->points[i].before = records[i];
    }
}

void
moe_sweep_resume (MoeSweep *self, MoeRun *before, gboolean in_place)
{
  self->before = moe_run_ref (before);
  self->in_place = in_place;
  for (guint i = 0; i < moe_sweep_n_legs (self); i++)
    resume_leg (self, moe_sweep_get_leg (self, 0, i));
}

gsize
moe_sweep_count_carried (const MoeSweep *self)
{
  gsize n = 0;
  for (guint i = 0; i < moe_sweep_n_legs (self); i++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, 0, i);
      n += leg->plan.n_points - leg->todo.n_points;
    }
  return n;
}

char *
moe_sweep_describe_carried (const MoeSweep *self, const char *name)
{
  const char *date = moe_run_get_fact (self->before, "date");
  const char *earlier = name != NULL ? moe_run_get_fact (self->before, "resumed") : NULL;
  return g_strdup_printf ("%zu of %zu points were carried over%s%s, of %s%s%s",
                          moe_sweep_count_carried (self), moe_sweep_count_points (self, 0),
                          name != NULL ? " from " : "", name != NULL ? name : "",
                          date != NULL ? date : "an unknown date",
                          earlier != NULL ? "; there " : "", earlier != NULL ? earlier : "");
}

static gboolean
has_point_of (const MoeSweep *self, const MoeRecord *record)
{
  for (guint i = 0; i < moe_sweep_n_legs (self); i++)
    {
      const MoePlan *plan = &moe_sweep_get_leg (self, 0, i)->plan;
      for (gsize p = 0; p < plan->n_points; p++)
        {
          MoeRecord expected;
          moe_resume_expect (&plan->points[p], self->sides[0].backend->name, &expected);
          if (moe_resume_is_of_point (record, &expected))
            return TRUE;
        }
    }
  return FALSE;
}

void
moe_sweep_append_others (const MoeSweep *self, MoeRun *run)
{
  for (gsize i = 0; self->before != NULL && i < moe_run_get_n_records (self->before); i++)
    {
      const MoeRecord *record = moe_run_get_record (self->before, i);
      if (!has_point_of (self, record))
        moe_run_append (run, record);
    }
}

/* --- what it takes --- */

MoeStatus
moe_sweep_forecast (MoeSweep *self, gsize side, gsize leg, gsize host_bytes, MoeError *error)
{
  MoeSweepLeg *of = moe_sweep_get_leg (self, side, leg);
  g_clear_pointer (&of->left_out, g_free);
  of->forecast = (MoeForecast){ .fits = true };
  if (of->todo.n_points == 0)
    return MOE_OK;
  return moe_forecast (&of->todo, self->sides[side].backend, moe_sweep_get_calibration (self, side),
                       host_bytes, &of->forecast, error);
}

void
moe_sweep_choose_turns (MoeSweep *self)
{
  if (self->n_sides == 1)
    return;
  gboolean same_device =
      self->sides[0].backend == self->sides[1].backend
      && moe_sweep_get_plan (self, 0)->device == moe_sweep_get_plan (self, 1)->device;
  self->alternate =
      !moe_forecast_fits_beside (&moe_sweep_get_leg (self, 0, 0)->forecast,
                                 &moe_sweep_get_leg (self, 1, 0)->forecast, same_device);
}

static gboolean
is_to_measure (const MoeSweepLeg *leg)
{
  return leg->todo.n_points > 0 && leg->left_out == NULL;
}

static MoeSweepTotal
side_total (const MoeSweep *self, gsize side)
{
  MoeSweepTotal total = { 0 };
  for (guint i = 0; i < moe_sweep_n_legs (self); i++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, side, i);
      if (!is_to_measure (leg))
        continue;
      total.legs++;
      total.points += leg->todo.n_points;
      total.memory_bytes = MAX (total.memory_bytes, leg->forecast.memory.total_bytes);
      total.flops += leg->forecast.flops_total;
      total.time_s += leg->forecast.time_total_s;
      total.time_least_s += leg->forecast.time_least_s;
      total.time_most_s += leg->forecast.time_most_s;
    }
  return total;
}

/* What bounds the time until settled is the first side's, and holds for both together. */
MoeSweepTotal
moe_sweep_total (const MoeSweep *self)
{
  MoeSweepTotal a = side_total (self, 0);
  if (self->n_sides == 1)
    return a;
  MoeSweepTotal b = side_total (self, 1);
  gboolean settles = moe_sweep_get_plan (self, 0)->options.until_settled;
  double most_s =
      a.time_most_s + (settles ? moe_sweep_get_leg (self, 1, 0)->forecast.setup_s : b.time_most_s);
  return (MoeSweepTotal){
    .legs = a.legs,
    .points = a.points + b.points,
    .memory_bytes =
        self->alternate ? MAX (a.memory_bytes, b.memory_bytes) : a.memory_bytes + b.memory_bytes,
    .flops = a.flops + b.flops,
    .time_s = MIN (a.time_s + b.time_s, most_s),
    .time_least_s = MIN (a.time_least_s + b.time_least_s, most_s),
    .time_most_s = most_s,
  };
}

/* --- how far it is --- */

/* In forecast seconds; without a calibration, in FLOPs. */
static double
work_of (const MoeSweepLeg *leg)
{
  if (!is_to_measure (leg))
    return 0;
  return isnan (leg->forecast.time_total_s) ? leg->forecast.flops_total
                                            : leg->forecast.time_total_s;
}

/* Of a leg that is not the present one. */
static void
add_counts (const MoeSweepLeg *leg, gboolean before, MoeProgress *overall)
{
  gsize n = is_to_measure (leg) ? leg->todo.n_points : 0;
  gboolean settles = leg->plan.options.until_settled;
  gsize samples = settles ? 0 : n * leg->plan.options.iters;
  overall->samples_total += samples;
  overall->to_settle += settles ? n : 0;
  overall->samples_done += before ? samples : 0;
  overall->settled += before ? leg->settled : 0;
}

/* Seconds that forecast work really takes: at first what was forecast, and once a share worth
 * speaking of is done, what that took. */
static double
seconds_per_work (double done, double total, double elapsed_s, double time_total_s)
{
  const double telling_share = 0.02;
  if (done > telling_share * total && elapsed_s > 0)
    return elapsed_s / done;
  return isnan (time_total_s) ? NAN : 1;
}

void
moe_sweep_progress (
    MoeSweep *self, gsize current, const MoeProgress *state, double elapsed_s, MoeProgress *overall)
{
  double before = 0, after = 0, own = work_of (moe_sweep_get_leg (self, 0, current));
  moe_sweep_get_leg (self, 0, current)->settled = state->settled;
  *overall = *state;
  for (guint i = 0; i < moe_sweep_n_legs (self); i++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, 0, i);
      if (i == current)
        continue;
      add_counts (leg, i < current, overall);
      *(i < current ? &before : &after) += work_of (leg);
    }
  double total = before + own + after, done = before + own * state->fraction;
  if (total > 0)
    overall->fraction = done / total;
  if (after > 0)
    overall->remaining_s +=
        after * seconds_per_work (done, total, elapsed_s, side_total (self, 0).time_s);
}
