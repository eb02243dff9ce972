/* SPDX-License-Identifier: Apache-2.0 */
/* What else the machine did while something was measured: facts for advice.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum
{
  MOE_NOISE_TEXT_SIZE = 32
};

typedef enum MoePower
{
  MOE_POWER_UNKNOWN,
  MOE_POWER_MAINS,
  MOE_POWER_BATTERY, /* a battery of this machine is being discharged */
} MoePower;

/* What cannot be found out is missing: NaN, -1, "", MOE_POWER_UNKNOWN. */
typedef struct MoeNoise
{
  size_t threads;        /* that measured */
  size_t processors;     /* this process may run on */
  double others_busy;    /* of these, kept busy by other processes, on average */
  double others_waiting; /* tasks of other processes that ran or wanted to, on average; told only
                            where others_busy cannot be found out */
  double stolen;         /* of these, taken by the hypervisor, on average */
  int64_t throttlings;   /* times that these were slowed down for heat or power */
  MoePower power;
  char governor[MOE_NOISE_TEXT_SIZE]; /* of the first of them: "powersave" */
  char profile[MOE_NOISE_TEXT_SIZE];  /* of the platform: "low-power" */
  char coretype[MOE_NOISE_TEXT_SIZE]; /* value of OPENBLAS_CORETYPE */
} MoeNoise;

/* Counters at the start of what is measured. */
typedef struct MoeNoiseWatch
{
  uint64_t start_ns;
  double own_s;    /* processor time of this process */
  double busy_s;   /* processor time of all processes; NaN when unknown */
  double stolen_s; /* NaN when unknown */
  int64_t throttlings;
} MoeNoiseWatch;

/* Reads /proc and /sys; linux only, elsewhere nothing is known.  `root` stands in front of both
 * ("" for the machine itself, a folder in tests).  A few hundred microseconds; any thread, outside
 * of timed regions. */
void moe_noise_start (MoeNoiseWatch *watch, const char *root);

/* Processor time that the hypervisor took of the processors of this process since the machine
 * started, the mean of them; NaN where it does not tell.  In ticks of mostly 10 ms. */
double moe_noise_stolen_s (const char *root);

/* Processor time that other processes had so far on the processors of this one; NaN where it is not
 * known.  In ticks of mostly 10 ms. */
double moe_noise_others_s (const char *root);

/* Leave out what happened since `since` was started, as if it had never been: a pause. */
void moe_noise_skip (MoeNoiseWatch *watch, const MoeNoiseWatch *since, const char *root);

/* What happened since.  Where the machine keeps no processor times, others_waiting is its load
 * average over the last minute less `threads`. */
void moe_noise_stop (const MoeNoiseWatch *watch, const char *root, size_t threads, MoeNoise *noise);

/* Only what holds at this moment: power, governor, profile and coretype; the rest is missing. */
void moe_noise_look (const char *root, MoeNoise *noise);
