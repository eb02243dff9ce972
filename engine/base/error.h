/* SPDX-License-Identifier: Apache-2.0 */
/* Status codes and error sentences of the GLib-free engine.
 *
 * Every engine function that can fail returns a MoeStatus and, when the caller
 * passes an error, writes one whole sentence for a person: what was wrong, where,
 * and what is allowed, in the language of the person (words.h).  Library code never prints, aborts
 * or exits, but for what assert.h is for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum MoeStatus
{
  MOE_OK = 0,
  MOE_ERROR_INVALID,     /* a value out of range or a contradiction in the request */
  MOE_ERROR_UNSUPPORTED, /* a meaningful request that this build or machine cannot serve */
  MOE_ERROR_MEMORY,      /* not enough memory, or an allocation failed */
  MOE_ERROR_BACKEND,     /* a backend or its library failed */
  MOE_ERROR_MISMATCH,    /* a computed result disagrees with the reference */
  MOE_ERROR_CANCELLED,   /* the caller asked to stop */
} MoeStatus;

enum
{
  MOE_ERROR_MESSAGE_SIZE = 1024
};

/* `option` names the option at fault ("topk"; NULL when none is), so that a form can
 * show the sentence at its field.  It points to static storage. */
typedef struct MoeError
{
  MoeStatus status;
  const char *option;
  char message[MOE_ERROR_MESSAGE_SIZE];
} MoeError;

/* Fill *error (when not NULL) and return `status`, so that failing reads
 * `return moe_error_set (error, MOE_ERROR_INVALID, "...")`.  The format is translated before the
 * arguments are filled in.  A message that is too long is cut.  What of it is no UTF-8 and what are
 * control characters become question marks: arguments may be what somebody typed. */
MoeStatus moe_error_set (MoeError *error, MoeStatus status, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* The same, naming the option at fault; `option` must be a string literal or otherwise static. */
MoeStatus moe_error_set_option (MoeError *error,
                                MoeStatus status,
                                const char *option,
                                const char *format,
                                ...) __attribute__ ((format (printf, 4, 5)));
