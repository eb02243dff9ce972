/* SPDX-License-Identifier: Apache-2.0 */
/* A module: messages between ranks by MPI (Open MPI or any other MPI 3). */
#include "engine/base/error.h"
#include "engine/base/words.h"
#include "engine/ranks/transport.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern __attribute__ ((visibility ("default"))) const MoeTransportModule moe_transport_module;

typedef struct Mpi
{
  MoeTransport transport;
  MPI_Comm world;         /* our own, so that nobody else's messages can be mistaken for ours */
  MPI_Request requests[]; /* [MOE_TRANSPORT_SLOTS, size] */
} Mpi;

enum
{
  TAG = 1
};

static MoeStatus
fail (MoeError *error, const char *what, int code)
{
  char text[MPI_MAX_ERROR_STRING] = "unknown error";
  int length;
  MPI_Error_string (code, text, &length);
  return moe_error_set (error, MOE_ERROR_BACKEND, "MPI failed in %s: %.500s.", what, text);
}

static MoeStatus
mpi_send (MoeTransport *transport,
          size_t slot,
          size_t peer,
          const void *data,
          size_t bytes,
          MoeError *error)
{
  Mpi *mpi = (Mpi *)transport;
  int code =
      MPI_Isend (data, (int)bytes, MPI_BYTE, (int)peer, TAG, mpi->world, &mpi->requests[slot]);
  return code == MPI_SUCCESS ? MOE_OK : fail (error, "MPI_Isend", code);
}

static MoeStatus
mpi_receive (
    MoeTransport *transport, size_t slot, size_t peer, void *data, size_t bytes, MoeError *error)
{
  Mpi *mpi = (Mpi *)transport;
  int code =
      MPI_Irecv (data, (int)bytes, MPI_BYTE, (int)peer, TAG, mpi->world, &mpi->requests[slot]);
  return code == MPI_SUCCESS ? MOE_OK : fail (error, "MPI_Irecv", code);
}

static MoeStatus
mpi_test (MoeTransport *transport, size_t slot, bool *done, MoeError *error)
{
  Mpi *mpi = (Mpi *)transport;
  int flag = 0;
  int code = MPI_Test (&mpi->requests[slot], &flag, MPI_STATUS_IGNORE);
  *done = flag != 0;
  return code == MPI_SUCCESS ? MOE_OK : fail (error, "MPI_Test", code);
}

/* MPI_Finalize () waits for all ranks, so it is called only when all are known to come. */
static void
mpi_stop (MoeTransport *transport, bool together)
{
  Mpi *mpi = (Mpi *)transport;
  if (!together)
    return; /* requests stay: the library may still write into them */
  MPI_Comm_free (&mpi->world);
  MPI_Finalize ();
  free (mpi);
}

/* "Open MPI v4.1.4, package: ..." up to the comma or the line's end. */
static void
read_library (char text[MOE_TRANSPORT_TEXT_SIZE])
{
  char version[MPI_MAX_LIBRARY_VERSION_STRING] = "MPI";
  int length;
  MPI_Get_library_version (version, &length);
  version[strcspn (version, ",\n")] = '\0';
  snprintf (text, MOE_TRANSPORT_TEXT_SIZE, "%.100s", version);
}

static MoeStatus
join_world (MPI_Comm *world, int *rank, int *size, MoeError *error)
{
  int provided;
  /* Only the thread that starts it ever calls the library. */
  int code = MPI_Init_thread (NULL, NULL, MPI_THREAD_FUNNELED, &provided);
  if (code != MPI_SUCCESS)
    return fail (error, "MPI_Init_thread", code);
  if (provided < MPI_THREAD_FUNNELED)
    return moe_error_set (error, MOE_ERROR_UNSUPPORTED,
                          "This MPI library does not work in a program with threads.");
  code = MPI_Comm_dup (MPI_COMM_WORLD, world);
  if (code == MPI_SUCCESS)
    code = MPI_Comm_set_errhandler (*world, MPI_ERRORS_RETURN);
  if (code == MPI_SUCCESS)
    code = MPI_Comm_rank (*world, rank);
  if (code == MPI_SUCCESS)
    code = MPI_Comm_size (*world, size);
  return code == MPI_SUCCESS ? MOE_OK : fail (error, "MPI_Comm_dup", code);
}

static MoeStatus
mpi_start (MoeTransport **transport, MoeError *error)
{
  MPI_Comm world;
  int rank, size;
  MoeStatus status = join_world (&world, &rank, &size, error);
  if (status != MOE_OK)
    return status;
  size_t slots = MOE_TRANSPORT_SLOTS * (size_t)size;
  Mpi *mpi = calloc (1, sizeof *mpi + slots * sizeof mpi->requests[0]);
  if (mpi == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory for %d MPI ranks", size);
  mpi->world = world;
  for (size_t i = 0; i < slots; i++)
    mpi->requests[i] = MPI_REQUEST_NULL;
  mpi->transport = (MoeTransport){ .rank = (size_t)rank,
                                   .size = (size_t)size,
                                   .send = mpi_send,
                                   .receive = mpi_receive,
                                   .test = mpi_test,
                                   .stop = mpi_stop };
  read_library (mpi->transport.library);
  *transport = &mpi->transport;
  return MOE_OK;
}

const MoeTransportModule moe_transport_module = {
  .abi_version = MOE_TRANSPORT_ABI,
  .set_translator = moe_words_set_translator,
  .start = mpi_start,
};
