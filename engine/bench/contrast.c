/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/contrast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cut off at each end of a start's rounds before the mean is taken. */
#define TRIM 0.2
/* Nobody knows a variance beforehand better than this many degrees of freedom, so that what a run's
 * own starts say prevails in the end. */
#define MOST_KNOWN_DF 12.0
/* Neighbouring rounds are taken to resemble each other this much at most. */
#define MOST_RESEMBLANCE 0.7

enum
{
  LEAST_FOR_RESEMBLANCE = 6, /* rounds, below which it cannot be told */
  MOST_ROUNDS_A_TRIAL = 1000 /* a series may leave rounds out, but not nearly all */
};

MoeStartSpread
moe_start_spread_of_rounds (void)
{
  return (MoeStartSpread){ .sd = 0.004, .df = 6 };
}

MoeStartSpread
moe_start_spread_unknown (void)
{
  return (MoeStartSpread){ .sd = 0.02, .df = 4 };
}

/* --- Student's t --- */

/* Continued fraction of the incomplete beta function, by the method of Lentz (1976). */
static double
beta_fraction (double x, double a, double b)
{
  const double tiny = 1e-300;
  double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m < 400; m++)
    {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      const double terms[] = { even, odd };
      double factor = 1;
      for (int i = 0; i < 2; i++)
        {
          d = 1 + terms[i] * d;
          c = 1 + terms[i] / c;
          d = 1 / (fabs (d) < tiny ? tiny : d);
          c = fabs (c) < tiny ? tiny : c;
          factor = c * d;
          value *= factor;
        }
      if (fabs (factor - 1) < 1e-14)
        break;
    }
  return value;
}

/* Regularised incomplete beta function. */
static double
incomplete_beta (double x, double a, double b)
{
  if (x <= 0 || x >= 1)
    return x <= 0 ? 0 : 1;
  double front = exp (lgamma (a + b) - lgamma (a) - lgamma (b) + a * log (x) + b * log1p (-x));
  if (x < (a + 1) / (a + b + 2))
    return front * beta_fraction (x, a, b) / a;
  return 1 - front * beta_fraction (1 - x, b, a) / b;
}

double
moe_student_p (double t, double df)
{
  if (isnan (t) || !(df > 0))
    return NAN;
  if (isinf (df))
    return erfc (fabs (t) / sqrt (2));
  return incomplete_beta (df / (df + t * t), df / 2, 0.5);
}

static double
student_density (double t, double df)
{
  return exp (lgamma ((df + 1) / 2) - lgamma (df / 2) - (df + 1) / 2 * log1p (t * t / df))
         / sqrt (df * M_PI);
}

/* Newton's steps from the last bracket; a step out of it is halved into it. */
double
moe_student_quantile (double p, double df)
{
  double low = 0, high = 1;
  if (!(p > 0 && p < 1) || !(df > 0))
    return NAN;
  df = fmin (df, 1e7); /* by then it is the normal distribution */
  while (moe_student_p (high, df) > p && high < 1e12)
    {
      low = high;
      high *= 2;
    }
  double t = (low + high) / 2;
  for (int i = 0; i < 60 && high - low > 1e-10 * high; i++)
    {
      double excess = moe_student_p (t, df) - p;
      if (excess > 0)
        low = t;
      else
        high = t;
      double next = t + excess / (2 * student_density (t, df));
      if (fabs (next - t) < 1e-10 * t)
        return next;
      t = next > low && next < high ? next : (low + high) / 2;
    }
  return t;
}

/* --- one start of one series --- */

/* Put the value of the given rank at its place, none greater before it and none smaller behind it
 * (Hoare 1961). */
static double
select_rank (double *values, size_t n, size_t rank)
{
  size_t low = 0, high = n - 1;
  while (low < high)
    {
      double pivot = values[low + (high - low) / 2];
      size_t i = low, j = high;
      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i > j)
            break;
          double swapped = values[i];
          values[i++] = values[j];
          values[j] = swapped;
          if (j-- == 0)
            break;
        }
      if (rank <= j && j < n)
        high = j;
      else if (rank >= i)
        low = i;
      else
        break;
    }
  return values[rank];
}

/* A start's figure and what its rounds say of it. */
typedef struct Figure
{
  double mean; /* trimmed */
  double low;  /* values are clamped to these for the variance (winsorised) */
  double high;
  double centre; /* of the clamped values */
  double scale;  /* a round's clamped deviation times this is its part in the error of `mean` */
} Figure;

static double
clamp (const Figure *figure, double value)
{
  return fmin (fmax (value, figure->low), figure->high);
}

static Figure
figure_of (const MoeTrial *trials, size_t n, double *scratch)
{
  size_t cut = (size_t)(TRIM * (double)n), kept = n - 2 * cut;
  Figure figure = { 0 };
  double sum = 0, clamped = 0;
  for (size_t i = 0; i < n; i++)
    scratch[i] = trials[i].value;
  figure.low = select_rank (scratch, n, cut);
  figure.high = select_rank (scratch, n, n - 1 - cut);
  for (size_t i = 0; i < n; i++)
    clamped += clamp (&figure, trials[i].value);
  /* What is clamped is what is cut: it stands for the ends, which are taken away again. */
  sum = clamped - (double)cut * (figure.low + figure.high);
  figure.mean = sum / (double)kept;
  figure.centre = clamped / (double)n;
  figure.scale = kept > 1 ? 1 / sqrt ((double)kept * (double)(kept - 1)) : NAN;
  return figure;
}

/* --- all starts --- */

typedef struct Start
{
  double deviation;   /* sum over its series of their figures less the series' means */
  size_t figures;     /* series it has */
  double within;      /* variance of its part of the mean by its rounds; NaN: cannot be told */
  size_t first_round; /* in the array of rounds */
  size_t rounds;
} Start;

typedef struct Round
{
  double error; /* sum over the series of this round's parts in the error of the start's mean */
  bool told;
} Round;

typedef struct Table
{
  uint32_t *names; /* [n] of the starts, ascending */
  Start *starts;   /* [n] */
  size_t n;
  Round *rounds;   /* of all starts, one start after the other */
  uint32_t *least; /* [n] smallest round of each start */
  double *scratch; /* [longest series] */
  double *sums;    /* [n] of the figures of one series, NaN where it has none */
  double mean;     /* over the series of the mean over their starts */
  size_t series;   /* with trials */
  size_t trials;
} Table;

static void
table_clear (Table *table)
{
  free (table->names);
  free (table->starts);
  free (table->rounds);
  free (table->least);
  free (table->scratch);
  free (table->sums);
}

static size_t
longest_of (const MoeSeries *series, size_t n_series, size_t *total)
{
  size_t longest = 0;
  *total = 0;
  for (size_t i = 0; i < n_series; i++)
    {
      longest = series[i].n > longest ? series[i].n : longest;
      *total += series[i].n;
    }
  return longest;
}

/* End of the run of trials with the same start. */
static size_t
end_of_start (const MoeSeries *series, size_t first)
{
  size_t end = first + 1;
  while (end < series->n && series->trials[end].start == series->trials[first].start)
    end++;
  return end;
}

static size_t
find_start (const Table *table, uint32_t name)
{
  size_t low = 0, high = table->n;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      if (table->names[middle] < name)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
note_start (Table *table, const MoeTrial *first, const MoeTrial *last)
{
  size_t at = find_start (table, first->start);
  if (at == table->n || table->names[at] != first->start)
    {
      size_t behind = table->n - at;
      memmove (table->names + at + 1, table->names + at, behind * sizeof *table->names);
      memmove (table->least + at + 1, table->least + at, behind * sizeof *table->least);
      memmove (table->starts + at + 1, table->starts + at, behind * sizeof *table->starts);
      table->names[at] = first->start;
      table->least[at] = first->round;
      table->starts[at] = (Start){ .rounds = last->round - first->round + 1u };
      table->n++;
      return;
    }
  uint32_t end = table->least[at] + (uint32_t)table->starts[at].rounds - 1;
  uint32_t least = first->round < table->least[at] ? first->round : table->least[at];
  end = last->round > end ? last->round : end;
  table->least[at] = least;
  table->starts[at].rounds = (size_t)(end - least) + 1;
}

static size_t
count_segments (const MoeSeries *series, size_t n_series)
{
  size_t n = 0;
  for (size_t i = 0; i < n_series; i++)
    for (size_t first = 0; first < series[i].n; first = end_of_start (&series[i], first))
      n++;
  return n;
}

/* Room for every start and round that any series has. */
static bool
table_init (Table *table, const MoeSeries *series, size_t n_series)
{
  size_t longest = longest_of (series, n_series, &table->trials), rounds = 0;
  size_t most = count_segments (series, n_series);
  if (table->trials == 0)
    return false;
  table->names = calloc (most, sizeof *table->names);
  table->least = calloc (most, sizeof *table->least);
  table->starts = calloc (most, sizeof *table->starts);
  table->sums = calloc (most, sizeof *table->sums);
  table->scratch = calloc (longest, sizeof *table->scratch);
  if (table->names == NULL || table->least == NULL || table->starts == NULL || table->sums == NULL
      || table->scratch == NULL)
    return false;
  for (size_t i = 0; i < n_series; i++)
    for (size_t first = 0, end; first < series[i].n; first = end)
      {
        end = end_of_start (&series[i], first);
        note_start (table, &series[i].trials[first], &series[i].trials[end - 1]);
      }
  for (size_t i = 0; i < table->n; i++)
    {
      table->starts[i].first_round = rounds;
      rounds += table->starts[i].rounds;
    }
  /* Numbers of rounds out of a damaged file. */
  if (rounds / MOST_ROUNDS_A_TRIAL > table->trials + 16)
    return false;
  table->rounds = calloc (rounds, sizeof *table->rounds);
  return table->rounds != NULL;
}

/* One series in one start: its figure, and its rounds' parts in the error. */
static double
add_segment (Table *table, size_t at, const MoeTrial *trials, size_t n)
{
  Start *start = &table->starts[at];
  Figure figure = figure_of (trials, n, table->scratch);
  start->figures++;
  if (isnan (figure.scale))
    {
      start->within = NAN;
      return figure.mean;
    }
  for (size_t i = 0; i < n; i++)
    {
      Round *round = &table->rounds[start->first_round + trials[i].round - table->least[at]];
      round->error += figure.scale * (clamp (&figure, trials[i].value) - figure.centre);
      round->told = true;
    }
  return figure.mean;
}

static void
add_series (Table *table, const MoeSeries *series)
{
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < table->n; i++)
    table->sums[i] = NAN;
  for (size_t first = 0, end; first < series->n; first = end)
    {
      end = end_of_start (series, first);
      size_t at = find_start (table, series->trials[first].start);
      table->sums[at] = add_segment (table, at, series->trials + first, end - first);
      sum += table->sums[at];
      n++;
    }
  if (n == 0)
    return;
  for (size_t i = 0; i < table->n; i++)
    if (!isnan (table->sums[i]))
      table->starts[i].deviation += table->sums[i] - sum / (double)n;
  table->mean += sum / (double)n;
  table->series++;
}

/* How much neighbouring rounds resemble each other, 0 to MOST_RESEMBLANCE. */
static double
resemblance (const Round *rounds, size_t n)
{
  double squares = 0, products = 0, before = NAN;
  size_t told = 0;
  for (size_t i = 0; i < n; i++)
    {
      if (!rounds[i].told)
        continue;
      squares += rounds[i].error * rounds[i].error;
      products += told > 0 ? rounds[i].error * before : 0;
      before = rounds[i].error;
      told++;
    }
  if (told < LEAST_FOR_RESEMBLANCE || !(squares > 0))
    return 0;
  return fmin (fmax (products / squares, 0), MOST_RESEMBLANCE);
}

/* The variance of the start's mean by its rounds. */
static void
sum_rounds (const Table *table, Start *start)
{
  const Round *rounds = table->rounds + start->first_round;
  double squares = 0, same = resemblance (rounds, start->rounds);
  for (size_t i = 0; i < start->rounds; i++)
    squares += rounds[i].error * rounds[i].error;
  squares *= (1 + same) / (1 - same);
  start->within += squares / ((double)start->figures * (double)start->figures);
}

static size_t
count_told (const Table *table, const Start *start)
{
  size_t n = 0;
  for (size_t i = 0; i < start->rounds; i++)
    n += table->rounds[start->first_round + i].told;
  return n;
}

/* What the rounds and the starts say. */
typedef struct Variance
{
  double within; /* of a start's figure by its rounds: mean over the starts that tell it */
  double within_df;
  double between; /* of the starts' figures, rounds and all; NaN with one */
} Variance;

static Variance
variance_of (Table *table)
{
  Variance variance = { .between = NAN };
  size_t told = 0;
  double squares = 0;
  for (size_t i = 0; i < table->n; i++)
    {
      Start *start = &table->starts[i];
      double deviation = start->deviation / (double)start->figures;
      size_t rounds = count_told (table, start);
      squares += deviation * deviation;
      sum_rounds (table, start);
      if (isnan (start->within) || rounds < 2)
        continue;
      variance.within += start->within;
      /* What is cut off is lost to the variance too (Yuen 1974). */
      variance.within_df += fmax ((1 - 2 * TRIM) * (double)rounds - 1, 0.5);
      told++;
    }
  variance.within = told > 0 ? variance.within / (double)told : NAN;
  if (table->n > 1)
    variance.between = squares / (double)(table->n - 1);
  return variance;
}

/* The variance of a start's figure from the starts themselves and from what was to be expected of
 * them: the known spread and the noise of the rounds, of which each has its own sureness
 * (Satterthwaite 1946). */
static double
moderate (const Variance *variance, const MoeStartSpread *known, size_t starts, double *df)
{
  double spread = known->sd * known->sd, expected = spread + variance->within;
  double own_df = starts > 1 ? (double)(starts - 1) : 0, expected_df = 0;
  if (!isnan (expected))
    {
      double doubt =
          (spread > 0 ? spread * spread / known->df : 0)
          + (variance->within > 0 ? variance->within * variance->within / variance->within_df : 0);
      expected_df = doubt > 0 ? fmin (expected * expected / doubt, MOST_KNOWN_DF) : MOST_KNOWN_DF;
    }
  *df = own_df + expected_df;
  if (!(*df > 0))
    return NAN;
  double sum = (own_df > 0 ? own_df * variance->between : 0)
               + (expected_df > 0 ? expected_df * expected : 0);
  return fmax (sum / *df, isnan (variance->within) ? 0 : variance->within);
}

static bool
fill_table (Table *table, const MoeSeries *series, size_t n_series)
{
  if (!table_init (table, series, n_series))
    return false;
  for (size_t i = 0; i < n_series; i++)
    add_series (table, &series[i]);
  return true;
}

bool
moe_estimate_series (const MoeSeries *series,
                     size_t n_series,
                     const MoeStartSpread *known,
                     MoeEstimate *estimate)
{
  Table table = { 0 };
  *estimate = (MoeEstimate){ .mean = NAN, .se = NAN, .df = NAN };
  bool good = fill_table (&table, series, n_series);
  if (good)
    {
      Variance variance = variance_of (&table);
      double of_start = moderate (&variance, known, table.n, &estimate->df);
      estimate->mean = table.mean / (double)table.series;
      estimate->se = sqrt (of_start / (double)table.n);
      estimate->n = table.trials;
      estimate->starts = table.n;
    }
  table_clear (&table);
  return good;
}

MoeStartSpread
moe_start_spread_measure (const MoeSeries *series, size_t n_series)
{
  Table table = { 0 };
  MoeStartSpread spread = { 0 };
  if (fill_table (&table, series, n_series) && table.n > 1)
    {
      Variance variance = variance_of (&table);
      double noise = isnan (variance.within) ? 0 : variance.within;
      spread.sd = sqrt (fmax (variance.between - noise, 0));
      spread.df = (double)(table.n - 1);
    }
  table_clear (&table);
  return spread;
}

MoeEstimate
moe_estimate_difference (const MoeEstimate *a, const MoeEstimate *b)
{
  double u = a->se * a->se, v = b->se * b->se;
  double doubt = u * u / a->df + v * v / b->df;
  return (MoeEstimate){
    .mean = b->mean - a->mean,
    .se = sqrt (u + v),
    .df = doubt > 0 ? (u + v) * (u + v) / doubt : a->df + b->df,
    .n = a->n < b->n ? a->n : b->n,
    .starts = a->starts < b->starts ? a->starts : b->starts,
  };
}

double
moe_estimate_half_width (const MoeEstimate *estimate)
{
  return moe_student_quantile (1 - MOE_ESTIMATE_COVERAGE, estimate->df) * estimate->se;
}

double
moe_estimate_p (const MoeEstimate *estimate)
{
  if (estimate->se > 0)
    return moe_student_p (estimate->mean / estimate->se, estimate->df);
  return isnan (estimate->se) || isnan (estimate->mean) ? NAN : estimate->mean == 0 ? 1 : 0;
}

/* Insertion sort of the places by p: there are as many as a comparison has points. */
static size_t
sort_places (const double *p, size_t n, size_t *places)
{
  size_t m = 0;
  for (size_t i = 0; i < n; i++)
    {
      size_t at = m;
      if (isnan (p[i]))
        continue;
      for (; at > 0 && p[places[at - 1]] > p[i]; at--)
        places[at] = places[at - 1];
      places[at] = i;
      m++;
    }
  return m;
}

void
moe_holm (double *p, size_t n, size_t *scratch)
{
  size_t m = sort_places (p, n, scratch);
  double least = 0;
  for (size_t i = 0; i < m; i++)
    {
      double *value = &p[scratch[i]];
      least = fmax (least, fmin (1, (double)(m - i) * *value));
      *value = least;
    }
}
