/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ranks/thread-transport.h"

#include <glib.h>
#include <pthread.h>
#include <string.h>

typedef struct Message
{
  bool under_way;
  bool done;
  bool send;
  size_t peer;
  unsigned char *data;
  size_t bytes;
  uint64_t order;
} Message;

struct ThreadHub
{
  pthread_mutex_t mutex;
  size_t size;
  Message *messages; /* [size, MOE_TRANSPORT_SLOTS * size] by rank and slot */
  bool *cut;         /* [size] */
  uint64_t posted;
  size_t stopped_together;
};

typedef struct ThreadTransport
{
  MoeTransport transport;
  ThreadHub *hub;
} ThreadTransport;

ThreadHub *
thread_hub_new (size_t size)
{
  ThreadHub *hub = g_new0 (ThreadHub, 1);
  pthread_mutex_init (&hub->mutex, NULL);
  hub->size = size;
  hub->messages = g_new0 (Message, size * size * MOE_TRANSPORT_SLOTS);
  hub->cut = g_new0 (bool, size);
  return hub;
}

static size_t
slots_of (const ThreadHub *hub)
{
  return hub->size * MOE_TRANSPORT_SLOTS;
}

void
thread_hub_drop (ThreadHub *hub)
{
  memset (hub->messages, 0, hub->size * slots_of (hub) * sizeof *hub->messages);
}

void
thread_hub_free (ThreadHub *hub)
{
  for (size_t i = 0; i < hub->size * slots_of (hub); i++)
    g_assert_false (hub->messages[i].under_way);
  pthread_mutex_destroy (&hub->mutex);
  g_free (hub->messages);
  g_free (hub->cut);
  g_free (hub);
}

void
thread_hub_cut (ThreadHub *hub, size_t rank)
{
  pthread_mutex_lock (&hub->mutex);
  hub->cut[rank] = true;
  pthread_mutex_unlock (&hub->mutex);
}

size_t
thread_hub_stopped_together (ThreadHub *hub)
{
  return hub->stopped_together;
}

/* The message of `rank` to or from `peer` that was posted first and is not done. */
static Message *
first_message (ThreadHub *hub, size_t rank, size_t peer, bool send)
{
  Message *first = NULL;
  for (size_t slot = 0; slot < slots_of (hub); slot++)
    {
      Message *m = &hub->messages[rank * slots_of (hub) + slot];
      if (m->under_way && !m->done && m->send == send && m->peer == peer
          && (first == NULL || m->order < first->order))
        first = m;
    }
  return first;
}

static void
deliver (ThreadHub *hub, size_t from, size_t to)
{
  Message *sent = first_message (hub, from, to, true);
  Message *received = first_message (hub, to, from, false);
  if (sent == NULL || received == NULL)
    return;
  g_assert_cmpuint (sent->bytes, ==, received->bytes);
  memcpy (received->data, sent->data, sent->bytes);
  sent->done = received->done = true;
}

static MoeStatus
refuse_cut (const ThreadTransport *t, MoeError *error)
{
  if (!t->hub->cut[t->transport.rank])
    return MOE_OK;
  return moe_error_set (error, MOE_ERROR_BACKEND, "the cable of rank %zu was cut",
                        t->transport.rank);
}

static MoeStatus
post (ThreadTransport *t, size_t slot, Message message, MoeError *error)
{
  ThreadHub *hub = t->hub;
  size_t rank = t->transport.rank;
  g_assert_cmpuint (message.bytes, >, 0);
  g_assert_cmpuint (message.bytes, <=, MOE_TRANSPORT_MAX);
  g_assert_cmpuint (message.peer, !=, rank);
  g_assert_cmpuint (slot, <, slots_of (hub));
  pthread_mutex_lock (&hub->mutex);
  MoeStatus status = refuse_cut (t, error);
  if (status == MOE_OK)
    {
      Message *place = &hub->messages[rank * slots_of (hub) + slot];
      g_assert_false (place->under_way);
      *place = message;
      place->order = hub->posted++;
      deliver (hub, message.send ? rank : message.peer, message.send ? message.peer : rank);
    }
  pthread_mutex_unlock (&hub->mutex);
  return status;
}

static MoeStatus
thread_send (MoeTransport *transport,
             size_t slot,
             size_t peer,
             const void *data,
             size_t bytes,
             MoeError *error)
{
  return post ((ThreadTransport *)transport, slot,
               (Message){ .under_way = true,
                          .send = true,
                          .peer = peer,
                          .data = (unsigned char *)data,
                          .bytes = bytes },
               error);
}

static MoeStatus
thread_receive (
    MoeTransport *transport, size_t slot, size_t peer, void *data, size_t bytes, MoeError *error)
{
  return post ((ThreadTransport *)transport, slot,
               (Message){ .under_way = true, .peer = peer, .data = data, .bytes = bytes }, error);
}

static MoeStatus
thread_test (MoeTransport *transport, size_t slot, bool *done, MoeError *error)
{
  ThreadTransport *t = (ThreadTransport *)transport;
  ThreadHub *hub = t->hub;
  pthread_mutex_lock (&hub->mutex);
  Message *m = &hub->messages[transport->rank * slots_of (hub) + slot];
  MoeStatus status = refuse_cut (t, error);
  g_assert_true (m->under_way);
  *done = m->done;
  if (m->done)
    *m = (Message){ 0 };
  pthread_mutex_unlock (&hub->mutex);
  return status;
}

static void
thread_stop (MoeTransport *transport, bool together)
{
  ThreadTransport *t = (ThreadTransport *)transport;
  pthread_mutex_lock (&t->hub->mutex);
  t->hub->stopped_together += together;
  pthread_mutex_unlock (&t->hub->mutex);
  g_free (t);
}

MoeTransport *
thread_transport_new (ThreadHub *hub, size_t rank)
{
  ThreadTransport *t = g_new0 (ThreadTransport, 1);
  t->hub = hub;
  t->transport = (MoeTransport){ .rank = rank,
                                 .size = hub->size,
                                 .library = "threads",
                                 .send = thread_send,
                                 .receive = thread_receive,
                                 .test = thread_test,
                                 .stop = thread_stop };
  return &t->transport;
}
