/* SPDX-License-Identifier: Apache-2.0 */
/* Facts about where a run was made. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Set tool, version, date (ISO 8601, local offset), host, os, kernel, cpu, cores (processors
 * that this process may run on), "physical cores" and "numa nodes" of them, memory, governor (when
 * readable), compiler, accelerator, device, blas and "blas kernels" (from the backend), driver,
 * runtime, "device index", "device memory" and "compute capability" where it has devices of its
 * own, OPENBLAS_CORETYPE when set, threads, shards (of expert parallelism), dtype, seed, options
 * (all of them, as in the shape line) and command (`command_line`, may be NULL) on the run.  What
 * cannot be found out is left out; nothing here fails. */
void moe_environment_describe (MoeRun *run,
                               const MoePlan *plan,
                               const MoeBackend *backend,
                               const char *command_line);

/* "name of the CPU", never NULL. */
const char *moe_environment_cpu (void);

G_END_DECLS
