/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/threads/pause.h"

void
moe_pause_init (MoePause *pause)
{
  pthread_mutex_init (&pause->mutex, NULL);
  pthread_cond_init (&pause->changed, NULL);
  pause->requested = false;
}

void
moe_pause_clear (MoePause *pause)
{
  pthread_cond_destroy (&pause->changed);
  pthread_mutex_destroy (&pause->mutex);
}

void
moe_pause_set (MoePause *pause, bool requested)
{
  pthread_mutex_lock (&pause->mutex);
  pause->requested = requested;
  pthread_cond_broadcast (&pause->changed);
  pthread_mutex_unlock (&pause->mutex);
}

bool
moe_pause_requested (MoePause *pause)
{
  pthread_mutex_lock (&pause->mutex);
  bool requested = pause->requested;
  pthread_mutex_unlock (&pause->mutex);
  return requested;
}

void
moe_pause_wait (MoePause *pause)
{
  pthread_mutex_lock (&pause->mutex);
  while (pause->requested)
    pthread_cond_wait (&pause->changed, &pause->mutex);
  pthread_mutex_unlock (&pause->mutex);
}
