/* SPDX-License-Identifier: Apache-2.0 */
/* What uneven loads cost, by hand. */
#include <glib.h>
#include <math.h>

#include "engine/moe/balance.h"

static void
test_tiles (void)
{
  const size_t rows[] = { 1, 0, 16, 17, 64, 30 };
  const size_t none[] = { 0, 0 };
  /* 1 + 1 + 2 + 4 + 2 tiles of 16; 1 + 1 + 1 + 1 + 1 of 64, and as many of 128. */
  g_assert_cmpfloat (moe_tile_share (rows, 6, 16), ==, 128.0 / 160);
  g_assert_cmpfloat (moe_tile_share (rows, 6, 64), ==, 128.0 / 320);
  g_assert_cmpfloat (moe_tile_share (rows, 6, 128), ==, 128.0 / 640);
  g_assert_cmpfloat (moe_tile_share (rows, 6, 1), ==, 1);
  g_assert_cmpfloat (moe_tile_share (rows + 4, 1, 64), ==, 1);
  g_assert_true (isnan (moe_tile_share (none, 2, 16)));
  g_assert_cmpuint (moe_tile_rows[MOE_TILES_16], ==, 16);
  g_assert_cmpuint (moe_tile_rows[MOE_TILES_128], ==, 128);
}

static void
test_shards (void)
{
  const size_t rows[] = { 1, 9, 5, 5, 0, 11 };
  g_assert_cmpuint (moe_fullest_shard (rows, 6, 1), ==, 31);
  g_assert_cmpuint (moe_fullest_shard (rows, 6, 2), ==, 16);
  g_assert_cmpuint (moe_fullest_shard (rows, 6, 3), ==, 11);
  g_assert_cmpuint (moe_fullest_shard (rows, 6, 6), ==, 11);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/balance/tiles", test_tiles);
  g_test_add_func ("/balance/shards", test_shards);
  return g_test_run ();
}
