/* SPDX-License-Identifier: Apache-2.0 */
/* A request to pause, raised and taken back by any thread, that a working thread waits out at a
 * place of its own choice.  Whoever cancels a thread that may be paused takes the pause back
 * after. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

typedef struct MoePause
{
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool requested;
} MoePause;

void moe_pause_init (MoePause *pause);
void moe_pause_clear (MoePause *pause);

/* Any thread. */
void moe_pause_set (MoePause *pause, bool requested);
bool moe_pause_requested (MoePause *pause);

/* Block for as long as the pause is requested. */
void moe_pause_wait (MoePause *pause);
