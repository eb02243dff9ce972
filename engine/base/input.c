/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/words.h"

static MoeStatus
refuse (MoeError *error, int fd, const char *path, const char *why)
{
  if (fd >= 0)
    close (fd);
  return moe_error_set (error, MOE_ERROR_INVALID, "%s cannot be read: %s.", path, why);
}

bool
moe_input_is_plain (int fd, size_t most)
{
  struct stat status;
  if (fstat (fd, &status) != 0)
    return false;
  if (S_ISREG (status.st_mode) && (unsigned long long)status.st_size <= most)
    return true;
  errno = S_ISREG (status.st_mode) ? EFBIG : S_ISDIR (status.st_mode) ? EISDIR : EINVAL;
  return false;
}

MoeStatus
moe_input_open (const char *path, size_t most, int *fd, size_t *bytes, MoeError *error)
{
  struct stat status;
  /* Without waiting for whoever writes into a pipe of that name. */
  int opened = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0 || fstat (opened, &status) != 0)
    return refuse (error, opened, path, strerror (errno));
  if (!S_ISREG (status.st_mode))
    return refuse (error, opened, path,
                   S_ISDIR (status.st_mode) ? strerror (EISDIR)
                                            : moe_words ("It is a pipe or a device"));
  if ((unsigned long long)status.st_size > most)
    {
      close (opened);
      return moe_error_set (error, MOE_ERROR_MEMORY,
                            "%s is larger than %zu MiB, the most that is read.", path, most >> 20);
    }
  *fd = opened;
  *bytes = (size_t)status.st_size;
  return MOE_OK;
}

/* Up to `size` bytes, less where the file ends before; -1 on failure. */
static ssize_t
read_all (int fd, char *buffer, size_t size)
{
  size_t done = 0;
  while (done < size)
    {
      ssize_t n = read (fd, buffer + done, size - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (size_t)n;
    }
  return (ssize_t)done;
}

MoeStatus
moe_input_read (const char *path, size_t most, char **text, size_t *length, MoeError *error)
{
  int fd;
  size_t bytes;
  MoeStatus status = moe_input_open (path, most, &fd, &bytes, error);
  if (status != MOE_OK)
    return status;
  char *buffer = malloc (bytes + 1);
  ssize_t got = buffer != NULL ? read_all (fd, buffer, bytes) : -1;
  int failure = buffer != NULL ? errno : ENOMEM;
  if (got < 0)
    {
      free (buffer);
      return refuse (error, fd, path, strerror (failure));
    }
  close (fd);
  buffer[got] = '\0';
  *text = buffer;
  if (length != NULL)
    *length = (size_t)got;
  return MOE_OK;
}
