/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions that must hold: on, off, in the engine that tests link, and in the program. */
#define _GNU_SOURCE /* memmem () */

/* Whatever this build is, here they are on. */
#undef MOE_ASSERTIONS
#define MOE_ASSERTIONS

#include <glib.h>
#include <string.h>

#include "engine/backends/parts/schedule.h"
#include "engine/base/assert.h"
#include "tests/base/assert-off.h"

static const char *program;

static void
test_holds (void)
{
  int evaluated = 0;
  MOE_ASSERT (++evaluated == 1);
  g_assert_cmpint (evaluated, ==, 1);
}

static void
test_fails (void)
{
  if (g_test_subprocess ())
    MOE_ASSERT (strlen ("two") == 2);
  else
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_failed ();
      g_test_trap_assert_stderr ("*test-assert.c:*: this must hold: strlen (\"two\") == 2*");
    }
}

static void
test_off (void)
{
  g_assert_cmpint (assert_off_evaluations (), ==, 0);
}

/* More tiles than were counted beforehand. */
static void
test_engine (void)
{
  if (g_test_subprocess ())
    {
      const MoeShape shape = { .tokens = 4096, .hidden = 64, .mlp_dim = 64, .experts = 1 };
      const MoeScheduleSpec spec = { .shape = shape, .threads = 1, .combine_tokens = 1 };
      size_t offsets[2] = { 0 };
      const MoeDispatch dispatch = { .expert_offset = offsets };
      MoeSchedule schedule;
      g_autofree unsigned char *memory = g_malloc (moe_schedule_bytes (&shape, 0) + 64);
      moe_schedule_init (&schedule, &shape, 0, memory + (64 - (guintptr)memory % 64));
      moe_schedule_build (&schedule, &spec, &dispatch);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*schedule.c:*: this must hold: schedule->n_tiles*");
}

/* What they print is in the program where they are on, and only there. */
static void
test_program (void)
{
  g_autofree char *bytes = NULL;
  gsize n;
  gboolean on = FALSE;
#ifdef PROGRAM_ASSERTS
  on = TRUE;
#endif
  g_assert_true (g_file_get_contents (program, &bytes, &n, NULL));
  g_assert_cmpint (memmem (bytes, n, "this must hold", 14) != NULL, ==, on);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  program = argc > 1 ? argv[1] : NULL;
  g_test_add_func ("/assert/holds", test_holds);
  g_test_add_func ("/assert/fails", test_fails);
  g_test_add_func ("/assert/off", test_off);
  g_test_add_func ("/assert/engine", test_engine);
  if (program != NULL)
    g_test_add_func ("/assert/program", test_program);
  return g_test_run ();
}
