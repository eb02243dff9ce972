/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "engine/threads/topology.h"

#include "engine/base/cgroup.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef NULLCURVE_HAVE_HWLOC
#include <hwloc.h>
#endif

static int
compare_cores (const void *a, const void *b)
{
  const MoeCore *x = a, *y = b;
  if (x->node != y->node)
    return x->node < y->node ? -1 : 1;
  return (x->processor > y->processor) - (x->processor < y->processor);
}

/* How many of the sorted cores before `at` are on the same node. */
static size_t
rank_in_node (const MoeCore *cores, size_t at)
{
  size_t rank = 0;
  while (rank < at && cores[at - rank - 1].node == cores[at].node)
    rank++;
  return rank;
}

typedef struct Place
{
  MoeCore core;
  size_t rank;
} Place;

static int
compare_places (const void *a, const void *b)
{
  const Place *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return compare_cores (&x->core, &y->core);
}

void
moe_topology_order (MoeCore *cores, size_t n)
{
  if (n == 0)
    return;
  Place *places = calloc (n, sizeof *places);
  qsort (cores, n, sizeof *cores, compare_cores);
  if (places == NULL)
    return; /* compact instead of spread: slower at worst */
  for (size_t i = 0; i < n; i++)
    places[i] = (Place){ cores[i], rank_in_node (cores, i) };
  qsort (places, n, sizeof *places, compare_places);
  for (size_t i = 0; i < n; i++)
    cores[i] = places[i].core;
  free (places);
}

static MoeTopology topology;
static MoeCore *own_cores; /* the array behind topology.core */
static cpu_set_t allowed;  /* empty: not known */
static pthread_once_t topology_once = PTHREAD_ONCE_INIT;
static bool topology_is_read;

/* Which share of the cores is this process's. */
static size_t own_part;
static size_t n_parts = 1;

/* Every processor of the mask a core of its own. */
static MoeCore *
cores_of_mask (const cpu_set_t *mask, size_t *n)
{
  size_t capacity = (size_t)CPU_COUNT (mask);
  MoeCore *cores = calloc (capacity > 0 ? capacity : 1, sizeof *cores);
  *n = 0;
  for (size_t i = 0; cores != NULL && i < CPU_SETSIZE && *n < capacity; i++)
    if (CPU_ISSET (i, mask))
      cores[(*n)++] = (MoeCore){ .processor = i };
  return cores;
}

#ifdef NULLCURVE_HAVE_HWLOC

static bool
first_processor (hwloc_const_cpuset_t cpuset, const cpu_set_t *mask, size_t *processor)
{
  for (int i = hwloc_bitmap_first (cpuset); i >= 0; i = hwloc_bitmap_next (cpuset, i))
    if (i < CPU_SETSIZE && CPU_ISSET ((size_t)i, mask))
      {
        *processor = (size_t)i;
        return true;
      }
  return false;
}

/* Which of the machine's NUMA nodes the processor belongs to. */
static size_t
node_of (hwloc_topology_t machine, size_t processor)
{
  int n = hwloc_get_nbobjs_by_type (machine, HWLOC_OBJ_NUMANODE);
  for (int i = 0; i < n; i++)
    {
      hwloc_obj_t node = hwloc_get_obj_by_type (machine, HWLOC_OBJ_NUMANODE, (unsigned)i);
      if (node->cpuset != NULL && hwloc_bitmap_isset (node->cpuset, (unsigned)processor))
        return (size_t)i;
    }
  return 0;
}

static MoeCore *
cores_of_machine (hwloc_topology_t machine, const cpu_set_t *mask, size_t *n)
{
  int total = hwloc_get_nbobjs_by_type (machine, HWLOC_OBJ_CORE);
  MoeCore *cores = calloc (total > 0 ? (size_t)total : 1, sizeof *cores);
  *n = 0;
  for (int i = 0; cores != NULL && i < total; i++)
    {
      hwloc_obj_t core = hwloc_get_obj_by_type (machine, HWLOC_OBJ_CORE, (unsigned)i);
      size_t processor;
      if (core->cpuset != NULL && first_processor (core->cpuset, mask, &processor))
        cores[(*n)++] = (MoeCore){ processor, node_of (machine, processor) };
    }
  return cores;
}

/* Cores from hwloc; NULL when it does not know them. */
static MoeCore *
cores_from_hwloc (const cpu_set_t *mask, size_t *n)
{
  hwloc_topology_t machine;
  MoeCore *cores = NULL;
  *n = 0;
  if (hwloc_topology_init (&machine) != 0)
    return NULL;
  if (hwloc_topology_load (machine) == 0)
    cores = cores_of_machine (machine, mask, n);
  hwloc_topology_destroy (machine);
  if (*n > 0)
    return cores;
  free (cores);
  return NULL;
}

#else

static MoeCore *
cores_from_hwloc (const cpu_set_t *mask, size_t *n)
{
  (void)mask;
  *n = 0;
  return NULL;
}

#endif

/* Nodes are numbered by the machine; number those that are in use from 0. */
static size_t
renumber_nodes (MoeCore *cores, size_t n)
{
  size_t nodes = 0;
  qsort (cores, n, sizeof *cores, compare_cores);
  for (size_t i = 0, last = SIZE_MAX; i < n; i++)
    {
      size_t node = cores[i].node;
      if (node != last)
        nodes++;
      last = node;
      cores[i].node = nodes - 1;
    }
  return nodes;
}

/* Keep this process's share of the ordered cores; where there are too few, they cannot be told
 * apart. */
static void
keep_own_part (void)
{
  size_t n = 0;
  if (n_parts == 1)
    return;
  if (topology.core == NULL || n_parts > topology.cores)
    {
      topology.cores = n_parts > topology.cores ? 1 : topology.cores / n_parts;
      topology.core = NULL;
      free (own_cores);
      own_cores = NULL;
      return;
    }
  for (size_t i = own_part; i < topology.cores; i += n_parts)
    own_cores[n++] = own_cores[i];
  topology.cores = n;
  if (topology.cores_known)
    topology.nodes = renumber_nodes (own_cores, n);
  moe_topology_order (own_cores, n);
}

static void
read_cores (void)
{
  cpu_set_t mask;
  size_t n = 0;
  long online = sysconf (_SC_NPROCESSORS_ONLN);
  topology = (MoeTopology){ .processors = online > 0 ? (size_t)online : 1 };
  topology.cores = topology.processors;
  CPU_ZERO (&allowed);
  if (sched_getaffinity (0, sizeof mask, &mask) != 0 || CPU_COUNT (&mask) == 0)
    return; /* more processors than a mask holds */
  allowed = mask;
  topology.processors = topology.cores = (size_t)CPU_COUNT (&mask);
  MoeCore *cores = cores_from_hwloc (&mask, &n);
  topology.cores_known = cores != NULL;
  if (topology.cores_known)
    topology.nodes = renumber_nodes (cores, n);
  else
    cores = cores_of_mask (&mask, &n);
  if (cores == NULL)
    return;
  moe_topology_order (cores, n);
  topology.cores = n;
  topology.core = own_cores = cores;
}

static void
read_topology (void)
{
  read_cores ();
  keep_own_part ();
  topology.quota = moe_cgroup_processors ("") / (double)n_parts;
  topology_is_read = true;
}

size_t
moe_topology_team (size_t cores, double quota)
{
  return (size_t)fmax (1, fmin ((double)cores, floor (quota)));
}

bool
moe_topology_take_part (size_t part, size_t parts)
{
  if (topology_is_read || part >= parts)
    return false;
  own_part = part;
  n_parts = parts;
  return true;
}

const MoeTopology *
moe_topology (void)
{
  pthread_once (&topology_once, read_topology);
  return &topology;
}

bool
moe_topology_allows (size_t number)
{
  pthread_once (&topology_once, read_topology);
  return CPU_COUNT (&allowed) == 0 || (number < CPU_SETSIZE && CPU_ISSET (number, &allowed));
}
