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
  PATH_SIZE = 4096,
  MOST_HELD = 8,      /* parts of files that are remembered */
  FEW_BYTES = 1 << 16 /* more than the remarks before any headings; read in a moment */
};

/* Files of a dump that lie beside the assignments, and are read with them. */
static const char *const beside_names[] = { "topk_weights.npy", "meta.json" };
enum
{
  N_BESIDE = sizeof beside_names / sizeof beside_names[0]
};

/* What is handed out, with who holds it and what it was read from. */
typedef struct Held
{
  MoeGiven given; /* the first member: its address is the object's */
  size_t holders;
  char path[PATH_SIZE];
  MoeDistribution distribution;
  size_t row, layer, topk;
  struct stat facts;
  struct stat beside[N_BESIDE]; /* of a dump; zero of what is not there */
  MoeStatus status;             /* of reading it; when that failed `given` is empty, and ... */
  MoeError error;               /* ... this says why */
} Held;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;   /* over the holders and the next two */
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER; /* held by who reads; taken first */
static Held *held[MOST_HELD]; /* read last, the latest first; held here too */
static size_t n_held;
static char shipped[PATH_SIZE]; /* where names without a folder are looked for; "": nowhere */

static void
release (Held *one)
{
  if (one == NULL || --one->holders > 0)
    return;
  moe_given_clear (&one->given);
  free (one);
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
is_same_file (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec
         && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void
look_beside (const MoeGivenAsk *ask, const char *path, struct stat facts[N_BESIDE])
{
  const bool dump =
      ask->distribution == MOE_DISTRIBUTION_TRACE && strcmp (base_name (path), "topk_idx.npy") == 0;
  char name[PATH_SIZE];
  for (size_t i = 0; i < N_BESIDE; i++)
    if (!dump || !sibling (path, beside_names[i], name) || stat (name, &facts[i]) != 0)
      memset (&facts[i], 0, sizeof facts[i]);
}

/* The top-k that was asked for matters to a plain list alone; what could not be read may be one. */
static bool
is_same (const Held *one, const MoeGivenAsk *ask, const char *path, const struct stat *facts)
{
  const bool trace = ask->distribution == MOE_DISTRIBUTION_TRACE;
  const bool topk = trace && (one->status != MOE_OK || one->given.is_list);
  struct stat beside[N_BESIDE];
  if (strcmp (one->path, path) != 0)
    return false;
  look_beside (ask, path, beside);
  for (size_t i = 0; i < N_BESIDE; i++)
    if (!is_same_file (&one->beside[i], &beside[i]))
      return false;
  return one->distribution == ask->distribution
         && (trace ? one->layer == ask->layer : one->row == ask->row)
         && (!topk || one->topk == ask->topk) && is_same_file (&one->facts, facts);
}

/* What is remembered of it, now the latest; NULL: nothing. */
static Held *
find_held (const MoeGivenAsk *ask, const char *path, const struct stat *facts)
{
  for (size_t i = 0; i < n_held; i++)
    if (is_same (held[i], ask, path, facts))
      {
        Held *found = held[i];
        memmove (held + 1, held, i * sizeof *held);
        held[0] = found;
        return found;
      }
  return NULL;
}

/* Remember it in place of the oldest; and no more of other files than one may be long. */
static void
remember (Held *one)
{
  uintmax_t bytes = 0;
  if (n_held == MOST_HELD)
    release (held[--n_held]);
  memmove (held + 1, held, n_held * sizeof *held);
  held[0] = one;
  n_held++;
  for (size_t i = 1; i < n_held; i++)
    {
      bytes += (uintmax_t)held[i]->facts.st_size;
      if (bytes > MOE_INPUT_MAX_BYTES)
        while (n_held > i)
          release (held[--n_held]);
    }
}

/* Hand out what is remembered. */
static MoeStatus
hand_out (Held *one, const MoeGiven **given, MoeError *error)
{
  if (one->status == MOE_OK)
    {
      one->holders++;
      *given = &one->given;
    }
  else if (error != NULL)
    *error = one->error;
  return one->status;
}

static MoeStatus
open_anew (const MoeGivenAsk *ask,
           const char *path,
           const struct stat *facts,
           const MoeGiven **given,
           MoeError *error)
{
  Held *one = calloc (1, sizeof *one);
  if (one == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for a recorded routing.");
  look_beside (ask, path, one->beside);
  one->status = parse_file (ask, path, &one->given, &one->error);
  if (one->status != MOE_OK && one->status != MOE_ERROR_INVALID)
    {
      const MoeStatus status = one->status;
      if (error != NULL)
        *error = one->error;
      free (one);
      return status;
    }
  snprintf (one->path, sizeof one->path, "%s", path);
  one->distribution = ask->distribution;
  one->row = ask->row;
  one->layer = ask->layer;
  one->topk = ask->topk;
  one->facts = *facts;
  one->holders = 1;
  pthread_mutex_lock (&mutex);
  remember (one);
  MoeStatus status = hand_out (one, given, error);
  pthread_mutex_unlock (&mutex);
  return status;
}

static bool
take_known (const MoeGivenAsk *ask,
            const char *path,
            const struct stat *facts,
            const MoeGiven **given,
            MoeError *error,
            MoeStatus *status)
{
  pthread_mutex_lock (&mutex);
  Held *known = find_held (ask, path, facts);
  if (known != NULL)
    *status = hand_out (known, given, error);
  pthread_mutex_unlock (&mutex);
  return known != NULL;
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
  char file[PATH_SIZE], *bytes = malloc (FEW_BYTES);
  struct stat facts;
  bool good = bytes != NULL && find_given (path, MOE_DISTRIBUTION_TRACE, file, &facts)
              && S_ISREG (facts.st_mode);
  FILE *stream = good ? fopen (file, "rb") : NULL;
  const size_t length = stream != NULL ? fread (bytes, 1, FEW_BYTES, stream) : 0;
  good = length > 0 && moe_given_recognise (bytes, length, distribution);
  if (stream != NULL)
    fclose (stream);
  free (bytes);
  return good;
}

static bool
is_shipped (const char *path)
{
  const size_t length = strlen (shipped);
  return length > 0 && strncmp (path, shipped, length) == 0 && path[length] == '/';
}

bool
moe_given_is_quick (const MoeGivenAsk *ask)
{
  char path[PATH_SIZE];
  struct stat facts;
  /* What is no file is refused without reading.  Any other may lie on a machine that takes its
   * time, however short it is; the program's own lie where the program does. */
  if (!find_given (ask->path, ask->distribution, path, &facts) || facts.st_mode == 0
      || (is_shipped (path) && S_ISREG (facts.st_mode) && facts.st_size <= FEW_BYTES))
    return true;
  pthread_mutex_lock (&mutex);
  const bool known = find_held (ask, path, &facts) != NULL;
  pthread_mutex_unlock (&mutex);
  return known;
}

MoeStatus
moe_given_open (const MoeGivenAsk *ask, const MoeGiven **given, MoeError *error)
{
  char path[PATH_SIZE];
  struct stat facts;
  MoeStatus status;
  if (!find_given (ask->path, ask->distribution, path, &facts))
    return refuse_path (ask->path, moe_words ("that is no name of a file."), error);
  if (take_known (ask, path, &facts, given, error, &status))
    return status;
  pthread_mutex_lock (&reading);
  if (!take_known (ask, path, &facts, given, error, &status))
    status = open_anew (ask, path, &facts, given, error);
  pthread_mutex_unlock (&reading);
  return status;
}
