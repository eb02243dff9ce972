/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/given-file.h"

#include "engine/base/input.h"
#include "engine/base/words.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum
{
  PATH_SIZE = 4096
};

/* What is handed out, with who holds it and what it was read from. */
typedef struct Held
{
  MoeGiven given; /* the first member: its address is the object's */
  size_t holders;
  char path[PATH_SIZE];
  MoeDistribution distribution;
  size_t row, layer, topk;
  struct timespec changed;
  off_t bytes;
} Held;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Held *latest;            /* the one read last, held here too */
static char shipped[PATH_SIZE]; /* where names without a folder are looked for; "": nowhere */

static void
release (Held *held)
{
  if (held == NULL || --held->holders > 0)
    return;
  moe_given_clear (&held->given);
  free (held);
}

const MoeGiven *
moe_given_ref (const MoeGiven *given)
{
  if (given == NULL)
    return NULL;
  pthread_mutex_lock (&mutex);
  ((Held *)given)->holders++;
  pthread_mutex_unlock (&mutex);
  return given;
}

void
moe_given_unref (const MoeGiven *given)
{
  pthread_mutex_lock (&mutex);
  release ((Held *)given);
  pthread_mutex_unlock (&mutex);
}

/* --- files --- */

static MoeStatus
refuse_path (const char *path, const char *why, MoeError *error)
{
  return moe_error_set_option (error, MOE_ERROR_INVALID, "routing-file",
                               "--routing-file %.300s: %.600s", path, why);
}

static MoeStatus
read_file (const char *path, char **bytes, size_t *length, MoeError *error)
{
  MoeError own;
  if (moe_input_read (path, MOE_INPUT_MAX_BYTES, bytes, length, &own) == MOE_OK)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "routing-file", "--routing-file %.900s",
                               own.message);
}

/* The file beside another one; false where that has no room. */
static bool
sibling (const char *path, const char *name, char out[PATH_SIZE])
{
  const char *slash = strrchr (path, '/');
  int folder = slash != NULL ? (int)(slash - path + 1) : 0;
  int length = snprintf (out, PATH_SIZE, "%.*s%s", folder, path, name);
  return length > 0 && length < PATH_SIZE;
}

/* "experts": 8, of the file that tells what a dump is of. */
static size_t
experts_of_dump (const char *path)
{
  char meta[PATH_SIZE], *text = NULL;
  size_t experts = 0;
  if (!sibling (path, "meta.json", meta)
      || moe_input_read (meta, 1 << 20, &text, NULL, NULL) != MOE_OK)
    return 0;
  const char *at = strstr (text, "\"experts\":");
  unsigned long long value;
  if (at != NULL && sscanf (at + strlen ("\"experts\":"), "%9llu", &value) == 1)
    experts = (size_t)value;
  free (text);
  return experts;
}

/* What lies beside the assignments of a dump: weights, and how many experts there were. */
static MoeStatus
read_dump (const char *path, MoeGiven *given, MoeError *error)
{
  char weights[PATH_SIZE], *bytes = NULL;
  size_t length;
  struct stat facts;
  const size_t experts = experts_of_dump (path);
  for (MoeGiven *layer = given; experts > 0 && layer != NULL; layer = layer->next)
    layer->experts = experts;
  if (!sibling (path, "topk_weights.npy", weights) || stat (weights, &facts) != 0)
    return MOE_OK;
  MoeStatus status = read_file (weights, &bytes, &length, error);
  if (status != MOE_OK)
    return status;
  MoeError own;
  if (moe_given_parse_weights (bytes, length, given, &own) != MOE_OK)
    status = refuse_path (weights, own.message, error);
  free (bytes);
  return status;
}

static const char *
base_name (const char *path)
{
  const char *slash = strrchr (path, '/');
  return slash != NULL ? slash + 1 : path;
}

/* Of a dump the folder says more than the file, whose name is always the same. */
static void
name_one (const MoeGivenAsk *ask, const char *path, MoeGiven *given)
{
  const bool dump = strcmp (base_name (path), "topk_idx.npy") == 0;
  const char *end = dump ? base_name (path) - 1 : path + strlen (path);
  const char *start = end;
  while (start > path && start[-1] != '/')
    start--;
  int length = dump && end > path ? (int)(end - start) : (int)strlen (base_name (path));
  const char *word = dump && end > path ? start : base_name (path);
  if (ask->distribution == MOE_DISTRIBUTION_LOADS)
    snprintf (given->name, sizeof given->name, "%.*s, row %zu", length < 64 ? length : 64, word,
              ask->row);
  else
    snprintf (given->name, sizeof given->name, "%.*s, layer %zu", length < 64 ? length : 64, word,
              given->layer);
}

static void
name_given (const MoeGivenAsk *ask, const char *path, MoeGiven *given)
{
  for (; given != NULL; given = given->next)
    name_one (ask, path, given);
}

static MoeStatus
parse_file (const MoeGivenAsk *ask, const char *path, MoeGiven *given, MoeError *error)
{
  char *bytes = NULL;
  size_t length;
  MoeError own;
  MoeStatus status = read_file (path, &bytes, &length, error);
  if (status != MOE_OK)
    return status;
  status = ask->distribution == MOE_DISTRIBUTION_LOADS
               ? moe_given_parse_loads (bytes, length, ask->row, given, &own)
               : moe_given_parse_trace (bytes, length, ask, given, &own);
  free (bytes);
  /* Of a row or layer that there is not, the option that named it says so. */
  if (status != MOE_OK && own.option != NULL)
    return moe_error_set_option (error, status, own.option, "%s", own.message);
  if (status != MOE_OK)
    return refuse_path (path, own.message, error);
  if (ask->distribution == MOE_DISTRIBUTION_TRACE && strcmp (base_name (path), "topk_idx.npy") == 0)
    status = read_dump (path, given, error);
  if (status == MOE_OK)
    name_given (ask, path, given);
  else
    moe_given_clear (given);
  return status;
}

static bool
is_same (const Held *held, const MoeGivenAsk *ask, const char *path, const struct stat *facts)
{
  return held != NULL && strcmp (held->path, path) == 0 && held->distribution == ask->distribution
         && held->row == ask->row && held->layer == ask->layer && held->topk == ask->topk
         && held->bytes == facts->st_size && held->changed.tv_sec == facts->st_mtim.tv_sec
         && held->changed.tv_nsec == facts->st_mtim.tv_nsec;
}

static MoeStatus
open_anew (const MoeGivenAsk *ask,
           const char *path,
           const struct stat *facts,
           const MoeGiven **given,
           MoeError *error)
{
  Held *held = calloc (1, sizeof *held);
  if (held == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a recorded routing.");
  MoeStatus status = parse_file (ask, path, &held->given, error);
  if (status != MOE_OK)
    {
      free (held);
      return status;
    }
  snprintf (held->path, sizeof held->path, "%s", path);
  held->distribution = ask->distribution;
  held->row = ask->row;
  held->layer = ask->layer;
  held->topk = ask->topk;
  held->bytes = facts->st_size;
  held->changed = facts->st_mtim;
  held->holders = 2;
  release (latest);
  latest = held;
  *given = &held->given;
  return MOE_OK;
}

void
moe_given_look_in (const char *folder)
{
  snprintf (shipped, sizeof shipped, "%s", folder != NULL ? folder : "");
}

/* The file that a name means, and its facts, all zero where there is none; false where the name has
 * no room. */
static bool
find_file (const char *name, char path[PATH_SIZE], struct stat *facts)
{
  int length = snprintf (path, PATH_SIZE, "%s", name);
  if (length > 0 && length < PATH_SIZE && stat (path, facts) == 0)
    return true;
  memset (facts, 0, sizeof *facts);
  if (length <= 0 || length >= PATH_SIZE)
    return false;
  char own[PATH_SIZE];
  const int n = snprintf (own, sizeof own, "%s/%s", shipped, name);
  if (shipped[0] != '\0' && strchr (name, '/') == NULL && n < PATH_SIZE && stat (own, facts) == 0)
    memcpy (path, own, sizeof own);
  return true;
}

/* Of a folder the trace that a dump has in it. */
static bool
find_given (const char *name,
            MoeDistribution distribution,
            char path[PATH_SIZE],
            struct stat *facts)
{
  if (!find_file (name, path, facts))
    return false;
  if (distribution != MOE_DISTRIBUTION_TRACE || !S_ISDIR (facts->st_mode))
    return true;
  const size_t length = strlen (path);
  if (length + sizeof "/topk_idx.npy" > PATH_SIZE)
    return false;
  memcpy (path + length, "/topk_idx.npy", sizeof "/topk_idx.npy");
  if (stat (path, facts) != 0)
    memset (facts, 0, sizeof *facts);
  return true;
}

bool
moe_given_recognise_file (const char *path, MoeDistribution *distribution)
{
  enum
  {
    FIRST_BYTES = 1 << 16 /* more than the remarks before any headings */
  };
  char file[PATH_SIZE], *bytes = malloc (FIRST_BYTES);
  struct stat facts;
  bool good = bytes != NULL && find_given (path, MOE_DISTRIBUTION_TRACE, file, &facts)
              && S_ISREG (facts.st_mode);
  FILE *stream = good ? fopen (file, "rb") : NULL;
  const size_t length = stream != NULL ? fread (bytes, 1, FIRST_BYTES, stream) : 0;
  good = length > 0 && moe_given_recognise (bytes, length, distribution);
  if (stream != NULL)
    fclose (stream);
  free (bytes);
  return good;
}

MoeStatus
moe_given_open (const MoeGivenAsk *ask, const MoeGiven **given, MoeError *error)
{
  char path[PATH_SIZE];
  struct stat facts;
  if (!find_given (ask->path, ask->distribution, path, &facts))
    return refuse_path (ask->path, moe_words ("that is no name of a file."), error);
  pthread_mutex_lock (&mutex);
  MoeStatus status = MOE_OK;
  if (is_same (latest, ask, path, &facts))
    {
      latest->holders++;
      *given = &latest->given;
    }
  else
    status = open_anew (ask, path, &facts, given, error);
  pthread_mutex_unlock (&mutex);
  return status;
}
