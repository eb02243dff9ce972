/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/telemetry.h"

#include "engine/base/module.h"
#include "engine/base/words.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of NVML's interface, which is the same since 2013: the header is not needed to build. */
enum
{
  NVML_SUCCESS = 0,
  NVML_TEMPERATURE_GPU = 0,
  NVML_CLOCK_SM = 1,
  NVML_CLOCK_MEM = 2,
  DRIVER_SIZE = 80
};

typedef void *NvmlDevice;

typedef struct NvmlUtilization
{
  unsigned gpu; /* percent */
  unsigned memory;
} NvmlUtilization;

struct MoeTelemetry
{
  void *library;
  NvmlDevice device;
  char driver[DRIVER_SIZE];
  int (*shutdown) (void);
  const char *(*error_string) (int result);
  int (*device_by_address) (const char *address, NvmlDevice *device);
  int (*driver_version) (char *text, unsigned size);
  int (*temperature) (NvmlDevice device, int sensor, unsigned *celsius);
  int (*clock) (NvmlDevice device, int type, unsigned *megahertz);
  int (*power) (NvmlDevice device, unsigned *milliwatts);
  int (*utilization) (NvmlDevice device, NvmlUtilization *rates);
};

/* dlsym () returns an object pointer where a function pointer is wanted. */
static bool
find_symbol (const MoeTelemetry *telemetry, const char *name, void *function)
{
  void *symbol = dlsym (telemetry->library, name);
  memcpy (function, &symbol, sizeof symbol);
  return symbol != NULL;
}

static MoeStatus
refuse (MoeError *error, const char *library, const char *what)
{
  return moe_error_set (error, MOE_ERROR_UNSUPPORTED,
                        "There is no telemetry of the device: %s (%s).", moe_words (what), library);
}

/* Those without which nothing can be told; the sensors may each be missing. */
static MoeStatus
find_functions (MoeTelemetry *telemetry, const char *library, int (**init) (void), MoeError *error)
{
  if (!find_symbol (telemetry, "nvmlInit_v2", init)
      || !find_symbol (telemetry, "nvmlShutdown", &telemetry->shutdown)
      || !find_symbol (telemetry, "nvmlErrorString", &telemetry->error_string)
      || !find_symbol (telemetry, "nvmlDeviceGetHandleByPciBusId_v2",
                       &telemetry->device_by_address))
    return refuse (error, library, MOE_WORDS ("the library lacks functions that it should have"));
  find_symbol (telemetry, "nvmlSystemGetDriverVersion", &telemetry->driver_version);
  find_symbol (telemetry, "nvmlDeviceGetTemperature", &telemetry->temperature);
  find_symbol (telemetry, "nvmlDeviceGetClockInfo", &telemetry->clock);
  find_symbol (telemetry, "nvmlDeviceGetPowerUsage", &telemetry->power);
  find_symbol (telemetry, "nvmlDeviceGetUtilizationRates", &telemetry->utilization);
  return MOE_OK;
}

static MoeStatus
start (MoeTelemetry *telemetry, const char *library, const char *address, MoeError *error)
{
  int (*init) (void);
  MoeStatus status = find_functions (telemetry, library, &init, error);
  int result = status == MOE_OK ? init () : NVML_SUCCESS;
  if (status != MOE_OK || result != NVML_SUCCESS)
    {
      const char *what = status == MOE_OK ? telemetry->error_string (result) : "";
      telemetry->shutdown = NULL; /* was never started */
      return status == MOE_OK ? refuse (error, library, what) : status;
    }
  result = telemetry->device_by_address (address, &telemetry->device);
  if (result != NVML_SUCCESS)
    return refuse (error, library, telemetry->error_string (result));
  if (telemetry->driver_version == NULL
      || telemetry->driver_version (telemetry->driver, DRIVER_SIZE) != NVML_SUCCESS)
    telemetry->driver[0] = '\0';
  return MOE_OK;
}

MoeStatus
moe_telemetry_open (const char *library, const char *address, MoeTelemetry **out, MoeError *error)
{
  const char *name = library != NULL ? library : "libnvidia-ml.so.1";
  MoeTelemetry *telemetry = calloc (1, sizeof *telemetry);
  if (telemetry == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for telemetry.");
  telemetry->library = moe_library_open (name);
  MoeStatus status =
      telemetry->library != NULL
          ? start (telemetry, name, address, error)
          : refuse (error, name, MOE_WORDS ("NVIDIA's management library cannot be opened"));
  if (status == MOE_OK)
    *out = telemetry;
  else
    moe_telemetry_close (telemetry);
  return status;
}

static double
read_clock (const MoeTelemetry *telemetry, int type)
{
  unsigned megahertz;
  return telemetry->clock != NULL
                 && telemetry->clock (telemetry->device, type, &megahertz) == NVML_SUCCESS
             ? 1e6 * megahertz
             : NAN;
}

void
moe_telemetry_sample (MoeTelemetry *telemetry, MoeTelemetrySample *sample)
{
  NvmlDevice device = telemetry->device;
  NvmlUtilization rates;
  unsigned value;
  *sample = (MoeTelemetrySample){ NAN, NAN, NAN, NAN, NAN };
  if (telemetry->temperature != NULL
      && telemetry->temperature (device, NVML_TEMPERATURE_GPU, &value) == NVML_SUCCESS)
    sample->temperature_c = value;
  sample->sm_clock_hz = read_clock (telemetry, NVML_CLOCK_SM);
  sample->memory_clock_hz = read_clock (telemetry, NVML_CLOCK_MEM);
  if (telemetry->power != NULL && telemetry->power (device, &value) == NVML_SUCCESS)
    sample->power_w = 1e-3 * value;
  if (telemetry->utilization != NULL && telemetry->utilization (device, &rates) == NVML_SUCCESS)
    sample->busy = 1e-2 * rates.gpu;
}

const char *
moe_telemetry_driver (const MoeTelemetry *telemetry)
{
  return telemetry->driver;
}

void
moe_telemetry_close (MoeTelemetry *telemetry)
{
  if (telemetry == NULL)
    return;
  if (telemetry->shutdown != NULL)
    telemetry->shutdown ();
  if (telemetry->library != NULL)
    dlclose (telemetry->library);
  free (telemetry);
}
