/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/judge/noise-models.h"
#include "engine/text/intern.h"

#include <math.h>

#include "engine/bench/stats.h"

static const NoiseModel models[] = {
  { "independent", .sample = 0.02 },
  { "0.5 % between starts", .sample = 0.02, .start = 0.005, .layout = 0.001 },
  { "2 % between starts", .sample = 0.02, .start = 0.02, .layout = 0.003 },
  { "drift", .sample = 0.015, .drift = 0.05 },
  { "bursts", .sample = 0.015, .burst = 0.25 },
  { "all together", .sample = 0.02, .start = 0.01, .layout = 0.003, .drift = 0.03, .burst = 0.2 },
};

const NoiseModel *
noise_models (gsize *n)
{
  *n = G_N_ELEMENTS (models);
  return models;
}

static double
normal (GRand *random)
{
  return sqrt (-2 * log (1 - g_rand_double (random))) * cos (2 * G_PI * g_rand_double (random));
}

static MoeRecord *
new_record (const NoisePlan *plan, gsize point)
{
  MoeRecord *record = g_new (MoeRecord, 1);
  moe_record_init (record);
  record->has_shape = TRUE;
  record->shape = (MoeShape){ .tokens = 1000, .hidden = 8, .mlp_dim = 8, .experts = 8 };
  record->topk = 4;
  record->null_target = 0.09 * (double)point;
  record->samples_s = g_new (double, plan->starts * plan->rounds);
  record->taken = g_new (MoeTaken, plan->starts * plan->rounds);
  record->time_source = moe_text_intern ("wall");
  return record;
}

/* The machine under a run: what hits every sample of a moment alike. */
typedef struct Machine
{
  GRand *random;
  const NoiseModel *model;
  double start;   /* of the present one */
  double slope;   /* of the drift, per round */
  double elapsed; /* rounds */
  gboolean busy;  /* within a burst */
} Machine;

static void
begin_round (Machine *machine)
{
  /* Bursts last two to three rounds. */
  double chance = machine->busy ? 0.6 : machine->model->burst * 0.4;
  machine->busy = g_rand_double (machine->random) < chance;
  machine->elapsed += 1;
}

/* One sample: two of three in a burst are slowed down and known to be disturbed; a few slip through
 * with a slowdown that the share does not show. */
static void
take (Machine *machine, MoeRecord *record, double time_s, double layout, const MoeTaken *taken)
{
  double value = log (time_s) + machine->start + layout + machine->slope * machine->elapsed
                 + machine->model->sample * normal (machine->random);
  MoeTaken own = *taken;
  own.share = 0.995;
  if (machine->busy && g_rand_double (machine->random) < 0.67)
    {
      double lost = g_rand_double (machine->random);
      value += 0.5 * lost;
      own.share = 1 - 0.4 * lost;
    }
  record->taken[record->n_samples] = own;
  record->samples_s[record->n_samples++] = exp (value);
}

/* The anchor is another product in other memory: it shares what happens to the whole machine, not
 * what a start does to the block. */
static double
take_anchor (const Machine *machine)
{
  return 0.01 * exp (machine->slope * machine->elapsed + 0.005 * normal (machine->random));
}

static void
begin_start (Machine *machine, double *layouts, gsize n)
{
  machine->start = machine->model->start * normal (machine->random);
  for (gsize i = 0; i < n; i++)
    layouts[i] = machine->model->layout * normal (machine->random);
}

static Machine
new_machine (GRand *random, const NoiseModel *model, const NoisePlan *plan)
{
  return (Machine){ .random = random,
                    .model = model,
                    .slope =
                        model->drift * normal (random) / (double)(plan->starts * plan->rounds) };
}

/* A run over the records of one side, or of both in the same rounds, turned around every other. */
static void
run (GRand *random,
     const NoiseModel *model,
     const NoisePlan *plan,
     MoeRecord **sides[2],
     const double *factors,
     gsize n_sides)
{
  Machine machine = new_machine (random, model, plan);
  g_autofree double *layouts = g_new (double, n_sides * plan->points);
  for (gsize start = 0; start < plan->starts; start++)
    {
      begin_start (&machine, layouts, n_sides * plan->points);
      for (gsize round = 0; round < plan->rounds; round++)
        {
          MoeTaken taken = moe_taken_unknown ();
          taken.start = (uint32_t)start;
          taken.round = (uint32_t)(start * plan->rounds + round);
          begin_round (&machine);
          taken.anchor_s = take_anchor (&machine);
          for (gsize i = 0; i < n_sides * plan->points; i++)
            {
              gsize at = round % 2 == 0 ? i : n_sides * plan->points - 1 - i;
              take (&machine, sides[at % n_sides][at / n_sides], factors[at % n_sides], layouts[at],
                    &taken);
            }
        }
    }
}

static void
finish (MoeRecord *record)
{
  g_autoptr (GArray) used = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < record->n_samples; i++)
    if (!moe_taken_is_disturbed (&record->taken[i]))
      g_array_append_val (used, record->samples_s[i]);
  record->tokens_per_s = used->len > 0 ? 1000 / moe_median ((double *)used->data, used->len) : NAN;
}

void
noise_measure (GRand *random,
               const NoiseModel *model,
               const NoisePlan *plan,
               double slower,
               gboolean side_by_side,
               MoeJudgePair *pairs)
{
  g_autofree MoeRecord **a = g_new (MoeRecord *, plan->points),
                       **b = g_new (MoeRecord *, plan->points);
  const double factors[] = { 1, slower };
  for (gsize i = 0; i < plan->points; i++)
    {
      a[i] = new_record (plan, i);
      b[i] = new_record (plan, i);
      pairs[i] = (MoeJudgePair){ .a = a[i], .b = b[i], .same_rounds = side_by_side };
    }
  MoeRecord **both[2] = { a, b }, **second[2] = { b, NULL };
  run (random, model, plan, both, factors, side_by_side ? 2 : 1);
  if (!side_by_side)
    run (random, model, plan, second, factors + 1, 1);
  for (gsize i = 0; i < plan->points; i++)
    {
      finish (a[i]);
      finish (b[i]);
    }
}

static void
record_free (const MoeRecord *record)
{
  g_free (record->samples_s);
  g_free (record->taken);
  g_free ((gpointer)record);
}

void
noise_free (MoeJudgePair *pairs, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      record_free (pairs[i].a);
      record_free (pairs[i].b);
    }
}
