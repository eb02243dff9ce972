/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks on threads: what they do together, and how an exchange ends that cannot go on. */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/ranks/find.h"
#include "engine/ranks/ranks.h"
#include "tests/ranks/rank-cases.h"
#include "tests/ranks/thread-transport.h"

typedef struct World World;

typedef struct Member
{
  World *world;
  size_t rank;
  MoeCancel cancel;
  MoePeer peer;
  MoeStatus status; /* of the case, when it may fail */
  MoeError error;
} Member;

struct World
{
  ThreadHub *hub;
  size_t size;
  Member *members; /* [size] */
  void (*run) (MoeRanks *ranks, Member *member);
  const RankCase *rank_case;
};

static gpointer
member_main (gpointer data)
{
  Member *m = data;
  MoeRanks *ranks = NULL;
  MoeTransport *transport = thread_transport_new (m->world->hub, m->rank);
  m->status = moe_ranks_new (transport, &m->peer, &m->cancel, &ranks, &m->error);
  if (m->status == MOE_OK)
    m->world->run (ranks, m);
  moe_ranks_free (ranks, m->status == MOE_OK);
  return NULL;
}

static World *
world_new (size_t size, void (*run) (MoeRanks *ranks, Member *member))
{
  World *world = g_new0 (World, 1);
  *world = (World){ .hub = thread_hub_new (size), .size = size, .run = run };
  world->members = g_new0 (Member, size);
  for (size_t i = 0; i < size; i++)
    {
      world->members[i] = (Member){ .world = world, .rank = i };
      moe_cancel_init (&world->members[i].cancel);
      moe_peer_self (&world->members[i].peer);
    }
  return world;
}

static void
world_run (World *world)
{
  g_autofree GThread **threads = g_new (GThread *, world->size);
  for (size_t i = 0; i < world->size; i++)
    threads[i] = g_thread_new ("rank", member_main, &world->members[i]);
  for (size_t i = 0; i < world->size; i++)
    g_thread_join (threads[i]);
}

static void
world_free (World *world)
{
  thread_hub_free (world->hub);
  g_free (world->members);
  g_free (world);
}

static void
run_case (MoeRanks *ranks, Member *member)
{
  member->world->rank_case->run (ranks);
}

static void
test_case (gconstpointer data)
{
  for (size_t size = 1; size <= 5; size++)
    {
      World *world = world_new (size, run_case);
      world->rank_case = data;
      world_run (world);
      g_assert_cmpuint (thread_hub_stopped_together (world->hub), ==, size);
      world_free (world);
    }
}

/* Reduce until something breaks. */
static void
reduce_for_ever (MoeRanks *ranks, Member *member)
{
  g_autofree float *array = g_new0 (float, 400000);
  for (size_t round = 0; member->status == MOE_OK; round++)
    {
      if (member->rank == 1 && round == 3)
        thread_hub_cut (member->world->hub, 1);
      member->status =
          moe_ranks_all_reduce (ranks, MOE_DTYPE_FLOAT32, array, 400000, &member->error);
      if (member->status != MOE_OK && member->rank != 1)
        g_assert_cmpint (moe_ranks_status (ranks, NULL), ==, member->status);
    }
  /* Broken off for good: nothing is waited for any more, and the error stays. */
  MoeError again = { 0 };
  guint64 record = 0, all[8];
  g_assert_cmpint (moe_ranks_agree (ranks, MOE_OK, &again), ==, member->status);
  g_assert_cmpstr (again.message, ==, member->error.message);
  g_assert_cmpint (moe_ranks_gather (ranks, &record, sizeof record, all, &again), ==,
                   member->status);
  g_assert_cmpint (moe_ranks_broadcast (ranks, &record, sizeof record, NULL), ==, member->status);
  g_assert_cmpint (moe_ranks_reduce_scatter (ranks, MOE_DTYPE_FLOAT32, array, 10, NULL), ==,
                   member->status);
}

/* The transport fails on one rank; the others, whom nobody tells, are stopped. */
static void
test_transport_fails (void)
{
  World *world = world_new (3, reduce_for_ever);
  for (size_t i = 0; i < 3; i++)
    world->members[i].peer.machine[0] = '\0'; /* out of each other's sight: little patience */
  moe_cancel_request (&world->members[0].cancel);
  moe_cancel_request (&world->members[2].cancel);
  world_run (world);
  g_assert_cmpstr (world->members[1].error.message, ==, "the cable of rank 1 was cut");
  for (size_t i = 0; i < 3; i++)
    g_assert_cmpint (world->members[i].status, ==, MOE_ERROR_BACKEND);
  g_assert_nonnull (strstr (world->members[0].error.message,
                            "Rank 1 did not answer within 0.3 s of the request to stop"));
  g_assert_cmpuint (thread_hub_stopped_together (world->hub), ==, 0);
  thread_hub_drop (world->hub);
  world_free (world);
}

static void
leave_alone (MoeRanks *ranks, Member *member)
{
  guint64 record = 0, all[3];
  if (member->rank == 2)
    member->status = MOE_ERROR_BACKEND; /* never comes */
  else
    member->status = moe_ranks_gather (ranks, &record, sizeof record, all, &member->error);
}

/* A rank whose process is gone is missed by itself, also by one that is idle. */
static void
test_process_gone (void)
{
  World *world = world_new (3, leave_alone);
  pid_t child = fork ();
  if (child == 0)
    _exit (0);
  g_assert_cmpint (child, >, 0);
  world->members[2].peer.pid = child;
  world_run (world);
  g_autofree char *expected =
      g_strdup_printf ("Rank 2 was lost: its process %d is gone.", (int)child);
  for (size_t i = 0; i < 2; i++)
    {
      g_assert_cmpint (world->members[i].status, ==, MOE_ERROR_BACKEND);
      g_assert_nonnull (strstr (world->members[i].error.message, expected));
    }
  waitpid (child, NULL, 0);
  thread_hub_drop (world->hub);
  world_free (world);
}

static void
wait_for_task (MoeRanks *ranks, Member *member)
{
  guint64 task = 0;
  if (member->rank == 0)
    {
      g_usleep (600000);
      task = 7;
      member->status = moe_ranks_send (ranks, 1, &task, sizeof task, &member->error);
      return;
    }
  member->status = moe_ranks_receive (ranks, 0, &task, sizeof task, true, &member->error);
  g_assert_cmpuint (task, ==, 7);
}

/* An idle rank that is asked to stop leaves that to rank 0, which was asked, too. */
static void
test_idle_outlasts_stop (void)
{
  World *world = world_new (2, wait_for_task);
  world->members[0].peer.machine[0] = world->members[1].peer.machine[0] = '\0';
  moe_cancel_request (&world->members[1].cancel);
  world_run (world);
  g_assert_cmpint (world->members[0].status, ==, MOE_OK);
  g_assert_cmpint (world->members[1].status, ==, MOE_OK);
  world_free (world);
}

/* Of a child: running, ended but not yet looked at, and gone. */
static void
test_peer_state (void)
{
  MoePeer self, other;
  moe_peer_self (&self);
  g_assert_cmpint (self.pid, ==, getpid ());
  g_assert_cmpint (moe_peer_state (&self, &self), ==, MOE_PEER_ALIVE);
  other = self;
  other.pid = fork ();
  if (other.pid == 0)
    {
      pause ();
      _exit (0);
    }
  g_assert_cmpint (moe_peer_state (&self, &other), ==, MOE_PEER_ALIVE);
  kill ((pid_t)other.pid, SIGKILL);
  siginfo_t info;
  g_assert_cmpint (waitid (P_PID, (id_t)other.pid, &info, WEXITED | WNOWAIT), ==, 0);
  g_assert_cmpint (moe_peer_state (&self, &other), ==, MOE_PEER_GONE);
  waitpid ((pid_t)other.pid, NULL, 0);
  g_assert_cmpint (moe_peer_state (&self, &other), ==, MOE_PEER_GONE);

  other = self;
  other.pid_namespace++;
  g_assert_cmpint (moe_peer_state (&self, &other), ==, MOE_PEER_UNKNOWN);
  g_assert_true (moe_peer_same_machine (&self, &other));
  g_assert_true (moe_peer_same_processors (&self, &other));
  other.allowed[0] ^= 1;
  g_assert_false (moe_peer_same_processors (&self, &other));
  other.machine[0] ^= 1;
  g_assert_false (moe_peer_same_machine (&self, &other));
  g_assert_cmpint (moe_peer_state (&self, &other), ==, MOE_PEER_UNKNOWN);
  memset (&other, 0, sizeof other);
  g_assert_false (moe_peer_same_machine (&other, &other));
  g_assert_false (moe_peer_same_processors (&other, &other));
}

typedef struct Parts
{
  size_t part[4];
  size_t parts[4];
  size_t on_machine[4];
} Parts;

static Parts found;

static void
note_parts (MoeRanks *ranks, Member *member)
{
  moe_ranks_part (ranks, &found.part[member->rank], &found.parts[member->rank]);
  found.on_machine[member->rank] = moe_ranks_on_machine_of (ranks, member->rank);
}

/* Ranks 0 and 3 share processors, 1 has others, 2 is on another machine. */
static void
test_parts (void)
{
  static const size_t part[] = { 0, 0, 0, 1 }, parts[] = { 2, 1, 1, 2 }, on[] = { 3, 3, 1, 3 };
  World *world = world_new (4, note_parts);
  world->members[1].peer.allowed[100] ^= 1;
  world->members[2].peer.machine[0] ^= 1;
  world_run (world);
  for (size_t i = 0; i < 4; i++)
    {
      g_assert_cmpuint (found.part[i], ==, part[i]);
      g_assert_cmpuint (found.parts[i], ==, parts[i]);
      g_assert_cmpuint (found.on_machine[i], ==, on[i]);
    }
  world_free (world);
}

static void
clear_launch (void)
{
  static const char *const names[] = {
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMI_SIZE", "PMIX_RANK",
    "SLURM_STEP_NUM_TASKS"
  };
  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    g_unsetenv (names[i]);
}

static void
test_launched (void)
{
  size_t rank, size;
  clear_launch ();
  g_assert_false (moe_ranks_launched (&rank, &size));
  /* A shell of Slurm's: its program is alone whatever a step of it would have. */
  g_setenv ("SLURM_STEP_NUM_TASKS", "4", TRUE);
  g_assert_false (moe_ranks_launched (&rank, &size));
  g_setenv ("PMIX_RANK", "0", TRUE);
  g_assert_true (moe_ranks_launched (&rank, &size));
  g_setenv ("SLURM_STEP_NUM_TASKS", "1", TRUE);
  g_assert_false (moe_ranks_launched (&rank, &size));
  g_unsetenv ("SLURM_STEP_NUM_TASKS");
  g_assert_false (moe_ranks_launched (&rank, &size));
  g_setenv ("PMIX_RANK", "3", TRUE);
  g_assert_true (moe_ranks_launched (&rank, &size));
  g_assert_cmpuint (rank, ==, 3);
  g_assert_cmpuint (size, ==, 0);
  g_setenv ("OMPI_COMM_WORLD_SIZE", "1", TRUE);
  g_assert_false (moe_ranks_launched (NULL, NULL));
  g_setenv ("OMPI_COMM_WORLD_SIZE", "many", TRUE);
  g_setenv ("PMI_SIZE", "8", TRUE);
  g_setenv ("PMI_RANK", "5", TRUE);
  g_assert_true (moe_ranks_launched (&rank, &size));
  g_assert_cmpuint (rank, ==, 5);
  g_assert_cmpuint (size, ==, 8);
  clear_launch ();
}

static void
refused (const char *folder, const char *reason)
{
  MoeRanks *ranks;
  MoeError error = { 0 };
  g_setenv ("OMPI_COMM_WORLD_RANK", "1", TRUE);
  g_setenv ("OMPI_COMM_WORLD_SIZE", "2", TRUE);
  g_setenv ("NULLCURVE_BACKEND_DIR", folder, TRUE);
  g_assert_cmpint (moe_ranks_find (NULL, &ranks, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_null (ranks);
  g_assert_true (g_str_has_prefix (error.message, "This process was started as rank 1 of 2, but "
                                                  "cannot join the others: "));
  g_assert_nonnull (strstr (error.message, reason));
  clear_launch ();
}

/* Alone nothing is opened; with others, each way of not finding the module is told apart. */
static void
test_find (void)
{
  g_autofree char *folder = g_dir_make_tmp ("nullcurve-ranks-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "libnullcurve-mpi.so", NULL);
  g_autofree char *built = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "ranks", NULL);
  g_autofree char *before = g_strdup (g_getenv ("NULLCURVE_BACKEND_DIR"));
  MoeRanks *ranks = (MoeRanks *)folder;
  clear_launch ();
  g_assert_cmpint (moe_ranks_find (NULL, &ranks, NULL), ==, MOE_OK);
  g_assert_null (ranks);

  refused (folder, "The MPI module is not installed.");
  g_assert_true (g_file_set_contents (path, "no module", -1, NULL));
  refused (folder, "The MPI module cannot be opened: ");
  g_unlink (path);
  g_rmdir (folder);

  const char *const fakes[] = { "no-symbol", "wrong-version" };
  const char *const reasons[] = {
    "The MPI module has no symbol moe_transport_module.",
    "The MPI module is of interface version 4711, this program of version 2.",
  };
  for (size_t i = 0; i < 2; i++)
    {
      g_autofree char *fake = g_build_filename (built, fakes[i], NULL);
      refused (fake, reasons[i]);
    }
  g_setenv ("NULLCURVE_BACKEND_DIR", before != NULL ? before : "", TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  size_t n;
  const RankCase *list = rank_cases (&n);
  for (size_t i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/ranks/threads/%s", list[i].name);
      g_test_add_data_func (path, &list[i], test_case);
    }
  g_test_add_func ("/ranks/broken/transport", test_transport_fails);
  g_test_add_func ("/ranks/broken/process-gone", test_process_gone);
  g_test_add_func ("/ranks/idle-outlasts-stop", test_idle_outlasts_stop);
  g_test_add_func ("/ranks/parts", test_parts);
  g_test_add_func ("/ranks/peer-state", test_peer_state);
  g_test_add_func ("/ranks/launched", test_launched);
  g_test_add_func ("/ranks/find", test_find);
  return g_test_run ();
}
