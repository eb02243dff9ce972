/* SPDX-License-Identifier: Apache-2.0 */
/* A module: the GPU block on NVIDIA cards, bfloat16 and float32. */
#include "engine/backends/gpu/block.h"
#include "engine/backends/gpu/rates.h"
#include "engine/backends/modules.h"
#include "engine/backends/modules/cuda/cuda.h"
#include "engine/backends/modules/cuda/device.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/base/telemetry.h"
#include "engine/base/words.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern __attribute__ ((visibility ("default"))) const MoeBackend moe_backend_module;

/* --- devices --- */

static void
format_version (int version, char *text, size_t size)
{
  snprintf (text, size, "CUDA %d.%d", version / 1000, version % 1000 / 10);
}

static int
driver_version (void)
{
  int version = 0;
  return cudaDriverGetVersion (&version) == cudaSuccess ? version : 0;
}

static MoeStatus
refuse_driver (MoeError *error)
{
  char built[32], there[32];
  format_version (CUDART_VERSION, built, sizeof built);
  format_version (driver_version (), there, sizeof there);
  if (driver_version () == 0)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                                 "CUDA: this machine has no NVIDIA driver (error %d).",
                                 (int)cudaErrorInsufficientDriver);
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                               "CUDA: the NVIDIA driver is of %s, which is too old: the module was "
                               "built with %s (error %d).",
                               there, built, (int)cudaErrorInsufficientDriver);
}

/* Devices there are; 0 with *code where that cannot be told. */
static size_t
count_devices (cudaError_t *code)
{
  int n = 0;
  *code = cudaGetDeviceCount (&n);
  if (*code != cudaSuccess)
    cudaGetLastError ();
  return *code == cudaSuccess && n > 0 ? (size_t)n : 0;
}

static bool
is_usable (size_t index)
{
  int major = 0, minor = 0;
  return cudaDeviceGetAttribute (&major, cudaDevAttrComputeCapabilityMajor, (int)index)
             == cudaSuccess
         && cudaDeviceGetAttribute (&minor, cudaDevAttrComputeCapabilityMinor, (int)index)
                == cudaSuccess
         && 10 * major + minor >= MOE_CUDA_MIN_CAPABILITY;
}

static MoeStatus
cuda_probe (MoeError *error)
{
  cudaError_t code;
  size_t n = count_devices (&code);
  if (code == cudaErrorInsufficientDriver)
    return refuse_driver (error);
  if (code == cudaErrorNoDevice || (code == cudaSuccess && n == 0))
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                                 "CUDA: there is a driver, but no NVIDIA GPU in this machine that "
                                 "this process may use.");
  if (code != cudaSuccess)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                                 "CUDA cannot be started: %s (error %d).",
                                 cudaGetErrorString (code), (int)code);
  for (size_t i = 0; i < n; i++)
    if (is_usable (i))
      return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                               "CUDA: no GPU of this machine has compute capability %d.%d or "
                               "later, which bfloat16 needs.",
                               MOE_CUDA_MIN_CAPABILITY / 10, MOE_CUDA_MIN_CAPABILITY % 10);
}

static size_t
cuda_n_devices (void)
{
  cudaError_t code;
  return count_devices (&code);
}

static void
judge (MoeDevice *device)
{
  if (10 * device->capability_major + device->capability_minor < MOE_CUDA_MIN_CAPABILITY)
    snprintf (device->reason, sizeof device->reason,
              moe_words ("%.100s has compute capability %u.%u; %d.%d or later is needed."),
              device->name, device->capability_major, device->capability_minor,
              MOE_CUDA_MIN_CAPABILITY / 10, MOE_CUDA_MIN_CAPABILITY % 10);
}

static MoeStatus
cuda_device (size_t index, MoeDevice *device, MoeError *error)
{
  struct cudaDeviceProp properties;
  *device = (MoeDevice){ 0 };
  cudaError_t code = cudaGetDeviceProperties (&properties, (int)index);
  if (code == cudaSuccess)
    code = cudaDeviceGetPCIBusId (device->address, sizeof device->address, (int)index);
  if (code != cudaSuccess)
    return moe_cuda_check (code, MOE_WORDS ("asking for a device"), error);
  snprintf (device->name, sizeof device->name, "%s", properties.name);
  device->capability_major = (unsigned)properties.major;
  device->capability_minor = (unsigned)properties.minor;
  device->total_bytes = properties.totalGlobalMem;
  judge (device);
  if (device->reason[0] != '\0')
    return MOE_OK;
  code = cudaSetDevice ((int)index);
  if (code == cudaSuccess)
    code = cudaMemGetInfo (&device->free_bytes, &device->total_bytes);
  return moe_cuda_check (code, MOE_WORDS ("asking for free memory"), error);
}

/* --- the grouped kernel --- */

/* What was found about each device. */
typedef struct Grouped
{
  bool known;
  char text[MOE_BACKEND_TEXT_SIZE];
} Grouped;

static pthread_mutex_t grouped_lock = PTHREAD_MUTEX_INITIALIZER;
static Grouped grouped[MOE_CUDA_MAX_DEVICES];

/* It must agree with single products to the rounding of bfloat16; what it cannot is not used. Where
 * there was no memory to find out, that is done another time. */
static void
look_at_grouped (size_t device, Grouped *found)
{
  const char *wanted = getenv ("NULLCURVE_CUDA_GROUPED");
  double difference = NAN;
  MoeStatus status = MOE_OK;
  MoeError error = { 0 };
  if (wanted != NULL && strcmp (wanted, "0") == 0)
    snprintf (found->text, sizeof found->text, "grouped kernel off by NULLCURVE_CUDA_GROUPED");
  else if ((status = moe_gpu_compare_grouped (&moe_cuda_ops, device, &difference, &error))
           != MOE_OK)
    snprintf (found->text, sizeof found->text, "grouped kernel not used: %.180s", error.message);
  else if (!(difference <= 5e-3))
    snprintf (found->text, sizeof found->text,
              "grouped kernel not used: it differs from single products by %.2g", difference);
  else
    {
      moe_cuda_use_grouped (device, true);
      snprintf (found->text, sizeof found->text, "grouped kernel where experts have few rows");
    }
  found->known = status != MOE_ERROR_MEMORY;
}

/* Found out once, by comparing it with single products; `text` (may be NULL) says what was found.
 * The comparison has products grouped that nobody has yet found to be right. */
static void
find_grouped (size_t device, char *text, size_t size)
{
  if (device >= MOE_CUDA_MAX_DEVICES)
    return;
  pthread_mutex_lock (&grouped_lock);
  Grouped *found = &grouped[device];
  if (!found->known)
    look_at_grouped (device, found);
  if (text != NULL)
    snprintf (text, size, "%s", found->text);
  pthread_mutex_unlock (&grouped_lock);
}

/* --- the table --- */

static void
find_driver (const MoeDevice *device, char *text, size_t size)
{
  char cuda[32];
  MoeTelemetry *telemetry = NULL;
  format_version (driver_version (), cuda, sizeof cuda);
  if (moe_telemetry_open (NULL, device->address, &telemetry, NULL) == MOE_OK)
    snprintf (text, size, "%s, %s", moe_telemetry_driver (telemetry), cuda);
  else
    snprintf (text, size, "%s", cuda);
  moe_telemetry_close (telemetry);
}

static void
cuda_facts (size_t device, MoeBackendFacts *facts)
{
  int runtime = 0;
  size_t version = cublasLtGetVersion ();
  MoeDevice properties;
  *facts = (MoeBackendFacts){ 0 };
  snprintf (facts->library, sizeof facts->library, "cuBLASLt %zu.%zu.%zu", version / 10000,
            version / 100 % 100, version % 100);
  if (cudaRuntimeGetVersion (&runtime) == cudaSuccess)
    format_version (runtime, facts->runtime, sizeof facts->runtime);
  if (device >= cuda_n_devices () || cuda_device (device, &properties, NULL) != MOE_OK)
    return;
  snprintf (facts->device, sizeof facts->device, "%s", properties.name);
  find_driver (&properties, facts->driver, sizeof facts->driver);
  if (properties.reason[0] == '\0')
    find_grouped (device, facts->kernels, sizeof facts->kernels);
}

static MoeStatus
cuda_supports (const MoeBlock *block, MoeError *error)
{
  if (moe_block_most_kept (block) > MOE_CUDA_MAX_TOPK)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "topk",
                                 "--topk %zu: CUDA combines at most %d rows of a token.",
                                 block->topk, (int)MOE_CUDA_MAX_TOPK);
  return moe_gpu_supports (block, error);
}

static MoeStatus
cuda_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_gpu_memory (&moe_cuda_ops, problem, need, error);
}

static MoeStatus
cuda_open (const MoeProblem *problem,
           const MoeCancel *cancel,
           MoeBackendState **state,
           MoeError *error)
{
  MoeStatus status = cuda_probe (error);
  /* While there is memory for it. */
  if (status == MOE_OK && problem->choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_BFLOAT16)
    find_grouped (problem->device, NULL, 0);
  return status == MOE_OK ? moe_gpu_open (&moe_cuda_ops, problem, cancel, state, error) : status;
}

static MoeStatus
cuda_rates (
    size_t device, MoeDtype dtype, const MoeCancel *cancel, MoeDeviceRates *rates, MoeError *error)
{
  return moe_gpu_rates (&moe_cuda_ops, device, dtype, cancel, rates, error);
}

const MoeBackend moe_backend_module = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "cuda",
  .title = "CUDA",
  .set_translator = moe_words_set_translator,
  .probe = cuda_probe,
  .facts = cuda_facts,
  .n_devices = cuda_n_devices,
  .device = cuda_device,
  .rates = cuda_rates,
  .supports = cuda_supports,
  .memory = cuda_memory,
  .open = cuda_open,
  .prepare = moe_gpu_prepare,
  .forward = moe_gpu_forward,
  .backward = moe_gpu_backward,
  .read = moe_gpu_read,
  .poison = moe_gpu_poison,
  .close = moe_gpu_close,
};
