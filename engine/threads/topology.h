/* SPDX-License-Identifier: Apache-2.0 */
/* The processors that this process may run on, seen as physical cores and NUMA nodes.
 *
 * With hwloc (a build option) cores and nodes are known; without it every processor counts as a
 * core and the number of nodes is unknown.  What cgroups and the affinity mask forbid is left out
 * in both cases; a quota on processor time is told beside them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A physical core by the first of its processors that this process may run on. */
typedef struct MoeCore
{
  size_t processor; /* number of the operating system */
  size_t node;      /* NUMA node it belongs to, 0 .. nodes - 1; 0 when unknown */
} MoeCore;

typedef struct MoeTopology
{
  size_t processors; /* >= 1 */
  size_t cores;      /* 1 .. processors */
  size_t nodes;      /* NUMA nodes of these cores; 0: unknown */
  bool cores_known;  /* false: `cores` merely repeats `processors` */
  double quota;      /* processors' worth of time that control groups grant (base/cgroup.h), this
                        process's part of it; infinite: all of them */
  /* [cores] in the order in which a team takes them: one core of every node in turn, so that a
   * team of fewer members than cores still has the bandwidth of all nodes, and pages that the
   * members touch in turn spread over all of them.  NULL when they cannot be told apart. */
  const MoeCore *core;
} MoeTopology;

/* Read once, at the first call, from the affinity that the calling thread has then; static
 * storage.  Any thread. */
const MoeTopology *moe_topology (void);

/* May this process run on processor `number` of the operating system?  Siblings of the cores above
 * included.  True when that is not known. */
bool moe_topology_allows (size_t number);

/* Say, before the first moe_topology (), that `parts` processes (>= 1) have been given the same
 * processors, and that this one is number `part` of them: `cores` and `core` are then every
 * parts-th core from number `part` on, so that no two of the processes count on, or keep to, the
 * same core; as many processes as NUMA nodes get one node each.  With more processes than cores
 * each counts one core and cannot tell which.  `processors` and moe_topology_allows () stay those
 * that the process may run on.  False, and nothing is changed, when the topology was read already.
 * At most one thread. */
bool moe_topology_take_part (size_t part, size_t parts);

/* How many threads keep `cores` (>= 1) busy, one each, without being stopped by the quota in the
 * middle of a step: at least 1.  Pure. */
size_t moe_topology_team (size_t cores, double quota);

/* Put cores[n], given in any order, into the order described above: nodes in turn, within a node
 * by processor.  Pure. */
void moe_topology_order (MoeCore *cores, size_t n);
