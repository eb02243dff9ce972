/* SPDX-License-Identifier: Apache-2.0 */
/* A management library with one device, for the tests of telemetry.  What it leaves out a device
 * does not tell: with FAKE_NVML_BARE there are no sensors, with FAKE_NVML_BROKEN it does not even
 * start, with FAKE_NVML_USELESS it lacks what it should have. */
#include <stdio.h>
#include <string.h>

int nvmlInit_v2 (void);
int nvmlShutdown (void);
const char *nvmlErrorString (int result);
int nvmlDeviceGetHandleByPciBusId_v2 (const char *address, void **device);
int nvmlSystemGetDriverVersion (char *text, unsigned size);
int nvmlDeviceGetTemperature (void *device, int sensor, unsigned *celsius);
int nvmlDeviceGetClockInfo (void *device, int type, unsigned *megahertz);
int nvmlDeviceGetPowerUsage (void *device, unsigned *milliwatts);

static int started;
static int the_device;

int
nvmlInit_v2 (void)
{
#ifdef FAKE_NVML_BROKEN
  return 9;
#else
  started++;
  return 0;
#endif
}

int
nvmlShutdown (void)
{
  return --started < 0;
}

#ifndef FAKE_NVML_USELESS
const char *
nvmlErrorString (int result)
{
  return result == 9 ? "Driver Not Loaded" : "Not Found";
}
#endif

int
nvmlDeviceGetHandleByPciBusId_v2 (const char *address, void **device)
{
  *device = &the_device;
  return started == 1 && strcmp (address, "00000000:1B:00.0") == 0 ? 0 : 6;
}

#ifndef FAKE_NVML_BARE
int
nvmlSystemGetDriverVersion (char *text, unsigned size)
{
  snprintf (text, size, "580.65.06");
  return 0;
}

int
nvmlDeviceGetTemperature (void *device, int sensor, unsigned *celsius)
{
  *celsius = 41;
  return device == &the_device && sensor == 0 ? 0 : 2;
}

int
nvmlDeviceGetClockInfo (void *device, int type, unsigned *megahertz)
{
  *megahertz = type == 1 ? 1980 : 3201;
  return device == &the_device && (type == 1 || type == 2) ? 0 : 2;
}

/* As on a device without the sensor. */
int
nvmlDeviceGetPowerUsage (void *device, unsigned *milliwatts)
{
  *milliwatts = 0;
  return 3;
}
#endif
