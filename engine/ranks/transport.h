/* SPDX-License-Identifier: Apache-2.0 */
/* What a message-passing library must bring: bytes from one rank to another, without blocking.
 *
 * Everything that ranks do together (ranks.h) is built on these few functions, so that a module is
 * small, waits can be broken off anywhere, and sums are the same as within one process.  A module
 * includes this header and engine/base only, and exports one MoeTransportModule. */
#pragma once

#include "engine/base/error.h"

#include <stdint.h>

/* The symbol that a module exports: a `const MoeTransportModule`. */
#define MOE_TRANSPORT_SYMBOL "moe_transport_module"

enum
{
  MOE_TRANSPORT_ABI = 2,       /* raised whenever a struct or a meaning in this header changes */
  MOE_TRANSPORT_SLOTS = 4,     /* messages under way to and from each peer at most */
  MOE_TRANSPORT_MAX = 1 << 28, /* bytes of one message at most */
  MOE_TRANSPORT_TEXT_SIZE = 128
};

typedef struct MoeTransport MoeTransport;

/* All functions are called on the thread that started the transport.  A message under way occupies
 * a slot, 0 .. MOE_TRANSPORT_SLOTS * size - 1, chosen by the caller, until test () says that it is
 * done; its memory must stay until then.  Messages from one rank to another are received in the
 * order in which they were sent. */
struct MoeTransport
{
  size_t rank;
  size_t size;                           /* >= 1 */
  char library[MOE_TRANSPORT_TEXT_SIZE]; /* "Open MPI v4.1.4" */

  /* Start sending or receiving 1 .. MOE_TRANSPORT_MAX bytes.  MOE_ERROR_BACKEND. */
  MoeStatus (*send) (MoeTransport *transport,
                     size_t slot,
                     size_t peer,
                     const void *data,
                     size_t bytes,
                     MoeError *error);
  MoeStatus (*receive) (
      MoeTransport *transport, size_t slot, size_t peer, void *data, size_t bytes, MoeError *error);

  /* Let messages go on, and say whether that of the slot is done.  MOE_ERROR_BACKEND. */
  MoeStatus (*test) (MoeTransport *transport, size_t slot, bool *done, MoeError *error);

  /* End.  `together`: all ranks come here and nothing is under way, so the library is closed as it
   * wants it.  Otherwise it is left as it is, and nothing waits: what is under way stays so, and
   * its memory should stay as long as the process does. */
  void (*stop) (MoeTransport *transport, bool together);
};

typedef struct MoeTransportModule
{
  uint32_t abi_version; /* MOE_TRANSPORT_ABI the module was built with */

  /* The moe_words_set_translator () of the module's own copy of engine/base/words.h, called before
   * start (). */
  void (*set_translator) (const char *(*translate) (const char *text));

  /* Start the library; at most once in a process.  Caller ends *transport with its stop (). */
  MoeStatus (*start) (MoeTransport **transport, MoeError *error);
} MoeTransportModule;
