/* SPDX-License-Identifier: Apache-2.0 */
/* Cores and nodes of this process, and teams that keep to them. */
#define _GNU_SOURCE /* sched_getaffinity */
#include <glib.h>
#include <sched.h>
#include <string.h>

#include "engine/threads/team.h"
#include "engine/threads/topology.h"

static cpu_set_t
own_mask (void)
{
  cpu_set_t mask;
  g_assert_cmpint (sched_getaffinity (0, sizeof mask, &mask), ==, 0);
  return mask;
}

static void
test_this_machine (void)
{
  const MoeTopology *topology = moe_topology ();
  cpu_set_t mask = own_mask ();
  g_assert_true (topology == moe_topology ());
  g_assert_cmpuint (topology->processors, ==, CPU_COUNT (&mask));
  g_assert_cmpuint (topology->cores, >=, 1);
  g_assert_cmpuint (topology->cores, <=, topology->processors);
  g_assert_cmpuint (topology->nodes, <=, topology->cores);
  g_assert_true (topology->cores_known == (topology->nodes > 0));
  g_assert_cmpuint (moe_team_default_size (), ==,
                    moe_topology_team (topology->cores, topology->quota));
  g_assert_nonnull (topology->core);
  for (size_t i = 0; i < topology->cores; i++)
    {
      g_assert_true (CPU_ISSET (topology->core[i].processor, &mask));
      g_assert_true (moe_topology_allows (topology->core[i].processor));
      g_assert_cmpuint (topology->core[i].node, <, MAX (topology->nodes, 1));
      for (size_t j = 0; j < i; j++)
        g_assert_cmpuint (topology->core[i].processor, !=, topology->core[j].processor);
    }
}

/* Nodes in turn, while they have cores left. */
static void
test_order (void)
{
  MoeCore cores[] = { { 9, 1 }, { 2, 0 }, { 8, 1 }, { 0, 0 }, { 16, 2 }, { 4, 0 } };
  const size_t expected[] = { 0, 8, 16, 2, 9, 4 };
  moe_topology_order (cores, G_N_ELEMENTS (cores));
  for (size_t i = 0; i < G_N_ELEMENTS (cores); i++)
    g_assert_cmpuint (cores[i].processor, ==, expected[i]);
  moe_topology_order (NULL, 0);
}

/* A process that may run on one processor only has one core, whatever the machine has. */
static void
test_limited (void)
{
  if (g_test_subprocess ())
    {
      cpu_set_t mask = own_mask (), one;
      size_t last = 0;
      for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET (i, &mask))
          last = i;
      CPU_ZERO (&one);
      CPU_SET (last, &one);
      g_assert_cmpint (sched_setaffinity (0, sizeof one, &one), ==, 0);
      g_assert_cmpuint (moe_topology ()->processors, ==, 1);
      g_assert_cmpuint (moe_topology ()->cores, ==, 1);
      g_assert_cmpuint (moe_topology ()->core[0].processor, ==, last);
      g_assert_cmpuint (moe_team_default_size (), ==, 1);
      for (size_t i = 0; i < CPU_SETSIZE; i++)
        g_assert_true (moe_topology_allows (i) == (i == last));
      g_assert_false (moe_topology_allows (G_MAXSIZE));
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* Processors of cores number `part`, part + parts, ... of this process: " 0 2 4 ". */
static char *
cores_of_part (size_t part, size_t parts)
{
  const MoeTopology *topology = moe_topology ();
  GString *list = g_string_new (" ");
  for (size_t i = part; i < topology->cores; i += parts)
    g_string_append_printf (list, "%zu ", topology->core[i].processor);
  return g_string_free (list, FALSE);
}

static size_t
number_in (const char *variable)
{
  return (size_t)g_ascii_strtoull (g_getenv (variable), NULL, 10);
}

/* The cores of this part are those that the parent expects, in whatever order. */
static void
check_part (void)
{
  const char *expected = g_getenv ("TEST_CORES");
  size_t part = number_in ("TEST_PART"), parts = number_in ("TEST_PARTS");
  MoeTeam *team = NULL;
  g_assert_false (moe_topology_take_part (parts, parts));
  g_assert_true (moe_topology_take_part (part, parts));
  const MoeTopology *topology = moe_topology ();
  g_assert_false (moe_topology_take_part (part, parts)); /* too late */
  g_assert_cmpuint (moe_team_default_size (), ==,
                    moe_topology_team (topology->cores, topology->quota));
  g_assert_cmpint (moe_team_new (topology->cores, &team, NULL), ==, MOE_OK);
  if (strcmp (expected, " ") == 0)
    {
      g_assert_null (topology->core);
      g_assert_cmpuint (topology->cores, ==, 1);
      g_assert_cmpuint (moe_team_pin (team), ==, 0);
    }
  else
    {
      g_autofree char *cores = cores_of_part (0, 1);
      g_assert_cmpuint (strlen (cores), ==, strlen (expected));
      for (size_t i = 0; i < topology->cores; i++)
        {
          g_autofree char *core = g_strdup_printf (" %zu ", topology->core[i].processor);
          g_assert_nonnull (strstr (expected, core));
        }
      g_assert_cmpuint (moe_team_pin (team), ==, topology->cores);
    }
  moe_team_free (team);
}

static void
set_number (const char *variable, size_t number)
{
  g_autofree char *text = g_strdup_printf ("%zu", number);
  g_setenv (variable, text, TRUE);
}

/* Processes on the same processors share the cores out; with too few cores nobody keeps to one. */
static void
test_parts (void)
{
  if (g_test_subprocess ())
    {
      check_part ();
      return;
    }
  size_t n = moe_topology ()->cores, all[] = { 1, 2, n, n + 1 };
  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    for (size_t part = 0; part < all[i]; part += MAX (all[i] - 1, 1)) /* the first and the last */
      {
        g_autofree char *cores = all[i] <= n ? cores_of_part (part, all[i]) : g_strdup (" ");
        g_setenv ("TEST_CORES", cores, TRUE);
        set_number ("TEST_PART", part);
        set_number ("TEST_PARTS", all[i]);
        g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_passed ();
      }
}

static void
note_mask (void *data, size_t thread)
{
  ((cpu_set_t *)data)[thread] = own_mask ();
}

static MoeTeam *
new_team (size_t threads)
{
  MoeTeam *team = NULL;
  g_assert_cmpint (moe_team_new (threads, &team, NULL), ==, MOE_OK);
  return team;
}

/* Every member on a core of its own; the caller is let go afterwards. */
static void
test_pin (void)
{
  const MoeTopology *topology = moe_topology ();
  size_t n = topology->cores;
  g_autofree cpu_set_t *masks = g_new (cpu_set_t, n);
  cpu_set_t before = own_mask ();
  MoeTeam *team = new_team (n);
  g_assert_cmpuint (moe_team_pin (team), ==, n);
  g_assert_cmpuint (moe_team_pin (team), ==, n); /* again changes nothing */
  moe_team_run (team, note_mask, masks);
  for (size_t i = 0; i < n; i++)
    {
      g_assert_cmpint (CPU_COUNT (&masks[i]), ==, 1);
      g_assert_true (CPU_ISSET (topology->core[i].processor, &masks[i]));
    }
  moe_team_free (team);
  cpu_set_t after = own_mask ();
  g_assert_true (CPU_EQUAL (&before, &after));
}

/* A team that takes all cores keeps to them by itself; a smaller one on one node does not. */
static void
test_pin_by_itself (void)
{
  const MoeTopology *topology = moe_topology ();
  g_autofree cpu_set_t *masks = g_new (cpu_set_t, topology->cores);
  cpu_set_t before = own_mask ();
  MoeTeam *team = new_team (topology->cores);
  moe_team_run (team, note_mask, masks);
  for (size_t i = 0; i < topology->cores; i++)
    g_assert_cmpint (CPU_COUNT (&masks[i]), ==, 1);
  moe_team_free (team);
  if (topology->cores == 1)
    return;

  team = new_team (topology->cores - 1);
  moe_team_run (team, note_mask, masks);
  for (size_t i = 0; i + 1 < topology->cores; i++)
    if (topology->nodes > 1)
      g_assert_cmpint (CPU_COUNT (&masks[i]), ==, 1);
    else
      g_assert_true (CPU_EQUAL (&masks[i], &before));
  moe_team_free (team);
}

/* Teams of one caller may end in any order. */
static void
test_pin_two_teams (void)
{
  cpu_set_t before = own_mask (), after;
  MoeTeam *first = new_team (1), *second = new_team (1);
  g_assert_cmpuint (moe_team_pin (first), ==, 1);
  g_assert_cmpuint (moe_team_pin (second), ==, 1);
  moe_team_free (first);
  after = own_mask ();
  g_assert_cmpint (CPU_COUNT (&after), ==, 1);
  moe_team_free (second);
  after = own_mask ();
  g_assert_true (CPU_EQUAL (&before, &after));
}

static void
test_pin_too_many (void)
{
  cpu_set_t before = own_mask (), after;
  MoeTeam *team = new_team (moe_topology ()->cores + 1);
  g_assert_cmpuint (moe_team_pin (team), ==, 0);
  after = own_mask ();
  g_assert_true (CPU_EQUAL (&before, &after));
  moe_team_free (team);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/topology/this-machine", test_this_machine);
  g_test_add_func ("/topology/order", test_order);
  g_test_add_func ("/topology/limited", test_limited);
  g_test_add_func ("/topology/parts", test_parts);
  g_test_add_func ("/topology/pin", test_pin);
  g_test_add_func ("/topology/pin/by-itself", test_pin_by_itself);
  g_test_add_func ("/topology/pin/two-teams", test_pin_two_teams);
  g_test_add_func ("/topology/pin/too-many", test_pin_too_many);
  return g_test_run ();
}
