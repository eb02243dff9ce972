/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/backends/parts/schedule.h"

typedef struct Fixture
{
  MoeShape shape;
  size_t offsets[9];
  MoeDispatch dispatch;
  MoeSchedule schedule;
  void *memory;
} Fixture;

static void
fixture_init (Fixture *f, const size_t loads[8], size_t nulls)
{
  *f = (Fixture){ .shape = { .tokens = 1000, .hidden = 512, .mlp_dim = 256, .experts = 8 } };
  for (size_t e = 0; e < 8; e++)
    f->offsets[e + 1] = f->offsets[e] + loads[e];
  f->dispatch.expert_offset = f->offsets;
  f->dispatch.real_rows = f->offsets[8];
  f->dispatch.rows = f->offsets[8] + nulls;
  f->memory = g_aligned_alloc (moe_schedule_bytes (&f->shape, f->dispatch.rows), 1, 64);
  moe_schedule_init (&f->schedule, &f->shape, f->dispatch.rows, f->memory);
}

static void
fixture_build (Fixture *f, size_t threads)
{
  MoeScheduleSpec spec = { .shape = f->shape,
                           .wave = { 0, 8, 0, f->dispatch.rows },
                           .threads = threads,
                           .flops_per_row = 6.0 * 512 * 256,
                           .wgrad_flops_per_row = 6.0 * 512 * 256,
                           .combine_tokens = 64 };
  moe_schedule_build (&f->schedule, &spec, &f->dispatch);
}

/* Every row, null row, gradient share and token is in exactly one tile, whatever the loads. */
static void
check_cover (Fixture *f)
{
  g_autofree size_t *rows = g_new0 (size_t, f->dispatch.rows);
  g_autofree size_t *tokens = g_new0 (size_t, f->shape.tokens);
  size_t slices[8] = { 0 }, parts[8] = { 0 };
  for (size_t i = 0; i < f->schedule.n_tiles; i++)
    {
      const MoeTile *tile = &f->schedule.tiles[i];
      if (tile->kind == MOE_TILE_ROWS || tile->kind == MOE_TILE_NULLS)
        for (size_t r = tile->first; r < tile->first + tile->count; r++)
          rows[r]++;
      else if (tile->kind == MOE_TILE_TOKENS)
        for (size_t t = tile->first; t < tile->first + tile->count; t++)
          tokens[t]++;
      else if (tile->kind == MOE_TILE_WGRAD)
        {
          slices[tile->expert]++;
          parts[tile->expert] = tile->slices;
        }
      if (tile->kind == MOE_TILE_ROWS)
        {
          g_assert_cmpuint (tile->first, >=, f->offsets[tile->expert]);
          g_assert_cmpuint (tile->first + tile->count, <=, f->offsets[tile->expert + 1]);
        }
    }
  for (size_t r = 0; r < f->dispatch.rows; r++)
    g_assert_cmpuint (rows[r], ==, 1);
  for (size_t t = 0; t < f->shape.tokens; t++)
    g_assert_cmpuint (tokens[t], ==, 1);
  for (size_t e = 0; e < 8; e++)
    {
      g_assert_cmpuint (slices[e], >=, 1);
      g_assert_cmpuint (slices[e], ==, parts[e]);
    }
  g_assert_cmpuint (f->schedule.n_tiles, <, f->schedule.capacity);
}

static void
test_cover (void)
{
  const size_t loads[][8] = {
    { 125, 125, 125, 125, 125, 125, 125, 125 },
    { 0, 0, 0, 0, 0, 0, 0, 1 },
    { 0, 4000, 0, 1, 63, 64, 65, 129 },
    { 0, 0, 0, 0, 0, 0, 0, 0 },
  };
  const size_t nulls[] = { 0, 1, 5000 };
  for (size_t l = 0; l < G_N_ELEMENTS (loads); l++)
    for (size_t n = 0; n < G_N_ELEMENTS (nulls); n++)
      for (size_t threads = 1; threads <= 64; threads *= 4)
        {
          Fixture f;
          fixture_init (&f, loads[l], nulls[n]);
          fixture_build (&f, threads);
          check_cover (&f);
          g_aligned_free (f.memory);
        }
}

/* With one expert holding half of the rows, it is cut so that no thread is stuck with it. */
static void
test_skew (void)
{
  const size_t loads[] = { 4000, 571, 571, 571, 571, 571, 571, 574 };
  Fixture f;
  fixture_init (&f, loads, 0);
  fixture_build (&f, 2);
  g_assert_cmpuint (f.schedule.tiles[0].expert, ==, 0);
  for (size_t i = 0; i < f.schedule.n_tiles; i++)
    if (f.schedule.tiles[i].kind == MOE_TILE_ROWS)
      g_assert_cmpuint (f.schedule.tiles[i].count, <=, 8000 / 16 + 1);
  check_cover (&f);
  g_aligned_free (f.memory);
}

/* Tiles are claimed in order, wait for what they need, and end. */
static void
test_claims (void)
{
  const size_t loads[] = { 10, 0, 20, 0, 0, 0, 0, 5 };
  Fixture f;
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  fixture_init (&f, loads, 0);
  fixture_build (&f, 1);
  size_t seen = 0;
  const MoeTile *tile;
  while ((tile = moe_schedule_claim (&f.schedule, &cancel)) != NULL)
    {
      g_assert_true (tile == &f.schedule.tiles[seen]);
      g_assert_true (moe_schedule_wait (&f.schedule, tile, &cancel));
      if (tile->kind == MOE_TILE_ROWS)
        moe_schedule_finish (&f.schedule, tile);
      seen++;
    }
  g_assert_cmpuint (seen, ==, f.schedule.n_tiles);

  fixture_build (&f, 1);
  tile = moe_schedule_claim (&f.schedule, &cancel);
  g_assert_cmpint (tile->kind, ==, MOE_TILE_ROWS);
  g_assert_cmpuint (tile->expert, ==, 2);
  moe_cancel_request (&cancel);
  g_assert_null (moe_schedule_claim (&f.schedule, &cancel));
  const MoeTile needs_rows = { .kind = MOE_TILE_TOKENS };
  g_assert_false (moe_schedule_wait (&f.schedule, &needs_rows, &cancel));
  g_aligned_free (f.memory);
}

/* Waves take every expert and every row once, in order, and never more rows than asked for unless
 * one expert alone has more. */
static void
test_waves (void)
{
  const size_t loads[] = { 10, 0, 200, 30, 0, 60, 61, 0 };
  for (size_t most = 1; most < 400; most += 7)
    {
      Fixture f;
      MoeWave wave = { 0 };
      fixture_init (&f, loads, 100);
      size_t n = 0;
      do
        {
          MoeWave next = moe_wave_next (&wave, f.dispatch.expert_offset, 8, f.dispatch.rows, most);
          g_assert_cmpuint (next.first_expert, ==, wave.end_expert);
          g_assert_cmpuint (next.first_row, ==, wave.end_row);
          g_assert_true (next.end_row > next.first_row || next.end_expert > next.first_expert);
          if (next.end_row - next.first_row > most)
            g_assert_cmpuint (next.end_row - next.first_row, <=, 200);
          if (next.end_row > f.dispatch.real_rows)
            g_assert_cmpuint (next.end_expert, ==, 8);
          wave = next;
          g_assert_cmpuint (++n, <, 500);
        }
      while (wave.end_row < f.dispatch.rows || wave.end_expert < 8);
      g_assert_cmpuint (wave.end_row, ==, f.dispatch.rows);
      g_aligned_free (f.memory);
    }
}

/* Threads share products where whole experts do not divide among them, and only there. */
static void
test_leaves_idle (void)
{
  const struct
  {
    size_t loads[8], threads;
    gboolean idle;
  } cases[] = {
    { { 1 }, 1, FALSE },
    { { 0 }, 4, FALSE },                      /* nothing to share */
    { { 0, 1 }, 2, TRUE },                    /* one of two threads */
    { { 1, 0, 1 }, 2, FALSE },                /* one each */
    { { 1, 1, 1 }, 2, TRUE },                 /* a quarter */
    { { 1, 1, 1, 1, 1, 1, 1 }, 2, TRUE },     /* an eighth */
    { { 1, 1, 1, 1, 1, 1, 1 }, 3, TRUE },     /* two of nine */
    { { 1, 1, 1, 1, 1, 1, 1, 1 }, 3, FALSE }, /* one of nine */
    { { 1, 1, 1, 1 }, 16, TRUE },             /* twelve of sixteen */
    { { 16, 16, 16 }, 2, TRUE },              /* weights are most of the work */
    { { 17, 1, 1 }, 2, FALSE },               /* rows are, too */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture f;
      fixture_init (&f, cases[i].loads, 5);
      const MoeWave wave = { 0, 8, 0, f.dispatch.rows };
      g_assert_cmpint (moe_schedule_leaves_idle (&f.dispatch, &wave, cases[i].threads), ==,
                       cases[i].idle);
      g_aligned_free (f.memory);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/schedule/cover", test_cover);
  g_test_add_func ("/schedule/skew", test_skew);
  g_test_add_func ("/schedule/claims", test_claims);
  g_test_add_func ("/schedule/waves", test_waves);
  g_test_add_func ("/schedule/leaves-idle", test_leaves_idle);
  return g_test_run ();
}
